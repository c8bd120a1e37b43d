//! DTMF keys: sent and received, as telephone-events (RFC 4733), by INFO, or as tones in the audio.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallHandle, DtmfWay, ReceivedKey, dtmf_keys};

use super::support::{deadline, failure, latest_call, open_call, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "DTMF";

/// How long a key lasts unless the sentence says otherwise.
pub(super) const TONE: Duration = Duration::from_millis(100);
/// What the duration of a telephone-event can hold at 8000 Hz (RFC 4733 2.3.5), in ms.
const TONE_MS_MAX: u64 = 8000;

/// Any way, or one.
pub(super) type Way = Option<DtmfWay>;

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sends DTMF {text}",
            section: SECTION,
            about: "Sends the keys (0 to 9, *, #, A to D) in the phone's call, 100 ms each, as telephone-events if both sides have them, else by INFO, and waits until all are sent.",
            example: "Alice sends DTMF \"1234#\"",
            run: sends,
            with: None,
        ),
        step!(
            "{phone} sends DTMF {text} by RFC 4733",
            section: SECTION,
            about: "The same as telephone-events; fails if they were not agreed on.",
            example: "Alice sends DTMF \"1234#\" by RFC 4733",
            run: sends,
            with: Some(DtmfWay::Rfc4733),
        ),
        step!(
            "{phone} sends DTMF {text} by INFO",
            section: SECTION,
            about: "The same with one INFO (application/dtmf-relay) for each key; fails if one is refused.",
            example: "Alice sends DTMF \"1234#\" by INFO",
            run: sends,
            with: Some(DtmfWay::Info),
        ),
        step!(
            "{phone} sends DTMF {text} in-band",
            section: SECTION,
            about: "The same as tones in the audio, 100 ms apart, in place of what the phone plays. Keys of 80 ms or more are sure to be heard.",
            example: "Alice sends DTMF \"1234#\" in-band",
            run: sends,
            with: Some(DtmfWay::InBand),
        ),
        step!(
            "{phone} sends DTMF {text} in-band with {n} ms tones",
            section: SECTION,
            about: "The same as tones of this length.",
            example: "Alice sends DTMF \"1234#\" in-band with 200 ms tones",
            run: sends,
            with: Some(DtmfWay::InBand),
        ),
        step!(
            "{phone} receives DTMF {text} in-band",
            section: SECTION,
            about: "The next keys among those that come as tones in the audio are these, in this order.",
            example: "Bob receives DTMF \"1234#\" in-band",
            run: receives,
            with: Some(DtmfWay::InBand),
        ),
        step!(
            "{phone} sends DTMF {text} with {n} ms tones",
            section: SECTION,
            about: "The same as `sends DTMF` with keys of this length.",
            example: "Alice sends DTMF \"1234#\" with 200 ms tones",
            run: sends,
            with: None,
        ),
        step!(
            "{phone} sends DTMF {text} by RFC 4733 with {n} ms tones",
            section: SECTION,
            about: "The same as telephone-events of this length.",
            example: "Alice sends DTMF \"1234#\" by RFC 4733 with 200 ms tones",
            run: sends,
            with: Some(DtmfWay::Rfc4733),
        ),
        step!(
            "{phone} sends DTMF {text} by INFO with {n} ms tones",
            section: SECTION,
            about: "The same by INFO that says this length.",
            example: "Alice sends DTMF \"1234#\" by INFO with 200 ms tones",
            run: sends,
            with: Some(DtmfWay::Info),
        ),
        step!(
            "{phone} receives DTMF {text}",
            section: SECTION,
            about: "The next keys of the phone's call that no sentence has looked at are these, in this order, whichever way they come. Fails at once if another key comes.",
            example: "Bob receives DTMF \"1234#\"",
            run: receives,
            with: None,
        ),
        step!(
            "{phone} receives DTMF {text} by RFC 4733",
            section: SECTION,
            about: "The same among the keys that come as telephone-events.",
            example: "Bob receives DTMF \"1234#\" by RFC 4733",
            run: receives,
            with: Some(DtmfWay::Rfc4733),
        ),
        step!(
            "{phone} receives DTMF {text} by INFO",
            section: SECTION,
            about: "The same among the keys that come by INFO.",
            example: "Bob receives DTMF \"1234#\" by INFO",
            run: receives,
            with: Some(DtmfWay::Info),
        ),
    ]
}

