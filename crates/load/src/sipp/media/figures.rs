//! What was sent, came in and was echoed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gannet_events::traffic::ResponseTimes;
use gannet_scenario::sipp::model::MediaKind;
use gannet_tui::sipp::{MediaArrivals, MediaCount, MediaFigures, MediaLateness};

/// Lateness is told from this on: a packet that leaves so much after its time is heard where a
/// jitter buffer is short.
const OVER_MS: u64 = 2;
/// A packet that leaves so much after its time counts as late.
const LATE_MS: u64 = 10;
const BOUNDS_MS: [u64; 2] = [OVER_MS, LATE_MS];

/// Counters that a media thread writes and all read.
#[derive(Debug)]
pub(super) struct Figures {
    sent: [Count; KINDS],
    received: [Count; KINDS],
    echoed: [Count; KINDS],
    streams_open: AtomicU64,
    /// How long after their times packets left.
    departures: Mutex<ResponseTimes>,
    arrivals: Mutex<Arrivals>,
    left_out: AtomicU64,
    unsent: AtomicU64,
    dropped: AtomicU64,
    checks_failed: AtomicU64,
    refused: AtomicU64,
}

const KINDS: usize = 3;

/// What all packets together have told that came in.
#[derive(Debug)]
struct Arrivals {
    lost: i64,
    reordered: u64,
    duplicates: u64,
    drift_ns: Option<i64>,
    lateness: ResponseTimes,
}

/// What a packet has told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Packets more that are missing since; fewer, where one comes after all.
    pub(super) lost_more: i64,
    pub(super) is_reordered: bool,
    pub(super) is_duplicate: bool,
    /// How long after its time it came, measured by the earliest of its stream.
    pub(super) late_ns: Option<u64>,
    /// By how much a stream's packets come later than at its beginning.
    pub(super) drift_ns: Option<i64>,
}

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

    /// Packets that were due then have left now.
    pub(super) fn departed(&self, due_ns: &[u64], now_ns: u64) {
        let mut departures = lock(&self.departures);
        for due_ns in due_ns {
            departures.record(now_ns.saturating_sub(*due_ns));
        }
    }

    /// A packet of a stream has come.
    pub(super) fn seen(&self, seen: Seen) {
        let mut arrivals = lock(&self.arrivals);
        arrivals.lost += seen.lost_more;
        arrivals.reordered += u64::from(seen.is_reordered);
        arrivals.duplicates += u64::from(seen.is_duplicate);
        if let Some(late_ns) = seen.late_ns {
            arrivals.lateness.record(late_ns);
        }
        arrivals.drift_ns = further(arrivals.drift_ns, seen.drift_ns);
    }

    /// Packets that were due so long ago that they are left out.
    pub(super) fn left_out(&self, packets: u64) {
        raise(&self.left_out, packets);
    }

    /// How many packets the system has thrown away so far because they were not fetched.
    pub(super) fn set_dropped(&self, packets: u64) {
        self.dropped.store(packets, Ordering::Relaxed);
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

    #[cfg(test)]
    pub(super) fn read(self: &Arc<Self>) -> MediaFigures {
        read(std::slice::from_ref(self))
    }
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            sent: Default::default(),
            received: Default::default(),
            echoed: Default::default(),
            streams_open: AtomicU64::default(),
            departures: Mutex::new(ResponseTimes::new(&BOUNDS_MS)),
            arrivals: Mutex::new(Arrivals::default()),
            left_out: AtomicU64::default(),
            unsent: AtomicU64::default(),
            dropped: AtomicU64::default(),
            checks_failed: AtomicU64::default(),
            refused: AtomicU64::default(),
        }
    }
}

impl Default for Arrivals {
    fn default() -> Self {
        Self {
            lost: 0,
            reordered: 0,
            duplicates: 0,
            drift_ns: None,
            lateness: ResponseTimes::new(&BOUNDS_MS),
        }
    }
}

/// What all threads have counted.
pub(super) fn read(all: &[Arc<Figures>]) -> MediaFigures {
    let sum = |of: &dyn Fn(&Figures) -> u64| all.iter().map(|one| of(one)).sum::<u64>();
    let load = |of: fn(&Figures) -> &AtomicU64| sum(&|one| of(one).load(Ordering::Relaxed));
    let each = |of: fn(&Figures) -> &[Count; KINDS]| {
        std::array::from_fn(|kind| MediaCount {
            packets: sum(&|one| of(one)[kind].read().packets),
            octets: sum(&|one| of(one)[kind].read().octets),
        })
    };
    let mut departures = ResponseTimes::new(&BOUNDS_MS);
    let mut arrivals = Arrivals::default();
    for one in all {
        departures.merge(&lock(&one.departures));
        let theirs = lock(&one.arrivals);
        arrivals.lost += theirs.lost;
        arrivals.reordered += theirs.reordered;
        arrivals.duplicates += theirs.duplicates;
        arrivals.drift_ns = further(arrivals.drift_ns, theirs.drift_ns);
        arrivals.lateness.merge(&theirs.lateness);
    }
    let departures = lateness(&departures);
    MediaFigures {
        sent: each(|one| &one.sent),
        received: each(|one| &one.received),
        echoed: each(|one| &one.echoed),
        streams_open: load(|one| &one.streams_open),
        late: departures.over_10_ms,
        departures,
        arrivals: MediaArrivals {
            lost: u64::try_from(arrivals.lost).unwrap_or(0),
            reordered: arrivals.reordered,
            duplicates: arrivals.duplicates,
            lateness: lateness(&arrivals.lateness),
            drift_us: arrivals.drift_ns.map(|ns| ns / 1_000),
        },
        left_out: load(|one| &one.left_out),
        unsent: load(|one| &one.unsent),
        dropped: load(|one| &one.dropped),
        checks_failed: load(|one| &one.checks_failed),
    }
}

fn lateness(times: &ResponseTimes) -> MediaLateness {
    let beyond = |bounds: usize| times.classes().iter().skip(bounds).sum();
    MediaLateness {
        packets: times.count(),
        p50_us: times.quantile_us(0.5),
        p99_us: times.quantile_us(0.99),
        p99_9_us: times.quantile_us(0.999),
        max_us: times.max_ns() / 1_000,
        over_2_ms: beyond(1),
        over_10_ms: beyond(2),
    }
}

/// The one that is further from 0.
fn further(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).max_by_key(|ns| ns.abs())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
