//! When messages arrive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::{CallRecord, LogEntry};

use super::message_wait::kind_differences;
use super::support::{failure, in_latest_call, ready, ready_phone, watch};
use crate::{Actor, Arguments, MessagePattern, StepDefinition, StepResult, World, step};

const SECTION: &str = "Time";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{msg} arrives at {phone} within {time} of {msg}",
            section: SECTION,
            about: "From the second message to the first one after it that the phone receives is no more than this time. The second message is the newest that the phone itself has sent or received, or else that another phone has sent.",
            example: "180 arrives at Alice within 2 seconds of INVITE",
            no within,
            run: arrives_within,
        ),
        step!(
            "{msg} arrives at {phone} at least {time} after {msg}",
            section: SECTION,
            about: "From the second message, found in the same way, to the first one after it that the phone receives is this time or more.",
            example: "200 to INVITE arrives at Alice at least 2 seconds after 180",
            run: arrives_late_after,
        ),
        step!(
            "{msg} arrives at {phone} after at least {time}",
            section: SECTION,
            about: "The same from the request that the message answers, or, if it is a request, from the first message with its Call-ID.",
            example: "200 to INVITE arrives at Alice after at least 2 seconds",
            run: arrives_late,
        ),
        step!(
            "post-dial delay is below {time}",
            section: SECTION,
            about: "In the call that was made last, less than this time passed from INVITE to the first 101 to 199, or to the 2xx if none came. Waits for that.",
            example: "post-dial delay is below 2 seconds",
            run: post_dial_delay,
        ),
        step!(
            "set-up is below {time}",
            section: SECTION,
            about: "In the call that was made last, less than this time passed from INVITE to the 2xx. Waits for that.",
            example: "set-up is below 5 seconds",
            run: set_up,
        ),
    ]
}

fn fits(pattern: &MessagePattern, entry: &LogEntry) -> bool {
    !entry.repeated && kind_differences(pattern, &entry.message).is_empty()
}

/// The first such message that the phone has received after a moment.
fn arrival_after(
    actor: &Arc<Actor>,
    pattern: &MessagePattern,
    moment: Instant,
) -> Option<Arc<LogEntry>> {
    let entries = actor.phone.log().all();
    let mut received = entries
        .into_iter()
        .filter(|entry| entry.direction == Direction::Received && entry.at >= moment);
    received.find(|entry| fits(pattern, entry))
}

/// The message from which time is counted.
fn reference(
    world: &World,
    actor: &Arc<Actor>,
    pattern: &MessagePattern,
    arriving: &MessagePattern,
) -> Option<Arc<LogEntry>> {
    let newest = |actor: &Arc<Actor>, accept: &dyn Fn(&LogEntry) -> bool| {
        let entries = actor.phone.log().all();
        let mut newest_first = entries.into_iter().rev();
        newest_first.find(|entry| fits(pattern, entry) && accept(entry))
    };
    // INVITE after INVITE: what arrives is not what it is counted from.
    let own = newest(actor, &|entry| {
        entry.direction == Direction::Sent || !fits(arriving, entry)
    });
    own.or_else(|| {
        let others = world
            .actors()
            .filter(|other| other.name() != actor.name())
            .filter_map(|other| newest(other, &|entry| entry.direction == Direction::Sent));
        others.max_by_key(|entry| entry.at)
    })
}

/// Waits for the message from which time is counted.
async fn wait_reference(
    world: &World,
    actor: &Arc<Actor>,
    (pattern, arriving): (&MessagePattern, &MessagePattern),
    limit: Duration,
) -> Result<Arc<LogEntry>, Failure> {
    let what = format!("waiting for {pattern}, from which time is counted");
    let found = watch(world, &what, limit, || {
        reference(world, actor, pattern, arriving)
    });
    found.await.ok_or_else(|| {
        let name = actor.name();
        let summary = format!("no {pattern} was sent or received from which to count at {name}");
        failure(FailureClass::Timeout, actor, summary).waiting_for(pattern.to_string(), limit)
    })
}

/// Waits for what arrives after a moment.
async fn wait_arrival(
    world: &World,
    actor: &Arc<Actor>,
    (pattern, moment): (&MessagePattern, Instant),
    limit: Duration,
) -> Result<Arc<LogEntry>, Failure> {
    let what = format!("waiting for {pattern} at {}", actor.name());
    let found = watch(world, &what, limit, || {
        arrival_after(actor, pattern, moment)
    });
    found.await.ok_or_else(|| {
        let summary = format!("{} did not receive {pattern}", actor.name());
        failure(FailureClass::Timeout, actor, summary).waiting_for(pattern.to_string(), limit)
    })
}

async fn arrives_within(world: &mut World, arguments: Arguments) -> StepResult {
    let arriving = arguments.message(0)?;
    let actor = ready_phone(world, arguments.phone(1)?).await?;
    let most = arguments.duration(2)?;
    let pattern = arguments.message(3)?;
    let limit = world.signalling_default();
    let from = wait_reference(world, &actor, (&pattern, &arriving), limit).await?;
    // It may still be on its way, and a late one says by how much.
    let limit = (from.at + most)
        .saturating_duration_since(Instant::now())
        .max(limit);
    let arrived = wait_arrival(world, &actor, (&arriving, from.at), limit).await;
    let arrived = arrived.map_err(|found| {
        let most = most.as_secs_f64();
        found.detail(format!("expected within {most} s of {pattern}"))
    })?;
    let took = arrived.at.saturating_duration_since(from.at);
    if took <= most {
        return Ok(());
    }
    let expected = format!("within {}", seconds(most));
    Err(untimely(
        &actor,
        &arrived,
        (&arriving, took, &pattern.to_string()),
        &expected,
    ))
}

