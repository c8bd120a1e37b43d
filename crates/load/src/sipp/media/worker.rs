//! A media thread.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_net::load::{PortEvent, PortId, Ports, prefer_short_turns};
use gannet_traffic::Wheel;

use super::arriving::{Arriving, SocketState};
use super::check::Check;
use super::figures::Figures;
use super::inbox::{Command, Inbox, Play, SocketId, StreamId};
use super::outgoing::Outgoing;
use super::phases::Phases;
use super::streams::{Playing, Streams};

/// How exact times are: a packet leaves with the first tick after its time.
pub(super) const TICK_NS: u64 = 250_000;

/// From so many streams on the thread wakes only half as often: waking costs as much as two packets.
const MANY_STREAMS: usize = 512;
const MANY_TICK_NS: u64 = 2 * TICK_NS;

/// What a media thread works with.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) ports: Ports,
    inbox: Arc<Inbox>,
    number: u16,
    pub(super) figures: Arc<Figures>,
    begun: Instant,
    commands: Vec<Command>,
    pub(super) streams: Streams,
    pub(super) wheel: Wheel,
    /// Places of streams whose time has come.
    pub(super) due: Vec<u64>,
    phases: Phases,
    pub(super) sockets: HashMap<SocketId, PortId>,
    pub(super) arriving: Arriving,
    pub(super) out: Vec<u8>,
    /// When the packets were due that the system has not got yet.
    pub(super) batch: Vec<u64>,
}

impl Worker {
    /// The thread with that number of those that the inbox leads to.
    pub(super) fn new(
        ports: Ports,
        (inbox, number): (Arc<Inbox>, u16),
        figures: Arc<Figures>,
        begun: Instant,
        (echoes_all, echo_bytes): (bool, usize),
    ) -> Self {
        Self {
            ports,
            inbox,
            number,
            figures,
            begun,
            commands: Vec::new(),
            streams: Streams::default(),
            wheel: Wheel::with_tick(0, TICK_NS, 0),
            due: Vec::new(),
            phases: Phases::new(),
            sockets: HashMap::new(),
            arriving: Arriving::new(begun, echoes_all, echo_bytes),
            out: Vec::new(),
            batch: Vec::new(),
        }
    }

    /// Works until it is told to end.
    pub(super) fn work(mut self) {
        prefer_short_turns();
        loop {
            let mut commands = std::mem::take(&mut self.commands);
            self.inbox.take(self.number, &mut commands);
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
            self.arriving.look_at_clocks();
            let Self {
                ports,
                streams,
                arriving,
                figures,
                ..
            } = &mut self;
            let polled = ports.poll_with(timeout, &mut |ports, event| {
                take(arriving, ports, streams, figures, &event);
            });
            if polled.is_err() {
                // The system does not let it wait, so it cannot keep times.
                return;
            }
        }
    }

    pub(super) fn now_ns(&self) -> u64 {
        self.begun.elapsed().as_nanos() as u64
    }

