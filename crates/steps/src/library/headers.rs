//! What stands in messages that went over a phone.

use std::sync::Arc;

use gannet_events::{Difference, Direction, Failure, FailureClass, NearestMessage};
use gannet_phone::LogEntry;
use gannet_sip::{HeaderName, Message, Method};

use super::message_wait::kind_differences;
use super::messages::values;
use super::support::{failure, ready, ready_phone};
use crate::{Actor, Arguments, MessagePattern, StepResult, World};

/// The newest such message that the phone received or sent.
fn newest(
    actor: &Arc<Actor>,
    pattern: &MessagePattern,
    direction: Direction,
) -> Option<Arc<LogEntry>> {
    let entries = actor.phone.log().all();
    let mut newest_first = entries.into_iter().rev();
    newest_first.find(|entry| {
        entry.direction == direction && kind_differences(pattern, &entry.message).is_empty()
    })
}

/// The newest such message of any phone.
fn newest_of_any(
    world: &World,
    pattern: &MessagePattern,
) -> Result<(Arc<Actor>, Arc<LogEntry>), Failure> {
    world
        .actors()
        .filter_map(|actor| {
            let found = newest(actor, pattern, Direction::Received);
            let found = found.or_else(|| newest(actor, pattern, Direction::Sent))?;
            Some((actor.clone(), found))
        })
        .max_by_key(|(_, entry)| entry.at)
        .ok_or_else(|| {
            let summary = format!("no phone has received or sent {pattern}");
            Failure::new(FailureClass::Assertion, summary)
        })
}

async fn of_phone(
    world: &mut World,
    arguments: &Arguments,
    direction: Direction,
    pattern: usize,
    phone: usize,
) -> Result<(Arc<Actor>, Arc<LogEntry>), Failure> {
    let actor = ready_phone(world, arguments.phone(phone)?).await?;
    let pattern = arguments.message(pattern)?;
    let entry = newest(&actor, &pattern, direction).ok_or_else(|| {
        let verb = match direction {
            Direction::Received => "received",
            Direction::Sent => "sent",
        };
        let summary = format!("{} has not {verb} {pattern}", actor.name());
        failure(FailureClass::Assertion, &actor, summary)
    })?;
    Ok((actor, entry))
}

/// What one message says is not what it should be.
pub(super) fn differs(
    actor: &Actor,
    message: &Message,
    what: String,
    expected: String,
    received: String,
) -> Failure {
    let summary = format!("{what} is {received}, expected {expected}");
    let difference = Difference {
        what,
        expected,
        received,
    };
    let nearest = NearestMessage {
        bytes: message.bytes().clone(),
        differences: vec![difference],
    };
    let found = failure(FailureClass::Assertion, actor, summary).with_nearest(nearest);
    match message.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    }
}

pub(super) async fn header_is(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, direction, 1, 2).await?;
    let (name, wanted) = (arguments.header(0)?, arguments.text(3)?);
    if entry
        .message
        .headers_by_text(name)
        .any(|header| header.unfolded() == wanted)
    {
        return Ok(());
    }
    let (what, found) = (format!("header {name}"), values(&entry.message, name));
    Err(differs(
        &actor,
        &entry.message,
        what,
        wanted.to_owned(),
        found,
    ))
}

pub(super) async fn header_is_not(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, direction, 1, 2).await?;
    let (name, unwanted) = (arguments.header(0)?, arguments.text(3)?);
    let mut fields = entry.message.headers_by_text(name).peekable();
    let is_there = fields.peek().is_some();
    if is_there && fields.all(|header| header.unfolded() != unwanted) {
        return Ok(());
    }
    let (what, found) = (format!("header {name}"), values(&entry.message, name));
    let expected = format!("something else than {unwanted}");
    Err(differs(&actor, &entry.message, what, expected, found))
}

pub(super) async fn header_has_parameter(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, direction, 1, 2).await?;
    let (name, parameter, wanted) = (arguments.header(0)?, arguments.text(3)?, arguments.text(4)?);
    let has = entry.message.headers_by_text(name).any(|header| {
        header
            .unfolded()
            .split([';', ',', '>', '?', ' '])
            .any(|piece| {
                piece.trim().split_once('=').is_some_and(|(key, value)| {
                    key.trim().eq_ignore_ascii_case(parameter)
                        && value.trim().trim_matches('"') == wanted
                })
            })
    });
    if has {
        return Ok(());
    }
    let (what, found) = (format!("header {name}"), values(&entry.message, name));
    Err(differs(
        &actor,
        &entry.message,
        what,
        format!("with {parameter}={wanted}"),
        found,
    ))
}

