//! Queues, paging, keys with lamps, and phones that answer by themselves.

use gannet_events::FailureClass;
use gannet_pbx::Action;
use gannet_phone::{CallDirection, CallState, Destination};

use super::feature_codes::{call_number, dial, feature_number, number_of};
use super::parking::{begin_call, rings, take};
use super::support::{deadline, failure, latest_call, ready_phone, wait};
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Queues and paging";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} logs into queue {word}",
            section: SECTION,
            about: "Makes the phone's user an agent of the queue, by the embedded server's number for it.",
            example: "Bob logs into queue A200",
            run: logs,
            with: true,
        ),
        step!(
            "{phone} logs out of queue {word}",
            section: SECTION,
            about: "The opposite of `logs into queue`.",
            example: "Bob logs out of queue A200",
            run: logs,
            with: false,
        ),
        step!(
            "{phone} pages {dest}",
            section: SECTION,
            about: "Calls the user by the embedded server's number for paging, and waits until the other phone has answered: by itself, as Alert-Info, Call-Info and Answer-Mode ask for.",
            example: "Alice pages Bob",
            run: pages,
        ),
        step!(
            "{phone} is auto-answered",
            section: SECTION,
            about: "The phone's newest call is answered, and it was not a person who answered: a call that came in was answered because it asked for that, a call that went out never rang.",
            example: "Bob is auto-answered",
            condition,
            run: is_auto_answered,
        ),
        step!(
            "{phone} presses the BLF key for {phone}",
            section: SECTION,
            about: "If the other phone rings, takes its call as `picks up` does; otherwise calls it and waits until it rings.",
            example: "Charlie presses the BLF key for Bob",
            run: presses_key,
        ),
    ]
}

async fn logs(world: &mut World, arguments: Arguments, on: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let queue = arguments.text(1)?.to_owned();
    let code = feature_number(world, &Action::Agent(on), &queue)?;
    dial(world, &actor, &code, world.signalling(&arguments)).await
}

async fn pages(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let target = number_of(world, arguments.dest(1)?)?;
    let number = feature_number(world, &Action::Page, &target)?;
    let limit = world.signalling(&arguments);
    call_number(world, &actor, &Destination::User(number), limit)
        .await
        .map(drop)
}

async fn is_auto_answered(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "an answered call", |state| {
            let last = state.calls.last();
            last.is_some_and(|call| call.state == CallState::Answered)
        });
    wait(world, &actor, "an answered call", limit, work).await?;
    let call = latest_call(&actor)?;
    let by_itself = match call.direction {
        CallDirection::Incoming => call.answered_as_asked,
        CallDirection::Outgoing => call.times.ringing.is_none(),
    };
    if by_itself {
        return Ok(());
    }
    let summary = format!("the call of {} was answered after ringing", actor.name());
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn presses_key(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let watched = world.phone(arguments.phone(1)?).await?;
    let limit = world.signalling(&arguments);
    if rings(&watched) {
        let target = watched.account().user.clone();
        return take(world, &actor, &target, limit).await;
    }
    let destination = world.destination(arguments.phone(1)?)?;
    begin_call(world, &actor, &destination).await?;
    world.notes.last_callee = Some(watched.name().to_owned());
    let work = watched
        .phone
        .wait_for_state(deadline(limit), "a call that rings", |state| {
            state
                .calls
                .last()
                .is_some_and(|call| call.times.ringing.is_some())
        });
    wait(world, &watched, "a call that rings", limit, work)
        .await
        .map(drop)
}
