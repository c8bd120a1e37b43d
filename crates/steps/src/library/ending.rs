//! How calls end, and what is left of them.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallDirection, CallEnd, CallRecord, CallState};

use super::support::{deadline, failure, latest_call, open_call, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Ends of calls";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    let hangs_up = |pattern, example| {
        step!(
            pattern,
            section: SECTION,
            about: "Ends the phone's open call by BYE, CANCEL or a refusal, as its state asks for, and waits for the answer.",
            example: example,
            run: hangs_up,
        )
    };
    vec![
        hangs_up("{phone} hangs up the phone", "Bob hangs up the phone"),
        hangs_up("{phone} hangs up", "Bob hangs up"),
        step!(
            "{phone} hangs up after {time}",
            section: SECTION,
            about: "Waits and hangs up then.",
            example: "Bob hangs up after 2 seconds",
            run: hangs_up_after,
        ),
        step!(
            "{phone} cancels the call",
            section: SECTION,
            about: "Gives up a call that it made and that is not answered, and waits for the 487.",
            example: "Alice cancels the call",
            run: cancels,
        ),
        step!(
            "{phone} starts waiting",
            section: SECTION,
            about: "For features that wait for a hang-up in two sentences: marks the beginning. Nothing needs it here.",
            example: "Alice starts waiting",
            no within,
            run: starts_waiting,
        ),
        step!(
            "{phone} waits for hangup",
            section: SECTION,
            about: "Waits until the other side has ended the phone's newest call.",
            example: "Alice waits for hangup",
            run: waits_for_hangup,
        ),
        step!(
            "{phone} is idle",
            section: SECTION,
            about: "Waits until the phone has no open call.",
            example: "Alice is idle",
            condition,
            run: is_idle,
        ),
        step!(
            "{phone} has {n} call(s)",
            section: SECTION,
            about: "Waits until the phone has so many open calls.",
            example: "Alice has 1 call",
            condition,
            run: has_calls,
        ),
        step!(
            "{phone} is connected to {phone}",
            section: SECTION,
            about: "Waits until both phones have an answered call with each other: each hears the other's own audio.",
            example: "Alice is connected to Bob",
            condition,
            run: is_connected,
        ),
        step!(
            "the call fails with {code}",
            section: SECTION,
            about: "Waits until the call that was made last has failed with this code.",
            example: "the call fails with 486",
            condition,
            run: call_fails,
        ),
        step!(
            "the call ends",
            section: SECTION,
            about: "Waits until the call that was made last is over, however.",
            example: "the call ends",
            condition,
            run: call_ends,
        ),
        step!(
            "the call ends with cause {text}",
            section: SECTION,
            about: "Waits until the call that was made last is over; the cause is the phrase of the final response or of the Reason field, or how Gannet puts it.",
            example: "the call ends with cause \"Busy Here\"",
            condition,
            run: call_ends_with,
        ),
        step!(
            "{phone} gets no answer",
            section: SECTION,
            about: "The call that the phone made is not answered: it fails with 408, 480 or 487, or goes on ringing for the whole time.",
            example: "Alice gets no answer within 10 seconds",
            run: gets_no_answer,
        ),
        step!(
            "{phone} hears ringback",
            section: SECTION,
            about: "The other side rings: 180 came, or early media that is not silent.",
            example: "Alice hears ringback",
            condition,
            run: hears_ringback,
        ),
        step!(
            "{phone} hears busy tone",
            section: SECTION,
            about: "The call that the phone made was refused as busy: 486 or 600.",
            example: "Alice hears busy tone",
            condition,
            run: hears_busy,
        ),
    ]
}

async fn hangs_up(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    hang_up(world, &arguments, &actor).await
}

async fn hang_up(world: &mut World, arguments: &Arguments, actor: &Arc<Actor>) -> StepResult {
    let call = open_call(actor)?;
    let limit = world.signalling(arguments);
    let work = actor.phone.hang_up(call.handle, deadline(limit));
    wait(world, actor, "the end of the call", limit, work)
        .await
        .map(drop)
}

async fn hangs_up_after(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    world.pause(arguments.duration(1)?).await;
    hang_up(world, &arguments, &actor).await
}

async fn cancels(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.cancel(call.handle, deadline(limit));
    wait(world, &actor, "487 to INVITE", limit, work)
        .await
        .map(drop)
}

async fn starts_waiting(world: &mut World, arguments: Arguments) -> StepResult {
    ready_phone(world, arguments.phone(0)?).await.map(drop)
}

async fn waits_for_hangup(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = latest_call(&actor)?;
    let end = ended(world, &actor, &call, &arguments).await?;
    if end.cause == gannet_phone::CallEndCause::RemoteHangUp {
        return Ok(());
    }
    let summary = format!(
        "the call of {} was not hung up by the other side: {end}",
        actor.name()
    );
    Err(failure(FailureClass::CallFailed, &actor, summary))
}

async fn ended(
    world: &mut World,
    actor: &Arc<Actor>,
    call: &CallRecord,
    arguments: &Arguments,
) -> Result<CallEnd, Failure> {
    let limit = world.signalling(arguments);
    let work = actor.phone.wait_ended(call.handle, deadline(limit));
    wait(world, actor, "the end of the call", limit, work).await
}

