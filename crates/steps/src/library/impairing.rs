//! Impairment on purpose: what happens to the RTP of a phone.

use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::impair::{Impairments, Loss, Way};

use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Bad networks";

/// The longest delay: a call in which nobody knows any more who spoke when.
const DELAY_MAX: Duration = Duration::from_secs(10);

/// Which way the packets go.
#[derive(Debug, Clone, Copy)]
enum To {
    Others,
    Phone,
}

use To::{Others, Phone};

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    [losses(), times(), orders(), faults()].concat()
}

fn losses() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} loses {x}% of its RTP",
            section: SECTION,
            about: "From now on so many of the RTP packets that the phone sends are lost, at random, in all its calls. `--seed` repeats which.",
            example: "Alice loses 3% of its RTP",
            no within,
            run: loses,
            with: Others,
        ),
        step!(
            "{phone} loses {x}% of its incoming RTP",
            section: SECTION,
            about: "The same for the RTP that comes to the phone.",
            example: "Alice loses 3% of its incoming RTP",
            no within,
            run: loses,
            with: Phone,
        ),
        step!(
            "{phone} loses {x}% of its RTP in bursts of {n}",
            section: SECTION,
            about: "From now on so many of the RTP packets that the phone sends are lost, on average so many on end (Gilbert's model).",
            example: "Alice loses 5% of its RTP in bursts of 4",
            no within,
            run: loses_bursts,
            with: Others,
        ),
        step!(
            "{phone} loses {x}% of its incoming RTP in bursts of {n}",
            section: SECTION,
            about: "The same for the RTP that comes to the phone.",
            example: "Alice loses 5% of its incoming RTP in bursts of 4",
            no within,
            run: loses_bursts,
            with: Phone,
        ),
        step!(
            "{phone} pauses its RTP for {time}",
            section: SECTION,
            about: "All RTP packets that the phone sends are lost for this time. It does not wait for the end.",
            example: "Alice pauses its RTP for 500 ms",
            no within,
            run: pauses,
        ),
    ]
}

fn times() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} delays its RTP by {time}",
            section: SECTION,
            about: "From now on all RTP and RTCP that the phone sends is late by this time, 10 s at most.",
            example: "Alice delays its RTP by 200 ms",
            no within,
            run: delays,
            with: Others,
        ),
        step!(
            "{phone} delays its incoming RTP by {time}",
            section: SECTION,
            about: "The same for what comes to the phone.",
            example: "Alice delays its incoming RTP by 200 ms",
            no within,
            run: delays,
            with: Phone,
        ),
        step!(
            "{phone} jitters its RTP by {time}",
            section: SECTION,
            about: "From now on each RTP packet that the phone sends is late by a random time up to this one, so that packets may overtake each other. The interarrival jitter (RFC 3550) is then about a third of it.",
            example: "Alice jitters its RTP by 60 ms",
            no within,
            run: jitters,
            with: Others,
        ),
        step!(
            "{phone} jitters its incoming RTP by {time}",
            section: SECTION,
            about: "The same for what comes to the phone.",
            example: "Alice jitters its incoming RTP by 60 ms",
            no within,
            run: jitters,
            with: Phone,
        ),
    ]
}

fn orders() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} reorders {x}% of its RTP",
            section: SECTION,
            about: "From now on so many of the RTP packets that the phone sends go after the packet that follows them.",
            example: "Alice reorders 5% of its RTP",
            no within,
            run: reorders,
            with: Others,
        ),
        step!(
            "{phone} reorders {x}% of its incoming RTP",
            section: SECTION,
            about: "The same for what comes to the phone.",
            example: "Alice reorders 5% of its incoming RTP",
            no within,
            run: reorders,
            with: Phone,
        ),
        step!(
            "{phone} duplicates {x}% of its RTP",
            section: SECTION,
            about: "From now on so many of the RTP packets that the phone sends go twice.",
            example: "Alice duplicates 5% of its RTP",
            no within,
            run: duplicates,
            with: Others,
        ),
        step!(
            "{phone} duplicates {x}% of its incoming RTP",
            section: SECTION,
            about: "The same for what comes to the phone.",
            example: "Alice duplicates 5% of its incoming RTP",
            no within,
            run: duplicates,
            with: Phone,
        ),
    ]
}

