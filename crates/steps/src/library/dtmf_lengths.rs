//! How long the DTMF keys that came were.

use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{DtmfWay, ReceivedKey};

use super::dtmf::{Verdict, Way, call_of, keys_of, not_received, text_of, verdict};
use super::support::{deadline, failure, ready_phone};
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "DTMF";

/// Telephone-events and INFO say their length; senders round it up to their packet time, and the last
/// update may be lost.
const SAID_TOLERANCE: Duration = Duration::from_millis(40);
/// Tones in the audio are heard in blocks of 40 ms.
const HEARD_TOLERANCE: Duration = Duration::from_millis(80);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} receives DTMF {text} with {n} ms tones",
            section: SECTION,
            about: "The same as `receives DTMF`, and each key lasts so long, give or take 40 ms (80 ms in-band). Waits for the end of each telephone-event; an INFO must say its length.",
            example: "Bob receives DTMF \"1234#\" with 200 ms tones",
            run: receives,
            with: None,
        ),
        step!(
            "{phone} receives DTMF {text} by RFC 4733 with {n} ms tones",
            section: SECTION,
            about: "The same among the keys that come as telephone-events.",
            example: "Bob receives DTMF \"1234#\" by RFC 4733 with 200 ms tones",
            run: receives,
            with: Some(DtmfWay::Rfc4733),
        ),
        step!(
            "{phone} receives DTMF {text} by INFO with {n} ms tones",
            section: SECTION,
            about: "The same among the keys that come by INFO.",
            example: "Bob receives DTMF \"1234#\" by INFO with 200 ms tones",
            run: receives,
            with: Some(DtmfWay::Info),
        ),
        step!(
            "{phone} receives DTMF {text} in-band with {n} ms tones",
            section: SECTION,
            about: "The same among the keys that come as tones in the audio.",
            example: "Bob receives DTMF \"1234#\" in-band with 200 ms tones",
            run: receives,
            with: Some(DtmfWay::InBand),
        ),
    ]
}

async fn receives(world: &mut World, arguments: Arguments, way: Way) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = keys_of(&actor, arguments.text(1)?)?;
    let length = Duration::from_millis(arguments.integer(2)?);
    let call = call_of(&actor)?;
    let limit = world.media(&arguments);
    let note = (actor.name().to_owned(), call);
    let taken = world.notes.keys.get(&note).copied().unwrap_or_default();
    // Right keys are judged when all have ended; wrong ones at once.
    let look = |keys: &[ReceivedKey]| {
        let found = verdict(taken, keys, way, &wanted)?;
        let fresh = taken.fresh(keys, way);
        let ended = fresh.iter().take(wanted.len()).all(has_ended);
        (matches!(found, Verdict::Wrong) || ended).then_some((found, fresh))
    };
    let what = format!(
        "waiting for DTMF {} at {}",
        arguments.text(1)?,
        actor.name()
    );
    let work = actor.phone.wait_dtmf(call, deadline(limit), look);
    match world.progress().during(&what, limit, work).await {
        Ok((Verdict::Right(after), fresh)) => {
            let others = fresh.iter().take(wanted.len());
            if let Some(other) = others.clone().find(|key| !lasts(key, length)) {
                let summary = format!(
                    "{} received DTMF \"{}\", and key {} {}, expected {} ms",
                    actor.name(),
                    text_of(&wanted),
                    other.key,
                    length_of(other),
                    length.as_millis()
                );
                let found = failure(FailureClass::Assertion, &actor, summary);
                return Err(others.fold(found, |found, key| {
                    found.detail(format!(
                        "{} came {} and {}",
                        key.key,
                        key.way,
                        length_of(key)
                    ))
                }));
            }
            world.notes.keys.insert(note, after);
            Ok(())
        }
        Ok((Verdict::Wrong, _)) => {
            let keys = actor.phone.received_dtmf(call);
            Err(not_received(&actor, (&wanted, way), taken, &keys))
        }
        Err(keys) => {
            let found: Failure = not_received(&actor, (&wanted, way), taken, &keys);
            Err(found.waiting_for(format!("DTMF \"{}\"", text_of(&wanted)), limit))
        }
    }
}

/// Whether no more is to come of the key. Of a tone the length is known when it is over for a while.
fn has_ended(key: &ReceivedKey) -> bool {
    match (key.way, key.length) {
        (DtmfWay::Info, _) => true,
        (DtmfWay::Rfc4733, length) => length.is_some(),
        (DtmfWay::InBand, Some(length)) => (key.at + length).elapsed() > TONE_OVER,
        (DtmfWay::InBand, None) => false,
    }
}

fn lasts(key: &ReceivedKey, wanted: Duration) -> bool {
    let tolerance = match key.way {
        DtmfWay::InBand => HEARD_TOLERANCE,
        DtmfWay::Rfc4733 | DtmfWay::Info => SAID_TOLERANCE,
    };
    key.length
        .is_some_and(|length| length.abs_diff(wanted) <= tolerance)
}

fn length_of(key: &ReceivedKey) -> String {
    let loud = key
        .volume
        .map_or_else(String::new, |it| format!(" at -{it} dBm0"));
    match key.length {
        Some(length) => format!("lasted {} ms{loud}", length.as_millis()),
        None => format!("has no length{loud}"),
    }
}

/// Audio is heard so much later, and blocks of a tone may be missing in between.
const TONE_OVER: Duration = Duration::from_millis(400);

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn lengths_are_right_within_what_can_be_known() {
        let key = |way, length: Option<u64>| ReceivedKey {
            key: '1',
            way,
            at: Instant::now(),
            length: length.map(Duration::from_millis),
            volume: None,
        };
        let wanted = Duration::from_millis(200);
        for (way, length, right) in [
            (DtmfWay::Rfc4733, Some(240), true),
            (DtmfWay::Rfc4733, Some(241), false),
            (DtmfWay::Rfc4733, Some(159), false),
            (DtmfWay::Info, Some(200), true),
            (DtmfWay::Info, None, false),
            (DtmfWay::InBand, Some(280), true),
            (DtmfWay::InBand, Some(290), false),
        ] {
            assert_eq!(lasts(&key(way, length), wanted), right, "{way} {length:?}");
        }
        assert!(has_ended(&key(DtmfWay::Info, None)));
        assert!(!has_ended(&key(DtmfWay::Rfc4733, None)));
        assert!(!has_ended(&key(DtmfWay::InBand, Some(100))));
    }
}
