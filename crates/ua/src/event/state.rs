//! The Subscription-State header field.

use std::fmt;
use std::time::Duration;

use gannet_sip::{FieldError, HeaderName, Message, Params};

use super::reason::TerminationReason;

/// The word at the head of Subscription-State (RFC 6665 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateKind {
    /// Accepted; state is told.
    Active,
    /// Received, not decided yet.
    Pending,
    /// Over.
    Terminated,
    /// Any other word; the subscription goes on.
    Other(String),
}

impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Terminated => "terminated",
            Self::Other(word) => word,
        })
    }
}

/// How a subscription stands, as a NOTIFY says it (RFC 6665 8.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionState {
    /// The state.
    pub kind: StateKind,
    /// Why it is over.
    pub reason: Option<TerminationReason>,
    /// How long it still lasts, in whole seconds.
    pub expires: Option<Duration>,
    /// How long to wait before subscribing anew, in whole seconds.
    pub retry_after: Option<Duration>,
}

impl SubscriptionState {
    /// A state without parameters.
    pub const fn new(kind: StateKind) -> Self {
        Self {
            kind,
            reason: None,
            expires: None,
            retry_after: None,
        }
    }

    /// `active`.
    pub const fn active() -> Self {
        Self::new(StateKind::Active)
    }

    /// `pending`.
    pub const fn pending() -> Self {
        Self::new(StateKind::Pending)
    }

    /// `terminated` for this reason.
    pub fn terminated(reason: TerminationReason) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(StateKind::Terminated)
        }
    }

    /// Reads the value of a Subscription-State field. Parameters that are no numbers where numbers
    /// belong count as absent.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let (word, params) = text.split_once(';').unwrap_or((text, ""));
        let kind = match word.trim() {
            "" => {
                return Err(FieldError::Syntax {
                    field: "Subscription-State",
                    expected: "a state",
                    found: text.to_owned(),
                });
            }
            word if word.eq_ignore_ascii_case("active") => StateKind::Active,
            word if word.eq_ignore_ascii_case("pending") => StateKind::Pending,
            word if word.eq_ignore_ascii_case("terminated") => StateKind::Terminated,
            word => StateKind::Other(word.to_owned()),
        };
        let params = Params::parse(params);
        Ok(Self {
            kind,
            reason: params.get("reason").map(TerminationReason::new),
            expires: params.get("expires").and_then(seconds),
            retry_after: params.get("retry-after").and_then(seconds),
        })
    }

    /// The Subscription-State field of a message.
    pub fn of(message: &Message) -> Result<Self, FieldError> {
        let text = message
            .text(HeaderName::SubscriptionState)
            .ok_or(FieldError::Missing("Subscription-State"))?;
        Self::parse(&text)
    }

    /// Whether the subscription is over.
    pub fn is_terminated(&self) -> bool {
        self.kind == StateKind::Terminated
    }

    /// How long a subscriber must wait before it may subscribe anew; `None` if it should not, or
    /// need not because the subscription is not over (RFC 6665 4.1.3). `retry-after` counts only
    /// where the reason gives it a meaning.
    pub fn again_after(&self) -> Option<Duration> {
        let wait = self.retry_after.unwrap_or_default();
        match &self.reason {
            _ if !self.is_terminated() => None,
            Some(
                TerminationReason::Rejected
                | TerminationReason::NoResource
                | TerminationReason::Invariant,
            ) => None,
            Some(TerminationReason::Deactivated | TerminationReason::Timeout) => {
                Some(Duration::ZERO)
            }
            Some(
                TerminationReason::Probation
                | TerminationReason::GiveUp
                | TerminationReason::Other(_),
            )
            | None => Some(wait),
        }
    }
}

impl fmt::Display for SubscriptionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(reason) = &self.reason {
            write!(f, ";reason={reason}")?;
        }
        if let Some(expires) = self.expires {
            write!(f, ";expires={}", expires.as_secs())?;
        }
        if let Some(retry_after) = self.retry_after {
            write!(f, ";retry-after={}", retry_after.as_secs())?;
        }
        Ok(())
    }
}

/// delta-seconds; what is 2^32 or more counts as 2^32-1 (RFC 3261 20.19).
fn seconds(text: &str) -> Option<Duration> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| Duration::from_secs(text.parse().unwrap_or(u32::MAX).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> SubscriptionState {
        SubscriptionState::parse(text).expect(text)
    }

    #[test]
    fn states_are_read_and_written() {
        let state = parse("Active ; expires = 60");
        assert_eq!(state.kind, StateKind::Active);
        assert_eq!(state.expires, Some(Duration::from_mins(1)));
        let state = parse("terminated;reason=Probation;retry-after=30");
        assert_eq!(state.reason, Some(TerminationReason::Probation));
        for text in [
            "active;expires=60",
            "pending",
            "terminated;reason=noresource",
            "terminated;reason=giveup;retry-after=5",
            "terminated;reason=bored",
            "waiting;expires=1",
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
    }

    #[test]
    fn broken_numbers_count_as_absent_and_huge_ones_are_cut() {
        for text in ["active;expires=", "active;expires=-1", "active;expires=1.5"] {
            assert_eq!(parse(text).expires, None, "{text}");
        }
        let most = Some(Duration::from_secs(u32::MAX.into()));
        assert_eq!(parse("active;expires=99999999999999999999").expires, most);
    }

    #[test]
    fn no_word_is_refused() {
        for text in ["", " ", ";reason=timeout"] {
            assert!(SubscriptionState::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_reason_says_whether_to_subscribe_anew() {
        let table = [
            ("active", None),
            ("pending;retry-after=5", None),
            ("terminated", Some(0)),
            ("terminated;retry-after=5", Some(5)),
            ("terminated;reason=deactivated;retry-after=5", Some(0)),
            ("terminated;reason=timeout;retry-after=5", Some(0)),
            ("terminated;reason=probation", Some(0)),
            ("terminated;reason=probation;retry-after=5", Some(5)),
            ("terminated;reason=giveup;retry-after=5", Some(5)),
            ("terminated;reason=unheard;retry-after=5", Some(5)),
            ("terminated;reason=rejected;retry-after=5", None),
            ("terminated;reason=noresource", None),
            ("terminated;reason=invariant", None),
        ];
        for (text, wait) in table {
            let again = parse(text).again_after().map(|wait| wait.as_secs());
            assert_eq!(again, wait, "{text}");
        }
    }
}
