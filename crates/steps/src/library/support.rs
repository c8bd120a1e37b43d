//! What the sentences share: deadlines, the call that is meant, failures.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallRecord, CallState, PhoneError, RegistrationState};

use crate::{Actor, World, phone_failure};

/// How often [`watch`] looks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// From now on.
pub(super) fn deadline(limit: Duration) -> Instant {
    Instant::now() + limit
}

/// Waits for something of a phone, telling the run about it, with the phone's error as failure.
pub(super) async fn wait<T>(
    world: &World,
    actor: &Arc<Actor>,
    what: &str,
    limit: Duration,
    work: impl Future<Output = Result<T, PhoneError>>,
) -> Result<T, Failure> {
    let what = format!("waiting for {what} at {}", actor.name());
    let started = Instant::now();
    world
        .progress()
        .during(&what, limit, work)
        .await
        .map_err(|error| {
            let mut failure = phone_failure(error, actor);
            if failure.waited_for.is_some() {
                failure.waited = started.elapsed();
            }
            in_latest_call(failure, actor)
        })
}

/// Looks again and again until there is something to see; `None` if there was nothing in time.
pub(super) async fn watch<T>(
    world: &World,
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Option<T> {
    let until = deadline(limit);
    let work = async {
        loop {
            if let Some(found) = look() {
                return Some(found);
            }
            let now = Instant::now();
            if now >= until {
                return None;
            }
            tokio::time::sleep_until((now + LOOK_AGAIN).min(until).into()).await;
        }
    };
    world.progress().during(what, limit, work).await
}

/// Something about a phone that is not as it should be.
pub(super) fn failure(class: FailureClass, actor: &Actor, summary: impl Into<String>) -> Failure {
    in_latest_call(Failure::new(class, summary).of_phone(actor.name()), actor)
}

/// Names the phone's latest call in the failure, so that its ladder is shown.
pub(super) fn in_latest_call(failure: Failure, actor: &Actor) -> Failure {
    match actor.phone.state().latest_call() {
        Some(call) if failure.call_id.is_none() => failure.in_call(call.sip_call_id.clone()),
        _ => failure,
    }
}

/// The phone's newest call, open or over.
pub(super) fn latest_call(actor: &Actor) -> Result<CallRecord, Failure> {
    actor.phone.state().latest_call().cloned().ok_or_else(|| {
        let summary = format!("{} has had no call", actor.name());
        failure(FailureClass::Misuse, actor, summary)
    })
}

pub(super) fn no_call(actor: &Actor) -> Failure {
    let summary = format!("no call came in at {}", actor.name());
    failure(FailureClass::CallFailed, actor, summary)
}

/// The failure of whoever waited for a call, with the end of the call that another phone made last: it
/// may have gone elsewhere.
pub(super) fn with_last_call(world: &World, actor: &Actor, found: Failure) -> Failure {
    let last = world.notes.last_call.as_ref();
    let last = last.filter(|(caller, _)| caller != actor.name());
    let ended = last.and_then(|(caller, handle)| {
        let record = world
            .existing(caller)?
            .phone
            .state()
            .call(*handle)
            .cloned()?;
        let CallState::Ended(end) = &record.state else {
            return None;
        };
        let callee = record.remote.shown();
        Some(format!(
            "the last call, of {caller} to {callee}, has ended: {end}"
        ))
    });
    match ended {
        Some(line) => found.detail(line),
        None => found,
    }
}

/// The phone's newest call that has not ended. One that only rings comes last: whoever hangs up while
/// a second call is waiting ends the first.
pub(super) fn open_call(actor: &Actor) -> Result<CallRecord, Failure> {
    let state = actor.phone.state();
    let newest = state
        .open_calls()
        .rfind(|call| call.state != CallState::Incoming)
        .or_else(|| state.open_calls().next_back());
    newest.cloned().ok_or_else(|| {
        let name = actor.name();
        let Some(last) = state.latest_call() else {
            let summary = format!("{name} has had no call");
            return failure(FailureClass::Misuse, actor, summary);
        };
        let summary = format!(
            "{name} has no open call; the last one, with {}, is {}",
            last.remote.shown(),
            last.state
        );
        failure(FailureClass::CallFailed, actor, summary)
    })
}

/// The call that the phone's user talks in: the newest answered one that the phone does not have on
/// hold; if there is none, as [`open_call`].
pub(super) fn active_call(actor: &Actor) -> Result<CallRecord, Failure> {
    let state = actor.phone.state();
    let active = state
        .open_calls()
        .rfind(|call| call.state == CallState::Answered && !call.on_hold)
        .cloned();
    active.map_or_else(|| open_call(actor), Ok)
}

/// Registers every phone of the scenario that should be reachable and is not registered yet:
/// phones register when the first sentence needs them, so that sentences before it can change what
/// they are.
pub(super) async fn ready(world: &mut World) -> Result<(), Failure> {
    world.gather_cast().await?;
    let waiting: Vec<_> = world
        .actors()
        .filter(|actor| {
            actor.phone.config().server.is_some()
                && !world.notes.manual.contains(actor.name())
                && matches!(
                    actor.phone.state().registration,
                    RegistrationState::Unregistered
                )
        })
        .cloned()
        .collect();
    let limit = world.signalling_default();
    let registering = waiting.iter().map(|actor| {
        let actor = actor.clone();
        async move {
            let registered = actor.phone.register(None, deadline(limit)).await;
            registered.map_err(|error| phone_failure(error, &actor))
        }
    });
    let tasks: Vec<_> = registering.map(tokio::spawn).collect();
    for (actor, task) in waiting.iter().zip(tasks) {
        let what = format!("waiting for {} to register", actor.name());
        let done = world.progress().during(&what, limit, task).await;
        done.map_err(|error| failure(FailureClass::Panic, actor, error.to_string()))??;
        world.notes.manual.insert(actor.name().to_owned());
        actor.consume_to(actor.phone.log().next_seq());
    }
    Ok(())
}

/// The phone with this name, registered like all others.
pub(super) async fn ready_phone(world: &mut World, name: &str) -> Result<Arc<Actor>, Failure> {
    let actor = world.phone(name).await?;
    ready(world).await?;
    Ok(actor)
}
