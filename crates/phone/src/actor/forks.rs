//! The early dialogs of a call that we make: each has a description of its own, one of them is heard,
//! and the one that answers has the call (RFC 3261 13.2.2.4, RFC 3960 3).

use std::net::SocketAddr;
use std::time::Instant;

use gannet_media::offer_answer::{Negotiated, apply_answer};
use gannet_sdp::SessionDescription;
use gannet_sip::{HeaderName, Message};

use super::core::Actor;
use super::leg::{Leg, sdp_of};
use crate::call::CallHandle;

/// Forks of a call whose descriptions are kept.
const FORKS_MAX: usize = 32;

/// What the forks of a call have described.
#[derive(Debug, Default)]
pub(super) struct Forks {
    known: Vec<Fork>,
    /// The tag of the one that is heard.
    heard: Option<String>,
}

/// One early dialog, and what was agreed with it.
#[derive(Debug)]
struct Fork {
    tag: String,
    local: Option<SessionDescription>,
    negotiated: Negotiated,
    /// Its first exchange is over: no later description of it is the answer (RFC 3261 13.2.1, RFC 3262 5).
    settled: bool,
}

impl Fork {
    fn addresses(&self) -> [SocketAddr; 2] {
        [self.negotiated.remote, self.negotiated.remote_rtcp]
    }
}

impl Forks {
    fn of(&self, tag: &str) -> Option<&Fork> {
        self.known.iter().find(|fork| fork.tag == tag)
    }

    fn note(&mut self, fork: Fork) {
        self.known.retain(|known| known.tag != fork.tag);
        if self.known.len() < FORKS_MAX {
            self.known.push(fork);
        }
    }

    /// Whether the first exchange with this fork is over.
    pub(super) fn is_settled(&self, tag: Option<&str>) -> bool {
        let fork = tag.and_then(|tag| self.of(tag));
        fork.is_some_and(|fork| fork.settled)
    }

    /// The addresses of all forks but this one, without those that it shares with them.
    fn others(&self, tag: &str) -> Vec<SocketAddr> {
        let own = self.of(tag).map(Fork::addresses).into_iter().flatten();
        let own: Vec<_> = own.collect();
        let others = self.known.iter().filter(|fork| fork.tag != tag);
        let others = others.flat_map(Fork::addresses);
        others.filter(|address| !own.contains(address)).collect()
    }
}

impl Actor {
    /// A description in a provisional response to our INVITE, if it answers our offer. Early media
    /// that cannot be had are no reason to give up the call; the final answer decides.
    ///
    /// One early session is heard at a time (RFC 3960 3.1): that of the fork that described itself last,
    /// or else of the first one that did so reliably.
    pub(super) fn take_early_answer(&mut self, now: Instant, call: CallHandle, response: &Message) {
        let Some(answer) = sdp_of(response) else {
            return;
        };
        // Some devices leave the tag out.
        let tag = response.to_tag().unwrap_or_default();
        // A reliable answer is the answer (RFC 3262 5), whether it is wanted or not.
        let reliable = response.lists(HeaderName::Require, "100rel");
        if !self.config.profile.outgoing.early_media && !reliable {
            return;
        }
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        let Some(offer) = leg.first_offer.clone() else {
            return;
        };
        if leg.forks.is_settled(Some(&tag)) {
            return;
        }
        let Ok(negotiated) = apply_answer(&offer, &self.config.profile.sdp, &answer) else {
            return;
        };
        let heard = leg.forks.heard.clone();
        let is_kept = leg.forks.is_settled(heard.as_deref());
        let known = leg.forks.of(&tag);
        let says_nothing_new = known.is_some_and(|known| known.negotiated == negotiated);
        leg.forks.note(Fork {
            tag: tag.clone(),
            local: Some(offer),
            negotiated,
            settled: reliable,
        });
        let is_heard = heard.as_ref() == Some(&tag);
        match heard {
            Some(heard) if is_kept || (says_nothing_new && !is_heard) => {
                self.hear_only(call, &heard);
            }
            _ => self.hear_fork(now, call, &tag),
        }
    }