/// When the last key of each way came that sentences have consumed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    event: Option<Instant>,
    info: Option<Instant>,
    tone: Option<Instant>,
}

impl Taken {
    const fn of(&mut self, way: DtmfWay) -> &mut Option<Instant> {
        match way {
            DtmfWay::Rfc4733 => &mut self.event,
            DtmfWay::Info => &mut self.info,
            DtmfWay::InBand => &mut self.tone,
        }
    }

    /// The keys of the way that are not consumed.
    pub(super) fn fresh(self, keys: &[ReceivedKey], way: Way) -> Vec<ReceivedKey> {
        let mut taken = self;
        let fresh = keys.iter().filter(|key| {
            let is_new = taken.of(key.way).is_none_or(|last| key.at > last);
            is_new && way.is_none_or(|way| way == key.way)
        });
        fresh.copied().collect()
    }
}

pub(super) fn keys_of(actor: &Actor, text: &str) -> Result<Vec<char>, Failure> {
    let problem = match dtmf_keys(text) {
        Ok(keys) if keys.is_empty() => "there is no key between the quotes".to_owned(),
        Ok(keys) => return Ok(keys),
        Err(other) => format!("`{other}` is no DTMF key: 0 to 9, *, #, A to D are"),
    };
    Err(failure(FailureClass::Misuse, actor, problem))
}

async fn sends(world: &mut World, arguments: Arguments, way: Way) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let keys = keys_of(&actor, arguments.text(1)?)?;
    let length = match arguments.integer(2) {
        Ok(ms) if (1..=TONE_MS_MAX).contains(&ms) => Duration::from_millis(ms),
        Ok(ms) => {
            let problem = format!("a tone lasts 1 to {TONE_MS_MAX} ms, not {ms}");
            return Err(failure(FailureClass::Misuse, &actor, problem));
        }
        Err(_) => actor.phone.profile().dtmf.tone,
    };
    let call = open_call(&actor)?.handle;
    // The keys take their own time; what is waited for comes on top.
    let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let gap = actor.phone.profile().dtmf.gap.unwrap_or(TONE);
    let limit = world.signalling(&arguments) + (length + TONE.max(gap)).saturating_mul(count);
    let end = deadline(limit);
    let connected = actor.phone.wait_connected(call, end);
    wait(world, &actor, "the call to be connected", limit, connected).await?;
    let work = actor.phone.send_dtmf(call, &keys, way, length, end);
    wait(world, &actor, "the end of the DTMF keys", limit, work).await
}

/// What the keys that came say about those that are waited for.
pub(super) enum Verdict {
    /// They are there; up to here each way is consumed.
    Right(Taken),
    /// Another one came.
    Wrong,
}

async fn receives(world: &mut World, arguments: Arguments, way: Way) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = keys_of(&actor, arguments.text(1)?)?;
    let call = call_of(&actor)?;
    let limit = world.media(&arguments);
    let note = (actor.name().to_owned(), call);
    let taken = world.notes.keys.get(&note).copied().unwrap_or_default();
    let look = |keys: &[ReceivedKey]| verdict(taken, keys, way, &wanted);
    let what = format!(
        "waiting for DTMF {} at {}",
        arguments.text(1)?,
        actor.name()
    );
    let work = actor.phone.wait_dtmf(call, deadline(limit), look);
    match world.progress().during(&what, limit, work).await {
        Ok(Verdict::Right(taken)) => {
            world.notes.keys.insert(note, taken);
            Ok(())
        }
        Ok(Verdict::Wrong) => {
            let keys = actor.phone.received_dtmf(call);
            let found = not_received(&actor, (&wanted, way), taken, &keys);
            Err(found)
        }
        Err(keys) => Err(not_received(&actor, (&wanted, way), taken, &keys)
            .waiting_for(format!("DTMF \"{}\"", text_of(&wanted)), limit)),
    }
}

