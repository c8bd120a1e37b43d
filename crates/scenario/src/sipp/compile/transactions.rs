//! Transactions that have names.

use std::ops::Range;

use gannet_diag::Diagnostic;

use crate::sipp::model::{Transaction, TransactionId};

/// What an element does to a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Starts it; with an INVITE or not.
    Start { is_invite: bool },
    /// Is a response of it.
    Response,
    /// Acknowledges it; the index of the step.
    Ack(usize),
}

/// The transactions of a scenario.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    all: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    transaction: Transaction,
    place: Range<usize>,
    is_started: bool,
    has_response: bool,
}

impl Transactions {
    /// The transaction of that name, which may be a new one.
    pub(super) fn take(
        &mut self,
        name: &str,
        part: Part,
        place: Range<usize>,
    ) -> Option<TransactionId> {
        let at = self
            .all
            .iter()
            .position(|known| known.transaction.name == name);
        let at = at.unwrap_or_else(|| {
            self.all.push(Known {
                transaction: Transaction {
                    name: name.to_owned(),
                    // As SIPp: what is first named by a response or an ACK counts as none.
                    is_invite: part == Part::Start { is_invite: true },
                    ack: None,
                },
                place,
                is_started: false,
                has_response: false,
            });
            self.all.len() - 1
        });
        let known = &mut self.all[at];
        match part {
            Part::Start { .. } => known.is_started = true,
            Part::Response => known.has_response = true,
            Part::Ack(step) => known.transaction.ack = known.transaction.ack.or(Some(step)),
        }
        u16::try_from(at).ok().map(TransactionId)
    }

    /// The complaints about transactions that are not whole.
    pub(super) fn faults(&self) -> impl Iterator<Item = Diagnostic> {
        self.all.iter().filter_map(|known| {
            let name = &known.transaction.name;
            let has_ack = known.transaction.ack.is_some();
            let message = if !known.is_started {
                format!("the transaction `{name}` is never started")
            } else if !known.has_response {
                format!("the transaction `{name}` has no response")
            } else if known.transaction.is_invite && !has_ack {
                format!("the INVITE transaction `{name}` has no ACK")
            } else if !known.transaction.is_invite && has_ack {
                format!("the transaction `{name}` has an ACK and no INVITE")
            } else {
                return None;
            };
            let others = self.all.iter().map(|other| &other.transaction.name);
            let near = gannet_diag::nearest(name, others.filter(|other| *other != name), 1);
            Some(
                Diagnostic::error("bad-transaction", message, known.place.clone())
                    .with_suggestions(&near)
                    .with_help("start_txn begins it, response_txn and ack_txn belong to it"),
            )
        })
    }

    pub(super) fn into_model(self) -> Vec<Transaction> {
        self.all
            .into_iter()
            .map(|known| known.transaction)
            .collect()
    }
}
