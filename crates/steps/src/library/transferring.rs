//! What the sentences of transfers do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::Sound;
use gannet_phone::{
    CallHandle, CallOptions, CallState, Destination, TransferOptions, TransferRecord, TransferTo,
};
use gannet_sip::Uri;

use super::support::{active_call, deadline, failure, wait, watch};
use crate::{Actor, StepResult, World, phone_failure};

/// So much of each other's audio must be heard by two phones that talk.
const HEARD_MIN: Duration = Duration::from_secs(1);

/// What is asked of the other side of a call.
pub(super) struct Transfer {
    pub(super) call: CallHandle,
    pub(super) to: TransferTo,
    pub(super) options: TransferOptions,
}

/// Sends REFER and waits for its final response, whatever it is.
pub(super) async fn transfer(
    world: &mut World,
    actor: &Arc<Actor>,
    what: Transfer,
    limit: Duration,
) -> StepResult {
    let Transfer { call, to, options } = what;
    let connected = actor.phone.wait_connected(call, deadline(limit));
    wait(world, actor, "the call to be connected", limit, connected).await?;
    let work = actor.phone.transfer(call, to, options, deadline(limit));
    let number = wait(world, actor, "a response to REFER", limit, work).await?;
    world.notes.last_transfer = Some((actor.name().to_owned(), number));
    Ok(())
}

/// The transfer that was asked for last, and by whom.
pub(super) fn last_transfer(world: &World) -> Result<(Arc<Actor>, TransferRecord), Failure> {
    let misuse = || {
        let summary = "no phone of this scenario has asked for a transfer";
        Failure::new(FailureClass::Misuse, summary)
    };
    let (name, number) = world.notes.last_transfer.clone().ok_or_else(misuse)?;
    let actor = world.existing(&name).ok_or_else(misuse)?;
    let state = actor.phone.state();
    let mut records = state.transfers.iter();
    let record = records.find(|record| record.number == number).cloned();
    Ok((actor, record.ok_or_else(misuse)?))
}

/// The newest answered call of a phone with another one.
pub(super) fn call_with(actor: &Arc<Actor>, other: &Arc<Actor>) -> Option<CallHandle> {
    let state = actor.phone.state();
    let theirs = |uri: &Uri| {
        uri == other.phone.contact()
            || uri.user_decoded().as_deref() == Some(other.account().user.as_str())
    };
    state
        .open_calls()
        .rfind(|record| record.state == CallState::Answered && theirs(&record.remote.uri))
        .map(|record| record.handle)
}

/// Puts the call on hold and calls the other phone, past the server if the call goes past it.
pub(super) async fn consult(
    world: &mut World,
    actor: &Arc<Actor>,
    target: &Arc<Actor>,
    limit: Duration,
) -> Result<CallHandle, Failure> {
    let first = active_call(actor)?;
    if !first.on_hold {
        let held = actor.phone.hold(first.handle, deadline(limit));
        wait(world, actor, "200 to re-INVITE", limit, held).await?;
    }
    let options = CallOptions {
        straight: first.around_server,
        ..CallOptions::default()
    };
    let destination = super::calls::whither(world, target.name(), &options)?;
    let made = actor.phone.call(&destination, options).await;
    let call = made.map_err(|error| phone_failure(error, actor))?;
    world.notes.last_call = Some((actor.name().to_owned(), call));
    world.notes.last_callee = Some(target.name().to_owned());
    let what = format!("{} to answer", target.name());
    let answered = actor.phone.wait_connected(call, deadline(limit));
    match wait(world, actor, &what, limit, answered).await {
        Ok(_) => Ok(call),
        Err(found) => Err(found.detail(format!(
            "`{} expects a call` before lets it answer by itself",
            target.name()
        ))),
    }
}

/// Whether a URI is that of a destination, or at least its user part.
pub(super) fn is_with(uri: &Uri, destination: &Destination) -> bool {
    match destination {
        Destination::Uri(wanted) => uri.is_equivalent(wanted) || same_user(uri, wanted),
        Destination::User(user) => uri.user_decoded().as_deref() == Some(user),
    }
}

fn same_user(uri: &Uri, wanted: &Uri) -> bool {
    uri.user.is_some() && uri.user == wanted.user
}

/// Waits until each of two phones hears the other in the call that it talks in.
pub(super) async fn heard_by_both(
    world: &World,
    first: &Arc<Actor>,
    second: &Arc<Actor>,
    limit: Duration,
) -> StepResult {
    let started = Instant::now();
    let hears = |listener: &Arc<Actor>, other: &Arc<Actor>| {
        let call = active_call(listener).ok()?;
        let media = listener.phone.media(call.handle).ok()?;
        let sound = Sound::Mark(other.phone.mark());
        let heard = media.heard(sound, started, Instant::now());
        (call.state == CallState::Answered && heard.covered >= HEARD_MIN).then_some(())
    };
    let both = || {
        hears(first, second)?;
        hears(second, first)
    };
    let what = format!("waiting for {} and {} to talk", first.name(), second.name());
    if watch(world, &what, limit, both).await.is_some() {
        return Ok(());
    }
    let (deaf, other) = match hears(first, second) {
        Some(()) => (second, first),
        None => (first, second),
    };
    let summary = match active_call(deaf) {
        Ok(call) => format!(
            "{} does not hear {}: its call with {} is {}",
            deaf.name(),
            other.name(),
            call.remote.shown(),
            call.state
        ),
        Err(_) => format!("{} has no open call", deaf.name()),
    };
    let found = failure(FailureClass::MediaNotHeard, deaf, summary);
    Err(found.waiting_for(
        format!("one second of {} at {}", other.name(), deaf.name()),
        limit,
    ))
}
