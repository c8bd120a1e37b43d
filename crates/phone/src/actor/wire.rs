//! Between the sockets and the core.

use std::time::Instant;

use bytes::Bytes;
use gannet_events::Direction;
use gannet_net::{ConnectionId, Incoming, KeepAlive, Outgoing};
use gannet_sip::{Message, Transport};
use gannet_ua::{Target, is_stun};

use super::core::Actor;
use crate::media;
use crate::state::Power;

impl Actor {
    pub(super) fn handle_incoming(&mut self, incoming: Incoming) {
        if self.power() != Power::On {
            return;
        }
        let now = Instant::now();
        match incoming {
            Incoming::Message {
                bytes,
                remote,
                transport,
                connection,
                at,
                ..
            } => {
                let source = Target {
                    transport,
                    address: remote,
                    connection: connection.map(ConnectionId::number),
                };
                self.handle_sip(now, at, source, bytes);
            }
            Incoming::SendFailed {
                remote, transport, ..
            } => {
                self.endpoint
                    .handle_transport_failure(now, Target::new(transport, remote));
            }
            // ICMP counts as a failure of the transport (RFC 3261 18.4).
            Incoming::Unreachable { remote, .. } => {
                self.endpoint
                    .handle_transport_failure(now, Target::new(Transport::Udp, remote));
            }
            Incoming::Closed {
                connection, remote, ..
            } => {
                let closed = Target {
                    connection: Some(connection.number()),
                    ..Target::new(Transport::Tcp, remote)
                };
                self.endpoint.handle_closed(now, closed);
            }
            Incoming::KeepAlive {
                kind: KeepAlive::Pong,
                remote,
                transport,
                connection,
            } => {
                let source = Target {
                    transport,
                    address: remote,
                    connection: connection.map(ConnectionId::number),
                };
                self.endpoint.handle_pong(now, source);
            }
            // The transport has answered it.
            Incoming::KeepAlive {
                kind: KeepAlive::Ping,
                ..
            } => {}
            Incoming::Stun { .. } if self.filter.loses_received() => {}
            Incoming::Stun { bytes, remote } => {
                let source = Target::new(Transport::Udp, remote);
                self.endpoint.handle_stun(now, &bytes, source);
            }
        }
    }

    fn handle_sip(&mut self, now: Instant, at: Instant, source: Target, bytes: Bytes) {
        let message = Message::parse(bytes);
        if !self.hears(at, source, &message) {
            return;
        }
        self.log
            .record(at, Direction::Received, source, message.clone());
        if self.config.profile.quirks.ignores(&message) {
            return;
        }
        self.endpoint.handle_parsed(now, message.clone(), source);
        self.note_ack(now, &message);
    }

    /// Sends what the core has ready. A phone that is cut off sends into the void.
    pub(super) fn send_all(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            self.send(transmit.target, transmit.bytes);
        }
    }

    pub(super) fn send(&mut self, target: Target, bytes: Bytes) {
        if self.power() != Power::On {
            return;
        }
        if is_keep_alive(&bytes) {
            let datagram = target.transport == Transport::Udp;
            if !(datagram && self.filter.loses_sent()) {
                self.give_to_transport(target, bytes);
            }
            return;
        }
        let message = Message::parse(bytes);
        if self.filter.passes_all() {
            return self.put_on_wire(target, message);
        }
        let now = Instant::now();
        let timers = self.endpoint.config().timers;
        self.filter.send(now, timers, target, message);
        self.send_due(now);
    }

    /// The last step of a message. What leaves late leaves only if the phone is still there.
    pub(super) fn put_on_wire(&mut self, target: Target, message: Message) {
        if self.power() != Power::On {
            return;
        }
        let lost = self.loses(target, &message);
        let bytes = message.bytes().clone();
        self.log
            .record(Instant::now(), Direction::Sent, target, message);
        if !lost {
            self.give_to_transport(target, bytes);
        }
    }

    fn give_to_transport(&self, target: Target, bytes: Bytes) {
        self.transport.send(Outgoing {
            transport: target.transport,
            remote: target.address,
            bytes,
            connection: target.connection.map(ConnectionId::from_number),
        });
    }

    /// Cuts the phone off, or ends that.
    pub(crate) fn set_connected(&mut self, connected: bool) {
        if self.power() == Power::Off {
            return;
        }
        self.show(|state| {
            state.power = if connected {
                Power::On
            } else {
                Power::Disconnected
            };
        });
        self.set_media_connected(connected);
    }

    pub(super) fn set_media_connected(&self, connected: bool) {
        for media in self.legs.values().filter_map(|leg| leg.media.as_ref()) {
            media::lock(&media.port).connected = connected;
        }
    }
}

/// What keeps a flow alive is no message.
fn is_keep_alive(bytes: &[u8]) -> bool {
    is_stun(bytes) || bytes.iter().all(|octet| matches!(octet, b'\r' | b'\n'))
}
