//! How a phone failed to answer, and which of several failures counts.

use gannet_sip::Message;
use gannet_ua::endpoint::{Outcome, Reply};

use super::relay::passed_reply;
use crate::config::Diversion;

/// A branch that ended without an answer.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The status code, or the one that it counts as (RFC 3261 8.1.3.1).
    pub(crate) code: u16,
    /// The response, if there was one.
    pub(crate) response: Option<Message>,
    /// Whether the phone had rung.
    pub(crate) rang: bool,
}

impl Failure {
    pub(crate) fn new(outcome: Outcome, rang: bool) -> Self {
        let code = outcome.code();
        let response = match outcome {
            Outcome::Response(response) => Some(response),
            Outcome::Timeout | Outcome::TransportFailed => None,
        };
        Self {
            code,
            response,
            rang,
        }
    }

    /// A failure that was found here.
    pub(crate) fn local(code: u16) -> Self {
        Self {
            code,
            response: None,
            rang: false,
        }
    }

    /// A 6xx ends the search (RFC 3261 16.7 step 5).
    pub(crate) fn is_global(&self) -> bool {
        self.code >= 600
    }

    /// The flow has failed, not the phone: another flow may reach it. An edge proxy says 430
    /// (RFC 5626 5.3, 11.5).
    pub(crate) fn is_of_flow(&self) -> bool {
        self.code == 430 || self.response.is_none()
    }

    /// The better of two by RFC 3261 16.7 step 6: any 6xx, else the lowest class, and within 4xx
    /// those that tell the caller how to do better. The earlier one if they are equal.
    pub(crate) fn better(self, other: Self) -> Self {
        if other.rank() < self.rank() {
            other
        } else {
            self
        }
    }

    fn rank(&self) -> u16 {
        match self.code {
            600.. => 0,
            401 | 407 | 415 | 420 | 484 => 40,
            400..=499 => 41,
            300..=399 => 30,
            _ => 50,
        }
    }

    /// Why the call leaves the phones, if the failure is one of those that divert.
    pub(crate) fn diversion(&self) -> Option<Diversion> {
        let phrase = self.response.as_ref().and_then(Message::reason);
        if phrase.is_some_and(|text| text.to_ascii_lowercase().contains("disturb")) {
            return Some(Diversion::Dnd);
        }
        match (self.code, &self.response) {
            (486 | 600, _) => Some(Diversion::Busy),
            (603, _) => Some(Diversion::Declined),
            (480, Some(_)) => Some(Diversion::NoAnswer),
            (408, _) if self.rang => Some(Diversion::NoAnswer),
            (408 | 430, _) | (_, None) => Some(Diversion::Unreachable),
            _ => None,
        }
    }

    /// What the caller is told. 503 would say that this server is overloaded (RFC 3261 16.7
    /// step 6); a phone that cannot be reached is 480.
    pub(crate) fn reply(&self) -> Reply {
        match &self.response {
            Some(response) => {
                let mut reply = passed_reply(response);
                if reply.code == 503 {
                    reply.code = 500;
                    reply.reason = None;
                }
                // 430 is between proxies; no endpoint should see it (RFC 5626 11.5).
                if reply.code == 430 {
                    reply.code = 480;
                    reply.reason = None;
                }
                reply
            }
            None if self.code == 503 => Reply::new(480),
            None => Reply::new(self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: &str) -> Failure {
        let response = Message::parse(format!("SIP/2.0 {status}\r\n\r\n").into_bytes());
        Failure::new(Outcome::Response(response), false)
    }

    #[test]
    fn the_best_failure_is_that_of_the_rfc() {
        let table = [
            (["486 Busy Here", "603 Decline"], 603),
            (["486 Busy Here", "404 Not Found"], 486),
            (["404 Not Found", "407 Proxy Authentication Required"], 407),
            (["500 Error", "486 Busy Here"], 486),
            (["486 Busy Here", "302 Moved"], 302),
        ];
        for ([one, other], expected) in table {
            let best = answered(one).better(answered(other));
            assert_eq!(best.code, expected, "{one}, {other}");
        }
    }

    #[test]
    fn failures_divert_by_what_they_mean() {
        let rang = |outcome| Failure::new(outcome, true).diversion();
        let table = [
            (answered("486 Busy Here").diversion(), Some(Diversion::Busy)),
            (
                answered("486 Do Not Disturb").diversion(),
                Some(Diversion::Dnd),
            ),
            (
                answered("600 Busy Everywhere").diversion(),
                Some(Diversion::Busy),
            ),
            (
                answered("603 Decline").diversion(),
                Some(Diversion::Declined),
            ),
            (
                answered("480 Temporarily Unavailable").diversion(),
                Some(Diversion::NoAnswer),
            ),
            (rang(Outcome::Timeout), Some(Diversion::NoAnswer)),
            (
                Failure::new(Outcome::Timeout, false).diversion(),
                Some(Diversion::Unreachable),
            ),
            (rang(Outcome::TransportFailed), Some(Diversion::Unreachable)),
            (answered("488 Not Acceptable Here").diversion(), None),
        ];
        for (row, (found, expected)) in table.into_iter().enumerate() {
            assert_eq!(found, expected, "row {row}");
        }
    }

    #[test]
    fn overload_of_a_phone_is_not_ours() {
        assert_eq!(answered("503 Service Unavailable").reply().code, 500);
        assert_eq!(
            Failure::new(Outcome::TransportFailed, false).reply().code,
            480
        );
    }
}