fn faults() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} freezes the timestamps of its RTP",
            section: SECTION,
            about: "From now on all RTP packets of a call of the phone have the same timestamp, as those of a broken sender.",
            example: "Alice freezes the timestamps of its RTP",
            no within,
            run: freezes,
        ),
        step!(
            "{phone} sends its RTP with payload type {n}",
            section: SECTION,
            about: "From now on all RTP packets of the phone say that they are of this payload type; what is in them stays as it was.",
            example: "Alice sends its RTP with payload type 96",
            no within,
            run: mislabels,
        ),
        step!(
            "{phone} sends its RTP from another port",
            section: SECTION,
            about: "From now on RTP of the phone comes from the port of its RTCP, and not from the one that its session descriptions name.",
            example: "Alice sends its RTP from another port",
            no within,
            run: moves,
        ),
        step!(
            "{phone} no longer impairs its RTP",
            section: SECTION,
            about: "Ends all that other sentences of this section have done to the RTP of the phone. What is on its way still arrives late.",
            example: "Alice no longer impairs its RTP",
            no within,
            run: no_longer,
        ),
    ]
}

async fn change(
    world: &mut World,
    arguments: &Arguments,
    change: impl FnOnce(&mut Impairments),
) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    actor.phone.impair_media(change);
    Ok(())
}

fn way(impairments: &mut Impairments, to: To) -> &mut Way {
    match to {
        Others => &mut impairments.sent,
        Phone => &mut impairments.received,
    }
}

/// A share of the packets, from percent.
fn share(arguments: &Arguments) -> Result<f64, Failure> {
    let percent = arguments.decimal(1)?;
    if !(0.0..=100.0).contains(&percent) {
        return Err(misuse(format!("{percent}% is no part of the packets")));
    }
    Ok(percent / 100.0)
}

fn delay(arguments: &Arguments) -> Result<Duration, Failure> {
    let delay = arguments.duration(1)?;
    if delay > DELAY_MAX {
        let text = arguments.text(1)?;
        return Err(misuse(format!(
            "packets can be late by {} s at most, not by {text}",
            DELAY_MAX.as_secs()
        )));
    }
    Ok(delay)
}

fn misuse(summary: String) -> Failure {
    Failure::new(FailureClass::Misuse, summary)
}

async fn loses(world: &mut World, arguments: Arguments, to: To) -> StepResult {
    let loss = Loss::Random(share(&arguments)?);
    change(world, &arguments, |it| way(it, to).loss = loss).await
}

async fn loses_bursts(world: &mut World, arguments: Arguments, to: To) -> StepResult {
    let length = arguments.integer(2)?;
    if length == 0 {
        return Err(misuse("a burst of losses has one packet at least".into()));
    }
    let loss = Loss::Bursts {
        share: share(&arguments)?,
        length: length as f64,
    };
    change(world, &arguments, |it| way(it, to).loss = loss).await
}

async fn pauses(world: &mut World, arguments: Arguments) -> StepResult {
    let until = Instant::now() + arguments.duration(1)?;
    change(world, &arguments, |it| it.sent.paused_until = Some(until)).await
}

async fn delays(world: &mut World, arguments: Arguments, to: To) -> StepResult {
    let delay = delay(&arguments)?;
    change(world, &arguments, |it| way(it, to).delay = delay).await
}

async fn jitters(world: &mut World, arguments: Arguments, to: To) -> StepResult {
    let jitter = delay(&arguments)?;
    change(world, &arguments, |it| way(it, to).jitter = jitter).await
}

async fn reorders(world: &mut World, arguments: Arguments, to: To) -> StepResult {
    let share = share(&arguments)?;
    change(world, &arguments, |it| way(it, to).reorder = share).await
}

async fn duplicates(world: &mut World, arguments: Arguments, to: To) -> StepResult {
    let share = share(&arguments)?;
    change(world, &arguments, |it| way(it, to).duplicate = share).await
}

async fn freezes(world: &mut World, arguments: Arguments) -> StepResult {
    change(world, &arguments, |it| it.faults.frozen_timestamp = true).await
}

async fn mislabels(world: &mut World, arguments: Arguments) -> StepResult {
    let number = arguments.integer(1)?;
    // Seven bits (RFC 3550 5.1); 72 to 76 with the marker bit are RTCP (RFC 3551 3).
    let payload_type = u8::try_from(number).ok().filter(|it| *it < 128);
    let payload_type = payload_type.filter(|it| !(72..=76).contains(it));
    let payload_type = payload_type.ok_or_else(|| {
        misuse(format!(
            "payload types are 0 to 71 and 77 to 127, {number} is none"
        ))
    })?;
    change(world, &arguments, |it| {
        it.faults.payload_type = Some(payload_type);
    })
    .await
}

async fn moves(world: &mut World, arguments: Arguments) -> StepResult {
    change(world, &arguments, |it| it.faults.other_port = true).await
}

async fn no_longer(world: &mut World, arguments: Arguments) -> StepResult {
    change(world, &arguments, |it| *it = Impairments::default()).await
}
