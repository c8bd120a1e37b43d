//! What a shard asks of the world around it.

use std::net::SocketAddr;

use gannet_scenario::model::{ChannelId, OpenArgs, SectionId};

/// A socket or connection, as the world numbers them. A number is not used again in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortKey(pub u64);

/// Where messages of a channel leave and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The socket or connection.
    pub port: PortKey,
    /// The peer; `None` on a connection, and on a socket that has not heard anybody.
    pub to: Option<SocketAddr>,
}

/// Sockets, log and date: what a shard does not have itself.
pub trait World {
    /// Queues one message made of parts. It leaves at the end of the turn at the latest. Messages
    /// of one flow keep their order; those of different flows need not.
    fn send(&mut self, way: Way, flow: u32, parts: &[&[u8]]);

    /// Opens a channel for one call, under a number that is new. It is answered later by
    /// [`Shard::handle_connected`](super::Shard::handle_connected) or
    /// [`Shard::handle_closed`](super::Shard::handle_closed).
    fn open(&mut self, channel: ChannelId, args: &OpenArgs) -> PortKey;

    /// Closes what was opened for a call, after all that was sent has left.
    fn close(&mut self, port: PortKey);

    /// Seconds since 1970.
    fn wall_seconds(&self) -> u64;

    /// Takes an entry for the log. Called only for the levels in
    /// [`Settings::levels`](super::Settings::levels).
    fn log(&mut self, entry: LogEntry<'_>);
}

/// Which entries the log takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels {
    /// What went wrong (E).
    pub errors: bool,
    /// What is odd (W).
    pub warnings: bool,
    /// Messages sent and received (M).
    pub messages: bool,
    /// Buffers as they cross the sockets (B).
    pub buffers: bool,
    /// What the scenario did not wait for, and other steps of its progress (T).
    pub traffic: bool,
    /// How each call ended (V).
    pub verdicts: bool,
    /// What the scenario writes itself (U).
    pub user: bool,
}

/// An entry for the log.
#[derive(Debug, Clone, Copy)]
pub enum LogEntry<'a> {
    /// A message was sent (M).
    Sent {
        /// By this channel.
        channel: ChannelId,
        /// Its type.
        message: &'a str,
        /// All of it.
        parts: &'a [&'a [u8]],
    },
    /// A message was received (M).
    Received {
        /// By this channel.
        channel: ChannelId,
        /// All of it.
        bytes: &'a [u8],
    },
    /// A call ended (V).
    Verdict {
        /// Its last section.
        section: SectionId,
        /// It ended well.
        passed: bool,
        /// What identifies it.
        key: &'a [u8],
    },
    /// A message was not what the call waited for, or belongs to no call (T).
    Unexpected {
        /// Where the call was, if there is one.
        place: Option<Place>,
        /// What came.
        message: &'a [u8],
        /// Whether the call was waiting for a message at all.
        receiving: bool,
        /// What identifies its call.
        key: &'a [u8],
    },
    /// A call failed (E when it is the scenario's doing, else T).
    CallFailed {
        /// Where.
        place: Place,
        /// Why.
        cause: Cause<'a>,
        /// What identifies it.
        key: &'a [u8],
    },
    /// A check failed and the call goes on (W).
    Warning {
        /// Where.
        place: Place,
        /// Why.
        cause: Cause<'a>,
    },
    /// No call context was free (W).
    NoFreeCall,
    /// Bytes that are no message (E).
    Malformed {
        /// By this channel.
        channel: ChannelId,
        /// They.
        bytes: &'a [u8],
    },
    /// Text of a log action (U).
    User(&'a [u8]),
}

/// A step of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The section.
    pub section: SectionId,
    /// Index of the step.
    pub step: usize,
}

/// Why a call failed or was warned about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause<'a> {
    /// No message came in time.
    Timeout,
    /// Retransmissions were not answered.
    NoAnswer,
    /// Another message came.
    Unexpected,
    /// A field is not in the message.
    FieldAbsent {
        /// Its name.
        field: &'a str,
    },
    /// A field could not be written.
    FieldNotWritten {
        /// Its name.
        field: &'a str,
    },
    /// A variable was never stored.
    VariableUnset {
        /// Its name.
        variable: &'a str,
    },
    /// The message is longer than any datagram.
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A value is shorter than the bytes that are asked for.
    TooShort {
        /// The field's name.
        field: &'a str,
    },
    /// A field has another value than the scenario's message.
    OtherValue {
        /// Its name.
        field: &'a str,
        /// What it must be.
        expected: &'a [u8],
        /// What it is.
        received: &'a [u8],
    },
    /// The authentication method failed.
    Authorization(&'a str),
    /// Another call has this key.
    KeyTaken {
        /// The key.
        key: &'a [u8],
    },
    /// A channel is not open, or has no peer yet.
    NotOpen {
        /// The channel.
        channel: ChannelId,
    },
    /// A connection was not made or was lost.
    ConnectionLost {
        /// The channel.
        channel: ChannelId,
    },
    /// The section says that its end is a failure.
    SectionEnd,
    /// The check that a jump hangs on did not hold.
    JumpNotTaken,
    /// The run was stopped.
    Stopped,
}
