//! The packets in memory.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};

use crate::clock::wallclock_of;

/// How much a capture keeps. What comes later is counted, not kept: the start of a run explains
/// more than its end, and a report can say that something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureLimits {
    /// Most bytes of SIP messages.
    pub sip_bytes_max: usize,
    /// Most bytes of RTP and RTCP packets together; 0 keeps none.
    pub media_bytes_max: usize,
}

impl Default for CaptureLimits {
    /// 64 MiB of SIP and 64 MiB of media: about half an hour of one call with 64 kbit/s each way,
    /// seen from both ends.
    fn default() -> Self {
        Self {
            sip_bytes_max: 64 * 1024 * 1024,
            media_bytes_max: 64 * 1024 * 1024,
        }
    }
}

/// What a capture saw, kept or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaptureTotals {
    /// SIP messages in memory.
    pub sip_kept: u64,
    /// SIP messages beyond `sip_bytes_max`.
    pub sip_not_kept: u64,
    /// RTP and RTCP packets in memory.
    pub media_kept: u64,
    /// RTP and RTCP packets beyond `media_bytes_max`.
    pub media_not_kept: u64,
    /// Bytes of SIP in memory.
    pub sip_bytes: usize,
    /// Bytes of media in memory.
    pub media_bytes: usize,
}

/// A handle to the packets that some sockets sent and received. Clones share the packets.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    limits: CaptureLimits,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: Vec<WireRecord>,
    totals: CaptureTotals,
}

impl Capture {
    /// An empty capture with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty capture.
    pub fn with_limits(limits: CaptureLimits) -> Self {
        Self {
            inner: Arc::new(Inner {
                limits,
                kept: Mutex::default(),
            }),
        }
    }

    /// Adds a packet, or counts it when the limit is reached.
    pub fn record(&self, record: WireRecord) {
        let mut kept = self.lock();
        if kept.admit(&self.inner.limits, record.kind, record.bytes.len()) {
            kept.records.push(record);
        }
    }

    /// All packets so far, in the order of time. (A sender may report a packet later than its
    /// receiver, but with the earlier time.)
    pub fn records(&self) -> Vec<WireRecord> {
        let mut records = self.lock().records.clone();
        records.sort_by_key(|record| record.at);
        records
    }

    /// The packets from the one with index `first` on, as the sockets reported them, for readers
    /// that follow a run.
    pub fn records_from(&self, first: usize) -> Vec<WireRecord> {
        self.lock()
            .records
            .get(first..)
            .map(<[WireRecord]>::to_vec)
            .unwrap_or_default()
    }

    /// The SIP messages so far, without the media, in the order of time.
    pub fn sip_records(&self) -> Vec<WireRecord> {
        let kept = self.lock();
        let sip = kept.records.iter().filter(|r| r.kind == WireKind::Sip);
        let mut records: Vec<_> = sip.cloned().collect();
        drop(kept);
        records.sort_by_key(|record| record.at);
        records
    }

    /// Marks the SIP message that `owner` received from there at that moment as one that it ignores on
    /// purpose. Nothing happens if it was not kept.
    pub fn mark_ignored(&self, owner: &str, remote: SocketAddr, at: Instant) {
        self.mark(owner, remote, at, |record| record.ignored = true);
    }

    /// The same for one that was lost on its way in.
    pub fn mark_dropped(&self, owner: &str, remote: SocketAddr, at: Instant) {
        self.mark(owner, remote, at, |record| record.dropped = true);
    }

    fn mark(
        &self,
        owner: &str,
        remote: SocketAddr,
        at: Instant,
        change: impl FnOnce(&mut WireRecord),
    ) {
        let at = wallclock_of(at);
        let mut kept = self.lock();
        let found = kept.records.iter_mut().rev().find(|record| {
            record.at == at
                && record.kind == WireKind::Sip
                && record.direction == Direction::Received
                && record.remote == remote
                && *record.owner == *owner
        });
        if let Some(record) = found {
            change(record);
        }
    }

    /// How much was kept and how much was not.
    pub fn totals(&self) -> CaptureTotals {
        self.lock().totals
    }

    /// Forgets the packets and their counts.
    pub fn clear(&self) {
        *self.lock() = Kept::default();
    }

