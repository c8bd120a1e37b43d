//! What stands in messages that went over a phone.

use std::sync::Arc;

use gannet_events::{Difference, Failure, FailureClass, NearestMessage};
use gannet_phone::LogEntry;
use gannet_sip::{Message, Method};

use super::message_wait::kind_differences;
use super::messages::values;
use super::support::{failure, ready, ready_phone};
use crate::{Actor, Arguments, MessagePattern, StepDefinition, StepResult, World, step};

const SECTION: &str = "What messages say";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "header {hdr} of {msg} received by {phone} is {text}",
            section: SECTION,
            about: "The newest such message that went over the phone has a header field with this value.",
            example: "header Subject of INVITE received by Bob is \"lunch\"",
            no within,
            run: header_is,
        ),
        step!(
            "header {hdr} of {msg} received by {phone} has parameter {word} {text}",
            section: SECTION,
            about: "A value of this header field has the parameter with this value.",
            example: "header Contact of 200 received by Alice has parameter transport \"tcp\"",
            no within,
            run: header_has_parameter,
        ),
        step!(
            "header {hdr} of {msg} received by {phone} has {n} value(s)",
            section: SECTION,
            about: "The header field has so many values over all its lines.",
            example: "header Via of INVITE received by Bob has 1 value",
            no within,
            run: header_has_values,
        ),
        step!(
            "header {hdr} of {msg} received by {phone} is stored as {var}",
            section: SECTION,
            about: "Later sentences can use the value as ${name}.",
            example: "header Call-ID of INVITE received by Bob is stored as id",
            no within,
            run: header_is_stored,
        ),
        step!(
            "the request URI of {msg} received by {phone} is {text}",
            section: SECTION,
            about: "Compared as RFC 3261 19.1.4 compares URIs.",
            example: "the request URI of INVITE received by Bob is \"sip:bob@127.0.0.1:5070\"",
            no within,
            run: request_uri_is,
        ),
        step!(
            "both legs have the same {hdr}",
            section: SECTION,
            about: "The INVITE as the caller sent it and as the callee received it have equal values of this header field.",
            example: "both legs have the same Subject",
            no within,
            run: same_on_both_legs,
        ),
        step!(
            "body of {msg} matches {re}",
            section: SECTION,
            about: "The expression finds something in the body of the newest such message of any phone.",
            example: "body of INVITE matches /m=audio/",
            no within,
            run: body_matches,
        ),
        step!(
            "the reason phrase of {msg} is {text}",
            section: SECTION,
            about: "The newest such response of any phone has this phrase.",
            example: "the reason phrase of 486 is \"Busy Here\"",
            no within,
            run: reason_is,
        ),
        step!(
            "{msg} is valid SIP",
            section: SECTION,
            about: "The newest such message that a phone received keeps every rule of RFC 3261; otherwise each broken rule is listed with its section.",
            example: "200 to INVITE is valid SIP",
            no within,
            run: is_valid,
        ),
        step!(
            "no message has header {hdr}",
            section: SECTION,
            about: "No message that any phone sent or received has such a header field.",
            example: "no message has header P-Asserted-Identity",
            no within,
            run: no_message_has,
        ),
    ]
}

/// The newest such message that went over the phone, received ones first.
fn newest(actor: &Arc<Actor>, pattern: &MessagePattern) -> Result<Arc<LogEntry>, Failure> {
    let entries = actor.phone.log().all();
    let fits = |entry: &&Arc<LogEntry>| kind_differences(pattern, &entry.message).is_empty();
    let received = |entry: &&Arc<LogEntry>| entry.direction == gannet_events::Direction::Received;
    let mut newest = entries.iter().rev().filter(received).filter(fits);
    let found = newest.next().or_else(|| entries.iter().rev().find(fits));
    found.cloned().ok_or_else(|| {
        let summary = format!("{} has neither received nor sent {pattern}", actor.name());
        failure(FailureClass::Assertion, actor, summary)
    })
}

/// The newest such message of any phone.
fn newest_of_any(
    world: &World,
    pattern: &MessagePattern,
) -> Result<(Arc<Actor>, Arc<LogEntry>), Failure> {
    world
        .actors()
        .filter_map(|actor| Some((actor.clone(), newest(actor, pattern).ok()?)))
        .max_by_key(|(_, entry)| entry.at)
        .ok_or_else(|| {
            let summary = format!("no phone has received or sent {pattern}");
            Failure::new(FailureClass::Assertion, summary)
        })
}

async fn of_phone(
    world: &mut World,
    arguments: &Arguments,
    pattern: usize,
    phone: usize,
) -> Result<(Arc<Actor>, Arc<LogEntry>), Failure> {
    let actor = ready_phone(world, arguments.phone(phone)?).await?;
    let entry = newest(&actor, &arguments.message(pattern)?)?;
    Ok((actor, entry))
}

fn differs(
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

async fn header_is(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, 1, 2).await?;
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

async fn header_has_parameter(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, 1, 2).await?;
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

async fn header_has_values(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, 1, 2).await?;
    let (name, wanted) = (arguments.header(0)?, arguments.integer(3)?);
    let id = gannet_sip::HeaderName::from_bytes(name.as_bytes());
    let count = match id {
        gannet_sip::HeaderName::Other => entry.message.headers_by_text(name).count(),
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

async fn header_is_stored(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, 1, 2).await?;
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

async fn request_uri_is(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = of_phone(world, &arguments, 0, 1).await?;
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

async fn same_on_both_legs(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let name = arguments.header(0)?;
    let misuse = || {
        Failure::new(
            FailureClass::Misuse,
            "no call of this scenario has two legs",
        )
    };
    let (caller, _) = world.notes.last_call.clone().ok_or_else(misuse)?;
    let caller = world.existing(&caller).ok_or_else(misuse)?;
    let invite = |actor: &Arc<Actor>, direction| {
        let entries = actor.phone.log().all();
        entries.into_iter().rev().find(|entry| {
            entry.direction == direction
                && entry.message.is_request()
                && entry.message.method() == Some(Method::Invite)
        })
    };
    let sent = invite(&caller, gannet_events::Direction::Sent).ok_or_else(misuse)?;
    let received = world
        .actors()
        .filter(|actor| actor.name() != caller.name())
        .filter_map(|actor| {
            Some((
                actor.clone(),
                invite(actor, gannet_events::Direction::Received)?,
            ))
        })
        .filter(|(_, entry)| entry.at >= sent.at)
        .max_by_key(|(_, entry)| entry.at);
    let (callee, received) = received.ok_or_else(misuse)?;
    let (wanted, found) = (values(&sent.message, name), values(&received.message, name));
    if wanted == found {
        return Ok(());
    }
    let what = format!("header {name} at {}", callee.name());
    Err(differs(&callee, &received.message, what, wanted, found))
}

async fn body_matches(world: &mut World, arguments: Arguments) -> StepResult {
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

async fn reason_is(world: &mut World, arguments: Arguments) -> StepResult {
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

async fn is_valid(world: &mut World, arguments: Arguments) -> StepResult {
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

async fn no_message_has(world: &mut World, arguments: Arguments) -> StepResult {
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
