//! The scenario as a whole.

use super::{Channel, ChannelId, Protocol, SectionId, Step, StepKind};

/// A scenario, resolved and checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What people see: the file's name.
    pub name: String,
    /// The dictionaries.
    pub protocols: Vec<Protocol>,
    /// The ways to the world.
    pub channels: Vec<Channel>,
    /// Counters of the process.
    pub counters: Vec<Counter>,
    /// Names of the call variables.
    pub variables: Vec<String>,
    /// In the order init, traffic, abort, default 0, default 1, …
    pub sections: Vec<Section>,
}

/// A counter of the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its name.
    pub name: String,
    /// First value; the first increment makes it one more.
    pub init: u64,
    /// Lowest value.
    pub min: u64,
    /// Highest value.
    pub max: u64,
    /// What comes after the highest value.
    pub at_max: CounterLimit,
}

/// What a counter does after its highest value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterLimit {
    /// It starts again at its first value.
    Init,
    /// It starts again at its lowest value.
    Min,
    /// It stays.
    Stay,
}

/// A list of steps with a purpose.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its purpose.
    pub kind: SectionKind,
    /// What its end means for the call.
    pub end: SectionEnd,
    /// At least one.
    pub steps: Vec<Step>,
}

/// The purpose of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// Once, before all calls.
    Init,
    /// Each call.
    Traffic,
    /// Takes over a call that got a message which its first step takes, or starts a call of its own;
    /// counted from 0.
    Default(u16),
    /// Takes over a call that cannot go on.
    Abort,
}

/// What the end of a section means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionEnd {
    /// The call ends well.
    Success,
    /// The call ends as failed.
    Failure,
    /// The call ends and is not counted.
    Uncounted,
    /// The call goes on where it was when the section took over.
    Return,
}

impl Scenario {
    /// The section of that kind.
    pub fn section(&self, kind: SectionKind) -> Option<SectionId> {
        let at = self
            .sections
            .iter()
            .position(|section| section.kind == kind)?;
        Some(SectionId(at as u16))
    }

    /// Whether calls start by sending: the first step of the traffic section decides (a pause does
    /// not).
    pub fn is_client(&self) -> bool {
        self.section(SectionKind::Traffic)
            .and_then(|id| self.sections[id.index()].first_message())
            .is_some_and(|step| matches!(step.kind, StepKind::Send(_)))
    }

    /// The protocol of a channel.
    #[inline]
    pub fn protocol(&self, channel: ChannelId) -> &Protocol {
        &self.protocols[self.channels[channel.index()].protocol.index()]
    }
}

impl Section {
    /// The first step that sends or receives.
    pub fn first_message(&self) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| !matches!(step.kind, StepKind::Pause(_)))
    }
}

impl std::fmt::Display for SectionKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Init => f.write_str("Init"),
            Self::Traffic => f.write_str("Traffic"),
            Self::Default(number) => write!(f, "Default {number}"),
            Self::Abort => f.write_str("Abort"),
        }
    }
}
