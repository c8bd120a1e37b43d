//! All sockets of one thread.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use mio::{Events, Poll, Token, Waker};

use crate::error::NetError;

use super::counters::PortCounters;
use super::event::SendFailure;
use super::limits::PortLimits;
use super::listener::canonical;
use super::open::try_device;
use super::outbox::Outbox;
use super::port::{Flushed, Kind, Port, Report, Reports};
use super::slots::{PortId, Slots};
use super::stream::{Scratch, State, Tls};
use super::system::{ReceiveSlab, SendHeaders, kernel_drops};
use super::timer::WaitTimer;
use super::tls::TlsInfo;
use super::waker::PortWaker;

/// Longest length that a UDP header can say, without that header.
const DATAGRAM_BYTES_MAX: usize = 65_527;
/// Empty batches that are kept for the next port with something to send; what is beyond stays with
/// its port.
const SPARE_OUTBOXES_MAX: usize = 256;
/// Socket events that one wait reports.
const EVENTS_MAX: usize = 1024;
pub(super) const WAKER: Token = Token(usize::MAX);
pub(super) const TIMER: Token = Token(usize::MAX - 1);

/// All sockets of one thread: UDP ports, listeners and connections of TCP, TLS and SCTP.
///
/// - In: [`open_udp`](Self::open_udp), [`listen_tcp`](Self::listen_tcp),
///   [`connect_tcp`](Self::connect_tcp), [`send`](Self::send), [`close`](Self::close).
/// - Out: [`poll`](Self::poll), which also does the sending; call it again and again, with the time
///   until the next deadline.
///
/// What is sent to one peer of one port leaves in its order. An error of one peer concerns nobody
/// else. Nothing that was taken is lost while the system has no room: it waits, up to
/// [`PortLimits::unsent_bytes_max`]; what goes beyond is refused, counted and reported.
///
/// The object has no clock and starts no thread. Dropping it closes everything.
#[derive(Debug)]
pub struct Ports {
    pub(super) limits: PortLimits,
    pub(super) poll: Poll,
    pub(super) events: Events,
    waker: Arc<Waker>,
    pub(super) timer: WaitTimer,
    pub(super) slots: Slots<Port>,
    /// Ports that may have something for us.
    pub(super) hot: VecDeque<PortId>,
    /// Ports with something to send.
    dirty: Vec<PortId>,
    /// Listeners that cannot accept for now.
    pub(super) stalled: Vec<PortId>,
    pub(super) reports: Reports,
    pub(super) counters: PortCounters,
    /// Some of `dirty` wait for room that the system will not tell of.
    pub(super) congested: bool,
    /// Messages handed out since sockets were last asked for events.
    pub(super) since_wait: usize,
    headers: SendHeaders,
    /// Away while a poll hands out what is in it.
    pub(super) slab: Option<ReceiveSlab>,
    spare_outboxes: Vec<Outbox>,
    scratch: Scratch,
    /// The interface that new sockets are bound to.
    pub(super) device: Option<Box<str>>,
    /// Kernel drops of ports that are closed.
    drops_before: u64,
}

impl Ports {
    /// No port yet.
    ///
    /// # Errors
    /// The system has no descriptors left to wait with.
    pub fn new(limits: PortLimits) -> Result<Self, NetError> {
        let build = || -> std::io::Result<Self> {
            let poll = Poll::new()?;
            let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
            let timer = WaitTimer::new(poll.registry(), TIMER)?;
            Ok(Self {
                limits,
                poll,
                events: Events::with_capacity(EVENTS_MAX),
                waker,
                timer,
                slots: Slots::new(),
                hot: VecDeque::new(),
                dirty: Vec::new(),
                stalled: Vec::new(),
                reports: Reports::default(),
                counters: PortCounters::default(),
                congested: false,
                since_wait: 0,
                headers: SendHeaders::new(),
                slab: Some(ReceiveSlab::new(super::turns::RECEIVE_BATCH_MAX)),
                spare_outboxes: Vec::new(),
                scratch: Scratch::default(),
                device: None,
                drops_before: 0,
            })
        };
        build().map_err(|source| NetError::Waiting { source })
    }

    /// Where the port is bound. A wildcard stays one. `None` for a port that is closed.
    pub fn local_addr(&self, port: PortId) -> Option<SocketAddr> {
        let socket = match &self.open_port(port)?.kind {
            Kind::Datagram(port) => &port.socket,
            Kind::Listener(port) => &port.socket,
            Kind::Stream(port) => &port.socket,
        };
        socket.local_addr().ok()?.as_socket().map(canonical)
    }

