//! What there is to count.

/// The parts of a scenario that have figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The scenario's `name`.
    pub scenario: String,
    /// Calls begin here.
    pub is_client: bool,
    /// Its steps.
    pub steps: Vec<StepLayout>,
    /// Names of the response times, in the order of the columns.
    pub timers: Vec<String>,
    /// Upper bounds of their classes, in milliseconds, by timer; empty: no classes.
    pub timer_bounds_ms: Vec<Vec<u64>>,
    /// Upper bounds of the classes of the call length, in milliseconds; empty: no classes.
    pub call_length_bounds_ms: Vec<u64>,
    /// Names of the counters.
    pub counters: Vec<String>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLayout {
    /// What it does.
    pub kind: CommandKind,
    /// Method, code or expression; for a pause its length as people write it.
    pub name: String,
    /// `display`.
    pub display: Option<String>,
    /// Not to be shown.
    pub hidden: bool,
    /// An empty line follows.
    pub blank_line_after: bool,
    /// It may be sent again.
    pub retransmits: bool,
    /// It has a time limit of its own.
    pub has_timeout: bool,
    /// It may be dropped.
    pub may_be_lost: bool,
    /// It need not come.
    pub optional: bool,
    /// A response time begins here.
    pub starts_timer: Option<String>,
    /// A response time ends here.
    pub stops_timer: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandKind {
    /// Sends a request.
    SendRequest,
    /// Sends a response.
    SendResponse,
    /// Waits for a request.
    ReceiveRequest,
    /// Waits for a response.
    ReceiveResponse,
    /// Waits for a time.
    Pause,
    /// Waits for a time after the call is complete.
    Timewait,
    /// Actions alone.
    Nop,
    /// Sends a twin command.
    SendCommand,
    /// Waits for a twin command.
    ReceiveCommand,
}
