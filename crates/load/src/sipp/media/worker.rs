//! The media thread.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_net::load::{PortEvent, PortId, Ports};
use gannet_scenario::sipp::model::MediaKind;

use super::figures::Figures;
use super::guard::Guard;
use super::inbox::{Command, Inbox, SocketId, StreamId};
use super::outgoing::{Next, Outgoing};

/// A packet that leaves so much after its time counts as late.
const LATE_NS: u64 = 10_000_000;
/// Packets that are made before they are handed to the system.
const BATCH_MAX: usize = 64;

/// What the media thread works with.
#[derive(Debug)]
pub(super) struct Worker {
    ports: Ports,
    inbox: Arc<Inbox>,
    figures: Arc<Figures>,
    begun: Instant,
    commands: Vec<Command>,
    streams: HashMap<StreamId, Outgoing>,
    /// Earliest first. An entry counts only while the stream still has that time.
    deadlines: BinaryHeap<Reverse<(u64, StreamId)>>,
    sockets: HashMap<SocketId, PortId>,
    state: States,
    out: Vec<u8>,
}

/// What is to be done with datagrams that come.
#[derive(Debug)]
struct States {
    by_port: HashMap<u64, SocketState>,
    /// `-rtp_echo` is in force.
    echoes_all: bool,
    /// Longer datagrams are not echoed.
    echo_bytes: usize,
    /// The packet without its protection, or with the own one.
    packet: Vec<u8>,
}

#[derive(Debug)]
struct SocketState {
    kind: Option<MediaKind>,
    echoes: bool,
    /// Something of its own was sent. It echoes only if it is told to: two ends that echo what the
    /// other echoes would never stop.
    has_sent: bool,
    checked: Option<StreamId>,
    /// Of streams and echoes that are sent.
    sent: Guard,
    received: Guard,
}

impl Worker {
    pub(super) fn new(
        ports: Ports,
        inbox: Arc<Inbox>,
        figures: Arc<Figures>,
        echoes_all: bool,
        echo_bytes: usize,
    ) -> Self {
        Self {
            ports,
            inbox,
            figures,
            begun: Instant::now(),
            commands: Vec::new(),
            streams: HashMap::new(),
            deadlines: BinaryHeap::new(),
            sockets: HashMap::new(),
            state: States {
                by_port: HashMap::new(),
                echoes_all,
                echo_bytes,
                packet: Vec::new(),
            },
            out: Vec::new(),
        }
    }

    /// Works until it is told to end.
    pub(super) fn work(mut self) {
        loop {
            let mut commands = std::mem::take(&mut self.commands);
            self.inbox.take(&mut commands);
            for command in commands.drain(..) {
                if matches!(command, Command::End) {
                    self.ports.flush();
                    return;
                }
                self.obey(command);
            }
            self.commands = commands;
            self.send_due();
            self.figures.set_streams(self.streams.len());
            let timeout = self.timeout();
            let Self {
                ports,
                streams,
                state,
                figures,
                ..
            } = &mut self;
            let polled = ports.poll_with(timeout, &mut |ports, event| match event {
                PortEvent::Datagram {
                    port, from, bytes, ..
                } => {
                    state.take(ports, streams, figures, (port, from, bytes));
                }
                PortEvent::SendFailed { .. } => figures.unsent(),
                _ => {}
            });
            if polled.is_err() {
                // The system does not let it wait, so it cannot keep times.
                return;
            }
        }
    }

    fn now_ns(&self) -> u64 {
        self.begun.elapsed().as_nanos() as u64
    }

