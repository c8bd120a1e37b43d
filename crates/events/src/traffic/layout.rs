//! What there is to count.

/// The parts of a scenario that have figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The scenario's name.
    pub scenario: String,
    /// Calls start by sending.
    pub is_client: bool,
    /// In the order init, traffic, abort, default 0, default 1, …
    pub sections: Vec<SectionLayout>,
    /// The dictionaries.
    pub protocols: Vec<ProtocolLayout>,
    /// Upper bounds of the response times' classes, in milliseconds, rising.
    pub response_bounds_ms: Vec<u64>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionLayout {
    /// `Init`, `Traffic`, `Abort`, `Default 0`, …
    pub name: String,
    /// Its steps.
    pub steps: Vec<StepLayout>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLayout {
    /// The message type; for a pause its length as people write it, e.g. `2000 ms`.
    pub name: String,
    /// What it does.
    pub direction: StepDirection,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepDirection {
    /// Sends.
    Sent,
    /// Receives.
    Received,
    /// Waits for a time.
    Pause,
}

/// A dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolLayout {
    /// Its name.
    pub name: String,
    /// Its message types.
    pub messages: Vec<String>,
}
