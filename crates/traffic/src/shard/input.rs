//! From received bytes to messages, and from messages to calls.

use std::net::SocketAddr;
use std::ops::Range;

use gannet_scenario::framing::{BODY_BYTES_MAX, Frame, HEADER_BYTES_MAX};
use gannet_scenario::model::{ChannelId, KeySource, Protocol, SessionMethod};

use super::call::CallId;
use super::core::{Core, Turn};
use super::receiving::Incoming;
use super::{LogEntry, PortKey};

/// The most bytes of an unfinished message that are kept for a connection: what the framing waits for.
const PENDING_BYTES_MAX: usize = HEADER_BYTES_MAX + BODY_BYTES_MAX + 4_096;

/// The most bytes of an unfinished message that are kept for a peer: those of two datagrams.
const FRAGMENT_BYTES_MAX: usize = 128 * 1024;

/// The most peers whose unfinished datagrams are kept.
const FRAGMENTS_MAX: usize = 64;

/// How long an unfinished datagram waits for the rest.
const FRAGMENT_NS: u64 = 1_000_000_000;

/// The beginning of a message that came without its end.
#[derive(Debug)]
pub(super) struct Fragment {
    port: PortKey,
    from: SocketAddr,
    at_ns: u64,
    bytes: Vec<u8>,
}

impl Core {
    /// Takes a datagram. It may hold several messages, or a part of one.
    pub(super) fn datagram(
        &mut self,
        turn: &mut Turn<'_, '_>,
        port: PortKey,
        from: SocketAddr,
        bytes: &[u8],
    ) {
        let Some(channel) = self.ports.get(port).map(|port_use| port_use.channel) else {
            return;
        };
        if !self.fragments.is_empty() {
            let joined = self.joined_with_fragment(turn, (port, from), channel, bytes);
            if let Some(joined) = joined {
                self.datagram_messages(turn, (port, from), channel, &joined);
                return;
            }
        }
        self.datagram_messages(turn, (port, from), channel, bytes);
    }

