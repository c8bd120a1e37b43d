//! Parking calls, taking them back, and taking calls that ring elsewhere.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_pbx::Action;
use gannet_phone::{
    CallDirection, CallHandle, CallState, Destination, TransferOptions, TransferRecord,
    TransferState, TransferTo,
};
use gannet_sip::Uri;

use super::feature_codes::{call_number, feature_number, number_of};
use super::support::{deadline, failure, open_call, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Parking and pickup";

/// How much earlier than said a parked call may return: clocks are read at both ends.
const TOLERANCE: Duration = Duration::from_millis(250);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} parks the call on {dest}",
            section: SECTION,
            about: "Puts the phone's call on hold, sends REFER with the slot's number, which must be accepted, and waits until the call has ended because the slot has the other side. At the embedded server a slot of digits alone is enough.",
            example: "Bob parks the call on park+500",
            run: parks,
            with: 1,
        ),
        step!(
            "{phone} parks {phone} on {dest}",
            section: SECTION,
            about: "The same; the other phone is the one that talks to this one.",
            example: "\"Bob\" parks \"Alice\" on \"sip:park+500@teo\"",
            run: parks,
            with: 2,
        ),
        step!(
            "{phone} retrieves the call from {dest}",
            section: SECTION,
            about: "Calls the slot and waits for the answer: whoever is parked there.",
            example: "Charlie retrieves the call from park+500",
            run: retrieves,
            with: 1,
        ),
        step!(
            "{phone} unparks {phone} from {dest}",
            section: SECTION,
            about: "The same; the other phone is the one that is parked.",
            example: "\"Charlie\" unparks \"Alice\" from \"sip:park+500@teo\"",
            run: retrieves,
            with: 2,
        ),
        step!(
            "the parked call returns after {time}",
            section: SECTION,
            about: "Waits until the phone that parked a call last is called by it, and checks that this was not earlier.",
            example: "the parked call returns after 2 seconds",
            run: returns,
        ),
        step!(
            "{phone} picks up {phone}",
            section: SECTION,
            about: "Takes the call that rings at the other phone, by the embedded server's number for it, or by that of its profile; if its profile says pickup.way = \"replaces\", by an INVITE with Replaces for the dialog that a subscription to the other phone's dialogs tells.",
            example: "Charlie picks up Bob",
            run: picks_up,
        ),
        step!(
            "{phone} picks up the call of the group",
            section: SECTION,
            about: "Takes the call that rings longest in the phone's group, by the embedded server's number for it, or by that of its profile.",
            example: "Charlie picks up the call of the group",
            run: picks_up_group,
        ),
    ]
}

async fn parks(world: &mut World, arguments: Arguments, slot: usize) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let target = slot_of(world, &actor, arguments.dest(slot)?, &Action::Park)?;
    let call = open_call(&actor)?.handle;
    let limit = world.signalling(&arguments);
    let work = actor.phone.wait_connected(call, deadline(limit));
    wait(world, &actor, "the call to be connected", limit, work).await?;
    let work = actor.phone.hold(call, deadline(limit));
    wait(world, &actor, "200 to re-INVITE", limit, work).await?;
    refer(world, &actor, (call, &target), limit).await?;
    world.notes.parked = Some((actor.name().to_owned(), Instant::now()));
    Ok(())
}

/// REFER in a call, until the call has ended because whoever was there has arrived elsewhere.
async fn refer(
    world: &mut World,
    actor: &Arc<Actor>,
    (call, target): (CallHandle, &Uri),
    limit: Duration,
) -> StepResult {
    let end = deadline(limit);
    let to = TransferTo::Destination(Destination::Uri(target.clone()));
    let options = TransferOptions::default();
    let work = actor.phone.transfer(call, to, options, end);
    let number = wait(world, actor, "a response to REFER", limit, work).await?;
    world.notes.last_transfer = Some((actor.name().to_owned(), number));
    let phone = actor.phone.clone();
    let failed = |record: &TransferRecord| matches!(record.state, TransferState::Failed { .. });
    let either = async move {
        tokio::select! {
            ended = phone.wait_ended(call, end) => ended.map(|_| None),
            failed = phone.wait_transfer(number, "a refusal", end, failed) => failed.map(Some),
        }
    };
    match wait(world, actor, "the end of the call", limit, either).await? {
        None => Ok(()),
        Some(record) => {
            let summary = format!("{target} does not take the call: {}", record.state);
            Err(failure(FailureClass::CallFailed, actor, summary))
        }
    }
}

