//! A "call" of six datagrams: the client sends A, the server answers B and C, the client sends D
//! and E, the server answers F. No SIP: 16 octets of header, then filling.

use std::time::{Duration, Instant};

const A: u8 = 0;
const B: u8 = 1;
const C: u8 = 2;
const D: u8 = 3;
const E: u8 = 4;
const F: u8 = 5;
/// Datagrams of one call.
pub(crate) const ECHO_KINDS: usize = 6;
/// Call number and kind.
const HEADER_BYTES: usize = 16;
/// The low bits of a call number name its place among the open calls.
const SLOT_BITS: u32 = 20;

/// The six datagrams, to be copied and numbered.
pub(crate) struct Templates([Vec<u8>; ECHO_KINDS]);

impl Templates {
    pub(crate) fn new(sizes: [usize; ECHO_KINDS]) -> Self {
        Self(sizes.map(|size| vec![b'x'; size.max(HEADER_BYTES)]))
    }

    /// Appends the datagram of that kind for that call.
    pub(crate) fn append(&self, kind: u8, call: u64, to: &mut Vec<u8>) -> usize {
        let template = &self.0[usize::from(kind)];
        let start = to.len();
        to.extend_from_slice(template);
        to[start..start + 8].copy_from_slice(&call.to_le_bytes());
        to[start + 8] = kind;
        template.len()
    }
}

/// Call number and kind of a datagram.
pub(crate) fn read_header(datagram: &[u8]) -> Option<(u64, u8)> {
    let call = datagram.get(..8)?.try_into().ok()?;
    let kind = *datagram.get(8)?;
    (usize::from(kind) < ECHO_KINDS).then(|| (u64::from_le_bytes(call), kind))
}

/// What the server sends when it receives a datagram of that kind.
pub(crate) fn answers(kind: u8) -> &'static [u8] {
    match kind {
        A => &[B, C],
        E => &[F],
        _ => &[],
    }
}

/// The client's side of all calls.
pub(crate) struct Caller {
    open: Vec<u64>,
    free: Vec<u32>,
    pub(crate) started: u64,
    pub(crate) done: u64,
}

impl Caller {
    pub(crate) fn new(in_flight_max: usize) -> Self {
        let places = u32::try_from(in_flight_max).unwrap_or(1 << SLOT_BITS);
        Self {
            open: vec![u64::MAX; in_flight_max],
            free: (0..places.min(1 << SLOT_BITS)).rev().collect(),
            started: 0,
            done: 0,
        }
    }

    /// Begins a call, unless as many as may be are open.
    pub(crate) fn start(&mut self) -> Option<(u64, u8)> {
        let slot = self.free.pop()?;
        let call = self.started << SLOT_BITS | u64::from(slot);
        self.started += 1;
        self.open[slot as usize] = call;
        Some((call, A))
    }

    /// What the client sends when it receives a datagram of that kind.
    pub(crate) fn receive(&mut self, call: u64, kind: u8) -> &'static [u8] {
        let slot = (call & ((1 << SLOT_BITS) - 1)) as usize;
        if self.open.get(slot) != Some(&call) {
            return &[];
        }
        match kind {
            C => &[D, E],
            F => {
                self.open[slot] = u64::MAX;
                self.free.push(slot as u32);
                self.done += 1;
                &[]
            }
            _ => &[],
        }
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.started - self.done
    }
}

/// How many calls should have begun by now.
pub(crate) struct Pace {
    begun: Instant,
    rate: Option<f64>,
    length: Option<Duration>,
    calls_max: u64,
}

impl Pace {
    pub(crate) fn new(rate: Option<f64>, length: Option<Duration>, calls_max: Option<u64>) -> Self {
        Self {
            begun: Instant::now(),
            rate,
            length,
            calls_max: calls_max.unwrap_or(u64::MAX),
        }
    }

    /// The number of calls due at this moment, and whether no more will be.
    pub(crate) fn due(&self, started: u64) -> (u64, bool) {
        let elapsed = self.begun.elapsed();
        if self.length.is_some_and(|length| elapsed >= length) || started >= self.calls_max {
            return (started, true);
        }
        let due = self.rate.map_or(u64::MAX, |rate| {
            (elapsed.as_secs_f64() * rate).floor() as u64
        });
        (due.min(self.calls_max), false)
    }

    /// Time since the first call.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}
