//! Hold: putting the other side on hold, and being held.

use std::sync::Arc;

use gannet_events::Failure;
use gannet_phone::CallHandle;

use super::support::{active_call, deadline, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Hold";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} puts the call on hold",
            section: SECTION,
            about: "Offers sendonly by re-INVITE (inactive if the other side holds too) and waits for the answer. The other side hears silence then. If the re-INVITE is refused the sentence fails and the call goes on as it was.",
            example: "Alice puts the call on hold",
            run: changes,
            with: true,
        ),
        step!(
            "{phone} resumes the call",
            section: SECTION,
            about: "Ends `puts the call on hold`: offers sendrecv (recvonly if the other side holds too).",
            example: "Alice resumes the call",
            run: changes,
            with: false,
        ),
        step!(
            "{phone} sees the call held",
            section: SECTION,
            about: "Waits until the other side has put the phone on hold: by direction, or by the address 0.0.0.0.",
            example: "Bob sees the call held",
            run: sees,
            with: true,
        ),
        step!(
            "{phone} sees the call resumed",
            section: SECTION,
            about: "Waits until the other side does not have the phone on hold.",
            example: "Bob sees the call resumed",
            run: sees,
            with: false,
        ),
    ]
}

/// The phone's call that is meant, connected: where it is to be resumed, the newest that is held.
pub(super) async fn connected(
    world: &mut World,
    arguments: &Arguments,
    resumes: bool,
) -> Result<(Arc<Actor>, CallHandle), Failure> {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let state = actor.phone.state();
    let held = state.open_calls().rfind(|call| resumes && call.on_hold);
    let call = match held {
        Some(held) => held.handle,
        None => active_call(&actor)?.handle,
    };
    let limit = world.signalling(arguments);
    let work = actor.phone.wait_connected(call, deadline(limit));
    wait(world, &actor, "the call to be connected", limit, work).await?;
    Ok((actor, call))
}

async fn changes(world: &mut World, arguments: Arguments, holds: bool) -> StepResult {
    let (actor, call) = connected(world, &arguments, !holds).await?;
    let limit = world.signalling(&arguments);
    let end = deadline(limit);
    let phone = actor.phone.clone();
    let work = async move {
        if holds {
            phone.hold(call, end).await
        } else {
            phone.resume(call, end).await
        }
    };
    wait(world, &actor, "200 to re-INVITE", limit, work).await
}

async fn sees(world: &mut World, arguments: Arguments, held: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    // One that is not answered yet can be held by UPDATE too (RFC 3311 5.1).
    let call = active_call(&actor)?.handle;
    let limit = world.signalling(&arguments);
    let what = if held {
        "the other side to hold the call"
    } else {
        "the other side to resume the call"
    };
    let fits = |record: &gannet_phone::CallRecord| record.held_by_remote == held;
    let work = actor.phone.wait_call(call, what, deadline(limit), fits);
    wait(world, &actor, what, limit, work).await.map(drop)
}
