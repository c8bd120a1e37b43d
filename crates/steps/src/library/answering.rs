//! Calls that come in: ringing, answering, refusing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallDirection, CallRecord, CallState, IncomingPolicy};
use gannet_sip::{HeaderName, NameAddr};

use super::support::{deadline, failure, latest_call, no_call, ready_phone, wait, with_last_call};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Calls that come in";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    let answers = |pattern, example| {
        step!(
            pattern,
            section: SECTION,
            about: "Waits for a call to come in if there is none, answers it with 200 unless the phone has answered by itself, and checks that ACK comes.",
            example: example,
            run: answers,
        )
    };
    vec![
        answers("{phone} answers the phone", "Bob answers the phone"),
        answers("{phone} answers the call", "Bob answers the call"),
        step!(
            "{phone} answers the call after {time}",
            section: SECTION,
            about: "Lets the call ring for this time and answers it then.",
            example: "Bob answers the call after 2 seconds",
            run: answers_after,
        ),
        step!(
            "{phone} rings",
            section: SECTION,
            about: "Waits until a call has come in and the phone rings.",
            example: "Bob rings",
            condition,
            run: rings,
        ),
        step!(
            "{phone} is ringing",
            section: SECTION,
            about: "The same as `rings`.",
            example: "Bob is ringing",
            condition,
            run: rings,
        ),
        step!(
            "{phone} rings for {time}",
            section: SECTION,
            about: "Waits until the phone rings, and sees that it goes on ringing for this time.",
            example: "Bob rings for 3 seconds",
            run: rings_for,
        ),
        step!(
            "{phone} does not ring",
            section: SECTION,
            about: "Watches the phone for a while: no call comes in.",
            example: "Bob does not ring within 2 seconds",
            run: does_not_ring,
        ),
        step!(
            "{phone} stops ringing",
            section: SECTION,
            about: "Waits until the call that came in is answered or over.",
            example: "Bob stops ringing",
            condition,
            run: stops_ringing,
        ),
        step!(
            "{phone} shows {text}",
            section: SECTION,
            about: "The call that came in shows this caller name or number (P-Asserted-Identity before From).",
            example: "Bob shows \"Alice\"",
            condition,
            run: shows,
        ),
        step!(
            "{phone} rejects the call",
            section: SECTION,
            about: "Refuses the call that came in with the profile's code.",
            example: "Bob rejects the call",
            run: rejects,
        ),
        step!(
            "{phone} rejects the call with {code}",
            section: SECTION,
            about: "Refuses the call that came in with this code.",
            example: "Bob rejects the call with 603",
            run: rejects_with,
        ),
        step!(
            "{phone} is busy",
            section: SECTION,
            about: "Refuses the call that rings, or else every call from now on, with the profile's busy code.",
            example: "Bob is busy",
            no within,
            run: is_busy,
        ),
        step!(
            "{phone} lets it ring",
            section: SECTION,
            about: "From now on the phone rings until the caller or the server gives up.",
            example: "Bob lets it ring",
            no within,
            run: lets_it_ring,
        ),
        step!(
            "{phone} redirects the call to {dest}",
            section: SECTION,
            about: "Sends the caller elsewhere with 302.",
            example: "Bob redirects the call to sip:carol@127.0.0.1",
            run: redirects,
        ),
    ]
}

async fn answers(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    answer(world, &actor, limit).await
}

pub(super) async fn answer(world: &mut World, actor: &Arc<Actor>, limit: Duration) -> StepResult {
    let until = deadline(limit);
    let call = wait(
        world,
        actor,
        "a call",
        limit,
        actor
            .phone
            .wait_for_state(until, "a call that comes in", |state| {
                newest_incoming(&state.calls).is_some_and(|call| call.state.is_open())
            }),
    )
    .await;
    let call = call.map_err(|found| with_last_call(world, actor, found))?;
    let call = newest_incoming(&call.calls)
        .cloned()
        .ok_or_else(|| no_call(actor))?;
    if call.state == CallState::Incoming {
        match actor.phone.answer(call.handle, until).await {
            Ok(_) => return caller_knows(world, actor, limit).await,
            // The phone may have answered by itself in the meantime.
            Err(_) if latest_call(actor)?.state == CallState::Answered => {}
            Err(error) => {
                return Err(super::support::in_latest_call(
                    phone_failure(error, actor),
                    actor,
                ));
            }
        }
    }
    let work = actor.phone.wait_connected(call.handle, until);
    wait(world, actor, "ACK", limit, work).await?;
    caller_knows(world, actor, limit).await
}

/// Behind a server the ACK tells nothing about the caller: the next sentence may be hers, so the
/// answer must have reached her. If it never does, her own sentences say so.
async fn caller_knows(world: &mut World, callee: &Arc<Actor>, limit: Duration) -> StepResult {
    if world.notes.last_callee.as_deref() != Some(callee.name()) {
        return Ok(());
    }
    let Some((caller, handle)) = world.notes.last_call.clone() else {
        return Ok(());
    };
    if let Some(caller) = world.existing(&caller) {
        let work = caller.phone.wait_connected(handle, deadline(limit));
        let what = format!("waiting for the answer to reach {}", caller.name());
        // Not this phone's failure.
        let _ = world.progress().during(&what, limit, work).await;
    }
    Ok(())
}

async fn answers_after(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    incoming(world, &actor, limit).await?;
    world.pause(arguments.duration(1)?).await;
    answer(world, &actor, limit).await
}

fn newest_incoming(calls: &[CallRecord]) -> Option<&CallRecord> {
    calls
        .iter()
        .rev()
        .find(|call| call.direction == CallDirection::Incoming)
}

