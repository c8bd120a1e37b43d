//! What the two sides of a run must agree on.
//!
//! # Without excuse
//!
//! Whatever the link does, once everything is drained:
//!
//! - every call that an endpoint knew has ended, exactly once, and nothing was reported of it
//!   afterwards but the end of requests that were on their way;
//! - no call, transaction, request or deadline is left in any endpoint;
//! - every leg at a callee belongs to a call of a caller, with the same Call-ID;
//! - each side's tag of a standing call is the other's remote tag;
//! - a BYE that was answered was received: of two sides that talked, one ended by the other's BYE,
//!   or both sent one (table in `ends`).
//!
//! # The outcome
//!
//! | caller | callee |
//! |---|---|
//! | answered, then ended | accepted, then ended, as the table in `ends` says |
//! | gave up, the answer crossed | accepted, ended by the caller's BYE or told 481 on its own |
//! | gave up, final response c | refused with c, or cancelled where c is 487 |
//! | refused with c | refused with c |
//! | ended by BYE before it was answered | accepted, ended for want of an ACK |
//! | challenged, then any of these | an earlier leg refused with 407 |
//!
//! # Asymmetries
//!
//! SIP repeats a message for 64*T1 and then gives up. If every repetition is lost the two sides
//! *cannot* agree: whoever waits ends with "no response" or "no ACK". Such a claim is never taken on
//! trust. It stands only if the journal of the link proves it: the claimant sent as often as its
//! timers ask for, and nothing that could have told it better arrived in time ([`Asymmetry`] names
//! the kinds). A claim without proof is a [`Violation`], and a run over a link that loses nothing
//! must have no asymmetry at all.

mod calls;
mod changes;
mod ends;
mod evidence;
mod registrations;

use std::fmt;

pub use calls::judge_calls;
pub use changes::judge_changes;
pub use registrations::{judge_registration, judge_removal};

use crate::world::Fault;
use gannet_ua::endpoint::Census;

/// A disagreement that extreme loss explains, with proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asymmetry {
    /// No INVITE arrived: one side knows of a call, the other does not.
    InviteUnheard,
    /// The callee refused or was cancelled; no final response reached the caller.
    RefusalUnheard,
    /// The callee accepted; no 2xx reached the caller while it waited.
    AnswerUnheard,
    /// A 2xx arrived, none of its ACKs did.
    AckUnheard,
    /// BYE was sent until timer F, and no response came.
    ByeUnheard,
    /// A request inside the call was sent until its timer ran out, and no response came.
    ChangeUnheard,
    /// A copy of the INVITE arrived after the callee had forgotten the call: it rang again.
    Ghost,
    /// REGISTER was sent until timer F, and no response came.
    RegisterUnheard,
}

/// Something that must not be, whatever the link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A machine broke its contract.
    Fault(Fault),
    /// The run did not come to rest in its time.
    NotDrained {
        /// What it waited for.
        waiting_for: &'static str,
    },
    /// A call did not end.
    NotEnded {
        /// The node.
        node: usize,
        /// Call-ID.
        sip_call_id: String,
    },
    /// Something was reported of a call that was over.
    AfterEnd {
        /// The node.
        node: usize,
        /// Call-ID.
        sip_call_id: String,
        /// What was reported.
        reported: Vec<&'static str>,
    },
    /// An end that does not belong to what was reported before it.
    OddEnd {
        /// The node.
        node: usize,
        /// Call-ID.
        sip_call_id: String,
        /// What was reported.
        found: String,
    },
    /// The two sides tell different stories.
    Disagreement {
        /// Call-ID.
        sip_call_id: String,
        /// What the caller says.
        caller: String,
        /// What the callee says.
        callee: String,
    },
    /// A side claims that nothing came, and the journal says otherwise.
    Unproven {
        /// The node.
        node: usize,
        /// Call-ID.
        sip_call_id: String,
        /// The claim.
        claim: &'static str,
        /// What is missing of the proof.
        found: String,
    },
    /// An endpoint still keeps something.
    Leftover {
        /// The node.
        node: usize,
        /// What it keeps.
        census: Census,
    },
    /// An endpoint still wants to be woken.
    StillWaking {
        /// The node.
        node: usize,
    },
    /// Client and registrar hold different bindings.
    Registration {
        /// The node of the client.
        node: usize,
        /// What the client says.
        client: String,
        /// The contacts that the registrar holds.
        registrar: Vec<String>,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => write!(f, "{fault}"),
            Self::NotDrained { waiting_for } => write!(f, "not at rest: {waiting_for}"),
            Self::NotEnded { node, sip_call_id } => {
                write!(f, "node {node}: call {sip_call_id} did not end")
            }
            Self::AfterEnd {
                node,
                sip_call_id,
                reported,
            } => write!(
                f,
                "node {node}: call {sip_call_id} was over when {reported:?} was reported"
            ),
            Self::OddEnd {
                node,
                sip_call_id,
                found,
            } => write!(f, "node {node}: call {sip_call_id} {found}"),
            Self::Disagreement {
                sip_call_id,
                caller,
                callee,
            } => write!(
                f,
                "call {sip_call_id}: the caller says {caller}, the callee {callee}"
            ),
            Self::Unproven {
                node,
                sip_call_id,
                claim,
                found,
            } => write!(
                f,
                "node {node}: call {sip_call_id} claims {claim}, but {found}"
            ),
            Self::Leftover { node, census } => write!(f, "node {node} still keeps {census:?}"),
            Self::StillWaking { node } => write!(f, "node {node} still has a deadline"),
            Self::Registration {
                node,
                client,
                registrar,
            } => write!(
                f,
                "node {node} is {client}, the registrar holds {registrar:?}"
            ),
        }
    }
}

/// What came out of judging.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What must not be.
    pub violations: Vec<Violation>,
    /// What loss explains.
    pub asymmetries: Vec<Asymmetry>,
    /// The outcomes of the calls, as the caller saw them.
    pub outcomes: Vec<&'static str>,
}

impl Findings {
    /// Adds those of another judge.
    pub fn extend(&mut self, other: Self) {
        self.violations.extend(other.violations);
        self.asymmetries.extend(other.asymmetries);
        self.outcomes.extend(other.outcomes);
    }
}
