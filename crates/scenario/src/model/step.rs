//! Steps: what a section does, one after the other.

use std::ops::Range;

use super::{Action, ChannelId, MessageId, Template};
use crate::model::Distribution;

/// A step of a section.
#[derive(Debug, Clone)]
pub struct Step {
    /// What people see: the message type, or the pause.
    pub name: String,
    /// The label in the file.
    pub label: Option<String>,
    /// Where it stands in the scenario file (bytes).
    pub span: Range<usize>,
    /// What it does.
    pub kind: StepKind,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// Sends a message.
    Send(Send),
    /// Waits for a message.
    Receive(Receive),
    /// Waits for a time.
    Pause(Pause),
}

/// Sending a message.
#[derive(Debug, Clone)]
pub struct Send {
    /// The way it takes.
    pub channel: ChannelId,
    /// Its type.
    pub message: MessageId,
    /// Start line and header fields, without the body separator.
    pub header: Template,
    /// The body, if the scenario gives one.
    pub body: Option<Template>,
    /// Done on the message before it is encoded.
    pub before: Vec<Action>,
    /// Done after it was sent, on the message as sent.
    pub after: Vec<Action>,
    /// Sent again while nothing comes.
    pub retransmit: Option<Retransmit>,
}

/// Sending a message again while nothing comes for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retransmit {
    /// At a constant interval, as often as the run allows (Seagull).
    Every {
        /// Milliseconds.
        interval_ms: u64,
    },
    /// Doubling from T1: timers A and B for INVITE, E and F for other requests (RFC 3261 17.1.1.2,
    /// 17.1.2.2), G and H for the final response to an INVITE (RFC 3261 17.2.1).
    Rfc3261 {
        /// T1 in milliseconds.
        t1_ms: u64,
        /// T2 in milliseconds: the longest interval, for all but INVITE requests.
        t2_ms: u64,
    },
}

/// Waiting for a message.
#[derive(Debug, Clone)]
pub struct Receive {
    /// The way it must come.
    pub channel: ChannelId,
    /// What is taken; the first one is what the scenario's own message says.
    pub accept: Vec<Accept>,
    /// The steps after it may go on without it.
    pub optional: bool,
    /// Done on the received message, in this order.
    pub actions: Vec<Action>,
}

/// A message that a receive step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// Its type.
    pub message: MessageId,
    /// For responses: the method in its CSeq must be this one.
    pub cseq_method: Option<Box<[u8]>>,
    /// Goes on at this step of the section instead of the next.
    pub next: Option<usize>,
}

/// Waiting for a time, counted from the call's last message or pause.
#[derive(Debug, Clone)]
pub struct Pause {
    /// How long, in milliseconds.
    pub length: Distribution,
}
