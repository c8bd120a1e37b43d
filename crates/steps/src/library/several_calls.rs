//! Phones with more than one call: calls by name, swapping them, calls past the server, calls that are
//! dropped without a word.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallDirection, CallHandle, CallOptions, CallState};

use super::calls::place;
use super::support::{active_call, deadline, failure, open_call, ready, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Several calls";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} calls {dest} directly",
            section: SECTION,
            about: "Calls a phone of the scenario at its contact address, or the address in a URI, past the server.",
            example: "Alice calls Bob directly",
            run: calls_directly,
        ),
        step!(
            "{phone} calls {dest} directly as call {word}",
            section: SECTION,
            about: "The same; later sentences can name the call.",
            example: "Alice calls Bob directly as call first",
            run: calls_directly_as,
        ),
        step!(
            "{phone} answers the call as call {word}",
            section: SECTION,
            about: "Waits for a call to come in and answers it; later sentences can name it.",
            example: "Bob answers the call as call first",
            run: answers_as,
        ),
        step!(
            "{phone} puts call {word} on hold",
            section: SECTION,
            about: "The same as `puts the call on hold` for a call with a name.",
            example: "Alice puts call first on hold",
            run: holds_named,
            with: true,
        ),
        step!(
            "{phone} resumes call {word}",
            section: SECTION,
            about: "The same as `resumes the call` for a call with a name.",
            example: "Alice resumes call first",
            run: holds_named,
            with: false,
        ),
        step!(
            "{phone} hangs up call {word}",
            section: SECTION,
            about: "The same as `hangs up` for a call with a name.",
            example: "Alice hangs up call first",
            run: hangs_up_named,
        ),
        step!(
            "{phone} swaps calls",
            section: SECTION,
            about: "The phone has two connected calls: puts the one that it talks in on hold and resumes the other one. What the phone hears afterwards is the other one.",
            example: "Alice swaps calls",
            run: swaps,
        ),
        step!(
            "{phone} takes over the call of {phone}",
            section: SECTION,
            about: "Calls the other phone directly by an INVITE with Replaces (RFC 3891) that names its open call. If it agrees, whoever was in that call with it is told goodbye.",
            example: "Charlie takes over the call of Bob",
            run: takes_over,
            with: false,
        ),
        step!(
            "{phone} takes over the ringing call of {phone}",
            section: SECTION,
            about: "The same with the flag early-only: only as long as the call is not answered.",
            example: "Charlie takes over the ringing call of Bob",
            run: takes_over,
            with: true,
        ),
        step!(
            "{phone} goes away without BYE",
            section: SECTION,
            about: "The phone forgets its open call without a word: it sends nothing more in it, and what comes for it is answered 481.",
            example: "Bob goes away without BYE",
            no within,
            run: goes_away,
        ),
    ]
}

fn straight() -> CallOptions {
    CallOptions {
        straight: true,
        ..CallOptions::default()
    }
}

async fn calls_directly(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.signalling(&arguments);
    let (caller, callee) = (arguments.phone(0)?, arguments.dest(1)?);
    place(world, (caller, callee), limit, straight()).await
}

async fn calls_directly_as(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.signalling(&arguments);
    let (caller, callee) = (arguments.phone(0)?, arguments.dest(1)?);
    place(world, (caller, callee), limit, straight()).await?;
    if let Some(call) = world.notes.last_call.clone() {
        let name = arguments.text(2)?.to_owned();
        world.notes.named_calls.insert(name, call);
    }
    Ok(())
}

async fn answers_as(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    super::answering::answer(world, &actor, limit).await?;
    let state = actor.phone.state();
    let answered = state.open_calls().rfind(|call| {
        call.direction == CallDirection::Incoming && call.state == CallState::Answered
    });
    let Some(call) = answered else {
        let summary = format!("the call that {} answered is over already", actor.name());
        return Err(failure(FailureClass::CallFailed, &actor, summary));
    };
    let name = arguments.text(1)?.to_owned();
    let call = (actor.name().to_owned(), call.handle);
    world.notes.named_calls.insert(name, call);
    Ok(())
}

/// The call that a sentence has given this name.
pub(super) fn named_call(
    world: &World,
    actor: &Arc<Actor>,
    name: &str,
) -> Result<CallHandle, Failure> {
    match world.notes.named_calls.get(name) {
        Some((phone, call)) if phone == actor.name() => Ok(*call),
        Some((phone, _)) => {
            let summary = format!("call {name} is one of {phone}, not of {}", actor.name());
            Err(failure(FailureClass::Misuse, actor, summary))
        }
        None => {
            let summary = format!("no sentence has named a call {name}");
            let found = failure(FailureClass::Misuse, actor, summary);
            Err(found.detail(format!("`... calls ... as call {name}` does")))
        }
    }
}

async fn holds_named(world: &mut World, arguments: Arguments, holds: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = named_call(world, &actor, arguments.text(1)?)?;
    let limit = world.signalling(&arguments);
    let (phone, end) = (actor.phone.clone(), deadline(limit));
    let work = async move {
        if holds {
            phone.hold(call, end).await
        } else {
            phone.resume(call, end).await
        }
    };
    wait(world, &actor, "200 to re-INVITE", limit, work).await
}

async fn hangs_up_named(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = named_call(world, &actor, arguments.text(1)?)?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.hang_up(call, deadline(limit));
    wait(world, &actor, "the end of the call", limit, work)
        .await
        .map(drop)
}

async fn swaps(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.swap(deadline(limit));
    wait(world, &actor, "200 to re-INVITE", limit, work).await
}

async fn takes_over(world: &mut World, arguments: Arguments, early_only: bool) -> StepResult {
    let whose = ready_phone(world, arguments.phone(1)?).await?;
    ready(world).await?;
    let call = active_call(&whose)?.handle;
    let limit = world.signalling(&arguments);
    let has_dialog = |record: &gannet_phone::CallRecord| {
        record.times.ringing.is_some() || record.state == CallState::Answered
    };
    let what = "a response to INVITE";
    let work = whose
        .phone
        .wait_call(call, what, deadline(limit), has_dialog);
    wait(world, &whose, what, limit, work).await?;
    let replaces = whose.phone.replaces(call).await;
    let mut replaces = replaces.map_err(|error| phone_failure(error, &whose))?;
    replaces.early_only = early_only;
    let options = CallOptions {
        headers: vec![
            ("Replaces".to_owned(), replaces.to_string()),
            ("Require".to_owned(), "replaces".to_owned()),
        ],
        ..straight()
    };
    let names = (arguments.phone(0)?, arguments.phone(1)?);
    place(world, names, limit, options).await
}

async fn goes_away(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?.handle;
    let gone = actor.phone.vanish(call).await;
    gone.map_err(|error| phone_failure(error, &actor))
}
