//! What a port does when it may have something.

use std::io;

use crate::unreachable::next_unreachable;

use super::event::{CloseReason, PortEvent};
use super::poll::Each;
use super::port::Kind;
use super::ports::Ports;
use super::slots::PortId;
use super::stream::{State, Taken, Tls};
use super::system::ReceiveSlab;

/// Messages that one system call takes from a UDP port.
pub(super) const RECEIVE_BATCH_MAX: usize = 64;
/// Connections accepted and error reports taken from one port before others get their turn.
const TURN_MAX: usize = 64;
/// So many octets of a connection count as one message.
const MESSAGE_BYTES: usize = 512;

impl Ports {
    /// Gives each port that may have something one turn, until about `budget` messages are handed
    /// out.
    pub(super) fn serve(&mut self, budget: usize, each: Each<'_>) -> usize {
        let mut count = 0;
        for _ in 0..self.hot.len() {
            if count >= budget {
                break;
            }
            let Some(id) = self.hot.pop_front() else {
                break;
            };
            let Some(port) = self.slots.get_mut(id) else {
                continue;
            };
            port.hot = false;
            let (done, more) = match &port.kind {
                Kind::Datagram(_) => self.serve_datagrams(id, each),
                Kind::Listener(_) => self.serve_listener(id, each),
                Kind::Stream(_) => self.serve_stream(id, each),
            };
            count += done;
            if more {
                self.heat(id);
            }
        }
        count
    }

    /// One system call's worth of datagrams. The port is looked at again until nothing waits there.
    pub(super) fn serve_datagrams(&mut self, id: PortId, each: Each<'_>) -> (usize, bool) {
        let mut slab = self.take_slab();
        let mut count = self.serve_errors(id, each);
        let Some(Kind::Datagram(port)) = self.slots.get_mut(id).map(|port| &mut port.kind) else {
            self.slab = Some(slab);
            return (count, false);
        };
        self.counters.receive_calls += 1;
        let result = slab.receive(&port.socket, port.joined || port.stamped);
        let more = match &result {
            // Fewer than asked for: the system has met the end.
            Ok(messages) => !port.sparse || *messages >= RECEIVE_BATCH_MAX,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => port.errors,
            // A report of the network: reading has cleared it, its datagram is in the error queue.
            Err(_) => {
                port.errors = true;
                true
            }
        };
        port.turns = if more {
            port.turns.saturating_add(1)
        } else {
            0
        };
        // A port that cannot be watched is looked at all the time.
        let more = port.adapt_watch(self.poll.registry(), id).is_err() || more;
        if let Ok(messages) = result {
            count += self.tell_datagrams(id, &slab, messages, each);
        }
        self.slab = Some(slab);
        (count, more)
    }

    fn tell_datagrams(
        &mut self,
        id: PortId,
        slab: &ReceiveSlab,
        messages: usize,
        each: Each<'_>,
    ) -> usize {
        let mut count = 0;
        for index in 0..messages {
            let message = slab.message(index);
            let Some(from) = message.from else {
                continue;
            };
            self.counters.truncated += u64::from(message.truncated);
            self.counters.bytes_received += message.bytes.len() as u64;
            // An empty datagram has no chunks.
            let size = message.segment_bytes.unwrap_or(message.bytes.len());
            let mut rest = message.bytes;
            loop {
                let (bytes, after) = rest.split_at(size.min(rest.len()));
                count += 1;
                self.counters.datagrams_received += 1;
                let port = id;
                let datagram = PortEvent::Datagram {
                    port,
                    from,
                    bytes,
                    arrived: message.arrived,
                };
                each(self, datagram);
                if self.slots.get(id).is_none() {
                    return count;
                }
                if after.is_empty() {
                    break;
                }
                rest = after;
            }
        }
        count
    }

    /// Takes the reports of the network about datagrams that it could not deliver.
    fn serve_errors(&mut self, id: PortId, each: Each<'_>) -> usize {
        for count in 0..TURN_MAX {
            let Some(Kind::Datagram(port)) = self.slots.get_mut(id).map(|port| &mut port.kind)
            else {
                return count;
            };
            if !port.errors {
                return count;
            }
            match next_unreachable(&port.socket) {
                Ok((to, error)) => {
                    self.counters.unreachable += 1;
                    let port = id;
                    each(self, PortEvent::Unreachable { port, to, error });
                }
                Err(_) => port.errors = false,
            }
        }
        TURN_MAX
    }

