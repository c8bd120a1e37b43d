//! Conferences that a phone makes of its own calls.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallHandle, CallOptions, CallRecord, CallState};

use super::support::{deadline, failure, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Conferences";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} joins calls {word} and {word}",
            section: SECTION,
            about: "The phone mixes two of its calls, named by `as call <name>`, into a conference: all three hear each other. Calls on hold are resumed first. A call that is in a conference already brings its parties along.",
            example: "Alice joins calls first and second",
            run: joins_calls,
        ),
        step!(
            "{phone} starts a conference with {phone}, {phone}",
            section: SECTION,
            about: "The phone mixes its calls with two others into a conference. Whom it is not connected with it calls first, with its other calls on hold, and waits for the answer: let that phone expect a call.",
            example: "Alice starts a conference with Bob, Carol",
            run: starts_conference,
        ),
    ]
}

async fn joins_calls(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let mut calls = Vec::new();
    for place in [1, 2] {
        let name = arguments.text(place)?;
        let (owner, handle) = world.notes.named_calls.get(name).cloned().ok_or_else(|| {
            let names: Vec<_> = world.notes.named_calls.keys().map(String::as_str).collect();
            let known = if names.is_empty() {
                "no call has a name: say `Alice calls Bob as call first`".to_owned()
            } else {
                format!("the named calls are {}", names.join(", "))
            };
            let summary = format!("there is no call {name}; {known}");
            failure(FailureClass::Misuse, &actor, summary)
        })?;
        if owner != actor.name() {
            let summary = format!("call {name} is one of {owner}, not of {}", actor.name());
            return Err(failure(FailureClass::Misuse, &actor, summary));
        }
        calls.push(handle);
    }
    join(world, &arguments, &actor, calls).await
}

async fn join(
    world: &mut World,
    arguments: &Arguments,
    actor: &Arc<Actor>,
    calls: Vec<CallHandle>,
) -> StepResult {
    let limit = world.signalling(arguments);
    let phone = actor.phone.clone();
    let work = async move { phone.join_calls(&calls, deadline(limit)).await };
    wait(world, actor, "the calls to be joined", limit, work).await
}

async fn starts_conference(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let mut calls = Vec::new();
    for place in [1, 2] {
        let other = ready_phone(world, arguments.phone(place)?).await?;
        if other.name() == actor.name() {
            let summary = format!("{} cannot be its own guest", actor.name());
            return Err(failure(FailureClass::Misuse, &actor, summary));
        }
        let call = match call_with(&actor, &other) {
            Some(call) => call.handle,
            None => call_guest(world, &arguments, &actor, arguments.phone(place)?).await?,
        };
        calls.push(call);
    }
    join(world, &arguments, &actor, calls).await
}

/// The phone's connected call with another one.
fn call_with(actor: &Actor, other: &Actor) -> Option<CallRecord> {
    let user = other.phone.aor().user.clone();
    let state = actor.phone.state();
    let mut calls = state.open_calls().filter(|call| is_connected(call));
    calls.find(|call| call.remote.uri.user == user).cloned()
}

fn is_connected(call: &CallRecord) -> bool {
    call.state == CallState::Answered && call.confirmed
}

/// Calls a guest, with all other calls on hold, and waits for the answer.
async fn call_guest(
    world: &mut World,
    arguments: &Arguments,
    actor: &Arc<Actor>,
    guest: &str,
) -> Result<CallHandle, Failure> {
    let limit = world.media(arguments);
    let end = deadline(limit);
    let state = actor.phone.state();
    let busy = state
        .open_calls()
        .filter(|call| is_connected(call) && !call.on_hold);
    for call in busy {
        let hold = actor.phone.hold(call.handle, end);
        wait(world, actor, "200 to re-INVITE", limit, hold).await?;
    }
    // Guests are reached as the others were who are there already.
    let mut others = state.open_calls().filter(|call| is_connected(call));
    let options = CallOptions {
        straight: others.any(|call| call.around_server),
        ..CallOptions::default()
    };
    let destination = super::calls::whither(world, guest, &options)?;
    let call = actor
        .phone
        .call(&destination, options)
        .await
        .map_err(|error| phone_failure(error, actor))?;
    world.notes.last_call = Some((actor.name().to_owned(), call));
    world.notes.last_callee = Some(guest.to_owned());
    let what = format!("{guest} to answer");
    let answered = actor.phone.wait_connected(call, end);
    wait(world, actor, &what, limit, answered).await?;
    Ok(call)
}
