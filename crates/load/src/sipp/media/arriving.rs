//! What is done with datagrams that come.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gannet_net::load::{PortId, Ports};
use gannet_scenario::sipp::model::MediaKind;

use super::figures::Figures;
use super::guard::Guard;
use super::inbox::StreamId;
use super::reception::Reception;
use super::streams::Streams;

/// How often both clocks are compared.
const COMPARE_EVERY: Duration = Duration::from_millis(200);
/// Looks at the clocks for one comparison: whoever is interrupted between two of them is wrong.
const COMPARE_LOOKS: usize = 3;
/// Datagrams do not wait longer at a socket, unless a clock was set meanwhile.
const AGE_MAX_NS: i128 = 10_000_000_000;

/// What is to be done with datagrams that come.
#[derive(Debug)]
pub(super) struct Arriving {
    by_port: HashMap<u64, SocketState>,
    /// `-rtp_echo` is in force.
    pub(super) echoes_all: bool,
    /// Longer datagrams are not echoed.
    echo_bytes: usize,
    /// The packet without its protection, or with the own one.
    packet: Vec<u8>,
    clocks: Clocks,
}

/// What is known of a socket.
#[derive(Debug)]
pub(super) struct SocketState {
    kind: Option<MediaKind>,
    pub(super) echoes: bool,
    /// Something of its own was sent. It echoes only if it is told to: two ends that echo what the
    /// other echoes would never stop.
    pub(super) has_sent: bool,
    pub(super) checked: Option<StreamId>,
    /// Streams that leave from here, those that are paused left out.
    pub(super) players: u32,
    /// It is looked at with the packets of its one stream.
    pub(super) unwatched: bool,
    /// Of streams and echoes that are sent.
    pub(super) sent: Guard,
    pub(super) received: Guard,
    reception: Reception,
}

impl SocketState {
    /// Whether nobody waits for what comes: it is only counted.
    pub(super) fn may_be_unwatched(&self) -> bool {
        self.players == 1 && !self.echoes && self.checked.is_none()
    }
}

impl Arriving {
    pub(super) fn new(begun: Instant, echoes_all: bool, echo_bytes: usize) -> Self {
        Self {
            by_port: HashMap::new(),
            echoes_all,
            echo_bytes,
            packet: Vec::new(),
            clocks: Clocks::new(begun),
        }
    }

    pub(super) fn add(&mut self, port: PortId, kind: Option<MediaKind>) {
        let socket = SocketState {
            kind,
            echoes: false,
            has_sent: false,
            checked: None,
            players: 0,
            unwatched: false,
            sent: Guard::Open,
            received: Guard::Open,
            reception: Reception::default(),
        };
        self.by_port.insert(port.number(), socket);
    }

    pub(super) fn remove(&mut self, port: PortId) {
        self.by_port.remove(&port.number());
    }

    pub(super) fn get(&mut self, port: PortId) -> Option<&mut SocketState> {
        self.by_port.get_mut(&port.number())
    }

    /// Protects a packet of a stream; false if it must not be sent.
    pub(super) fn protect(&mut self, port: PortId, packet: &mut Vec<u8>) -> bool {
        let socket = self.by_port.get_mut(&port.number());
        socket.is_none_or(|socket| socket.sent.protect(packet))
    }

    /// Takes a datagram and the date at which the system got it.
    pub(super) fn take(
        &mut self,
        ports: &mut Ports,
        streams: &mut Streams,
        figures: &Figures,
        (port, from, bytes, arrived): (PortId, SocketAddr, &[u8], Option<Duration>),
    ) {
        let Some(socket) = self.by_port.get_mut(&port.number()) else {
            return;
        };
        let Some(kind) = socket.kind else {
            return;
        };
        figures.received(kind, bytes.len());
        let checked = socket.checked.and_then(|id| streams.get(id));
        let check = checked.and_then(|playing| playing.outgoing.check.as_mut());
        let is_guarded = !(socket.received.is_open() && socket.sent.is_open());
        let packet = &mut self.packet;
        if is_guarded {
            packet.clear();
            packet.extend_from_slice(bytes);
            if !socket.received.unprotect(packet) {
                figures.refuse();
                if let Some(check) = check {
                    check.refuse();
                }
                return;
            }
        }
        let plain = if is_guarded { &*packet } else { bytes };
        if kind != MediaKind::Image {
            let arrived_ns = self.clocks.arrived_ns(arrived);
            socket.reception.take(plain, arrived_ns, figures);
        }
        if let Some(check) = check {
            check.take(plain);
        } else if (socket.echoes || self.echoes_all && !socket.has_sent)
            && bytes.len() <= self.echo_bytes
        {
            if is_guarded && !socket.sent.protect(packet) {
                return;
            }
            let bytes = if is_guarded { packet } else { bytes };
            ports.send(port, Some(from), &[bytes]);
            figures.echoed(kind, bytes.len());
        }
    }
}

/// From dates, which the system notes, to times of the run.
#[derive(Debug)]
struct Clocks {
    begun: Instant,
    compared: Option<Instant>,
    /// What a time of the run is less than the date of the same moment.
    difference_ns: i128,
}

impl Clocks {
    fn new(begun: Instant) -> Self {
        Self {
            begun,
            compared: None,
            difference_ns: 0,
        }
    }

    fn arrived_ns(&mut self, arrived: Option<Duration>) -> u64 {
        let now = Instant::now();
        if self
            .compared
            .is_none_or(|at| now.duration_since(at) >= COMPARE_EVERY)
        {
            self.compare();
            self.compared = Some(now);
        }
        let now_ns = now.duration_since(self.begun).as_nanos();
        let Some(arrived) = arrived else {
            return now_ns as u64;
        };
        let arrived_ns = arrived.as_nanos() as i128 - self.difference_ns;
        if (now_ns as i128 - arrived_ns).abs() > AGE_MAX_NS {
            // The date was set.
            self.compared = None;
            return now_ns as u64;
        }
        arrived_ns.max(0) as u64
    }

    fn compare(&mut self) {
        let look = |_| {
            let before = self.begun.elapsed();
            let date = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            let after = self.begun.elapsed();
            let middle_ns = (before + after).as_nanos() as i128 / 2;
            (after - before, date.as_nanos() as i128 - middle_ns)
        };
        let best = (0..COMPARE_LOOKS).map(look).min();
        self.difference_ns = best.map_or(0, |(_, difference_ns)| difference_ns);
    }
}
