//! One call: what a caller asked for, and where it stands.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use gannet_media::offer_answer::{LocalMedia, MediaCapabilities};
use gannet_net::MediaSocket;
use gannet_sdp::SessionDescription;
use gannet_sip::{HeaderName, Message, NameAddr, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::endpoint::{Body, CallId};

use super::failure::Failure;
use super::identity::Caller;
use super::joining::Joining;
use super::parking::Parking;
use super::privacy::Privacy;
use super::programme::Programme;
use super::relay::{passed_body, passed_headers};
use super::transferring::Referral;
use crate::media::ServicePort;
use crate::snapshot::Service;

/// A call: two parties who are alike once they talk.
#[derive(Debug)]
pub(crate) struct Call {
    /// Who is there from the beginning: the caller.
    pub(crate) first: Party,
    /// Who has answered.
    pub(crate) second: Option<Party>,
    /// All legs that have not ended.
    pub(crate) legs: BTreeSet<CallId>,
    /// User part of the Request-URI.
    pub(crate) dialled: String,
    /// The user or special extension that is called now.
    pub(crate) callee: String,
    /// What goes on to the phones of the callee.
    pub(crate) asked: Asked,
    /// How often it was forwarded.
    pub(crate) forwards: u32,
    /// How the first party came here.
    pub(crate) origin: Origin,
    /// Users who are still to be called one after another. Then nobody's own forward and voicemail
    /// count.
    pub(crate) members: Option<VecDeque<String>>,
    /// The code that the caller got instead of an answer.
    pub(crate) refused: Option<u16>,
    /// When it came in.
    pub(crate) began: SystemTime,
    /// Where it stands.
    pub(crate) stage: Stage,
}

/// One side of a call.
#[derive(Debug, Clone)]
pub(crate) struct Party {
    /// The leg towards it.
    pub(crate) leg: CallId,
    /// Who it is.
    pub(crate) who: Caller,
    /// How it is written in From of a call that it makes.
    pub(crate) address: NameAddr,
    /// The same as this server vouches for it.
    pub(crate) identity: Option<String>,
    /// The transport towards it.
    pub(crate) transport: Transport,
    /// The description that it sent last, as offer or answer, in an exchange that was not refused.
    pub(crate) last_sdp: Option<Body>,
}

/// How the first party of a call came into it.
#[derive(Debug)]
pub(crate) enum Origin {
    /// By an INVITE, which waits for its answer until there is one.
    Calls,
    /// It stands already, in another call as long as this one is not answered.
    PutThrough(Why),
}

/// Why a party is put through to somebody else.
#[derive(Debug, Clone)]
pub(crate) enum Why {
    /// The other side has asked for it.
    Transfer(Referral),
    /// An agent of its queue is free.
    Queue {
        /// Who.
        agent: String,
    },
    /// It was parked for too long.
    ParkReturn,
}

impl Why {
    /// What an INVITE says about it.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        match self {
            Self::Transfer(referral) => {
                let by = referral.referred_by.iter();
                by.map(|by| ("Referred-By".to_owned(), by.clone()))
                    .collect()
            }
            Self::Queue { .. } | Self::ParkReturn => Vec::new(),
        }
    }
}

/// What of the first party's INVITE goes on to the phones of the callee.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// From, without tag.
    pub(crate) from: NameAddr,
    /// To, without tag.
    pub(crate) to: NameAddr,
    /// Who calls, as this server vouches for it.
    pub(crate) identity: Option<String>,
    /// All fields that are passed on.
    pub(crate) headers: Vec<(String, String)>,
    /// The offer.
    pub(crate) body: Option<Body>,
    /// The Request-URI.
    pub(crate) uri: Uri,
    /// What the caller wants to be kept to themselves.
    pub(crate) privacy: Privacy,
    /// The caller demands reliable provisional responses (RFC 3262 4).
    pub(crate) reliably: bool,
    /// Max-Forwards towards the callee.
    pub(crate) max_forwards: u32,
    /// The Call-ID of the first party's leg.
    pub(crate) call_id: String,
}

impl Asked {
    /// What an INVITE asks for; `None` if it has no usable From or To.
    pub(crate) fn by(
        invite: &Message,
        identity: Option<String>,
        max_forwards: u32,
    ) -> Option<Self> {
        let (mut from, to) = (invite.from().ok()?, invite.to().ok()?);
        from.params.remove("tag");
        Some(Self {
            from,
            to,
            identity,
            headers: passed_headers(invite),
            body: passed_body(invite),
            uri: invite.request_uri().ok()?,
            privacy: Privacy::of(invite),
            reliably: invite.lists(HeaderName::Require, "100rel"),
            max_forwards,
            call_id: invite.call_id().unwrap_or_default().to_owned(),
        })
    }
}

/// Where a call stands.
///
/// ```text
/// Ringing --2xx--> Talking --BYE--> Ending
///    |  \--diverted--> Serving --BYE--> Ending
///    \--CANCEL, failure--> Ending
/// ```
/// A call whose first party is put through goes from Ringing, or from the start, to Joining, and
/// with the answer to the re-INVITE to Talking.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Phones are being called.
    Ringing(Box<Fork>),
    /// A phone has answered: the second party.
    Talking {
        /// This leg's offer came in its 2xx: the other side's ACK brings the answer for it.
        answer_for: Option<CallId>,
    },
    /// The server has answered.
    Serving(Box<Serving>),
    /// Parties that stand are put together.
    Joining(Box<Joining>),
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
    /// Whose phone it is.
    pub(crate) user: String,
    /// The transport towards it.
    pub(crate) transport: Transport,
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
    /// (RFC 5626 7).
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
    /// Set while the caller is parked.
    pub(crate) parking: Option<Parking>,
    /// The queue that the caller waits in.
    pub(crate) queue: Option<String>,
    /// How often a re-INVITE with the description was tried.
    pub(crate) tries: u32,
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
        let first = self.first.leg;
        let other = match &self.stage {
            Stage::Talking { .. } => self.second.as_ref()?.leg,
            Stage::Ringing(fork) if leg == first && fork.open.len() == 1 => {
                *fork.open.keys().next()?
            }
            Stage::Ringing(fork) if fork.open.contains_key(&leg) => leg,
            Stage::Ringing(_) | Stage::Serving(_) | Stage::Joining(_) | Stage::Ending => {
                return None;
            }
        };
        Some(if leg == first { other } else { first })
    }

    /// The party with this leg.
    pub(crate) fn party_mut(&mut self, leg: CallId) -> Option<&mut Party> {
        let second = self.second.as_mut();
        std::iter::once(&mut self.first)
            .chain(second)
            .find(|party| party.leg == leg)
    }

    /// Notes what a party said about its media, if it did.
    pub(crate) fn note_sdp(&mut self, leg: CallId, body: Option<Body>) {
        if let (Some(party), Some(body)) = (self.party_mut(leg), body)
            && body.content_type.eq_ignore_ascii_case("application/sdp")
        {
            party.last_sdp = Some(body);
        }
    }

    /// The fork, while phones are being called.
    pub(crate) fn fork_mut(&mut self) -> Option<&mut Fork> {
        match &mut self.stage {
            Stage::Ringing(fork) => Some(fork),
            _ => None,
        }
    }

    /// The re-INVITE that puts parties together, while it is needed.
    pub(crate) fn joining_mut(&mut self) -> Option<&mut Joining> {
        match &mut self.stage {
            Stage::Joining(joining) => Some(joining),
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
