//! RTP streams as rows: one line for each direction and synchronisation source.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use gannet_events::{Direction, WireKind, WireRecord};
use gannet_sdp::{RtpMap, SessionDescription};

use super::actors::{Actor, Columns};
use super::diagram::{ActorRow, RowKind};
use super::messages::Crossing;
use crate::text::add;

/// One direction of one stream, as seen at one end.
#[derive(Default)]
struct Seen {
    packets: u64,
    dropped: u64,
    first: Option<Duration>,
    last: Duration,
    payload_types: BTreeSet<u8>,
}

/// The stream at both ends.
#[derive(Default)]
struct Stream {
    sent: Seen,
    received: Seen,
}

/// The media addresses in the session descriptions of messages.
pub(super) fn addresses(messages: &[Crossing]) -> HashSet<SocketAddr> {
    messages
        .iter()
        .filter(|crossing| crossing.message.content_type() == "application/sdp")
        .flat_map(|crossing| {
            SessionDescription::parse(crossing.message.body())
                .media()
                .filter_map(|media| media.rtp_address())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A row for each stream; with `only`, for those that start or end at one of the addresses.
pub(super) fn rows(
    records: &[WireRecord],
    columns: &Columns,
    only: Option<&HashSet<SocketAddr>>,
) -> Vec<ActorRow> {
    let mut streams: BTreeMap<(Actor, Actor, u32), Stream> = BTreeMap::new();
    for record in records.iter().filter(|r| r.kind == WireKind::Rtp) {
        let Some((payload_type, ssrc)) = payload_type_and_ssrc(&record.bytes) else {
            continue;
        };
        let (from, to) = (record.source(), record.destination());
        if only.is_some_and(|only| !only.contains(&from) && !only.contains(&to)) {
            continue;
        }
        let key = (columns.at(from), columns.at(to), ssrc);
        let stream = streams.entry(key).or_default();
        let seen = match record.direction {
            Direction::Sent => &mut stream.sent,
            Direction::Received => &mut stream.received,
        };
        seen.packets += 1;
        seen.dropped += u64::from(record.dropped);
        seen.first = Some(seen.first.map_or(record.at, |first| first.min(record.at)));
        seen.last = seen.last.max(record.at);
        seen.payload_types.insert(payload_type);
    }
    streams
        .into_iter()
        .filter_map(|((from, to, _), stream)| {
            Some(ActorRow {
                at: stream.start()?,
                from,
                to,
                label: stream.label(),
                kind: RowKind::Stream,
                again: false,
                dropped: false,
                ignored: false,
                nearest: false,
                notes: Vec::new(),
            })
        })
        .collect()
}

impl Stream {
    fn main(&self) -> &Seen {
        if self.sent.packets > 0 {
            &self.sent
        } else {
            &self.received
        }
    }

    fn start(&self) -> Option<Duration> {
        self.main().first
    }

    fn label(&self) -> String {
        let main = self.main();
        let payload_types: Vec<String> = main.payload_types.iter().map(|pt| codec(*pt)).collect();
        let length = main.last.saturating_sub(main.first.unwrap_or_default());
        let mut label = format!(
            "RTP {}, {} packets, {:.2} s",
            payload_types.join("+"),
            main.packets,
            length.as_secs_f64()
        );
        let arrived = self.received.packets - self.received.dropped;
        if self.sent.packets > 0 && self.received.packets > 0 {
            if arrived != self.sent.packets {
                add!(label, ", {arrived} arrived");
            }
        } else if main.dropped > 0 {
            add!(label, ", {} dropped", main.dropped);
        }
        label
    }
}

fn codec(payload_type: u8) -> String {
    RtpMap::of_static(payload_type).map_or_else(|| format!("PT {payload_type}"), |map| map.encoding)
}

/// Reads the two fields of a fixed header that tell streams apart (RFC 3550 5.1).
fn payload_type_and_ssrc(packet: &[u8]) -> Option<(u8, u32)> {
    let header: &[u8; 12] = packet.first_chunk()?;
    let version = header[0] >> 6;
    let ssrc = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
    (version == 2).then_some((header[1] & 0x7f, ssrc))
}