/// Waits until the newest call that came in waits for an answer.
pub(super) async fn incoming(
    world: &mut World,
    actor: &Arc<Actor>,
    limit: Duration,
) -> Result<CallRecord, Failure> {
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "a call that comes in", |state| {
            newest_incoming(&state.calls).is_some_and(|call| call.state == CallState::Incoming)
        });
    let state = wait(world, actor, "a call", limit, work).await;
    let state = state.map_err(|found| with_last_call(world, actor, found))?;
    newest_incoming(&state.calls)
        .cloned()
        .ok_or_else(|| no_call(actor))
}

async fn rings(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    ringing(world, &actor, limit).await.map(drop)
}

pub(super) async fn ringing(
    world: &mut World,
    actor: &Arc<Actor>,
    limit: Duration,
) -> Result<CallRecord, Failure> {
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "a call that rings", |state| {
            newest_incoming(&state.calls).is_some_and(|call| {
                call.state == CallState::Incoming && call.times.ringing.is_some()
            })
        });
    let state = wait(world, actor, "a call that rings", limit, work).await;
    let state = state.map_err(|found| with_last_call(world, actor, found))?;
    newest_incoming(&state.calls)
        .cloned()
        .ok_or_else(|| no_call(actor))
}

async fn rings_for(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let call = ringing(world, &actor, limit).await?;
    let time = arguments.duration(1)?;
    let since = call.times.ringing.unwrap_or_else(Instant::now);
    let stopped = actor
        .phone
        .wait_call(call.handle, "the end of ringing", since + time, |call| {
            call.state != CallState::Incoming
        });
    let what = format!("{} rings", actor.name());
    match world.progress().during(&what, time, stopped).await {
        Err(_) => Ok(()),
        Ok(call) => {
            let rang = since.elapsed().as_secs_f64();
            let summary = format!(
                "{} rang for {rang:.1} s only, expected {:.1} s; the call is {}",
                actor.name(),
                time.as_secs_f64(),
                call.state
            );
            Err(failure(FailureClass::CallFailed, &actor, summary))
        }
    }
}

async fn does_not_ring(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let time = world.observing(&arguments);
    let is_ringing = |state: &gannet_phone::PhoneState| {
        state.calls.iter().any(|call| {
            call.direction == CallDirection::Incoming
                && call.state.is_open()
                && call.times.ringing.is_some()
                && call.times.answered.is_none()
        })
    };
    let work = actor
        .phone
        .wait_for_state(deadline(time), "ringing", is_ringing);
    let what = format!("watching that {} does not ring", actor.name());
    match world.progress().during(&what, time, work).await {
        Err(_) => Ok(()),
        Ok(_) => Err(failure(
            FailureClass::UnexpectedMessage,
            &actor,
            format!("{} rings", actor.name()),
        )),
    }
}

async fn stops_ringing(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "the end of ringing", |state| {
            state
                .calls
                .iter()
                .all(|call| call.state != CallState::Incoming)
        });
    wait(world, &actor, "the end of ringing", limit, work)
        .await
        .map(drop)
}

async fn shows(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let wanted = arguments.text(1)?.to_owned();
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "a call that comes in", |state| {
            newest_incoming(&state.calls).is_some()
        });
    let state = wait(world, &actor, "a call", limit, work).await?;
    let call = newest_incoming(&state.calls).ok_or_else(|| no_call(&actor))?;
    let mut shown = vec![call.remote.shown().to_owned(), call.remote.uri.to_string()];
    shown.extend(call.remote.uri.user.clone());
    if let Some(invite) = &call.invite {
        let asserted = invite
            .name_addrs(HeaderName::PAssertedIdentity)
            .filter_map(Result::ok);
        shown.extend(asserted.flat_map(|identity: NameAddr| {
            [identity.display_name(), identity.uri.user]
                .into_iter()
                .flatten()
        }));
    }
    if shown.contains(&wanted) {
        return Ok(());
    }
    shown.sort();
    shown.dedup();
    let summary = format!(
        "{} shows {}, expected \"{wanted}\"",
        actor.name(),
        shown.join(" / ")
    );
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn rejects(world: &mut World, arguments: Arguments) -> StepResult {
    reject(world, &arguments, None).await
}

async fn rejects_with(world: &mut World, arguments: Arguments) -> StepResult {
    let code = arguments.code(1)?;
    reject(world, &arguments, Some(code)).await
}

async fn reject(world: &mut World, arguments: &Arguments, code: Option<u16>) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = incoming(world, &actor, world.signalling(arguments)).await?;
    let rejected = actor.phone.reject(call.handle, code).await;
    rejected.map_err(|error| phone_failure(error, &actor))
}

async fn is_busy(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let state = actor.phone.state();
    let done = match newest_incoming(&state.calls).filter(|c| c.state == CallState::Incoming) {
        Some(call) => actor.phone.reject_as_busy(call.handle).await,
        None => actor.phone.set_incoming(IncomingPolicy::Busy).await,
    };
    done.map_err(|error| phone_failure(error, &actor))
}

async fn lets_it_ring(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let policy = IncomingPolicy::NoAnswer { ring_time: None };
    actor
        .phone
        .set_incoming(policy)
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn redirects(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let destination = world.destination(arguments.dest(1)?)?;
    let uri = match destination {
        gannet_phone::Destination::Uri(uri) => uri,
        gannet_phone::Destination::User(user) => {
            let mut uri = actor.phone.aor().clone();
            uri.user = Some(user);
            uri
        }
    };
    let call = incoming(world, &actor, world.signalling(&arguments)).await?;
    let redirected = actor.phone.redirect(call.handle, uri).await;
    redirected.map_err(|error| phone_failure(error, &actor))
}
