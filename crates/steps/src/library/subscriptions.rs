//! Subscriptions to event packages (RFC 6665, RFC 5839).

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Difference, Direction, Failure, FailureClass};
use gannet_phone::{Destination, Watch, WatchHandle};
use gannet_sip::Message;
use gannet_ua::endpoint::Resubscribe;
use gannet_ua::{EventPackage, SubscriptionState};

use super::message_wait::{Wanted, next_message};
use super::support::{failure, ready_phone};
use super::texts::reachable;
use super::watching::{accept_of, accepted, body_of, living, package, rewatch, watch};
use crate::{Actor, Arguments, MessagePattern, StepDefinition, StepResult, World, step};

const SECTION: &str = "Events";

/// What a sentence says beside package and destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Plain,
    /// The lifetime is its third argument.
    For,
    /// The codes that refuse it are its third argument.
    Refused,
    Conditionally,
}

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} subscribes to {word} of {dest}",
            section: SECTION,
            about: "Sends SUBSCRIBE for this event package (dialog, presence, message-summary, reg, ...) and expects a 2xx. The phone keeps the subscription alive, and begins it anew when the notifier says so.",
            example: "Alice subscribes to dialog of Bob",
            run: subscribes,
            with: How::Plain,
        ),
        step!(
            "{phone} subscribes to {word} of {dest} for {time}",
            section: SECTION,
            about: "The same with this lifetime; 0 s asks for the state once.",
            example: "Alice subscribes to presence of Bob for 60 seconds",
            run: subscribes,
            with: How::For,
        ),
        step!(
            "{phone} subscribes to {word} of {dest} with body:",
            section: SECTION,
            about: "The same with the doc string as the body of SUBSCRIBE: a filter, a resource list, or what else the package takes.",
            example: "Alice subscribes to presence of Bob with body:",
            run: subscribes,
            with: How::Plain,
        ),
        step!(
            "{phone} subscribes to {word} of {dest} for {time} with body:",
            section: SECTION,
            about: "The same with this lifetime.",
            example: "Alice subscribes to presence of Bob for 60 seconds with body:",
            run: subscribes,
            with: How::For,
        ),
        step!(
            "{phone} subscribes conditionally to {word} of {dest}",
            section: SECTION,
            about: "The same; each further SUBSCRIBE names the state that is known (Suppress-If-Match, RFC 5839), so that it need not be told again.",
            example: "Alice subscribes conditionally to presence of Bob",
            run: subscribes,
            with: How::Conditionally,
        ),
        step!(
            "{phone} subscribes to {word} of {dest} and is refused with {code}",
            section: SECTION,
            about: "Sends SUBSCRIBE and expects that it is refused with one of these codes.",
            example: "Alice subscribes to weather of Bob and is refused with 489",
            run: subscribes,
            with: How::Refused,
        ),
        step!(
            "{phone} refreshes the subscription",
            section: SECTION,
            about: "Sends SUBSCRIBE again in the subscription that a sentence began last, and expects a 2xx.",
            example: "Alice refreshes the subscription",
            run: refreshes,
        ),
        step!(
            "{phone} refreshes the subscription to {word} of {dest}",
            section: SECTION,
            about: "The same for the subscription to this package of that destination.",
            example: "Alice refreshes the subscription to dialog of Bob",
            run: refreshes,
        ),
        step!(
            "{phone} terminates the subscription",
            section: SECTION,
            about: "Ends the subscription that a sentence began last, by SUBSCRIBE with Expires 0, and expects a 2xx.",
            example: "Alice terminates the subscription",
            run: terminates,
        ),
        step!(
            "{phone} terminates the subscription to {word} of {dest}",
            section: SECTION,
            about: "The same for the subscription to this package of that destination.",
            example: "Alice terminates the subscription to dialog of Bob",
            run: terminates,
        ),
        step!(
            "{phone} receives NOTIFY for {word} with state {word}",
            section: SECTION,
            about: "Waits for a NOTIFY of this package, after the messages that earlier sentences have looked at, whose Subscription-State is active, pending or terminated.",
            example: "Alice receives NOTIFY for dialog with state \"active\"",
            run: receives_notify,
        ),
        step!(
            "{phone} receives NOTIFY for {word} with state {word} and reason {word}",
            section: SECTION,
            about: "The same with this reason: deactivated, probation, rejected, timeout, giveup, noresource, invariant.",
            example: "Alice receives NOTIFY for dialog with state \"terminated\" and reason \"timeout\"",
            run: receives_notify,
        ),
    ]
}