    fn timeout(&self) -> Option<Duration> {
        let Reverse((due_ns, _)) = self.deadlines.peek()?;
        Some(Duration::from_nanos(due_ns.saturating_sub(self.now_ns())))
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Adopt(id, kind, bound) => {
                if let Ok(port) = self.ports.adopt_udp(bound) {
                    self.sockets.insert(id, port);
                    self.state.add(port, kind);
                }
            }
            Command::Close(id) => {
                if let Some(port) = self.sockets.remove(&id) {
                    self.state.by_port.remove(&port.number());
                    self.ports.close(port);
                }
            }
            Command::Echo(id, on) => self.change(id, |socket| socket.echoes = on),
            Command::GuardSent(id, guard) => self.change(id, |socket| socket.sent = guard),
            Command::GuardReceived(id, guard) => {
                self.change(id, |socket| socket.received = guard);
            }
            Command::EchoAll(on) => self.state.echoes_all = on,
            Command::Play(id, play) => {
                let outgoing = Outgoing::new(*play, self.now_ns());
                let is_checked = outgoing.check.is_some();
                for socket in outgoing.sockets().collect::<Vec<_>>() {
                    self.change(socket, |socket| {
                        socket.has_sent = true;
                        socket.checked = is_checked.then_some(id);
                    });
                }
                self.deadlines.push(Reverse((outgoing.due_ns, id)));
                self.streams.insert(id, outgoing);
            }
            Command::Redirect(id, to) => {
                if let Some(stream) = self.streams.get_mut(&id) {
                    stream.to = to;
                }
            }
            Command::Pause(id, on) => self.pause(id, on),
            Command::Stop(id) => self.stop(id),
            Command::Settle(done) => {
                let checked = self.streams.iter().filter(|(_, one)| one.check.is_some());
                for id in checked.map(|(id, _)| *id).collect::<Vec<_>>() {
                    self.stop(id);
                }
                // Who asked may have gone.
                let _ = done.send(());
            }
            Command::End => {}
        }
    }

    fn change(&mut self, id: SocketId, change: impl FnOnce(&mut SocketState)) {
        let port = self.sockets.get(&id);
        if let Some(socket) = port.and_then(|port| self.state.by_port.get_mut(&port.number())) {
            change(socket);
        }
    }

    fn pause(&mut self, id: StreamId, on: bool) {
        let now_ns = self.now_ns();
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        if on {
            stream.paused = true;
        } else if stream.paused {
            stream.resume(now_ns);
            self.deadlines.push(Reverse((stream.due_ns, id)));
        }
    }

    /// Ends a stream. What is checked on it gets its verdict.
    fn stop(&mut self, id: StreamId) {
        let Some(stream) = self.streams.remove(&id) else {
            return;
        };
        let Some(check) = &stream.check else {
            return;
        };
        if check.has_failed() {
            self.figures.failed_check();
        }
        for socket in stream.sockets() {
            self.change(socket, |socket| {
                if socket.checked == Some(id) {
                    socket.checked = None;
                }
            });
        }
    }

    fn send_due(&mut self) {
        let mut unflushed = 0;
        while let Some(&Reverse((due_ns, id))) = self.deadlines.peek() {
            let now_ns = self.now_ns();
            if due_ns > now_ns {
                break;
            }
            self.deadlines.pop();
            let Some(stream) = self.streams.get_mut(&id) else {
                continue;
            };
            if stream.paused || stream.due_ns != due_ns {
                continue;
            }
            let next = stream.next(now_ns, &mut self.out);
            if let Next::Packet { socket, to } = next
                && let Some(port) = self.sockets.get(&socket)
                && (!stream.is_stream() || self.state.protect(*port, &mut self.out))
            {
                self.ports.send(*port, Some(to), &[&self.out]);
                self.figures.sent(stream.kind, self.out.len());
                if let Some(check) = &mut stream.check {
                    check.note_sent();
                }
                if now_ns - due_ns > LATE_NS {
                    self.figures.late();
                }
                unflushed += 1;
            }
            let next_ns = stream.due_ns;
            if next == Next::Over || stream.is_over() {
                self.stop(id);
            } else {
                self.deadlines.push(Reverse((next_ns, id)));
            }
            if unflushed == BATCH_MAX {
                self.ports.flush();
                unflushed = 0;
            }
        }
    }
}

impl States {
    fn add(&mut self, port: PortId, kind: Option<MediaKind>) {
        let socket = SocketState {
            kind,
            echoes: false,
            has_sent: false,
            checked: None,
            sent: Guard::Open,
            received: Guard::Open,
        };
        self.by_port.insert(port.number(), socket);
    }

    /// Protects a packet of a stream; false if it must not be sent.
    fn protect(&mut self, port: PortId, packet: &mut Vec<u8>) -> bool {
        let socket = self.by_port.get_mut(&port.number());
        socket.is_none_or(|socket| socket.sent.protect(packet))
    }

    fn take(
        &mut self,
        ports: &mut Ports,
        streams: &mut HashMap<StreamId, Outgoing>,
        figures: &Figures,
        (port, from, bytes): (PortId, SocketAddr, &[u8]),
    ) {
        let Some(socket) = self.by_port.get_mut(&port.number()) else {
            return;
        };
        let Some(kind) = socket.kind else {
            return;
        };
        figures.received(kind, bytes.len());
        let checked = socket.checked.and_then(|id| streams.get_mut(&id));
        let check = checked.and_then(|stream| stream.check.as_mut());
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
        if let Some(check) = check {
            check.take(if is_guarded { packet } else { bytes });
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