    fn serve_listener(&mut self, id: PortId, each: Each<'_>) -> (usize, bool) {
        for count in 0..TURN_MAX {
            let Some(Kind::Listener(listener)) = self.slots.get_mut(id).map(|port| &mut port.kind)
            else {
                return (count, false);
            };
            let result = listener.accept();
            let was_stalled = std::mem::replace(&mut listener.stalled, false);
            let outcome = match result {
                Ok(_) if self.slots.count() >= self.limits.ports_max => {
                    self.counters.connections_refused += 1;
                    continue;
                }
                Ok((stream, from)) => self.insert(Kind::Stream(stream)).map(|port| (port, from)),
                Err(error) => Err(error),
            };
            match outcome {
                Ok((port, from)) => {
                    self.counters.connections_opened += 1;
                    let listener = id;
                    let event = PortEvent::Accepted {
                        listener,
                        port,
                        from,
                    };
                    each(self, event);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return (count, false),
                Err(error) => {
                    self.stall(id, was_stalled, error, each);
                    return (count + 1, false);
                }
            }
        }
        (TURN_MAX, true)
    }

    /// Has the listener try again later.
    fn stall(&mut self, id: PortId, was_stalled: bool, error: io::Error, each: Each<'_>) {
        if let Some(Kind::Listener(listener)) = self.slots.get_mut(id).map(|port| &mut port.kind) {
            listener.stalled = true;
        }
        self.stalled.push(id);
        if !was_stalled {
            let listener = id;
            each(self, PortEvent::AcceptFailed { listener, error });
        }
    }

    fn serve_stream(&mut self, id: PortId, each: Each<'_>) -> (usize, bool) {
        let mut slab = self.take_slab();
        let outcome = self.serve_stream_with(&mut slab, id, each);
        self.slab = Some(slab);
        outcome
    }

    fn serve_stream_with(
        &mut self,
        slab: &mut ReceiveSlab,
        id: PortId,
        each: Each<'_>,
    ) -> (usize, bool) {
        let Some(Kind::Stream(stream)) = self.slots.get_mut(id).map(|port| &mut port.kind) else {
            return (0, false);
        };
        if matches!(stream.tls, Tls::Here(_)) && stream.state != State::Connecting {
            return self.serve_secure(slab, id, each);
        }
        if stream.state == State::Connecting {
            match stream.is_connected() {
                Ok(true) => self.tell_connected(id, each),
                Ok(false) => return (0, false),
                Err(error) => self.tell_closed(id, CloseReason::Connect(error), each),
            }
            // What came in with it is read in the next turn.
            return (1, true);
        }
        self.counters.receive_calls += 1;
        let buffer = slab.buffer();
        let room = buffer.len();
        match stream.take(buffer) {
            Taken::Nothing => (0, false),
            Taken::End(reason) => {
                self.tell_closed(id, reason, each);
                (1, false)
            }
            Taken::Octets(length) => {
                let more = stream.may_have_more(length, room);
                if stream.state != State::Closing {
                    self.counters.bytes_received += length as u64;
                    let bytes = slab.filled(length);
                    each(self, PortEvent::Received { port: id, bytes });
                }
                (messages_in(length), more)
            }
        }
    }

    /// The network's part of a connection is there.
    pub(super) fn tell_connected(&mut self, id: PortId, each: Each<'_>) {
        let Some(stream) = self.stream_mut(id) else {
            return;
        };
        if stream.state != State::Connecting {
            return;
        }
        if matches!(stream.tls, Tls::None) {
            stream.state = State::Open;
            self.counters.connections_opened += 1;
            self.soil(id);
            self.heat(id);
            each(self, PortEvent::Connected { port: id });
        } else {
            self.heat(id);
            self.begin_handshake(id, each);
        }
    }

    /// Forgets a connection that is gone; its owner is told unless it has closed it itself.
    pub(super) fn tell_closed(&mut self, id: PortId, reason: CloseReason, each: Each<'_>) {
        let told = self.open_port(id).is_some();
        self.remove(id);
        if told {
            each(self, PortEvent::Closed { port: id, reason });
        }
    }

    fn take_slab(&mut self) -> ReceiveSlab {
        // Missing only after a callback has panicked.
        let slab = self.slab.take();
        slab.unwrap_or_else(|| ReceiveSlab::new(RECEIVE_BATCH_MAX))
    }
}

/// About how many messages so many octets of a connection are.
pub(super) fn messages_in(length: usize) -> usize {
    length.div_ceil(MESSAGE_BYTES)
}
