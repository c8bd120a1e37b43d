//! Why something failed, who is at fault, and what came closest.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::serial::{nanos, text_or_base64};

/// Why a step or a scenario did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure.
    pub class: FailureClass,
    /// One line that says what went wrong.
    pub summary: String,
    /// What the step was waiting for, if it was waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_for: Option<String>,
    /// How long it waited; zero if it did not.
    #[serde(with = "nanos", rename = "waited_ns")]
    pub waited: Duration,
    /// The phone the step was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The message that came closest to what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestMessage>,
    /// The Call-ID of the call in question: the ladder shows this call only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// Further lines for the reader.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

impl Failure {
    /// A failure with a class and a one-line summary, all else empty.
    pub fn new(class: FailureClass, summary: impl Into<String>) -> Self {
        Self {
            class,
            summary: summary.into(),
            waited_for: None,
            waited: Duration::ZERO,
            phone: None,
            nearest: None,
            call_id: None,
            details: Vec::new(),
        }
    }

    /// Adds what was waited for and for how long.
    #[must_use]
    pub fn waiting_for(mut self, what: impl Into<String>, waited: Duration) -> Self {
        self.waited_for = Some(what.into());
        self.waited = waited;
        self
    }

    /// Adds the phone the step was about.
    #[must_use]
    pub fn of_phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Adds the message that came closest.
    #[must_use]
    pub fn with_nearest(mut self, nearest: NearestMessage) -> Self {
        self.nearest = Some(nearest);
        self
    }

    /// Adds the call in question.
    #[must_use]
    pub fn in_call(mut self, call_id: impl Into<String>) -> Self {
        self.call_id = Some(call_id.into());
        self
    }

    /// Adds a line for the reader.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)
    }
}

/// The received message that came closest to what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearestMessage {
    /// The message as it crossed the wire; the ladder marks the record with these bytes.
    #[serde(flatten, with = "text_or_base64")]
    pub bytes: Bytes,
    /// Where it differs from what was asked for.
    pub differences: Vec<Difference>,
}

/// One way in which a message differs from what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What differs, for example `"status code"` or `"header Contact"`.
    pub what: String,
    /// What was asked for.
    pub expected: String,
    /// What was there, for example `"486"` or `"absent"`.
    pub received: String,
}

/// The kind of a failure. Names are stable: they stand in results files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// What was waited for did not come in time.
    Timeout,
    /// A response came, with another status than asked for.
    UnexpectedResponse,
    /// A message came that should not have come.
    UnexpectedMessage,
    /// A message broke the SIP, SDP or RTP grammar or rules.
    MalformedMessage,
    /// A call was refused, lost or ended too early.
    CallFailed,
    /// The expected audio was not heard for the whole time.
    MediaNotHeard,
    /// A statement about messages or state is not true.
    Assertion,
    /// A phone is not registered though the step needs it to be, or its registration was refused.
    NotRegistered,
    /// A socket operation failed while the scenario ran.
    TransportFailure,
    /// Port in use, no route, name not found, file limit: found before or beside the scenario.
    Environment,
    /// No step definition matches, or more than one does.
    Undefined,
    /// A step was used where it makes no sense, for example answering with no call.
    Misuse,
    /// The code of a step, or Gannet itself, panicked or broke its own rules.
    Panic,
    /// The user stopped the run.
    Interrupted,
}

/// Who has to do something about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The system under test did something wrong.
    Peer,
    /// The feature or scenario asks for something impossible.
    Scenario,
    /// The machine or the network.
    Environment,
    /// Gannet itself: report it.
    Gannet,
    /// The person who stopped the run.
    User,
    /// The class alone does not say.
    Unclear,
}

impl FailureClass {
    /// All classes.
    pub const ALL: [Self; 14] = [
        Self::Timeout,
        Self::UnexpectedResponse,
        Self::UnexpectedMessage,
        Self::MalformedMessage,
        Self::CallFailed,
        Self::MediaNotHeard,
        Self::Assertion,
        Self::NotRegistered,
        Self::TransportFailure,
        Self::Environment,
        Self::Undefined,
        Self::Misuse,
        Self::Panic,
        Self::Interrupted,
    ];

    /// The stable kebab-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::UnexpectedResponse => "unexpected-response",
            Self::UnexpectedMessage => "unexpected-message",
            Self::MalformedMessage => "malformed-message",
            Self::CallFailed => "call-failed",
            Self::MediaNotHeard => "media-not-heard",
            Self::Assertion => "assertion",
            Self::NotRegistered => "not-registered",
            Self::TransportFailure => "transport-failure",
            Self::Environment => "environment",
            Self::Undefined => "undefined",
            Self::Misuse => "misuse",
            Self::Panic => "panic",
            Self::Interrupted => "interrupted",
        }
    }

    /// Who is at fault, as far as the class alone tells.
    pub fn fault(self) -> Fault {
        match self {
            Self::UnexpectedResponse
            | Self::UnexpectedMessage
            | Self::MalformedMessage
            | Self::CallFailed
            | Self::NotRegistered => Fault::Peer,
            Self::Undefined | Self::Misuse => Fault::Scenario,
            Self::TransportFailure | Self::Environment => Fault::Environment,
            Self::Panic => Fault::Gannet,
            Self::Interrupted => Fault::User,
            Self::Timeout | Self::MediaNotHeard | Self::Assertion => Fault::Unclear,
        }
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Fault {
    /// The stable kebab-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Scenario => "scenario",
            Self::Environment => "environment",
            Self::Gannet => "gannet",
            Self::User => "user",
            Self::Unclear => "unclear",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_those_in_results_files() {
        for class in FailureClass::ALL {
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(json, format!("\"{}\"", class.name()));
            let fault = serde_json::to_string(&class.fault()).unwrap();
            assert_eq!(fault, format!("\"{}\"", class.fault().name()));
        }
    }

    #[test]
    fn nearest_message_survives_json_with_any_bytes() {
        for bytes in [&b"SIP/2.0 200 OK\r\n\r\n"[..], &[0xff, 0, 0x80]] {
            let nearest = NearestMessage {
                bytes: Bytes::copy_from_slice(bytes),
                differences: vec![Difference {
                    what: "status code".into(),
                    expected: "180".into(),
                    received: "200".into(),
                }],
            };
            let json = serde_json::to_string(&nearest).unwrap();
            assert_eq!(
                serde_json::from_str::<NearestMessage>(&json).unwrap(),
                nearest
            );
        }
    }
}