async fn arrives_late_after(world: &mut World, arguments: Arguments) -> StepResult {
    let arriving = arguments.message(0)?;
    let actor = ready_phone(world, arguments.phone(1)?).await?;
    let least = arguments.duration(2)?;
    let pattern = arguments.message(3)?;
    let limit = world.signalling(&arguments);
    let from = wait_reference(world, &actor, (&pattern, &arriving), limit).await?;
    let arrived = wait_arrival(world, &actor, (&arriving, from.at), least + limit).await?;
    let took = arrived.at.saturating_duration_since(from.at);
    if took >= least {
        return Ok(());
    }
    let expected = format!("at least {}", seconds(least));
    Err(untimely(
        &actor,
        &arrived,
        (&arriving, took, &pattern.to_string()),
        &expected,
    ))
}

async fn arrives_late(world: &mut World, arguments: Arguments) -> StepResult {
    let arriving = arguments.message(0)?;
    let actor = ready_phone(world, arguments.phone(1)?).await?;
    let least = arguments.duration(2)?;
    let limit = least + world.signalling(&arguments);
    let what = format!("waiting for {arriving} at {}", actor.name());
    let newest = || {
        let entries = actor.phone.log().all();
        let mut received = entries
            .into_iter()
            .rev()
            .filter(|entry| entry.direction == Direction::Received);
        received.find(|entry| fits(&arriving, entry))
    };
    let Some(arrived) = watch(world, &what, limit, newest).await else {
        let summary = format!("{} did not receive {arriving}", actor.name());
        return Err(failure(FailureClass::Timeout, &actor, summary)
            .waiting_for(arriving.to_string(), limit));
    };
    let (from, began) = beginning(&actor, &arrived);
    let took = arrived.at.saturating_duration_since(from);
    if took >= least {
        return Ok(());
    }
    let expected = format!("at least {}", seconds(least));
    Err(untimely(
        &actor,
        &arrived,
        (&arriving, took, &began),
        &expected,
    ))
}

/// When that began to which a message belongs: the request that it answers, or the first message
/// with its Call-ID. And what that was.
fn beginning(actor: &Arc<Actor>, arrived: &LogEntry) -> (Instant, String) {
    let message = &arrived.message;
    let is_response = !message.is_request();
    let cseq = message.cseq().ok();
    let first = actor.phone.log().all().into_iter().find(|entry| {
        entry.message.call_id() == message.call_id()
            && (!is_response || entry.message.is_request() && entry.message.cseq().ok() == cseq)
    });
    first.map_or_else(
        || (arrived.at, message.title()),
        |entry| (entry.at, entry.message.title()),
    )
}

fn untimely(
    actor: &Actor,
    arrived: &LogEntry,
    (arriving, took, from): (&MessagePattern, Duration, &str),
    expected: &str,
) -> Failure {
    let summary = format!(
        "{arriving} arrived at {} {} after {from}, expected {expected}",
        actor.name(),
        seconds(took)
    );
    let found = Failure::new(FailureClass::Assertion, summary).of_phone(actor.name());
    match arrived.message.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => in_latest_call(found, actor),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

async fn post_dial_delay(world: &mut World, arguments: Arguments) -> StepResult {
    let delay = |call: &CallRecord| {
        let first = call.times.ringing.or(call.times.answered)?;
        Some(first.saturating_duration_since(call.times.started))
    };
    is_below(world, &arguments, "post-dial delay", delay).await
}

async fn set_up(world: &mut World, arguments: Arguments) -> StepResult {
    is_below(world, &arguments, "set-up", |call| call.times.set_up_time()).await
}

/// Waits for a time of the call that was made last, and compares it.
async fn is_below(
    world: &mut World,
    arguments: &Arguments,
    what: &str,
    measure: impl Fn(&CallRecord) -> Option<Duration>,
) -> StepResult {
    ready(world).await?;
    let bound = arguments.duration(0)?;
    let limit = world.signalling(arguments);
    let misuse = || Failure::new(FailureClass::Misuse, "no call was made yet");
    let (caller, handle) = world.notes.last_call.clone().ok_or_else(misuse)?;
    let actor = world.existing(&caller).ok_or_else(misuse)?;
    let look = || {
        let state = actor.phone.state();
        let call = state.call(handle)?;
        match measure(call) {
            Some(time) => Some(Ok(time)),
            None if !call.state.is_open() => Some(Err(call.state.to_string())),
            None => None,
        }
    };
    let doing = format!("measuring the {what} of {caller}");
    let summary = match watch(world, &doing, limit, look).await {
        Some(Ok(time)) if time < bound => return Ok(()),
        Some(Ok(time)) => format!(
            "the {what} of {caller} was {}, expected less than {}",
            seconds(time),
            seconds(bound)
        ),
        Some(Err(state)) => format!("the call of {caller} has no {what}: it is {state}"),
        None => {
            let summary = format!("the call of {caller} has no {what} yet");
            return Err(failure(FailureClass::Timeout, &actor, summary).waiting_for(what, limit));
        }
    };
    Err(failure(FailureClass::Assertion, &actor, summary))
}