    /// Adds a packet from a socket's buffer, which is copied only when it is kept.
    pub(crate) fn record_packet(&self, packet: &Packet<'_>) {
        let mut kept = self.lock();
        if kept.admit(&self.inner.limits, packet.kind, packet.bytes.len()) {
            kept.records.push(packet.to_record());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.inner
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Counts a packet and says whether it is kept.
    fn admit(&mut self, limits: &CaptureLimits, kind: WireKind, length: usize) -> bool {
        let totals = &mut self.totals;
        let (bytes, limit, kept, not_kept) = match kind {
            WireKind::Sip => (
                &mut totals.sip_bytes,
                limits.sip_bytes_max,
                &mut totals.sip_kept,
                &mut totals.sip_not_kept,
            ),
            WireKind::Rtp | WireKind::Rtcp => (
                &mut totals.media_bytes,
                limits.media_bytes_max,
                &mut totals.media_kept,
                &mut totals.media_not_kept,
            ),
        };
        let admitted = bytes.saturating_add(length) <= limit;
        if admitted {
            *bytes += length;
            *kept += 1;
        } else {
            *not_kept += 1;
        }
        admitted
    }
}

/// A packet that still lies in a socket's buffer.
#[derive(Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) at: Instant,
    pub(crate) direction: Direction,
    pub(crate) kind: WireKind,
    pub(crate) transport: &'static str,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) owner: &'a Arc<str>,
    pub(crate) bytes: &'a [u8],
    pub(crate) dropped: bool,
}

impl Packet<'_> {
    fn to_record(&self) -> WireRecord {
        WireRecord {
            at: wallclock_of(self.at),
            direction: self.direction,
            kind: self.kind,
            transport: self.transport,
            local: self.local,
            remote: self.remote,
            owner: self.owner.clone(),
            bytes: Bytes::copy_from_slice(self.bytes),
            dropped: self.dropped,
            ignored: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(kind: WireKind, bytes: &[u8], capture: &Capture) {
        capture.record_packet(&Packet {
            at: Instant::now(),
            direction: Direction::Sent,
            kind,
            transport: "UDP",
            local: ([127, 0, 0, 1], 5060).into(),
            remote: ([127, 0, 0, 1], 5061).into(),
            owner: &Arc::from("Alice"),
            bytes,
            dropped: false,
        });
    }

    #[test]
    fn media_beyond_its_limit_is_counted_and_sip_is_still_kept() {
        let capture = Capture::with_limits(CaptureLimits {
            sip_bytes_max: 100,
            media_bytes_max: 25,
        });
        for _ in 0..4 {
            packet(WireKind::Rtp, &[0; 10], &capture);
        }
        packet(WireKind::Sip, b"OPTIONS", &capture);
        let expected = CaptureTotals {
            sip_kept: 1,
            sip_not_kept: 0,
            media_kept: 2,
            media_not_kept: 2,
            sip_bytes: 7,
            media_bytes: 20,
        };
        assert_eq!(capture.totals(), expected);
        assert_eq!(capture.records().len(), 3);
        assert_eq!(capture.sip_records().len(), 1);
        assert_eq!(capture.records_from(2).len(), 1);
        assert_eq!(capture.records_from(9).len(), 0);
    }

    #[test]
    fn a_mark_is_put_on_one_message_alone() {
        let capture = Capture::new();
        let remote = ([127, 0, 0, 1], 5061).into();
        let first = Instant::now();
        for at in [first, first + std::time::Duration::from_micros(1)] {
            capture.record_packet(&Packet {
                at,
                direction: Direction::Received,
                kind: WireKind::Sip,
                transport: "UDP",
                local: ([127, 0, 0, 1], 5060).into(),
                remote,
                owner: &Arc::from("Alice"),
                bytes: b"BYE",
                dropped: false,
            });
        }
        capture.mark_ignored("Alice", remote, first);
        capture.mark_dropped("Bob", remote, first);
        let records = capture.records_from(0);
        let marks: Vec<_> = records.iter().map(|r| (r.ignored, r.dropped)).collect();
        assert_eq!(marks, [(true, false), (false, false)]);
    }

    #[test]
    fn clones_share_the_packets() {
        let capture = Capture::new();
        packet(WireKind::Sip, b"x", &capture.clone());
        assert_eq!(capture.records().len(), 1);
        capture.clear();
        assert_eq!(capture.totals(), CaptureTotals::default());
    }
}
