//! The flows of a phone's registration (RFC 5626), as the phone shows them.

use std::net::SocketAddr;

use gannet_sip::{Transport, Uri};
use gannet_ua::FlowFailure;

/// One flow: a way over which the phone is registered and reached. A phone without RFC 5626 has one
/// without a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowState {
    /// `reg-id`, from 1; `None` without RFC 5626.
    pub number: Option<u32>,
    /// What it goes over.
    pub transport: Transport,
    /// Where it stands.
    pub status: FlowStatus,
    /// The registrar said `Require: outbound`: it sends requests down this flow (RFC 5626 6).
    pub outbound: bool,
    /// How often it has failed.
    pub failures: u64,
    /// How it failed last.
    pub failed_by: Option<FlowFailure>,
    /// How often it was registered again after it had failed.
    pub recoveries: u64,
    /// How many keep-alives were answered.
    pub kept_alive: u64,
    /// The phone's address as the other side sees it, if a STUN keep-alive brought it back.
    pub mapped: Option<SocketAddr>,
}

/// Where a flow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowStatus {
    /// REGISTER has no answer yet.
    Registering,
    /// The registrar has it.
    Registered,
    /// It failed, or REGISTER did; it may be tried again.
    Failed,
}

impl FlowState {
    pub(crate) const fn new(number: Option<u32>, transport: Transport) -> Self {
        Self {
            number,
            transport,
            status: FlowStatus::Registering,
            outbound: false,
            failures: 0,
            failed_by: None,
            recoveries: 0,
            kept_alive: 0,
            mapped: None,
        }
    }

    /// Whether the registrar has it.
    pub fn is_registered(&self) -> bool {
        self.status == FlowStatus::Registered
    }
}

impl std::fmt::Display for FlowState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let status = match self.status {
            FlowStatus::Registering => "has no answer to REGISTER yet",
            FlowStatus::Registered => "is registered",
            FlowStatus::Failed => "has failed",
        };
        match self.number {
            Some(number) => write!(f, "flow {number} over {} {status}", self.transport)?,
            None => write!(f, "the way over {} {status}", self.transport)?,
        }
        match self.failed_by {
            Some(why) => write!(f, "; it failed {} times, last because {why}", self.failures),
            None => Ok(()),
        }
    }
}

/// The globally routable URIs of a phone (RFC 5627), as the registrar granted them last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gruus {
    /// `pub-gruu`.
    pub public: Option<Uri>,
    /// `temp-gruu`, which does not tell whose it is.
    pub temporary: Option<Uri>,
}
