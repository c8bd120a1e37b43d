//! A row of the table of options.

use super::Arguments;

/// What a value should have been.
pub(super) type Expected = &'static str;

/// Instead of it: there is one of that kind already.
pub(super) const SECOND: Expected = "second";

/// An option.
#[derive(Debug, Clone, Copy)]
pub struct OptionRow {
    /// With its dash.
    pub name: &'static str,
    /// Names of its values, blanks between them.
    pub values: &'static str,
    /// What it does, in a sentence without a full stop.
    pub about: &'static str,
    /// Where it belongs.
    pub topic: Topic,
    /// What it changes.
    pub effect: Effect,
}

/// What an option changes.
#[derive(Debug, Clone, Copy)]
pub enum Effect {
    /// Something.
    Does(fn(&mut Arguments, &[String]) -> Result<(), &'static str>),
    /// Nothing: what it is for does not exist here.
    Nothing,
    /// It is refused.
    Refused {
        /// Why.
        why: &'static str,
        /// What to do.
        instead: &'static str,
    },
}

/// What options are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Scenarios.
    Scenario,
    /// Addresses and transports.
    Address,
    /// The process.
    Process,
    /// Calls.
    Call,
    /// Injection files.
    Injection,
    /// RTP.
    Media,
    /// How many calls.
    Rate,
    /// Retransmission and time limits.
    Timeout,
    /// Third-party call control.
    Twin,
    /// Speed.
    Performance,
    /// Screens, statistics and logs.
    Log,
    /// What SIPp does not have.
    Beyond,
}

impl Topic {
    /// All, in the order of the help.
    pub const ALL: [Self; 12] = [
        Self::Scenario,
        Self::Address,
        Self::Process,
        Self::Call,
        Self::Injection,
        Self::Media,
        Self::Rate,
        Self::Timeout,
        Self::Twin,
        Self::Performance,
        Self::Log,
        Self::Beyond,
    ];

    /// As `-h TOPIC` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Address => "address",
            Self::Process => "process",
            Self::Call => "call",
            Self::Injection => "injection",
            Self::Media => "media",
            Self::Rate => "rate",
            Self::Timeout => "timeout",
            Self::Twin => "3pcc",
            Self::Performance => "performance",
            Self::Log => "log",
            Self::Beyond => "beyond",
        }
    }

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Scenario => "Scenarios",
            Self::Address => "Addresses and transports",
            Self::Process => "The process",
            Self::Call => "Calls",
            Self::Injection => "Injection files",
            Self::Media => "Media",
            Self::Rate => "How many calls",
            Self::Timeout => "Retransmission and time limits",
            Self::Twin => "Third-party call control",
            Self::Performance => "Speed",
            Self::Log => "Screens, statistics and logs",
            Self::Beyond => "Beyond SIPp",
        }
    }
}

impl OptionRow {
    /// How many values it takes.
    pub fn values_count(&self) -> usize {
        self.values.split_whitespace().count()
    }
}

/// An option that changes something.
pub(super) const fn does(
    topic: Topic,
    name: &'static str,
    values: &'static str,
    about: &'static str,
    apply: fn(&mut Arguments, &[String]) -> Result<(), Expected>,
) -> OptionRow {
    OptionRow {
        name,
        values,
        about,
        topic,
        effect: Effect::Does(apply),
    }
}

/// An option that is taken and changes nothing.
pub(super) const fn nothing(
    topic: Topic,
    name: &'static str,
    values: &'static str,
    about: &'static str,
) -> OptionRow {
    OptionRow {
        name,
        values,
        about,
        topic,
        effect: Effect::Nothing,
    }
}

/// An option that is refused.
pub(super) const fn refused(
    topic: Topic,
    name: &'static str,
    values: &'static str,
    why: &'static str,
    instead: &'static str,
) -> OptionRow {
    OptionRow {
        name,
        values,
        about: "refused",
        topic,
        effect: Effect::Refused { why, instead },
    }
}
