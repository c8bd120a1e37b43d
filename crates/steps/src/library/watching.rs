//! Subscribing: what the sentences about events share.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{Destination, PhoneState, Watch, WatchHandle, Watching};
use gannet_ua::EventPackage;
use gannet_ua::bodies::{DIALOG_INFO_CONTENT_TYPE, PIDF_CONTENT_TYPE};
use gannet_ua::endpoint::{Body, Resubscribe};

use super::ask::Answer;
use super::support::{deadline, failure, wait};
use crate::{Actor, World, phone_failure};

/// Subscribes and waits for the final response, whatever it is.
pub(super) async fn watch(
    world: &mut World,
    actor: &Arc<Actor>,
    watch: Watch,
    limit: Duration,
) -> Result<Arc<Watching>, Failure> {
    let what = "a final response to SUBSCRIBE";
    let work = actor.phone.subscribe(watch, deadline(limit));
    let watching = wait(world, actor, what, limit, work).await?;
    let name = actor.name().to_owned();
    world.notes.watches.insert(name, watching.handle);
    note_answer(world, actor, &watching);
    Ok(watching)
}

/// Sends SUBSCRIBE once more and waits for the final response, whatever it is.
pub(super) async fn rewatch(
    world: &mut World,
    actor: &Arc<Actor>,
    handle: WatchHandle,
    how: Resubscribe,
    limit: Duration,
) -> Result<Arc<Watching>, Failure> {
    let what = "a final response to SUBSCRIBE";
    let work = actor.phone.rewatch(handle, how, deadline(limit));
    let watching = wait(world, actor, what, limit, work).await?;
    note_answer(world, actor, &watching);
    Ok(watching)
}

/// Keeps the answer for the sentences that look at it.
fn note_answer(world: &mut World, actor: &Actor, watching: &Watching) {
    if let Some(response) = watching.answer.clone() {
        let request = "SUBSCRIBE".to_owned();
        let answer = Answer { request, response };
        world.notes.answers.insert(actor.name().to_owned(), answer);
    }
}

/// SUBSCRIBE must have been accepted.
pub(super) fn accepted(actor: &Actor, watching: &Watching) -> Result<(), Failure> {
    if (200..300).contains(&watching.code) {
        return Ok(());
    }
    let response = watching.answer.as_ref();
    let error = actor
        .phone
        .event_refused("SUBSCRIBE", watching.code, response);
    let mut failure = phone_failure(error, actor);
    failure.call_id = watching.sip_call_id().map(str::to_owned);
    Err(failure)
}

/// The Event field of a sentence.
pub(super) fn package(actor: &Actor, text: &str) -> Result<EventPackage, Failure> {
    EventPackage::parse(text).map_err(|error| {
        let summary = format!("`{text}` is no event package: {error}");
        failure(FailureClass::Misuse, actor, summary)
    })
}

/// The bodies that are read in this package; `None` leaves it to the package's default.
pub(super) fn accept_of(package: &str) -> Option<String> {
    let kind = match package {
        "presence" => PIDF_CONTENT_TYPE,
        "dialog" => DIALOG_INFO_CONTENT_TYPE,
        "message-summary" => "application/simple-message-summary",
        "reg" => "application/reginfo+xml",
        "conference" => "application/conference-info+xml",
        "refer" => "message/sipfrag",
        name if name.split('.').next_back() == Some("winfo") => "application/watcherinfo+xml",
        _ => return None,
    };
    Some(kind.to_owned())
}

/// A body as a doc string has it, by the type that it looks like.
pub(super) fn body_of(package: &str, text: &str) -> Body {
    let kind = if !text.trim_start().starts_with('<') {
        match package {
            "message-summary" => "application/simple-message-summary",
            _ => "text/plain",
        }
    } else if text.contains("<filter-set") {
        "application/simple-filter+xml"
    } else if text.contains("<resource-lists") {
        "application/resource-lists+xml"
    } else {
        match package {
            "presence" => PIDF_CONTENT_TYPE,
            "dialog" => DIALOG_INFO_CONTENT_TYPE,
            _ => "application/xml",
        }
    };
    let mut text = text.to_owned();
    if kind == "application/simple-message-summary" {
        // Its lines end like those of SIP (RFC 3842 5.2), which compositors insist on.
        text = text
            .lines()
            .fold(String::new(), |all, line| all + line + "\r\n");
    }
    Body {
        content_type: kind.to_owned(),
        bytes: text.into(),
    }
}

/// Whether a subscription is to this destination: by the user part, which is the same wherever the
/// user is reached, else by the host.
pub(super) fn is_about(watching: &Watching, target: &Destination) -> bool {
    match target {
        Destination::User(user) => watching.target.user.as_deref() == Some(user),
        Destination::Uri(uri) if uri.user.is_some() => watching.target.user == uri.user,
        Destination::Uri(uri) => watching.target.host.eq_ignore_ascii_case(&uri.host),
    }
}

/// The newest subscription of the phone to this package of that destination that still lives.
pub(super) fn living(actor: &Actor, package: &str, target: &Destination) -> Option<Arc<Watching>> {
    let state = actor.phone.state();
    let mut all = state.events.watching.values().rev();
    let found =
        all.find(|it| it.event.name == package && it.stage.is_open() && is_about(it, target));
    found.map(Arc::clone)
}

/// What the phone watches, in words.
pub(super) fn describe(state: &PhoneState) -> String {
    let mut text = String::new();
    for watching in state.events.watching.values() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        let (event, target) = (&watching.event, &watching.target);
        // Writing to a String cannot fail.
        let _ = write!(text, "{event} of {target}: {}", told(watching));
    }
    if text.is_empty() {
        text.push_str("it has subscribed to nothing");
    }
    text
}

/// What the last NOTIFY of a subscription says.
fn told(watching: &Watching) -> String {
    if watching.notified == 0 {
        return format!("no NOTIFY came; {}", watching.stage);
    }
    if let Some(why) = &watching.unreadable {
        return format!("the last NOTIFY cannot be read: {why}");
    }
    if watching.dialogs.version().is_some() {
        let lamp = watching.dialogs.lamp();
        return lamp.map_or_else(|| "idle".to_owned(), |stage| stage.to_string());
    }
    if let Some(presence) = &watching.presence {
        let mut words: Vec<_> = presence.all_notes().map(|it| it.text.as_str()).collect();
        words.extend(presence.activities().map(|it| it.name.as_str()));
        words.extend(presence.basic().map(gannet_ua::bodies::Basic::as_str));
        words.dedup();
        return words.join(", ");
    }
    let state = watching.state.as_ref().map(ToString::to_string);
    state.unwrap_or_else(|| "a NOTIFY without Subscription-State".to_owned())
}
