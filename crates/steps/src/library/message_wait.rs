//! Waiting for a message, and what came closest when it did not come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Difference, Direction, Failure, FailureClass, NearestMessage};
use gannet_phone::LogEntry;
use gannet_sip::{Message, StartLine};

use super::support::failure;
use crate::{Actor, MessagePattern, World};

/// What must hold of a message beside its kind: the differences, empty if it fits.
pub(super) type Extra<'a> = &'a (dyn Fn(&Message) -> Vec<Difference> + Sync);

/// Nothing more than the kind.
pub(super) fn nothing_more(_: &Message) -> Vec<Difference> {
    Vec::new()
}

/// What is waited for.
pub(super) struct Wanted<'a> {
    pub(super) direction: Direction,
    pub(super) pattern: &'a MessagePattern,
    pub(super) extra: Extra<'a>,
    /// Words for `extra`, for example ` with header Subject`.
    pub(super) extra_text: &'a str,
}

impl Wanted<'_> {
    fn differences(&self, message: &Message) -> Vec<Difference> {
        let mut found = kind_differences(self.pattern, message);
        if found.is_empty() {
            found.extend((self.extra)(message));
        }
        found
    }

    fn text(&self) -> String {
        format!("{}{}", self.pattern, self.extra_text)
    }
}

/// How a message differs from the kind that is meant.
pub(super) fn kind_differences(pattern: &MessagePattern, message: &Message) -> Vec<Difference> {
    let method = message.method();
    let method = method.as_ref().map_or("", gannet_sip::Method::as_str);
    let fits = match message.start_line() {
        StartLine::Request { .. } => pattern.fits_request(method),
        StartLine::Status { code, .. } => pattern.fits_response(code, method),
        StartLine::Malformed(_) => false,
    };
    if fits {
        return Vec::new();
    }
    vec![Difference {
        what: "message".to_owned(),
        expected: pattern.to_string(),
        received: message.title(),
    }]
}

/// Waits for the next message of the phone that fits and that no sentence has consumed.
pub(super) async fn next_message(
    world: &World,
    actor: &Arc<Actor>,
    wanted: &Wanted<'_>,
    limit: Duration,
) -> Result<Arc<LogEntry>, Failure> {
    let from = actor.cursor();
    let log = actor.phone.log();
    let work = log.wait_for(from, Instant::now() + limit, |entry| {
        entry.direction == wanted.direction
            && !entry.repeated
            && wanted.differences(&entry.message).is_empty()
    });
    let what = format!("waiting for {} at {}", wanted.text(), actor.name());
    if let Some(entry) = world.progress().during(&what, limit, work).await {
        actor.consume_to(entry.seq + 1);
        return Ok(entry);
    }
    Err(missing(actor, wanted, from, limit))
}

/// The failure for a message that did not come, with the one that came closest.
fn missing(actor: &Arc<Actor>, wanted: &Wanted<'_>, from: u64, limit: Duration) -> Failure {
    let verb = match wanted.direction {
        Direction::Received => "receive",
        Direction::Sent => "send",
    };
    let entries: Vec<_> = actor
        .phone
        .log()
        .all()
        .into_iter()
        .filter(|entry| entry.direction == wanted.direction)
        .collect();
    let summary = format!("{} did not {verb} {}", actor.name(), wanted.text());
    let mut found =
        failure(FailureClass::Timeout, actor, summary).waiting_for(wanted.text(), limit);
    let nearest = entries
        .iter()
        .filter(|entry| entry.seq >= from)
        .rev()
        .map(|entry| (closeness(wanted, &entry.message), entry))
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, entry)) = nearest {
        let differences = wanted.differences(&entry.message);
        found = found.with_nearest(NearestMessage {
            bytes: entry.message.bytes().clone(),
            differences,
        });
    }
    let ignored = actor.phone.log().ignored();
    let ignored = ignored
        .iter()
        .filter(|it| wanted.differences(&it.message).is_empty());
    let ignored = ignored.count();
    if ignored > 0 && wanted.direction == Direction::Received {
        found = found.detail(format!(
            "{ignored} of {} came, and {} ignored them on purpose",
            wanted.text(),
            actor.name()
        ));
    }
    let earlier = entries
        .iter()
        .rev()
        .find(|entry| entry.seq < from && wanted.differences(&entry.message).is_empty());
    if earlier.is_some() {
        found = found.detail(format!(
            "{} came earlier, before a message that another sentence has looked at",
            wanted.text()
        ));
    }
    found
}

/// Smaller is closer: first the right kind with other fields, then the same class of response, then
/// the same method, then a message of the other kind.
fn closeness(wanted: &Wanted<'_>, message: &Message) -> usize {
    let kind = kind_differences(wanted.pattern, message);
    if kind.is_empty() {
        return wanted.differences(message).len();
    }
    let wants_response = wanted.pattern.codes.is_some();
    match (wants_response, message.status()) {
        (true, Some(_)) | (false, None) => 100,
        _ => 200,
    }
}
