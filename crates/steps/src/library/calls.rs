//! Making calls.

use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{
    CallEndCause, CallHandle, CallOptions, CallState, Destination, IncomingPolicy, PhoneState,
};

use super::support::{deadline, failure, ready, ready_phone};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Calls";

/// How long a phone that expects a call lets it ring before it answers by itself.
const RINGS_BEFORE_ANSWER: Duration = Duration::from_millis(500);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} calls {dest}",
            section: SECTION,
            about: "Calls a phone, an extension or a URI, and waits until the call has reached anybody: any response but a challenge, or the callee rings.",
            example: "Alice calls Bob",
            run: calls,
        ),
        step!(
            "{phone} calls {dest} as call {word}",
            section: SECTION,
            about: "The same; later sentences can name the call.",
            example: "Alice calls Bob as call first",
            run: calls_as,
        ),
        step!(
            "{phone} calls {dest} without SDP",
            section: SECTION,
            about: "The same without an offer in INVITE: the other side offers in its 200.",
            example: "Alice calls Bob without SDP",
            run: calls_without_sdp,
        ),
        step!(
            "{phone} calls {dest} anonymously",
            section: SECTION,
            about: "The same with From anonymous and Privacy: id.",
            example: "Alice calls Bob anonymously",
            run: calls_anonymously,
        ),
        step!(
            "{phone} calls {dest} with header {hdr} {text}",
            section: SECTION,
            about: "The same with one more header field in INVITE.",
            example: "Alice calls Bob with header Subject \"lunch\"",
            run: calls_with_header,
        ),
        step!(
            "{phone} expects a call",
            section: SECTION,
            about: "From now on the phone answers every call by itself after ringing briefly.",
            example: "Bob expects a call",
            no within,
            run: expects_call,
        ),
        step!(
            "{phone} waits for a call",
            section: SECTION,
            about: "The same as `expects a call`.",
            example: "Bob waits for a call",
            no within,
            run: expects_call,
        ),
        step!(
            "the following calls are made:",
            section: SECTION,
            about: "Makes one call for each row, all at once. Columns: caller, callee, answer after, talk, hang-up by, expected code.",
            example: "the following calls are made:",
            run: following_calls,
        ),
    ]
}

async fn calls(world: &mut World, arguments: Arguments) -> StepResult {
    call(world, &arguments, CallOptions::default()).await
}

async fn calls_as(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.text(2)?.to_owned();
    call(world, &arguments, CallOptions::default()).await?;
    if let Some((caller, handle)) = world.notes.last_call.clone() {
        world.notes.named_calls.insert(name, (caller, handle));
    }
    Ok(())
}

async fn calls_without_sdp(world: &mut World, arguments: Arguments) -> StepResult {
    call(
        world,
        &arguments,
        CallOptions {
            without_sdp: true,
            ..CallOptions::default()
        },
    )
    .await
}

async fn calls_anonymously(world: &mut World, arguments: Arguments) -> StepResult {
    call(
        world,
        &arguments,
        CallOptions {
            anonymous: true,
            ..CallOptions::default()
        },
    )
    .await
}

async fn calls_with_header(world: &mut World, arguments: Arguments) -> StepResult {
    let header = (
        arguments.header(2)?.to_owned(),
        arguments.text(3)?.to_owned(),
    );
    call(
        world,
        &arguments,
        CallOptions {
            headers: vec![header],
            ..CallOptions::default()
        },
    )
    .await
}

/// Calls the destination of a sentence.
pub(super) async fn call(
    world: &mut World,
    arguments: &Arguments,
    options: CallOptions,
) -> StepResult {
    call_at(world, arguments, None, options).await
}

/// The same at another address than the one by which the sentence names it.
pub(super) async fn call_at(
    world: &mut World,
    arguments: &Arguments,
    address: Option<Destination>,
    options: CallOptions,
) -> StepResult {
    let limit = world.signalling(arguments);
    let names = (arguments.phone(0)?, arguments.text(1)?);
    reach(world, names, address, (limit, options)).await
}

/// Whom a phone calls: past the server a phone of the scenario is reached at its contact.
pub(super) fn whither(
    world: &World,
    name: &str,
    options: &CallOptions,
) -> Result<Destination, Failure> {
    match world.existing(name).filter(|_| options.straight) {
        Some(actor) => Ok(Destination::Uri(actor.phone.contact().clone())),
        None => world.destination(name),
    }
}

/// Calls, and waits until the call has reached anybody.
pub(super) async fn place(
    world: &mut World,
    names: (&str, &str),
    limit: Duration,
    options: CallOptions,
) -> StepResult {
    reach(world, names, None, (limit, options)).await
}