async fn is_idle(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.wait_idle(deadline(limit));
    wait(world, &actor, "the end of all calls", limit, work).await
}

async fn has_calls(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.integer(1)?;
    let limit = world.signalling(&arguments);
    let what = format!("{wanted} open call(s)");
    let work = actor.phone.wait_for_state(deadline(limit), &what, |state| {
        state.open_calls().count() as u64 == wanted
    });
    wait(world, &actor, &what, limit, work).await.map(drop)
}

async fn is_connected(world: &mut World, arguments: Arguments) -> StepResult {
    let first = ready_phone(world, arguments.phone(0)?).await?;
    let second = ready_phone(world, arguments.phone(1)?).await?;
    let limit = world.signalling(&arguments);
    for actor in [&first, &second] {
        let call = open_call(actor)?;
        let work = actor.phone.wait_connected(call.handle, deadline(limit));
        wait(world, actor, "the call to be connected", limit, work).await?;
    }
    let media = world.media(&arguments);
    super::hearing::hears_mark(world, &first, &second, media).await?;
    super::hearing::hears_mark(world, &second, &first, media).await
}

/// The caller of the call that was made last, and the call as it stands.
fn last_call(world: &World) -> Result<(Arc<Actor>, CallRecord), Failure> {
    let misuse = || {
        Failure::new(
            FailureClass::Misuse,
            "no phone of this scenario has made a call",
        )
    };
    let (caller, handle) = world.notes.last_call.clone().ok_or_else(misuse)?;
    let actor = world.existing(&caller).ok_or_else(misuse)?;
    let call = actor
        .phone
        .state()
        .call(handle)
        .cloned()
        .ok_or_else(misuse)?;
    Ok((actor, call))
}

async fn call_fails(world: &mut World, arguments: Arguments) -> StepResult {
    let codes = arguments.codes(0)?;
    let (actor, call) = last_call(world)?;
    let limit = world.signalling(&arguments);
    let what = format!("the call to fail with {codes}");
    let work = actor
        .phone
        .wait_call(call.handle, &what, deadline(limit), |call| {
            !call.state.is_open() || call.state == CallState::Answered
        });
    let call = wait(world, &actor, &what, limit, work).await?;
    match &call.state {
        CallState::Ended(end) if end.code.is_some_and(|code| codes.contains(code)) => Ok(()),
        state => {
            let summary = format!(
                "expected the call of {} to fail with {codes}; it is {state}",
                actor.name()
            );
            Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
        }
    }
}

async fn call_ends(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, call) = last_call(world)?;
    ended(world, &actor, &call, &arguments).await.map(drop)
}

async fn call_ends_with(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = arguments.text(0)?.to_owned();
    let (actor, call) = last_call(world)?;
    let end = ended(world, &actor, &call, &arguments).await?;
    let told = [
        Some(end.cause.to_string()),
        end.reason.clone(),
        end.code.map(|c| c.to_string()),
    ];
    if told
        .into_iter()
        .flatten()
        .any(|text| text.eq_ignore_ascii_case(&wanted))
    {
        return Ok(());
    }
    let summary = format!("the call ended otherwise: {end}; expected \"{wanted}\"");
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn gets_no_answer(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = newest_outgoing(&actor)?;
    let time = world.observing(&arguments);
    let work = actor
        .phone
        .wait_call(call.handle, "an answer", deadline(time), |call| {
            call.state == CallState::Answered || !call.state.is_open()
        });
    let what = format!("watching that nobody answers {}", actor.name());
    let Ok(call) = world.progress().during(&what, time, work).await else {
        return Ok(());
    };
    match &call.state {
        CallState::Ended(end) if matches!(end.code, Some(408 | 480 | 487)) => Ok(()),
        state => {
            let summary = format!(
                "the call of {} is {state}, expected no answer",
                actor.name()
            );
            Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
        }
    }
}

fn newest_outgoing(actor: &Arc<Actor>) -> Result<CallRecord, Failure> {
    let state = actor.phone.state();
    let found = state
        .calls
        .iter()
        .rev()
        .find(|call| call.direction == CallDirection::Outgoing);
    found.cloned().ok_or_else(|| {
        failure(
            FailureClass::Misuse,
            actor,
            format!("{} has made no call", actor.name()),
        )
    })
}

async fn hears_ringback(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = newest_outgoing(&actor)?;
    let limit = world.signalling(&arguments);
    let work = actor
        .phone
        .wait_call(call.handle, "ringing", deadline(limit), |call| {
            let code = call.response.as_ref().and_then(gannet_sip::Message::status);
            call.times.ringing.is_some() && code != Some(183)
        });
    let rings = wait(world, &actor, "ringback", limit, work).await;
    if rings.is_ok() {
        return Ok(());
    }
    let early = actor.phone.media(call.handle).ok().is_some_and(|media| {
        let heard = media.heard(
            gannet_media::Sound::Any,
            call.times.started,
            std::time::Instant::now(),
        );
        !heard.covered.is_zero()
    });
    if early { Ok(()) } else { rings.map(drop) }
}

async fn hears_busy(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = newest_outgoing(&actor)?;
    let end = ended(world, &actor, &call, &arguments).await?;
    if matches!(end.code, Some(486 | 600)) {
        return Ok(());
    }
    let summary = format!(
        "the call of {} was not refused as busy: {end}",
        actor.name()
    );
    Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
}
