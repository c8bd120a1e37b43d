//! SIP messages as rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};
use gannet_sip::{Deviation, Message, check};

use super::actors::{Actor, Columns};
use super::diagram::{ActorRow, LadderOptions, RowKind};
use crate::text;

/// A message that crossed the wire once, whoever captured it.
pub(super) struct Crossing {
    at: Duration,
    from: Actor,
    to: Actor,
    dropped: bool,
    ignored: bool,
    pub(super) message: Message,
}

/// What identifies a packet at both of its ends: the ends, the transport and the bytes.
type PacketKey = (Actor, Actor, &'static str, Bytes);

/// The messages to show, by time.
pub(super) fn read(
    records: &[WireRecord],
    columns: &Columns,
    options: &LadderOptions<'_>,
) -> Vec<Crossing> {
    let mut crossings = join_captures(records, columns);
    crossings.sort_by_key(|crossing| crossing.at);
    if let Some(call_id) = options.call_id {
        let wanted = calls_around(&crossings, call_id, options.related_calls);
        crossings.retain(|crossing| {
            crossing
                .message
                .call_id()
                .is_some_and(|call_id| wanted.contains(call_id))
        });
    }
    crossings
}

/// The rows of the messages, in the same order.
pub(super) fn rows(crossings: &[Crossing], options: &LadderOptions<'_>) -> Vec<ActorRow> {
    let mut seen = HashSet::new();
    let nearest = options.nearest.and_then(|nearest| {
        // A retransmission has the same bytes: the first copy is the one to point at.
        let heard = |crossing: &Crossing| !crossing.dropped && !crossing.ignored;
        crossings
            .iter()
            .position(|crossing| heard(crossing) && &crossing.message.bytes()[..] == nearest)
    });
    crossings
        .iter()
        .enumerate()
        .map(|(index, crossing)| ActorRow {
            at: crossing.at,
            from: crossing.from.clone(),
            to: crossing.to.clone(),
            label: label(&crossing.message),
            kind: kind(&crossing.message),
            again: !seen.insert((&crossing.from, &crossing.to, crossing.message.bytes())),
            dropped: crossing.dropped,
            ignored: crossing.ignored,
            nearest: Some(index) == nearest,
            notes: if options.problems {
                notes(&crossing.message)
            } else {
                Vec::new()
            },
        })
        .collect()
}

/// Joins the record of the sender with that of the receiver. Of identical packets the first sent
/// is the first received.
fn join_captures(records: &[WireRecord], columns: &Columns) -> Vec<Crossing> {
    let mut by_time: Vec<&WireRecord> = records
        .iter()
        .filter(|record| record.kind == WireKind::Sip)
        .collect();
    by_time.sort_by_key(|record| record.at);
    let mut crossings: Vec<Crossing> = Vec::with_capacity(by_time.len());
    let mut on_the_way: HashMap<PacketKey, VecDeque<usize>> = HashMap::new();
    let key = |record: &WireRecord| {
        (
            columns.at(record.source()),
            columns.at(record.destination()),
            record.transport,
            record.bytes.clone(),
        )
    };
    let crossing = |record: &WireRecord| Crossing {
        at: record.at,
        from: columns.at(record.source()),
        to: columns.at(record.destination()),
        dropped: record.dropped,
        ignored: record.ignored,
        message: Message::parse(record.bytes.clone()),
    };
    for record in by_time.iter().filter(|r| r.direction == Direction::Sent) {
        if !record.dropped {
            let waiting = on_the_way.entry(key(record)).or_default();
            waiting.push_back(crossings.len());
        }
        crossings.push(crossing(record));
    }
    for record in by_time
        .iter()
        .filter(|r| r.direction == Direction::Received)
    {
        let sent = on_the_way
            .get_mut(&key(record))
            .and_then(VecDeque::pop_front);
        match sent {
            Some(index) => {
                crossings[index].dropped |= record.dropped;
                crossings[index].ignored |= record.ignored;
            }
            None => crossings.push(crossing(record)),
        }
    }
    crossings
}

/// What is known of one call.
struct Call<'a> {
    first: Duration,
    last: Duration,
    begins_with_invite: bool,
    actors: HashSet<&'a Actor>,
}

/// The Call-IDs of a call and, if asked for, of those that began while it went on and share an
/// actor with it, transitively.
fn calls_around(crossings: &[Crossing], call_id: &str, related: bool) -> BTreeSet<String> {
    let mut wanted = BTreeSet::from([call_id.to_owned()]);
    if !related {
        return wanted;
    }
    let mut calls: BTreeMap<&str, Call<'_>> = BTreeMap::new();
    for crossing in crossings {
        let Some(id) = crossing.message.call_id() else {
            continue;
        };
        let call = calls.entry(id).or_insert_with(|| Call {
            first: crossing.at,
            last: crossing.at,
            begins_with_invite: crossing.message.is_request()
                && crossing
                    .message
                    .method()
                    .is_some_and(|method| method.as_str() == "INVITE"),
            actors: HashSet::new(),
        });
        call.last = crossing.at;
        call.actors.extend([&crossing.from, &crossing.to]);
    }
    let mut open = vec![call_id];
    while let Some(id) = open.pop() {
        let Some(call) = calls.get(id) else { continue };
        for (other_id, other) in &calls {
            let during = (call.first..=call.last).contains(&other.first);
            if other.begins_with_invite
                && during
                && !other.actors.is_disjoint(&call.actors)
                && wanted.insert((*other_id).to_owned())
            {
                open.push(other_id);
            }
        }
    }
    wanted
}

fn label(message: &Message) -> String {
    let title = text::clean(&message.title());
    if !has_sdp(message) {
        return title;
    }
    match title.strip_suffix(')') {
        Some(title) if !message.is_request() => format!("{title}, SDP)"),
        _ => format!("{title} (SDP)"),
    }
}

/// What is wrong with a message, with the place that says so.
fn notes(message: &Message) -> Vec<String> {
    let note = |found: Deviation| found.to_string();
    let found = check(message).into_iter().map(note);
    found.map(|note| text::clean(&note)).collect()
}

fn has_sdp(message: &Message) -> bool {
    let body = message.body();
    let content_type = message.content_type();
    let multipart = || {
        content_type.starts_with("multipart/")
            && String::from_utf8_lossy(body)
                .to_ascii_lowercase()
                .contains("application/sdp")
    };
    !body.is_empty() && (content_type == "application/sdp" || multipart())
}

fn kind(message: &Message) -> RowKind {
    let trouble = match message.status() {
        // A challenge is how registration and calls normally begin (RFC 3261 22).
        Some(401 | 407) => false,
        Some(status) => status >= 400,
        None => !message.is_request(),
    };
    if trouble {
        RowKind::Trouble
    } else {
        RowKind::Message
    }
}