    /// The other end of a connection.
    pub fn peer_addr(&self, port: PortId) -> Option<SocketAddr> {
        match &self.open_port(port)?.kind {
            Kind::Stream(port) => port.socket.peer_addr().ok()?.as_socket().map(canonical),
            Kind::Datagram(_) | Kind::Listener(_) => None,
        }
    }

    /// Octets that a connection has not handed to the system yet; 0 for a port of another kind.
    pub fn unsent_bytes(&self, port: PortId) -> usize {
        match self.slots.get(port).map(|port| &port.kind) {
            Some(Kind::Stream(stream)) => stream.unsent_bytes(),
            _ => 0,
        }
    }

    /// What a connection with TLS has agreed on; `None` before it has, and for all others.
    pub fn tls_info(&self, port: PortId) -> Option<TlsInfo> {
        match &self.open_port(port)?.kind {
            Kind::Stream(stream) => match &stream.tls {
                Tls::Here(session) => session.info(),
                Tls::None | Tls::Lent => None,
            },
            Kind::Datagram(_) | Kind::Listener(_) => None,
        }
    }

    /// Binds the sockets that are opened from now on to a network interface (`SO_BINDTODEVICE`);
    /// `None` to none.
    ///
    /// # Errors
    /// There is no such interface, or this user may not bind to one.
    pub fn set_device(&mut self, device: Option<&str>) -> Result<(), NetError> {
        if let Some(name) = device {
            try_device(name).map_err(|source| NetError::Device {
                device: name.to_owned(),
                source,
            })?;
        }
        self.device = device.map(Into::into);
        Ok(())
    }

    /// Adds a message, given in pieces, to what the port sends with the next
    /// [`flush`](Self::flush) or [`poll`](Self::poll), or earlier when the batch is full. A UDP port
    /// needs the destination; a connection pays no heed to it.
    pub fn send(&mut self, port: PortId, to: Option<SocketAddr>, parts: &[&[u8]]) {
        self.put(port, to, None, parts);
    }

    /// Like [`send`](Self::send), for a datagram that must not overtake others of the same flow, for
    /// example of the same call, but may overtake those of other flows to the same destination.
    ///
    /// With segmentation, datagrams of different flows that are equally long then travel together
    /// even where each flow sends datagrams of several lengths. Numbers of flows are best dense, for
    /// example the place of the call among the open ones. Datagrams sent without a flow keep their
    /// place among all.
    pub fn send_in_flow(
        &mut self,
        port: PortId,
        to: Option<SocketAddr>,
        flow: u32,
        parts: &[&[u8]],
    ) {
        self.put(port, to, Some(flow), parts);
    }

    /// Sends all batches, as far as the system takes them.
    pub fn flush(&mut self) {
        if self.dirty.is_empty() {
            return;
        }
        self.congested = false;
        let mut dirty = std::mem::take(&mut self.dirty);
        for id in dirty.drain(..) {
            self.flush_port(id);
        }
        // What is still congested was put into the list again.
        dirty.append(&mut self.dirty);
        self.dirty = dirty;
    }

    /// Closes a port, after a last attempt to send what waits; a connection that closes gracefully
    /// goes on sending it. The name is void at once.
    pub fn close(&mut self, port: PortId) {
        if self.open_port(port).is_none() {
            return;
        }
        self.flush_port(port);
        if let Some(stream) = self.stream_mut(port)
            && stream.state == State::Open
            && stream.closes_gracefully
        {
            // Says the last word of TLS too; what that leaves is sent by and by.
            stream.state = State::Closing;
            self.flush_port(port);
            return;
        }
        self.remove(port);
    }

    /// A handle that ends a wait in [`poll`](Self::poll).
    pub fn waker(&self) -> PortWaker {
        PortWaker(self.waker.clone())
    }

    /// What went through the ports so far. Asks the system about each UDP port: meant for reports,
    /// not for each message.
    pub fn counters(&self) -> PortCounters {
        let drops = self.slots.values().map(drops_of).sum::<u64>();
        PortCounters {
            kernel_drops: self.drops_before + drops,
            ..self.counters
        }
    }

    /// The port, unless it is closed for its owner.
    pub(super) fn open_port(&self, id: PortId) -> Option<&Port> {
        self.slots.get(id).filter(
            |port| !matches!(&port.kind, Kind::Stream(stream) if stream.state == State::Closing),
        )
    }

    /// Closes the socket and forgets the port.
    pub(super) fn remove(&mut self, id: PortId) {
        let Some(port) = self.slots.remove(id) else {
            return;
        };
        self.drops_before += drops_of(&port);
        match port.kind {
            Kind::Datagram(port) => {
                let unsent = port.out.map_or(0, |outbox| outbox.unsent_datagrams());
                self.counters.send_failures.at_close += unsent as u64;
            }
            Kind::Stream(stream) => {
                self.counters.send_failures.at_close += u64::from(stream.unsent_bytes() > 0);
                self.counters.connections_closed += 1;
            }
            Kind::Listener(_) => {}
        }
    }

