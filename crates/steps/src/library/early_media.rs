//! Before the answer: early media, ringback, more provisional responses, forks (RFC 3960).

use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::Sound;
use gannet_phone::{CallDirection, CallRecord, CallState};

use super::answering::incoming;
use super::support::{failure, in_latest_call, latest_call, ready_phone, watch};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Before the answer";
/// Early media count as heard once there was so much of them.
const HEARD_MIN: Duration = Duration::from_millis(500);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sends early media",
            section: SECTION,
            about: "Sends 183 with a session description for the call that came in, or waits for one, and its audio from then on; reliably if the caller requires it.",
            example: "Bob sends early media",
            run: sends_early_media,
        ),
        step!(
            "{phone} hears early media",
            section: SECTION,
            about: "Waits until half a second of sound was heard in the call that the phone makes, before it is answered.",
            example: "Alice hears early media",
            condition,
            run: hears_early_media,
        ),
        step!(
            "{phone} plays ringback itself",
            section: SECTION,
            about: "The phone plays ringback to its user by itself: 180 came, and no media of the other side do.",
            example: "Alice plays ringback itself",
            condition,
            run: plays_ringback,
            with: true,
        ),
        step!(
            "{phone} plays no ringback itself",
            section: SECTION,
            about: "The phone does not play ringback by itself: no 180 came, or media of the other side do, or the call is not ringing.",
            example: "Alice plays no ringback itself",
            condition,
            run: plays_ringback,
            with: false,
        ),
        step!(
            "{phone} answers with {n} provisional response(s)",
            section: SECTION,
            about: "Waits until the phone rings, and sends more provisional responses, of different codes, until there are so many with the first. The final answer is for another sentence.",
            example: "Bob answers with 3 provisional responses",
            run: answers_with,
        ),
        step!(
            "{phone} forks to {n} dialog(s)",
            section: SECTION,
            about: "Waits until the phone rings, and rings under more To tags until there are so many with the first, as phones behind a forking proxy would; PRACK and UPDATE are answered under each, and the call under the first. Behind a server that is no proxy, the caller may see one dialog all the same: see `calls .. directly`.",
            example: "Bob forks to 3 dialogs",
            run: forks,
        ),
    ]
}

async fn sends_early_media(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = incoming(world, &actor, world.signalling(&arguments)).await?;
    let sent = actor.phone.send_early_media(call.handle).await;
    sent.map_err(|error| in_latest_call(phone_failure(error, &actor), &actor))
}

/// The call that the phone made last.
fn made(actor: &Actor) -> Result<CallRecord, Failure> {
    let call = latest_call(actor)?;
    if call.direction == CallDirection::Outgoing {
        return Ok(call);
    }
    let summary = format!("the newest call of {} came in", actor.name());
    Err(failure(FailureClass::Misuse, actor, summary))
}

async fn hears_early_media(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = made(&actor)?;
    let limit = world.media(&arguments);
    let what = format!("waiting for {} to hear early media", actor.name());
    let found = watch(world, &what, limit, || {
        let record = actor.phone.state().call(call.handle).cloned()?;
        let end = match &record.state {
            CallState::Calling | CallState::Ringing => Instant::now(),
            _ => record.times.answered.or(record.times.ended)?,
        };
        let media = actor.phone.media(call.handle).ok()?;
        let heard = media.heard(Sound::Any, record.times.started, end).covered;
        let over = !matches!(record.state, CallState::Calling | CallState::Ringing);
        (heard >= HEARD_MIN || over).then_some((heard, record.state))
    });
    let (heard, state) = match found.await {
        Some((heard, _)) if heard >= HEARD_MIN => return Ok(()),
        Some((heard, state)) => (heard, state),
        None => (Duration::ZERO, call.state),
    };
    let summary = format!(
        "{} heard {:.1} s of early media, expected {:.1} s; the call is {state}",
        actor.name(),
        heard.as_secs_f64(),
        HEARD_MIN.as_secs_f64()
    );
    let found = failure(FailureClass::MediaNotHeard, &actor, summary);
    Err(found.in_call(call.sip_call_id))
}

async fn plays_ringback(world: &mut World, arguments: Arguments, plays: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = made(&actor)?;
    let limit = world.signalling(&arguments);
    let what = format!("watching the ringback of {}", actor.name());
    let look = || (actor.phone.plays_ringback(call.handle) == plays).then_some(());
    if watch(world, &what, limit, look).await.is_some() {
        return Ok(());
    }
    let record = made(&actor)?;
    let response = match &record.response {
        Some(response) => response.title(),
        None => "none".to_owned(),
    };
    let summary = format!(
        "{} {}; its call is {}, the last response is {response}",
        actor.name(),
        if plays {
            "does not play ringback by itself"
        } else {
            "plays ringback by itself"
        },
        record.state
    );
    Err(failure(FailureClass::Assertion, &actor, summary))
}

/// How many there are to be, at least one.
fn count(arguments: &Arguments, actor: &Actor) -> Result<u64, Failure> {
    /// More would only fill the line.
    const COUNT_MAX: u64 = 100;
    let count = arguments.integer(1)?;
    if (1..=COUNT_MAX).contains(&count) {
        return Ok(count);
    }
    let summary = format!("{count} is none of 1 to {COUNT_MAX}");
    Err(failure(FailureClass::Misuse, actor, summary))
}

/// Waits until a call rings, with which the first of the responses was sent.
async fn ringing(
    world: &mut World,
    arguments: &Arguments,
    actor: &std::sync::Arc<Actor>,
) -> Result<CallRecord, Failure> {
    super::answering::ringing(world, actor, world.signalling(arguments)).await
}

async fn answers_with(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let count = count(&arguments, &actor)?;
    let call = ringing(world, &arguments, &actor).await?;
    let sent = actor.phone.ring_more(call.handle, count - 1).await;
    sent.map_err(|error| in_latest_call(phone_failure(error, &actor), &actor))
}

async fn forks(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let count = count(&arguments, &actor)?;
    let call = ringing(world, &arguments, &actor).await?;
    let sent = actor.phone.fork(call.handle, count - 1).await;
    sent.map_err(|error| in_latest_call(phone_failure(error, &actor), &actor))
}