    /// A fork has made an offer in its reliable response, and we have answered: it is heard.
    pub(super) fn note_answered_fork(&mut self, call: CallHandle, tag: Option<String>) {
        let Some((leg, tag)) = self.legs.get_mut(&call).zip(tag) else {
            return;
        };
        let Some(negotiated) = leg.agreed() else {
            return;
        };
        leg.forks.note(Fork {
            tag: tag.clone(),
            local: leg.local.clone(),
            negotiated,
            settled: true,
        });
        leg.forks.heard = Some(tag.clone());
        self.hear_only(call, &tag);
    }

    /// The description in the 2xx to our first INVITE, unless the exchange of that fork is over.
    /// The fork has the call: what another one has agreed to counts no more.
    pub(super) fn final_description(
        &mut self,
        now: Instant,
        call: CallHandle,
        response: &Message,
    ) -> Option<SessionDescription> {
        let tag = response.to_tag()?;
        let leg = self.legs.get_mut(&call)?;
        let is_heard = leg.forks.heard.as_ref() == Some(&tag);
        let settled = leg.forks.is_settled(Some(&tag));
        let answer = sdp_of(response).filter(|_| !settled);
        if answer.is_none() {
            if !is_heard {
                self.hear_fork(now, call, &tag);
            }
        } else if leg.forks.heard.is_some() {
            leg.offer.clone_from(&leg.first_offer);
        }
        answer
    }

    /// The call was answered by this fork: no other one is heard any more, and what was agreed with it
    /// in this last description counts.
    pub(super) fn hear_winner(&mut self, call: CallHandle, response: &Message) {
        let Some((leg, tag)) = self.legs.get_mut(&call).zip(response.to_tag()) else {
            return;
        };
        if leg.forks.known.is_empty() {
            return;
        }
        if let Some(negotiated) = leg.agreed() {
            leg.forks.note(Fork {
                tag: tag.clone(),
                local: leg.local.clone(),
                negotiated,
                settled: true,
            });
        }
        leg.forks.heard = Some(tag.clone());
        self.hear_only(call, &tag);
    }

    /// Whether something was agreed with the fork that has answered, or with the one phone there is.
    pub(super) fn has_session_with(&self, call: CallHandle, response: &Message) -> bool {
        let Some(leg) = self.legs.get(&call) else {
            return false;
        };
        let described = |tag: &str| leg.forks.of(tag).is_some();
        let known = response.to_tag().is_some_and(|tag| described(&tag)) || described("");
        (known || leg.forks.known.is_empty()) && leg.agreed().is_some()
    }

    /// Turns to a fork whose description is known.
    fn hear_fork(&mut self, now: Instant, call: CallHandle, tag: &str) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        let Some(fork) = leg.forks.of(tag) else {
            return;
        };
        let (local, negotiated) = (fork.local.clone(), fork.negotiated.clone());
        if fork.settled {
            leg.offer = None;
        }
        leg.local = local;
        leg.forks.heard = Some(tag.to_owned());
        self.agree(now, call, negotiated);
        self.hear_only(call, tag);
    }

    /// Packets of the other forks say nothing.
    fn hear_only(&self, call: CallHandle, tag: &str) {
        let Some(leg) = self.legs.get(&call) else {
            return;
        };
        let others = leg.forks.others(tag);
        if let Some(media) = &leg.media
            && let Some(session) = &mut crate::media::lock(&media.port).session
        {
            session.shut_out(others);
        }
    }
}

impl Leg {
    /// What the session works by.
    fn agreed(&self) -> Option<Negotiated> {
        let port = crate::media::lock(&self.media.as_ref()?.port);
        let session = port.session.as_ref()?;
        Some(session.negotiated().clone())
    }
}