async fn reach(
    world: &mut World,
    (caller, callee): (&str, &str),
    address: Option<Destination>,
    (limit, options): (Duration, CallOptions),
) -> StepResult {
    let called = callee.to_owned();
    let caller = world.phone(caller).await?;
    bring(world, callee, &options).await?;
    ready(world).await?;
    let destination = match address {
        Some(address) => address,
        None => whither(world, callee, &options)?,
    };
    let callee = world.existing(callee);
    let calls_before = callee
        .as_ref()
        .map_or(0, |callee| callee.phone.state().calls.len());
    caller.consume_to(caller.phone.log().next_seq());
    let handle = caller
        .phone
        .call(&destination, options)
        .await
        .map_err(|error| phone_failure(error, &caller))?;
    world.notes.last_call = Some((caller.name().to_owned(), handle));
    world.notes.last_callee = Some(called);
    let from = caller.cursor();
    let log = caller.phone.log().clone();
    let call_id = caller
        .phone
        .state()
        .call(handle)
        .map(|call| call.sip_call_id.clone());
    let is_answer = |entry: &gannet_phone::LogEntry| {
        entry.direction == gannet_events::Direction::Received
            && !entry.message.is_request()
            && entry.message.call_id() == call_id.as_deref()
            && !matches!(entry.message.status(), Some(401 | 407))
    };
    let answered = log.wait_for(from, deadline(limit), is_answer);
    let over = gave_up(&caller, handle, limit);
    // On a network that loses packets the callee may ring long before the caller learns of it.
    let rings = async {
        let Some(callee) = callee.filter(|callee| callee.name() != caller.name()) else {
            return std::future::pending().await;
        };
        let new_call = callee
            .phone
            .wait_for_state(deadline(limit), "a call", |state| {
                state.calls.len() > calls_before
                    && state.calls.last().is_some_and(|c| c.state.is_open())
            });
        if new_call.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let either = async {
        tokio::select! {
            answered = answered => answered.is_some(),
            () = rings => true,
            () = over => log.since(from).iter().any(|entry| is_answer(entry)),
        }
    };
    let what = format!("waiting for an answer to INVITE at {}", caller.name());
    if world.progress().during(&what, limit, either).await {
        return Ok(());
    }
    Err(nobody(&caller, limit)?)
}

/// Waits until a call is over: nothing more comes then, because nobody has answered in time, or nobody
/// is there.
async fn gave_up(caller: &Actor, handle: CallHandle, limit: Duration) {
    let is_over = |state: &PhoneState| {
        let call = state.call(handle);
        call.is_none_or(|call| !call.state.is_open())
    };
    // At the deadline the wait for an answer has ended, too.
    let _ = caller
        .phone
        .wait_for_state(deadline(limit), "its end", is_over)
        .await;
}

/// A callee that is a phone of the scenario must be there before it can be reached.
async fn bring(world: &mut World, callee: &str, options: &CallOptions) -> StepResult {
    // Past the server a name can only be a phone's; a number leads nowhere there.
    let number = !callee.contains(char::is_alphabetic);
    let past_server = options.straight && !number && !callee.contains(':');
    if (past_server || world.is_phone(callee)) && world.existing(callee).is_none() {
        world.phone(callee).await?;
    }
    Ok(())
}

/// Nobody said anything to an INVITE.
fn nobody(caller: &Actor, limit: Duration) -> Result<Failure, Failure> {
    let record = super::support::latest_call(caller)?;
    let name = caller.name();
    if let CallState::Ended(end) = &record.state {
        let class = match end.cause {
            CallEndCause::Timeout => FailureClass::Timeout,
            _ => FailureClass::CallFailed,
        };
        let summary = format!("the call of {name} failed: {end}");
        return Ok(failure(class, caller, summary));
    }
    let summary = format!("{name} got no answer at all to its INVITE");
    let found = failure(FailureClass::Timeout, caller, summary);
    Ok(found.waiting_for("any response to INVITE", limit))
}

async fn expects_call(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let policy = IncomingPolicy::AutoAnswer {
        after: RINGS_BEFORE_ANSWER,
    };
    actor
        .phone
        .set_incoming(policy)
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn following_calls(world: &mut World, arguments: Arguments) -> StepResult {
    let rows = super::call_table::rows(arguments.needs_table()?)?;
    let limit = world.signalling(&arguments);
    let mut calls = Vec::new();
    for row in rows {
        let caller = world.phone(&row.caller).await?;
        if world.is_phone(&row.callee) {
            world.phone(&row.callee).await?;
        }
        let destination = world.destination(&row.callee)?;
        let callee = world.existing(&row.callee);
        calls.push((row, caller, callee, destination));
    }
    ready(world).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for (row, caller, callee, destination) in calls {
        tasks.spawn(super::call_table::play(
            row,
            caller,
            callee,
            destination,
            limit,
        ));
    }
    let progress = world.progress().clone();
    let all = async {
        let mut first = Ok(());
        while let Some(done) = tasks.join_next().await {
            let result = done.unwrap_or_else(|error| {
                Err(gannet_events::Failure::new(
                    FailureClass::Panic,
                    error.to_string(),
                ))
            });
            if first.is_ok() {
                first = result;
            }
        }
        first
    };
    progress.during("the calls of the table", limit, all).await
}