/// Where a slot is reached. Digits alone are a slot, of the embedded server or by the device's own
/// numbers, not a number.
fn slot_of(world: &World, actor: &Arc<Actor>, text: &str, action: &Action) -> Result<Uri, Failure> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = &actor.phone.profile().numbers;
    let own = match action {
        Action::Park => numbers.park.as_deref(),
        _ => numbers.retrieve.as_deref(),
    };
    let own = own.map(|number| number.replacen("{slot}", text, 1));
    let known = own.or_else(|| world.feature_number(action, text));
    let number = known.filter(|_| digits).unwrap_or_else(|| text.to_owned());
    Ok(match world.destination(&number)? {
        Destination::Uri(uri) => uri,
        Destination::User(user) => {
            let mut uri = actor.phone.aor().clone();
            uri.user = Some(user);
            uri
        }
    })
}

async fn retrieves(world: &mut World, arguments: Arguments, slot: usize) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let target = slot_of(world, &actor, arguments.dest(slot)?, &Action::Retrieve)?;
    let limit = world.signalling(&arguments);
    call_number(world, &actor, &Destination::Uri(target), limit)
        .await
        .map(drop)
}

async fn returns(world: &mut World, arguments: Arguments) -> StepResult {
    let after = arguments.duration(0)?;
    let misuse = || Failure::new(FailureClass::Misuse, "no phone has parked a call");
    let (parker, parked_at) = world.notes.parked.clone().ok_or_else(misuse)?;
    let actor = world.existing(&parker).ok_or_else(misuse)?;
    let limit = after + world.signalling(&arguments);
    let newest = |state: &gannet_phone::PhoneState| {
        let mut calls = state.calls.iter().rev();
        calls
            .find(|call| {
                call.direction == CallDirection::Incoming && call.times.started >= parked_at
            })
            .map(|call| call.times.started)
    };
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "the parked call", |state| {
            newest(state).is_some()
        });
    let state = wait(world, &actor, "the parked call", limit, work).await?;
    let came = newest(&state).unwrap_or(parked_at);
    let waited = came.saturating_duration_since(parked_at);
    if waited + TOLERANCE >= after {
        return Ok(());
    }
    let summary = format!(
        "the parked call came back to {} after {:.1} s already, expected {:.1} s",
        actor.name(),
        waited.as_secs_f64(),
        after.as_secs_f64()
    );
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn picks_up(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let target = number_of(world, arguments.phone(1)?)?;
    let limit = world.signalling(&arguments);
    take(world, &actor, &target, limit).await
}

async fn picks_up_group(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    take(world, &actor, "", limit).await
}

/// Takes the call that rings at a user, or in the group.
pub(super) async fn take(
    world: &mut World,
    actor: &Arc<Actor>,
    target: &str,
    limit: Duration,
) -> StepResult {
    let numbers = &actor.phone.profile().numbers;
    if numbers.picks_up_by_replaces && !target.is_empty() {
        return super::pickup::by_replaces(world, actor, target, limit).await;
    }
    let own = match target {
        "" => numbers.group_pickup.clone(),
        user => numbers
            .pickup
            .as_ref()
            .map(|number| number.replacen("{user}", user, 1)),
    };
    let number = match own {
        Some(number) => number,
        None => feature_number(world, &Action::Pickup, target)?,
    };
    let destination = Destination::User(number);
    call_number(world, actor, &destination, limit)
        .await
        .map(drop)
}

/// Whether a phone rings.
pub(super) fn rings(actor: &Actor) -> bool {
    let state = actor.phone.state();
    state
        .calls
        .iter()
        .any(|call| call.direction == CallDirection::Incoming && call.state == CallState::Incoming)
}

/// Calls a number and comes back at once.
pub(super) async fn begin_call(
    world: &mut World,
    actor: &Arc<Actor>,
    destination: &Destination,
) -> StepResult {
    let options = gannet_phone::CallOptions::default();
    let called = actor.phone.call(destination, options).await;
    let call = called.map_err(|error| phone_failure(error, actor))?;
    world.notes.last_call = Some((actor.name().to_owned(), call));
    Ok(())
}