pub(super) async fn header_has_values(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, direction, 1, 2).await?;
    let (name, wanted) = (arguments.header(0)?, arguments.integer(3)?);
    let count = match HeaderName::from_bytes(name.as_bytes()) {
        // The commas in these do not separate values (RFC 3261 7.3.1 and 20.17).
        HeaderName::Other
        | HeaderName::Authorization
        | HeaderName::ProxyAuthorization
        | HeaderName::WwwAuthenticate
        | HeaderName::ProxyAuthenticate
        | HeaderName::Date => entry.message.headers_by_text(name).count(),
        known => entry.message.values(known).count(),
    };
    if count as u64 == wanted {
        return Ok(());
    }
    let what = format!("number of values of {name}");
    Err(differs(
        &actor,
        &entry.message,
        what,
        wanted.to_string(),
        count.to_string(),
    ))
}

pub(super) async fn header_is_stored(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, direction, 1, 2).await?;
    let name = arguments.header(0)?;
    let value = entry
        .message
        .headers_by_text(name)
        .next()
        .map(|h| h.unfolded().into_owned());
    let Some(value) = value else {
        let what = format!("header {name}");
        return Err(differs(
            &actor,
            &entry.message,
            what,
            "present".into(),
            "absent".into(),
        ));
    };
    world.set_variable(arguments.var(3)?, value);
    Ok(())
}

pub(super) async fn request_uri_is(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, direction, 0, 1).await?;
    let wanted = arguments.text(2)?;
    let found = entry
        .message
        .request_uri_text()
        .unwrap_or("none")
        .to_owned();
    let equal = match (
        gannet_sip::Uri::parse(wanted),
        gannet_sip::Uri::parse(&found),
    ) {
        (Ok(wanted), Ok(found)) => wanted.is_equivalent(&found),
        _ => wanted == found,
    };
    if equal {
        return Ok(());
    }
    Err(differs(
        &actor,
        &entry.message,
        "Request-URI".into(),
        wanted.to_owned(),
        found,
    ))
}

pub(super) async fn same_on_both_legs(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let name = arguments.header(0)?;
    let misuse = || {
        Failure::new(
            FailureClass::Misuse,
            "no call of this scenario has two legs",
        )
    };
    let (caller, handle) = world.notes.last_call.clone().ok_or_else(misuse)?;
    let caller = world.existing(&caller).ok_or_else(misuse)?;
    // A message may be received before its sender comes to note that it has gone out.
    let state = caller.phone.state();
    let began = state.call(handle).map(|call| call.times.started);
    let invite = |actor: &Arc<Actor>, direction| {
        let entries = actor.phone.log().all();
        entries.into_iter().rev().find(|entry| {
            entry.direction == direction
                && entry.message.is_request()
                && entry.message.method() == Some(Method::Invite)
        })
    };
    let sent = invite(&caller, Direction::Sent).ok_or_else(misuse)?;
    let received = world
        .actors()
        .filter(|actor| actor.name() != caller.name())
        .filter_map(|actor| Some((actor.clone(), invite(actor, Direction::Received)?)))
        .filter(|(_, entry)| began.is_none_or(|began| entry.at >= began))
        .max_by_key(|(_, entry)| entry.at);
    let (callee, received) = received.ok_or_else(misuse)?;
    let (wanted, found) = (values(&sent.message, name), values(&received.message, name));
    if wanted == found {
        return Ok(());
    }
    let what = format!("header {name} at {}", callee.name());
    Err(differs(&callee, &received.message, what, wanted, found))
}

pub(super) async fn body_matches(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let pattern = arguments.message(0)?;
    let expression = arguments.regex(1)?;
    let (actor, entry) = newest_of_any(world, &pattern)?;
    let body = String::from_utf8_lossy(entry.message.body()).into_owned();
    if expression.is_match(&body) {
        return Ok(());
    }
    let what = format!("body of {pattern}");
    Err(differs(
        &actor,
        &entry.message,
        what,
        format!("/{expression}/"),
        body,
    ))
}

pub(super) async fn reason_is(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let pattern = arguments.message(0)?;
    let wanted = arguments.text(1)?;
    let (actor, entry) = newest_of_any(world, &pattern)?;
    let found = entry.message.reason().unwrap_or("none").to_owned();
    if found == wanted {
        return Ok(());
    }
    Err(differs(
        &actor,
        &entry.message,
        "reason phrase".into(),
        wanted.to_owned(),
        found,
    ))
}

pub(super) async fn is_valid(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let pattern = arguments.message(0)?;
    let (actor, entry) = newest_of_any(world, &pattern)?;
    let deviations = gannet_sip::check(&entry.message);
    if deviations.is_empty() {
        return Ok(());
    }
    let summary = format!("{pattern} breaks {} rule(s)", deviations.len());
    let mut found = failure(FailureClass::MalformedMessage, &actor, summary);
    for deviation in deviations {
        found = found.detail(deviation.to_string());
    }
    Err(match entry.message.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    })
}

pub(super) async fn no_message_has(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let name = arguments.header(0)?;
    for actor in world.actors() {
        for entry in actor.phone.log().all() {
            if entry.message.headers_by_text(name).next().is_some() {
                let what = format!(
                    "header {name} in {} at {}",
                    entry.message.title(),
                    actor.name()
                );
                let found = values(&entry.message, name);
                return Err(differs(actor, &entry.message, what, "absent".into(), found));
            }
        }
    }
    Ok(())
}