    fn datagram_messages(
        &mut self,
        turn: &mut Turn<'_, '_>,
        (port, from): (PortKey, SocketAddr),
        channel: ChannelId,
        bytes: &[u8],
    ) {
        let plan = turn.plan;
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match plan.protocol(channel).frame_datagram(rest) {
                Frame::Complete {
                    header,
                    body,
                    total,
                } => {
                    let message = (&rest[..total], header, body);
                    self.message(turn, (port, channel, Some(from)), message);
                    total
                }
                Frame::Blank(length) => {
                    self.figures.keep_alives += 1;
                    length
                }
                Frame::Garbage(_) | Frame::Incomplete
                    if self.settings.joins_datagrams
                        && ends_early(plan.protocol(channel), rest) =>
                {
                    self.keep_fragment(turn.now_ns, port, from, rest);
                    return;
                }
                Frame::Incomplete => rest.len(),
                Frame::Garbage(length) => {
                    self.malformed(turn, channel, &rest[..length.min(rest.len())]);
                    length
                }
            };
            rest = rest.get(taken.max(1)..).unwrap_or_default();
        }
    }

    /// Takes bytes of a connection.
    pub(super) fn stream(&mut self, turn: &mut Turn<'_, '_>, port: PortKey, bytes: &[u8]) {
        let Some(port_use) = self.ports.get_mut(port) else {
            return;
        };
        let channel = port_use.channel;
        if port_use.pending.is_empty() {
            let left = self.stream_messages(turn, port, channel, bytes);
            if let Some(port_use) = self.ports.get_mut(port) {
                port_use.pending.extend_from_slice(&bytes[left..]);
            }
            return;
        }
        let mut pending = std::mem::take(&mut port_use.pending);
        pending.extend_from_slice(bytes);
        let left = self.stream_messages(turn, port, channel, &pending);
        pending.drain(..left);
        if pending.len() > PENDING_BYTES_MAX {
            self.malformed(turn, channel, &pending);
            pending.clear();
        }
        if let Some(port_use) = self.ports.get_mut(port) {
            port_use.pending = pending;
        }
    }

    /// Takes all whole messages; gives how many bytes they were.
    fn stream_messages(
        &mut self,
        turn: &mut Turn<'_, '_>,
        port: PortKey,
        channel: ChannelId,
        bytes: &[u8],
    ) -> usize {
        let plan = turn.plan;
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let taken = match plan.protocol(channel).frame_stream(rest) {
                Frame::Incomplete => break,
                Frame::Complete {
                    header,
                    body,
                    total,
                } => {
                    let message = (&rest[..total], header, body);
                    self.message(turn, (port, channel, None), message);
                    total
                }
                Frame::Blank(length) => {
                    self.figures.keep_alives += 1;
                    length
                }
                Frame::Garbage(length) => {
                    self.malformed(turn, channel, &rest[..length.min(rest.len())]);
                    length
                }
            };
            at += taken.max(1);
        }
        at.min(bytes.len())
    }

    fn malformed(&mut self, turn: &mut Turn<'_, '_>, channel: ChannelId, bytes: &[u8]) {
        self.figures.malformed += 1;
        if self.settings.levels.errors {
            turn.world.log(LogEntry::Malformed { channel, bytes });
        }
    }

    fn message(
        &mut self,
        turn: &mut Turn<'_, '_>,
        (port, channel, from): (PortKey, ChannelId, Option<SocketAddr>),
        (whole, header, body): (&[u8], Range<usize>, Range<usize>),
    ) {
        let plan = turn.plan;
        let protocol = plan.protocol(channel);
        if self.settings.levels.messages {
            let bytes = whole;
            turn.world.log(LogEntry::Received { channel, bytes });
        }
        let header = &whole[header];
        let type_field = &protocol.fields[protocol.type_field.index()];
        let name = match type_field.place {
            gannet_scenario::model::Place::Header => type_field.read(header).map(|at| &header[at]),
            gannet_scenario::model::Place::Body => {
                let body = &whole[body.clone()];
                type_field.read(body).map(|at| &body[at])
            }
        };
        let Some(name) = name else {
            self.malformed(turn, channel, whole);
            return;
        };
        let message = plan.type_of(channel, name);
        self.figures.messages_received += 1;
        if let Some(message) = message {
            let protocol = plan.scenario.channels[channel.index()].protocol;
            self.figures.protocols[protocol.index()][message.index()].received += 1;
        }
        let incoming = Incoming {
            port,
            channel,
            from,
            whole,
            header,
            body: &whole[body],
            name,
            message,
            hash: if self.settings.absorb_retransmissions {
                self.hash_of(whole)
            } else {
                0
            },
        };
        match self.call_of(turn, &incoming) {
            Some(call) => self.take_for_call(turn, call, &incoming),
            None => self.unknown(turn, &incoming),
        }
    }

    /// The call that a message belongs to: the first source of the channel that is present decides.
    #[inline]
    fn call_of(&self, turn: &Turn<'_, '_>, incoming: &Incoming<'_>) -> Option<CallId> {
        let channel = &turn.plan.scenario.channels[incoming.channel.index()];
        let protocol = turn.plan.protocol(incoming.channel);
        for source in &channel.lookup {
            let found = match source {
                KeySource::Field(field) => self.call_by_field(protocol, *field, incoming),
                KeySource::OpenId => Some(self.call_by_port(incoming)),
                KeySource::Session => match &protocol.session {
                    SessionMethod::OpenId => Some(self.call_by_port(incoming)),
                    SessionMethod::Fields(fields) => fields
                        .iter()
                        .find_map(|field| self.call_by_field(protocol, *field, incoming)),
                },
                KeySource::Variable(_) => None,
            };
            if let Some(call) = found {
                return call;
            }
        }
        None
    }

    /// `None` if the field is absent; else the call with its value, if there is one.
    #[expect(
        clippy::option_option,
        reason = "present or not, and then: known or not"
    )]
    #[inline]
    fn call_by_field(
        &self,
        protocol: &Protocol,
        field: gannet_scenario::model::FieldId,
        incoming: &Incoming<'_>,
    ) -> Option<Option<CallId>> {
        let field = &protocol.fields[field.index()];
        let text = match field.place {
            gannet_scenario::model::Place::Header => incoming.header,
            gannet_scenario::model::Place::Body => incoming.body,
        };
        let found = field.read_value(text, self.settings.line_ends)?;
        Some(self.keys.find(incoming.channel.0, &text[found]))
    }

    fn call_by_port(&self, incoming: &Incoming<'_>) -> Option<CallId> {
        let own = self.ports.get(incoming.port).and_then(|port| port.call);
        own.or_else(|| {
            self.keys
                .find(incoming.channel.0, &incoming.port.0.to_be_bytes())
        })
    }

    fn keep_fragment(&mut self, now_ns: u64, port: PortKey, from: SocketAddr, bytes: &[u8]) {
        let before = self.fragments.len();
        self.fragments.retain(|fragment| {
            let is_recent = now_ns.saturating_sub(fragment.at_ns) < FRAGMENT_NS;
            is_recent && (fragment.port, fragment.from) != (port, from)
        });
        self.figures.malformed += (before - self.fragments.len()) as u64;
        if bytes.len() > FRAGMENT_BYTES_MAX {
            self.figures.malformed += 1;
            return;
        }
        if self.fragments.len() == FRAGMENTS_MAX {
            self.fragments.remove(0);
            self.figures.malformed += 1;
        }
        self.fragments.push(Fragment {
            port,
            from,
            at_ns: now_ns,
            bytes: bytes.to_vec(),
        });
    }

    /// A datagram with the unfinished one of the same peer before it. `None` if there is none, or if
    /// the datagram begins with a message of its own.
    fn joined_with_fragment(
        &mut self,
        turn: &Turn<'_, '_>,
        (port, from): (PortKey, SocketAddr),
        channel: ChannelId,
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        let at = self
            .fragments
            .iter()
            .position(|fragment| (fragment.port, fragment.from) == (port, from))?;
        let mut fragment = self.fragments.remove(at);
        let is_recent = turn.now_ns.saturating_sub(fragment.at_ns) < FRAGMENT_NS;
        if !is_recent || begins_a_message(turn.plan.protocol(channel), bytes) {
            self.figures.malformed += 1;
            return None;
        }
        fragment.bytes.extend_from_slice(bytes);
        Some(fragment.bytes)
    }
}

/// Whether these bytes are the beginning of a message whose body is not complete.
fn ends_early(protocol: &Protocol, bytes: &[u8]) -> bool {
    protocol.frame_stream(bytes) == Frame::Incomplete && begins_a_message(protocol, bytes)
}

/// Whether the first line alone tells a message type.
fn begins_a_message(protocol: &Protocol, bytes: &[u8]) -> bool {
    let line = memchr::memchr(b'\n', bytes).map_or(bytes, |end| &bytes[..=end]);
    protocol.fields[protocol.type_field.index()]
        .read(line)
        .is_some()
}
