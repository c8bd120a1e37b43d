//! One call: what a caller asked for, and where it stands.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use gannet_media::offer_answer::{LocalMedia, MediaCapabilities};
use gannet_net::MediaSocket;
use gannet_sdp::SessionDescription;
use gannet_sip::{Message, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::endpoint::CallId;

use super::failure::Failure;
use super::identity::Caller;
use super::programme::Programme;
use crate::media::ServicePort;
use crate::snapshot::Service;

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    /// The leg towards the caller.
    pub(crate) leg: CallId,
    /// All legs that have not ended.
    pub(crate) legs: BTreeSet<CallId>,
    /// Who calls.
    pub(crate) caller: Caller,
    /// User part of the Request-URI.
    pub(crate) dialled: String,
    /// The user or special extension that is called now.
    pub(crate) callee: String,
    /// The INVITE of the caller.
    pub(crate) invite: Message,
    /// The transport towards the caller.
    pub(crate) transport: Transport,
    /// Max-Forwards towards the callee.
    pub(crate) max_forwards: u32,
    /// How often it was forwarded.
    pub(crate) forwards: u32,
    /// The code that the caller got instead of an answer.
    pub(crate) refused: Option<u16>,
    /// Where it stands.
    pub(crate) stage: Stage,
}

/// Where a call stands.
///
/// ```text
/// Ringing --2xx--> Talking --BYE--> Ending
///    |  \--diverted--> Serving --BYE--> Ending
///    \--CANCEL, failure--> Ending
/// ```
#[derive(Debug)]
pub(crate) enum Stage {
    /// Phones are being called.
    Ringing(Box<Fork>),
    /// A phone has answered.
    Talking {
        /// The leg towards it.
        callee: CallId,
        /// This leg's offer came in its 2xx: the other side's ACK brings the answer for it.
        answer_for: Option<CallId>,
    },
    /// The server has answered.
    Serving(Box<Serving>),
    /// One side is gone; the others have been told.
    Ending,
}

/// The phones that are being called.
#[derive(Debug, Default)]
pub(crate) struct Fork {
    /// Legs without final response.
    pub(crate) open: BTreeMap<CallId, Branch>,
    /// Contacts to be tried when all of `open` have failed, by preference (RFC 3261 16.6).
    pub(crate) waiting: VecDeque<Vec<Contact>>,
    /// The best of the failures so far.
    pub(crate) best: Option<Failure>,
    /// The call may still be answered by somebody else, so early media must not share a dialog
    /// with the answer (RFC 3261 13.2.1: the first description in a dialog is the answer).
    pub(crate) contested: bool,
}

/// One phone that is being called.
#[derive(Debug, Default)]
pub(crate) struct Branch {
    /// A provisional response came.
    pub(crate) rang: bool,
    /// To tag of its provisional responses with early media, if it needs its own.
    pub(crate) tag: Option<String>,
    /// The phone's other flows.
    pub(crate) others: Vec<Contact>,
}

/// Where a user is reached.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    /// The Request-URI.
    pub(crate) uri: Uri,
    /// Where to send.
    pub(crate) target: Target,
    /// Route values: the Path of the binding (RFC 3327 5.3).
    pub(crate) routes: Vec<String>,
    /// Other flows to the same phone, to be tried one after the other when this one fails
    /// (RFC 5626 5.3).
    pub(crate) others: Vec<Self>,
}

/// What the server does in a call that it has answered.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) service: Service,
    /// Whose mailbox, for voicemail and mailbox.
    pub(crate) mailbox: Option<String>,
    pub(crate) socket: MediaSocket,
    /// There once offer and answer are complete.
    pub(crate) port: Option<Arc<Mutex<ServicePort>>>,
    pub(crate) capabilities: MediaCapabilities,
    pub(crate) local: LocalMedia,
    /// The last description that was sent.
    pub(crate) description: SessionDescription,
    pub(crate) programme: Programme,
}

/// The first of several flows to one phone, with those that come after it.
pub(crate) fn first_of(flows: Vec<Contact>) -> Option<Contact> {
    let mut flows = flows.into_iter();
    let first = flows.next()?;
    Some(Contact {
        others: flows.collect(),
        ..first
    })
}

impl Call {
    /// The leg at the other end of a leg, if there is exactly one.
    pub(crate) fn peer_of(&self, leg: CallId) -> Option<CallId> {
        let other = match &self.stage {
            Stage::Talking { callee, .. } => *callee,
            Stage::Ringing(fork) if leg == self.leg && fork.open.len() == 1 => {
                *fork.open.keys().next()?
            }
            Stage::Ringing(fork) if fork.open.contains_key(&leg) => leg,
            Stage::Ringing(_) | Stage::Serving(_) | Stage::Ending => return None,
        };
        Some(if leg == self.leg { other } else { self.leg })
    }

    /// The fork, while phones are being called.
    pub(crate) fn fork_mut(&mut self) -> Option<&mut Fork> {
        match &mut self.stage {
            Stage::Ringing(fork) => Some(fork),
            _ => None,
        }
    }

    /// The service, while there is one.
    pub(crate) fn serving_mut(&mut self) -> Option<&mut Serving> {
        match &mut self.stage {
            Stage::Serving(serving) => Some(serving),
            _ => None,
        }
    }
}
