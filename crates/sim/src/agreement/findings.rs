//! What judging can find.

use std::fmt;

use gannet_ua::endpoint::Census;

use crate::world::Fault;

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
    /// REFER had no response, or its NOTIFYs did not come.
    ReferUnheard,
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
    /// A message on the wire, or one that is missing there, breaks a rule of the RFC.
    Rule {
        /// The node.
        node: usize,
        /// Call-ID.
        sip_call_id: String,
        /// The rule.
        rule: &'static str,
        /// What was found.
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
    /// Subscriber and notifier know different subscriptions, or one that ended goes on.
    Subscription {
        /// What was found.
        story: String,
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
            Self::Rule {
                node,
                sip_call_id,
                rule,
                found,
            } => write!(f, "node {node}: call {sip_call_id}: {rule}: {found}"),
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
            Self::Subscription { story } => write!(f, "subscription {story}"),
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