/// The open call, or the last one: keys that came before its end count.
pub(super) fn call_of(actor: &Arc<Actor>) -> Result<CallHandle, Failure> {
    let call = open_call(actor).or_else(|_| latest_call(actor))?;
    Ok(call.handle)
}

pub(super) fn verdict(
    taken: Taken,
    keys: &[ReceivedKey],
    way: Way,
    wanted: &[char],
) -> Option<Verdict> {
    let fresh = taken.fresh(keys, way);
    let mut after = taken;
    for (index, expected) in wanted.iter().enumerate() {
        let key = fresh.get(index)?;
        if key.key != *expected {
            return Some(Verdict::Wrong);
        }
        *after.of(key.way) = Some(key.at);
    }
    Some(Verdict::Right(after))
}

pub(super) fn text_of(keys: &[char]) -> String {
    keys.iter().collect()
}

pub(super) fn not_received(
    actor: &Actor,
    (wanted, way): (&[char], Way),
    taken: Taken,
    keys: &[ReceivedKey],
) -> Failure {
    let by = way.map_or_else(String::new, |way| format!(" {way}"));
    let fresh: Vec<_> = taken.fresh(keys, way).iter().map(|key| key.key).collect();
    let name = actor.name();
    let expected = text_of(wanted);
    let summary = if fresh.is_empty() {
        format!("{name} expected DTMF \"{expected}\"{by} and received no key")
    } else {
        let received = text_of(&fresh);
        format!("{name} expected DTMF \"{expected}\"{by} and received \"{received}\"")
    };
    let mut found = failure(FailureClass::Assertion, actor, summary);
    for other in [DtmfWay::Rfc4733, DtmfWay::Info, DtmfWay::InBand] {
        let keys = taken.fresh(keys, Some(other));
        if way.is_some_and(|way| way != other) && !keys.is_empty() {
            let keys: String = keys.iter().map(|key| key.key).collect();
            found = found.detail(format!("{other} came \"{keys}\""));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(start: Instant, text: &str) -> Vec<ReceivedKey> {
        // A small letter came by INFO.
        text.chars()
            .zip(0..)
            .map(|(key, number)| ReceivedKey {
                key: key.to_ascii_uppercase(),
                way: if key.is_ascii_lowercase() {
                    DtmfWay::Info
                } else {
                    DtmfWay::Rfc4733
                },
                at: start + TONE * number,
                length: Some(TONE),
                volume: None,
            })
            .collect()
    }

    fn judge(
        (start, taken): (Instant, Taken),
        came: &str,
        way: Way,
        wanted: &str,
    ) -> Option<Result<Taken, ()>> {
        let wanted: Vec<_> = wanted.chars().collect();
        verdict(taken, &keys(start, came), way, &wanted).map(|verdict| match verdict {
            Verdict::Right(taken) => Ok(taken),
            Verdict::Wrong => Err(()),
        })
    }

    #[test]
    fn keys_are_taken_in_order_and_once() {
        let start = Instant::now();
        let none = (start, Taken::default());
        assert!(judge(none, "1", None, "12").is_none(), "not yet");
        assert!(matches!(judge(none, "13", None, "12"), Some(Err(()))));
        let one = judge(none, "12", None, "1").and_then(Result::ok);
        let one = (start, one.expect("there"));
        assert!(matches!(judge(one, "12", None, "2"), Some(Ok(_))));
    }

    #[test]
    fn each_way_has_its_own_keys() {
        let start = Instant::now();
        let none = (start, Taken::default());
        let info = judge(none, "1a2", Some(DtmfWay::Info), "A").and_then(Result::ok);
        let after = (start, info.expect("there"));
        assert!(matches!(judge(after, "1a2", None, "12"), Some(Ok(_))));
        let events = judge(none, "1a2", Some(DtmfWay::Rfc4733), "12");
        assert!(matches!(events, Some(Ok(_))));
    }
}
