//! What was sent, came in and was echoed.

use std::sync::atomic::{AtomicU64, Ordering};

use gannet_scenario::sipp::model::MediaKind;
use gannet_tui::sipp::{MediaCount, MediaFigures};

/// Counters that the media thread writes and all read.
#[derive(Debug, Default)]
pub(super) struct Figures {
    sent: [Count; KINDS],
    received: [Count; KINDS],
    echoed: [Count; KINDS],
    streams_open: AtomicU64,
    late: AtomicU64,
    unsent: AtomicU64,
    checks_failed: AtomicU64,
    refused: AtomicU64,
}

const KINDS: usize = 3;

#[derive(Debug, Default)]
struct Count {
    packets: AtomicU64,
    octets: AtomicU64,
}

impl Count {
    /// There is one writer.
    fn add(&self, octets: usize) {
        raise(&self.packets, 1);
        raise(&self.octets, octets as u64);
    }

    fn read(&self) -> MediaCount {
        MediaCount {
            packets: self.packets.load(Ordering::Relaxed),
            octets: self.octets.load(Ordering::Relaxed),
        }
    }
}

fn raise(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Ordering::Relaxed) + by, Ordering::Relaxed);
}

pub(super) fn index(kind: MediaKind) -> usize {
    match kind {
        MediaKind::Audio => 0,
        MediaKind::Video => 1,
        MediaKind::Image => 2,
    }
}

impl Figures {
    pub(super) fn sent(&self, kind: MediaKind, octets: usize) {
        self.sent[index(kind)].add(octets);
    }

    pub(super) fn received(&self, kind: MediaKind, octets: usize) {
        self.received[index(kind)].add(octets);
    }

    pub(super) fn echoed(&self, kind: MediaKind, octets: usize) {
        self.echoed[index(kind)].add(octets);
    }

    pub(super) fn set_streams(&self, open: usize) {
        self.streams_open.store(open as u64, Ordering::Relaxed);
    }

    /// A packet left well after its time.
    pub(super) fn late(&self) {
        raise(&self.late, 1);
    }

    /// A packet could not be sent.
    pub(super) fn unsent(&self) {
        raise(&self.unsent, 1);
    }

    /// A call's check has failed.
    pub(super) fn failed_check(&self) {
        raise(&self.checks_failed, 1);
    }

    /// A packet has come that is not authentic.
    pub(super) fn refuse(&self) {
        raise(&self.refused, 1);
    }

    pub(super) fn has_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed) > 0
    }

    pub(super) fn checks_failed(&self) -> u64 {
        self.checks_failed.load(Ordering::Relaxed)
    }

    pub(super) fn read(&self) -> MediaFigures {
        let each = |counts: &[Count; KINDS]| std::array::from_fn(|kind| counts[kind].read());
        MediaFigures {
            sent: each(&self.sent),
            received: each(&self.received),
            echoed: each(&self.echoed),
            streams_open: self.streams_open.load(Ordering::Relaxed),
            late: self.late.load(Ordering::Relaxed),
            unsent: self.unsent.load(Ordering::Relaxed),
            checks_failed: self.checks_failed(),
        }
    }
}
