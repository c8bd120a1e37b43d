//! What is done with datagrams that come.

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
    /// By the place of the port among the open ones.
    places: Vec<Place>,
    /// `-rtp_echo` is in force.
    pub(super) echoes_all: bool,
    /// Longer datagrams are not echoed.
    echo_bytes: usize,
    /// The packet without its protection, or with the own one.
    packet: Vec<u8>,
    clocks: Clocks,
}

/// The socket of a port, and what has to be known of it for each packet that leaves.
#[derive(Debug, Default)]
struct Place {
    /// The port's number; with another one, of earlier or later, there is nothing here.
    number: u64,
    is_guarded: bool,
    is_unwatched: bool,
    state: Option<Box<SocketState>>,
}

/// What is known of a socket.
#[derive(Debug)]
pub(super) struct SocketState {
    kind: MediaKind,
    pub(super) echoes: bool,
    /// Something of its own was sent. It echoes only if it is told to: two ends that echo what the
    /// other echoes would never stop.
    pub(super) has_sent: bool,
    pub(super) checked: Option<StreamId>,
    /// Streams in a steady rhythm that leave from here, those that are paused left out.
    pub(super) steady: u32,
    /// What else leaves from here.
    pub(super) unsteady: u32,
    /// Of streams and echoes that are sent.
    pub(super) sent: Guard,
    pub(super) received: Guard,
    reception: Reception,
}

impl SocketState {
    /// Whether nobody waits for what comes, which is only counted, and a stream looks after it.
    fn may_be_unwatched(&self) -> bool {
        self.steady == 1 && self.unsteady == 0 && !self.echoes && self.checked.is_none()
    }

    /// One more of what leaves from here, or one less.
    pub(super) fn count(&mut self, is_steady: bool, more: bool) {
        let count = if is_steady {
            &mut self.steady
        } else {
            &mut self.unsteady
        };
        *count = if more {
            *count + 1
        } else {
            count.saturating_sub(1)
        };
    }
}

impl Arriving {
    pub(super) fn new(begun: Instant, echoes_all: bool, echo_bytes: usize) -> Self {
        Self {
            places: Vec::new(),
            echoes_all,
            echo_bytes,
            packet: Vec::new(),
            clocks: Clocks::new(begun),
        }
    }

    /// A socket of a kind; what comes to others is thrown away.
    pub(super) fn add(&mut self, port: PortId, kind: MediaKind) {
        let socket = SocketState {
            kind,
            echoes: false,
            has_sent: false,
            checked: None,
            steady: 0,
            unsteady: 0,
            sent: Guard::Open,
            received: Guard::Open,
            reception: Reception::default(),
        };
        let place = port.number() as u32 as usize;
        if self.places.len() <= place {
            self.places.resize_with(place + 1, Place::default);
        }
        self.places[place] = Place {
            number: port.number(),
            is_guarded: false,
            is_unwatched: false,
            state: Some(Box::new(socket)),
        };
    }

    pub(super) fn remove(&mut self, port: PortId) {
        if let Some(place) = self.place(port) {
            *place = Place::default();
        }
    }

    /// Changes what holds for a socket. Whether it is to be watched from now on, if that changes.
    pub(super) fn change(
        &mut self,
        port: PortId,
        change: impl FnOnce(&mut SocketState),
    ) -> Option<bool> {
        let place = self.place(port)?;
        let state = place.state.as_mut()?;
        change(state);
        place.is_guarded = !state.sent.is_open();
        let unwatched = state.may_be_unwatched();
        let was = std::mem::replace(&mut place.is_unwatched, unwatched);
        (was != unwatched).then_some(!unwatched)
    }

    /// Datagrams are about to be handed out.
    pub(super) fn look_at_clocks(&mut self) {
        self.clocks.look();
    }

    pub(super) fn is_unwatched(&mut self, port: PortId) -> bool {
        self.place(port).is_some_and(|place| place.is_unwatched)
    }

    /// Protects a packet of a stream; false if it must not be sent.
    pub(super) fn protect(&mut self, port: PortId, packet: &mut Vec<u8>) -> bool {
        let place = self.place(port).filter(|place| place.is_guarded);
        let state = place.and_then(|place| place.state.as_mut());
        state.is_none_or(|socket| socket.sent.protect(packet))
    }

    fn place(&mut self, port: PortId) -> Option<&mut Place> {
        self.places
            .get_mut(port.number() as u32 as usize)
            .filter(|place| place.state.is_some() && place.number == port.number())
    }

    /// Takes a datagram and the date at which the system got it.
    pub(super) fn take(
        &mut self,
        ports: &mut Ports,
        streams: &mut Streams,
        figures: &Figures,
        (port, from, bytes, arrived): (PortId, SocketAddr, &[u8], Option<Duration>),
    ) {
        let place = self
            .places
            .get_mut(port.number() as u32 as usize)
            .filter(|place| place.number == port.number());
        let Some(socket) = place.and_then(|place| place.state.as_mut()) else {
            return;
        };
        let kind = socket.kind;
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
    now_ns: u64,
    compared: Option<Instant>,
    /// What a time of the run is less than the date of the same moment.
    difference_ns: i128,
}

impl Clocks {
    fn new(begun: Instant) -> Self {
        Self {
            begun,
            now_ns: 0,
            compared: None,
            difference_ns: 0,
        }
    }

    /// What follows comes now, or came a little before or after.
    fn look(&mut self) {
        let now = Instant::now();
        self.now_ns = now.duration_since(self.begun).as_nanos() as u64;
        let is_old = |at| now.duration_since(at) >= COMPARE_EVERY;
        if self.compared.is_none_or(is_old) {
            self.compare();
            self.compared = Some(now);
        }
    }

    fn arrived_ns(&mut self, arrived: Option<Duration>) -> u64 {
        let Some(arrived) = arrived else {
            return self.now_ns;
        };
        let arrived_ns = arrived.as_nanos() as i128 - self.difference_ns;
        if (i128::from(self.now_ns) - arrived_ns).abs() > AGE_MAX_NS {
            // The date was set.
            self.compared = None;
            return self.now_ns;
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
            (
                after.saturating_sub(before),
                date.as_nanos() as i128 - middle_ns,
            )
        };
        let best = (0..COMPARE_LOOKS).map(look).min();
        self.difference_ns = best.map_or(0, |(_, difference_ns)| difference_ns);
    }
}