    /// Puts the port into the list of those to look at.
    pub(super) fn heat(&mut self, id: PortId) {
        if let Some(port) = self.slots.get_mut(id)
            && !port.hot
        {
            port.hot = true;
            self.hot.push_back(id);
        }
    }

    /// Puts the port into the list of those with something to send.
    pub(super) fn soil(&mut self, id: PortId) {
        if let Some(port) = self.slots.get_mut(id)
            && !port.dirty
        {
            port.dirty = true;
            self.dirty.push(id);
        }
    }

    fn put(&mut self, id: PortId, to: Option<SocketAddr>, flow: Option<u32>, parts: &[&[u8]]) {
        let limit = self.limits.unsent_bytes_max;
        let Some(port) = self.slots.get_mut(id) else {
            self.counters.send_failures.no_port += 1;
            return;
        };
        let mut full = false;
        let failure = match &mut port.kind {
            Kind::Datagram(datagrams) => {
                let length = parts.iter().map(|part| part.len()).sum();
                let waiting = datagrams.out.as_ref();
                match to {
                    None => Some(SendFailure::NoDestination),
                    Some(_) if length > DATAGRAM_BYTES_MAX => Some(SendFailure::TooLong { length }),
                    Some(_) if waiting.is_some_and(|outbox| !outbox.has_room(length, limit)) => {
                        Some(SendFailure::QueueFull { limit })
                    }
                    Some(to) => {
                        full = datagrams.append(to, flow, parts, &mut self.spare_outboxes);
                        None
                    }
                }
            }
            Kind::Stream(stream) if stream.state != State::Closing => {
                let taken = stream.append(parts, limit, &mut self.scratch);
                full = stream.has_enough();
                (!taken).then_some(SendFailure::QueueFull { limit })
            }
            Kind::Stream(_) | Kind::Listener(_) => {
                self.counters.send_failures.no_port += 1;
                return;
            }
        };
        if let Some(failure) = failure {
            self.refuse(id, to, failure);
            return;
        }
        self.soil(id);
        if full {
            self.flush_port(id);
        }
    }

    fn refuse(&mut self, port: PortId, to: Option<SocketAddr>, failure: SendFailure) {
        let failures = &mut self.counters.send_failures;
        match failure {
            SendFailure::QueueFull { .. } => failures.queue_full += 1,
            SendFailure::TooLong { .. } => failures.too_long += 1,
            SendFailure::NoDestination => failures.no_port += 1,
            SendFailure::Io(_) => failures.other += 1,
        }
        self.reports.push(Report::SendFailed { port, to, failure });
    }

    pub(super) fn flush_port(&mut self, id: PortId) {
        let Some(port) = self.slots.get_mut(id) else {
            return;
        };
        port.dirty = false;
        match &mut port.kind {
            Kind::Datagram(datagrams) => {
                let outcome =
                    datagrams.flush(id, &mut self.headers, &mut self.counters, &mut self.reports);
                if outcome == Flushed::All && self.spare_outboxes.len() < SPARE_OUTBOXES_MAX {
                    self.spare_outboxes.extend(datagrams.out.take());
                }
                let errors = datagrams.errors;
                let told = datagrams.adapt_watch(self.poll.registry(), id);
                // Without being told when there is room, try again with each flush.
                datagrams.blocked &= told.is_ok();
                if outcome == Flushed::Congested || (outcome == Flushed::Blocked && told.is_err()) {
                    self.congested = true;
                    self.soil(id);
                }
                if errors {
                    self.heat(id);
                }
            }
            Kind::Stream(stream) => {
                stream.flush(&mut self.counters, &mut self.scratch);
                let is_closing = stream.state == State::Closing;
                if is_closing {
                    stream.say_end(&mut self.counters, &mut self.scratch);
                }
                let is_lent = matches!(stream.tls, Tls::Lent);
                let done = is_closing && stream.unsent_bytes() == 0 && !is_lent;
                let broken = stream.broken.is_some();
                if done {
                    self.remove(id);
                } else if broken {
                    self.heat(id);
                }
            }
            Kind::Listener(_) => {}
        }
    }
}

fn drops_of(port: &Port) -> u64 {
    match &port.kind {
        Kind::Datagram(port) => kernel_drops(&port.socket).unwrap_or(0).into(),
        Kind::Listener(_) | Kind::Stream(_) => 0,
    }
}
