//! Channels: ways to the world, and what finds the call of a message on them.

use std::net::SocketAddr;

use super::{FieldId, ProtocolId, VariableId};

/// A way to the world that a scenario names.
#[derive(Debug, Clone)]
pub struct Channel {
    /// The name in the scenario.
    pub name: String,
    /// What its messages look like.
    pub protocol: ProtocolId,
    /// How they travel.
    pub transport: Transport,
    /// Open for the whole run, or opened by each call.
    pub global: bool,
    /// A lost connection is made again.
    pub reconnect: bool,
    /// Where it leads when nothing else is said.
    pub open: OpenArgs,
    /// What finds the call of a received message: the first source that is present decides.
    pub lookup: Vec<KeySource>,
}

/// How the messages of a channel travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    /// UDP or TCP.
    pub kind: TransportKind,
    /// Largest datagram or read, in bytes, that the file asks for.
    pub read_buffer_bytes: usize,
    /// `SO_LINGER`: `None` switched off, else that many milliseconds (0: reset on close).
    pub linger_ms: Option<u64>,
}

/// Transport protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportKind {
    /// UDP: one socket for all peers.
    Udp,
    /// TCP.
    Tcp,
}

/// Where a channel leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenArgs {
    /// Calls or listens.
    pub mode: Mode,
    /// Own address.
    pub source: Option<Endpoint>,
    /// The peer's address; always there in client mode.
    pub dest: Option<Endpoint>,
    /// Takes turns with `dest` each time the connection is lost.
    pub standby: Option<Endpoint>,
    /// `SO_SNDBUF` and `SO_RCVBUF` in bytes.
    pub buffer_bytes: Option<usize>,
}

/// Which side opens a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Sends to `dest`.
    Client,
    /// Waits at `source`.
    Server,
}

/// An address as the file gives it. Front ends cannot resolve names: who opens the channel does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Numbers.
    Address(SocketAddr),
    /// A host name and a port.
    Name(String, u16),
}

/// What identifies a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// The value of a field of the message at hand.
    Field(FieldId),
    /// The value of a variable of the call.
    Variable(VariableId),
    /// What the protocol's [`SessionMethod`](super::SessionMethod) finds in the message at hand.
    Session,
    /// The connection.
    OpenId,
}
