//! Which step takes a message.

use gannet_ere::{Captures, Regex};
use gannet_scenario::sipp::model::{Optional, Receive, StepKind, Wanted};

use super::plan::Part;
use super::received::{Received, Start};
use super::state::CallState;

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// A step takes it.
    Step(usize),
    /// It is late: it belongs to a step that was passed, and changes nothing.
    Late(usize),
    /// It is a late final response of an INVITE: the ACK of that step is sent again.
    AckAgain(usize),
    /// Nothing in the scenario is for it.
    Nothing,
}

/// A message, and what it is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) part: &'a Part,
    pub(super) state: &'a CallState,
    pub(super) received: &'a Received<'a>,
    /// Messages can come twice or late by themselves.
    pub(super) is_unreliable: bool,
}

impl Subject<'_> {
    /// From the cursor over optional steps to the first that must take a message; else backward.
    #[inline]
    pub(super) fn find(&self, cursor: usize) -> Match {
        let steps = &self.part.scenario.steps;
        for (index, step) in steps.iter().enumerate().skip(cursor) {
            let StepKind::Receive(receive) = &step.kind else {
                break;
            };
            if self.is_for(receive, index) {
                return Match::Step(index);
            }
            if receive.optional == Optional::No {
                break;
            }
        }
        self.find_back(cursor)
    }

    /// Steps before the cursor: optional ones that stand right before it, global ones, and those whose
    /// transaction is over.
    #[cold]
    fn find_back(&self, cursor: usize) -> Match {
        let steps = &self.part.scenario.steps;
        let mut adjacent = true;
        let mut late = Match::Nothing;
        for (index, step) in steps.iter().enumerate().take(cursor).rev() {
            let StepKind::Receive(receive) = &step.kind else {
                adjacent = false;
                continue;
            };
            adjacent &= receive.optional != Optional::No;
            if !self.is_for(receive, index) {
                continue;
            }
            if adjacent || receive.optional == Optional::Global {
                return Match::Step(index);
            }
            if late == Match::Nothing {
                late = self.late(receive, index);
            }
            if matches!(late, Match::AckAgain(_)) {
                return late;
            }
        }
        late
    }

    /// What a message that a passed step would have taken means.
    fn late(&self, receive: &Receive, index: usize) -> Match {
        let code = match self.received.start() {
            // The peer repeats an ACK with each 2xx that it gets again (RFC 3261 13.2.2.4).
            Start::Request(b"ACK") if self.is_unreliable => return Match::Late(index),
            Start::Request(_) => return Match::Nothing,
            Start::Response(code) => code,
        };
        if let Some(transaction) = receive.transaction {
            let ack = self.part.scenario.transactions[transaction.index()].ack;
            return match ack {
                Some(ack) if code >= 200 => Match::AckAgain(ack),
                _ => Match::Late(index),
            };
        }
        let is_invite = self.received.cseq_method() == Some(b"INVITE");
        if code >= 200 && is_invite && self.part.sends_ack(index + 1) {
            return Match::AckAgain(index + 1);
        }
        if self.is_unreliable && (100..200).contains(&code) {
            return Match::Late(index);
        }
        Match::Nothing
    }

    #[inline]
    fn is_for(&self, receive: &Receive, index: usize) -> bool {
        match (&receive.wanted, self.received.start()) {
            (Wanted::Request(wanted), Start::Request(method)) => wanted.as_bytes() == method,
            (Wanted::RequestLike(regex), Start::Request(method)) => matches(regex, method),
            (Wanted::Response(wanted), Start::Response(code)) => {
                *wanted == code && self.is_of_transaction(receive, index)
            }
            (Wanted::ResponseLike(regex), Start::Response(code)) => {
                let digits =
                    [code / 100, code / 10 % 10, code % 10].map(|digit| b'0' + digit as u8);
                matches(regex, &digits) && self.is_of_transaction(receive, index)
            }
            _ => false,
        }
    }

    /// Whether a response is one to a request that the step waits for.
    #[inline]
    fn is_of_transaction(&self, receive: &Receive, index: usize) -> bool {
        if let Some(id) = receive.transaction {
            let begun = self.state.transaction(id);
            return begun.is_some_and(|(branch, _)| self.received.branch() == Some(branch));
        }
        if index == 0 {
            return true;
        }
        // One without the field, against RFC 3261 8.1.1, is taken for any, as in SIPp.
        let Some(method) = self
            .received
            .cseq_method()
            .filter(|method| !method.is_empty())
        else {
            return true;
        };
        let mut sent = receive.methods.iter();
        sent.any(|sent| sent.as_bytes() == method)
    }
}

fn matches(regex: &Regex, text: &[u8]) -> bool {
    regex.find_at(text, 0, &mut Captures::default())
}