    fn timeout(&self) -> Option<Duration> {
        let mut due_ns = self.wheel.next_deadline_ns()?;
        if self.streams.len() >= MANY_STREAMS {
            due_ns = due_ns.next_multiple_of(MANY_TICK_NS);
        }
        Some(Duration::from_nanos(due_ns.saturating_sub(self.now_ns())))
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Adopt(id, kind, bound) => {
                if let Ok(port) = self.ports.adopt_udp(*bound) {
                    self.sockets.insert(id, port);
                    if let Some(kind) = kind {
                        self.arriving.add(port, kind);
                    }
                }
            }
            Command::Close(id) => self.close(id),
            Command::Echo(id, on) => self.change(id, |socket| socket.echoes = on),
            Command::GuardSent(id, guard) => self.change(id, |socket| socket.sent = guard),
            Command::GuardReceived(id, guard) => {
                self.change(id, |socket| socket.received = guard);
            }
            Command::EchoAll(on) => self.arriving.echoes_all = on,
            Command::Play(id, play) => self.play(id, *play),
            Command::Redirect(id, to) => {
                if let Some(playing) = self.streams.get(id) {
                    playing.outgoing.to = to;
                }
            }
            Command::Pause(id, on) => self.pause(id, on),
            Command::Stop(id) => self.stop(id),
            Command::Settle(done) => {
                let checked = self.streams.iter();
                let checked = checked.filter(|playing| playing.outgoing.check.is_some());
                for id in checked.map(|playing| playing.id).collect::<Vec<_>>() {
                    self.stop(id);
                }
                self.figures.set_dropped(self.ports.counters().kernel_drops);
                // Who asked may have gone.
                let _ = done.send(());
            }
            Command::End => {}
        }
    }

    /// Closes a socket; what has come to it still counts.
    fn close(&mut self, id: SocketId) {
        let Some(port) = self.sockets.remove(&id) else {
            return;
        };
        let Self {
            ports,
            streams,
            arriving,
            figures,
            ..
        } = self;
        ports.drain(port, &mut |ports, event| {
            take(arriving, ports, streams, figures, &event);
        });
        arriving.remove(port);
        ports.close(port);
    }

    fn play(&mut self, id: StreamId, play: Play) {
        let now_ns = self.now_ns();
        let mut outgoing = Outgoing::new(play, now_ns);
        let phase = outgoing.interval_ns().and_then(|interval_ns| {
            let (phase, begin_ns) = self.phases.take(interval_ns, now_ns)?;
            outgoing.due_ns = begin_ns;
            Some(phase)
        });
        let due_ns = outgoing.due_ns;
        let (is_checked, is_steady) = (outgoing.check.is_some(), phase.is_some());
        let sockets: Vec<SocketId> = outgoing.sockets().collect();
        let port = match sockets[..] {
            [socket] if outgoing.is_stream() => self.sockets.get(&socket).copied(),
            _ => None,
        };
        let place = self.streams.insert(Playing {
            id,
            outgoing,
            timer: None,
            phase,
            port,
        });
        self.set_timer(place, due_ns);
        for socket in sockets {
            self.change(socket, |socket| {
                socket.has_sent = true;
                socket.count(is_steady, true);
                socket.checked = is_checked.then_some(id);
            });
        }
    }

    pub(super) fn set_timer(&mut self, place: u32, due_ns: u64) {
        let timer = self.wheel.insert(due_ns, u64::from(place));
        if let Some(playing) = self.streams.at(place) {
            playing.timer = Some(timer);
        }
    }

    /// Changes what holds for a socket, and whether the system tells of what comes to it.
    fn change(&mut self, id: SocketId, change: impl FnOnce(&mut SocketState)) {
        if let Some(port) = self.sockets.get(&id)
            && let Some(watched) = self.arriving.change(*port, change)
        {
            self.ports.set_watched(*port, watched);
        }
    }

    fn pause(&mut self, id: StreamId, on: bool) {
        let now_ns = self.now_ns();
        let Some(place) = self.streams.place(id) else {
            return;
        };
        let Some(playing) = self.streams.at(place) else {
            return;
        };
        if playing.outgoing.paused == on {
            return;
        }
        let sockets: Vec<SocketId> = playing.outgoing.sockets().collect();
        let is_steady = playing.phase.is_some();
        if on {
            playing.outgoing.paused = true;
            if let Some(timer) = playing.timer.take() {
                self.wheel.cancel(timer);
            }
        } else {
            playing.outgoing.resume(now_ns);
            let due_ns = playing.outgoing.due_ns;
            self.set_timer(place, due_ns);
        }
        for socket in sockets {
            self.change(socket, |socket| socket.count(is_steady, !on));
        }
    }

    /// Ends a stream. What is checked on it gets its verdict.
    pub(super) fn stop(&mut self, id: StreamId) {
        let Some(playing) = self.streams.remove(id) else {
            return;
        };
        if let Some(timer) = playing.timer {
            self.wheel.cancel(timer);
        }
        if let Some(phase) = playing.phase {
            self.phases.give_back(phase);
        }
        let outgoing = &playing.outgoing;
        if outgoing.check.as_ref().is_some_and(Check::has_failed) {
            self.figures.failed_check();
        }
        for socket in outgoing.sockets() {
            self.change(socket, |socket| {
                if !outgoing.paused {
                    socket.count(playing.phase.is_some(), false);
                }
                if socket.checked == Some(id) {
                    socket.checked = None;
                }
            });
        }
    }
}

fn take(
    arriving: &mut Arriving,
    ports: &mut Ports,
    streams: &mut Streams,
    figures: &Figures,
    event: &PortEvent<'_>,
) {
    match event {
        PortEvent::Datagram {
            port,
            from,
            bytes,
            arrived,
        } => arriving.take(ports, streams, figures, (*port, *from, bytes, *arrived)),
        PortEvent::SendFailed { .. } => figures.unsent(),
        _ => {}
    }
}