async fn subscribes(world: &mut World, arguments: Arguments, how: How) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let event = package(&actor, arguments.text(1)?)?;
    let target = reachable(world, arguments.dest(2)?).await?;
    let mut wanted = Watch::new(event, target);
    wanted.accept = accept_of(&wanted.event.name);
    if how == How::For {
        wanted.expires = whole_seconds(&actor, arguments.duration(3)?)?;
    }
    wanted.conditional = how == How::Conditionally;
    wanted.body = arguments
        .doc_string()
        .map(|text| body_of(&wanted.event.name, text));
    if wanted.body.is_none() && arguments.sentence().trim_end().ends_with("with body:") {
        let summary = "this step needs a doc string below it";
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let limit = world.signalling(&arguments);
    let watching = watch(world, &actor, wanted, limit).await?;
    if how != How::Refused {
        return accepted(&actor, &watching);
    }
    let codes = arguments.codes(3)?;
    if codes.contains(watching.code) {
        return Ok(());
    }
    let name = actor.name();
    let found = if (200..300).contains(&watching.code) {
        "it was accepted".to_owned()
    } else {
        format!("it got {}", watching.code)
    };
    let summary = format!("{name} expected {codes} to SUBSCRIBE, but {found}");
    let found = failure(FailureClass::UnexpectedResponse, &actor, summary);
    Err(match watching.sip_call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    })
}

/// Lifetimes have no fractions (RFC 3261 20.19).
fn whole_seconds(actor: &Actor, time: Duration) -> Result<Duration, Failure> {
    if time.subsec_nanos() == 0 && u32::try_from(time.as_secs()).is_ok() {
        return Ok(time);
    }
    let summary = "a subscription lasts a whole number of seconds";
    Err(failure(FailureClass::Misuse, actor, summary))
}

async fn refreshes(world: &mut World, arguments: Arguments) -> StepResult {
    again(world, &arguments, Resubscribe::default()).await
}

async fn terminates(world: &mut World, arguments: Arguments) -> StepResult {
    let end = Resubscribe {
        expires: Some(Duration::ZERO),
        ..Resubscribe::default()
    };
    again(world, &arguments, end).await
}

async fn again(world: &mut World, arguments: &Arguments, how: Resubscribe) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    // The longer sentences name package and destination.
    let handle = match arguments.dest(2) {
        Ok(name) => {
            let target = world.destination(name)?;
            named(&actor, arguments.text(1)?, &target)?
        }
        Err(_) => newest(world, &actor)?,
    };
    let limit = world.signalling(arguments);
    let watching = rewatch(world, &actor, handle, how, limit).await?;
    accepted(&actor, &watching)
}

fn named(actor: &Actor, event: &str, target: &Destination) -> Result<WatchHandle, Failure> {
    let event = package(actor, event)?;
    let found = living(actor, &event.name, target);
    found.map(|watching| watching.handle).ok_or_else(|| {
        let summary = format!("{} has no such subscription", actor.name());
        let state = actor.phone.state();
        let found = failure(FailureClass::Misuse, actor, summary);
        found.detail(super::watching::describe(&state))
    })
}

fn newest(world: &World, actor: &Arc<Actor>) -> Result<WatchHandle, Failure> {
    let handle = world.notes.watches.get(actor.name()).copied();
    handle.ok_or_else(|| {
        let summary = format!("{} has subscribed to nothing by a sentence", actor.name());
        failure(FailureClass::Misuse, actor, summary)
    })
}

async fn receives_notify(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let event = arguments.text(1)?.to_owned();
    let state = arguments.text(2)?.to_owned();
    let known = ["active", "pending", "terminated"];
    if !known.iter().any(|known| known.eq_ignore_ascii_case(&state)) {
        let summary = format!("`{state}` is none of {}", known.join(", "));
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let reason = arguments.text(3).ok().map(str::to_owned);
    let because = reason.as_deref();
    let because = because.map_or_else(String::new, |reason| format!(" and reason {reason}"));
    let extra_text = format!(" for {event} with state {state}{because}");
    let extra = move |message: &Message| differences(message, &event, &state, reason.as_deref());
    let pattern = MessagePattern {
        codes: None,
        method: Some("NOTIFY".to_owned()),
    };
    let wanted = Wanted {
        direction: Direction::Received,
        pattern: &pattern,
        extra: &extra,
        extra_text: &extra_text,
    };
    let limit = world.signalling(&arguments);
    next_message(world, &actor, &wanted, limit).await.map(drop)
}

fn differences(
    notify: &Message,
    event: &str,
    state: &str,
    reason: Option<&str>,
) -> Vec<Difference> {
    let named = EventPackage::of(notify).map(|event| event.name);
    let told = SubscriptionState::of(notify).ok();
    let told_state = told.as_ref().map(|told| told.kind.to_string());
    let told_reason = told.as_ref().and_then(|told| told.reason.as_ref());
    let told_reason = told_reason.map(|reason| reason.as_str().to_owned());
    let facts = [
        ("event", Some(event), named.ok()),
        ("subscription state", Some(state), told_state),
        ("reason", reason, told_reason),
    ];
    let differs = |(what, expected, found): (&str, Option<&str>, Option<String>)| {
        let expected = expected?;
        let same = found.as_deref();
        if same.is_some_and(|found| found.eq_ignore_ascii_case(expected)) {
            return None;
        }
        Some(Difference {
            what: what.to_owned(),
            expected: expected.to_owned(),
            received: found.unwrap_or_else(|| "none".to_owned()),
        })
    };
    facts.into_iter().filter_map(differs).collect()
}
