//! Steps: what a call does, one after the other.

use std::ops::Range;

use gannet_ere::Regex;

use super::{Action, CounterId, LabelTarget, Text, TimerId, TransactionId, VariableId};
use crate::model::Distribution;

/// A step: a command of SIPp with what any command may carry.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where it stands in the scenario file (bytes).
    pub span: Range<usize>,
    /// What it does.
    pub kind: StepKind,
    /// `start_rtd`.
    pub start_timer: Option<TimerId>,
    /// `rtd`.
    pub stop_timer: Option<TimerId>,
    /// `repeat_rtd`: the time is taken each time, not only the first.
    pub repeat_timer: bool,
    /// `counter`.
    pub counter: Option<CounterId>,
    /// `condexec`: the step is passed over unless this variable is set; inverse: if it is.
    pub condition: Option<(VariableId, bool)>,
    /// `next`, `test`, `chance`.
    pub jump: Option<Jump>,
    /// `lost`: percent of these messages that are dropped; `None`: the run's.
    pub lost_percent: Option<f64>,
    /// `ontimeout`.
    pub on_timeout: Option<LabelTarget>,
    /// `ignoresdp`.
    pub ignores_sdp: bool,
    /// `<action>`.
    pub actions: Vec<Action>,
    /// Where each of them stands in the scenario file, or what an `<exec>` does (bytes).
    pub action_spans: Vec<Range<usize>>,
    /// How it is shown.
    pub shown: Shown,
}

/// How a step is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// `display`.
    pub display: Option<String>,
    /// The response that names the step in figures though it waits for a request: a `<recv>` has both.
    pub response: Option<String>,
    /// `hide`, `hiderest`.
    pub hidden: bool,
    /// `crlf`: an empty line follows on the screen.
    pub blank_line_after: bool,
}

/// Where a call goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jump {
    /// The step.
    pub to: LabelTarget,
    /// Only if this variable is set.
    pub test: Option<VariableId>,
    /// Only with this probability, 0 to 1.
    pub chance: Option<f64>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// Sends a message.
    Send(Box<Send>),
    /// Waits for a message.
    Receive(Box<Receive>),
    /// Waits for a time.
    Pause(Pause),
    /// Only its actions.
    Nop,
    /// Sends a command to a twin.
    SendCommand(Box<SendCommand>),
    /// Waits for a command of a twin.
    ReceiveCommand(ReceiveCommand),
}

/// Sending a message.
#[derive(Debug, Clone)]
pub struct Send {
    /// The message: every line end is CRLF, the header is ended.
    pub text: Text,
    /// What its first line says.
    pub sends: Sends,
    /// `retrans`: T1 in milliseconds; `None`: never sent again.
    pub retransmit_ms: Option<u64>,
    /// `timeout`, in milliseconds: how long it may wait for a stream that does not take it.
    pub timeout_ms: Option<u64>,
    /// `start_txn`.
    pub starts: Option<TransactionId>,
    /// `ack_txn`.
    pub acknowledges: Option<TransactionId>,
}

/// What the first line of a sent message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sends {
    /// A request of this method.
    Request(Box<str>),
    /// A response with this code.
    Response(u16),
}

/// Waiting for a message.
#[derive(Debug, Clone)]
pub struct Receive {
    /// What is taken.
    pub wanted: Wanted,
    /// `response_txn`.
    pub transaction: Option<TransactionId>,
    /// `optional`.
    pub optional: Optional,
    /// `advance_state`.
    pub advances: bool,
    /// `timeout`, in milliseconds; `None`: the run's.
    pub timeout_ms: Option<u64>,
    /// `rrs`: the route set is kept.
    pub keeps_routes: bool,
    /// `auth`: the challenge is kept.
    pub keeps_challenge: bool,
    /// For responses: methods of the requests that were sent in the steps before, which its CSeq
    /// may name.
    pub methods: Vec<Box<str>>,
}

/// What a receive step takes.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// A request of this method.
    Request(Box<str>),
    /// A request whose method matches.
    RequestLike(Box<Regex>),
    /// A response with this code.
    Response(u16),
    /// A response whose code matches.
    ResponseLike(Box<Regex>),
}

/// Whether a message must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Optional {
    /// It must.
    #[default]
    No,
    /// It may, until the steps after it got theirs.
    Yes,
    /// It may at any later time of the call.
    Global,
}

/// Waiting for a time.
#[derive(Debug, Clone)]
pub struct Pause {
    /// How long.
    pub length: PauseLength,
    /// `<timewait>`: the call is complete when it begins.
    pub is_timewait: bool,
}

/// How long a pause is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PauseLength {
    /// That of `-d`.
    Default,
    /// Milliseconds in a variable.
    Variable(VariableId),
    /// Drawn, in milliseconds.
    Drawn(Distribution),
}

/// Sending a command to a twin.
#[derive(Debug, Clone)]
pub struct SendCommand {
    /// The command.
    pub text: Text,
    /// `dest`: the name of the peer in extended 3PCC.
    pub to: Option<String>,
}

/// Waiting for a command of a twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveCommand {
    /// `src`: the name of the peer in extended 3PCC.
    pub from: Option<String>,
    /// `optional`.
    pub optional: Optional,
    /// `timeout`, in milliseconds; `None`: the run's.
    pub timeout_ms: Option<u64>,
}
