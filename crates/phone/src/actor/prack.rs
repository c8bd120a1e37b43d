//! Reliable provisional responses: ours acknowledged, and theirs (RFC 3262).

use std::time::Instant;

use gannet_sdp::SessionDescription;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::CallId;

use super::core::Actor;
use super::leg::{Fallback, sdp_body, sdp_of};
use crate::call::CallHandle;

impl Actor {
    /// From now on reliable provisional responses are acknowledged, or not.
    pub(crate) fn set_prack(&mut self, sends_prack: bool) {
        self.sends_prack = sends_prack;
    }

    /// A description in a provisional response to our INVITE, if it answers our offer. Early media
    /// that cannot be had are no reason to give up the call; the final answer decides.
    pub(super) fn take_early_answer(&mut self, now: Instant, call: CallHandle, response: &Message) {
        let Some(answer) = sdp_of(response) else {
            return;
        };
        // A reliable answer is the answer (RFC 3262 5), whether it is wanted or not.
        let reliable = response.lists(HeaderName::Require, "100rel");
        if !self.config.profile.outgoing.early_media && !reliable {
            return;
        }
        // One early session at a time: the first fork that answered reliably has it
        // (RFC 3960 3.1).
        let agreed = |leg: &super::leg::Leg| leg.early_tag.is_some();
        if self.legs.get(&call).is_none_or(agreed) {
            return;
        }
        if let Some(leg) = self.legs.get_mut(&call)
            && leg.first_offer.is_some()
        {
            leg.offer.clone_from(&leg.first_offer);
        }
        let taken = self.take_answer(now, call, &answer);
        if taken.is_some_and(|result| result.is_ok())
            && reliable
            && let Some(leg) = self.legs.get_mut(&call)
        {
            leg.early_tag = response.to_tag();
            leg.offer = None;
        }
    }

    /// The description in the 2xx to our first INVITE, unless the exchange of that fork is over.
    pub(super) fn final_description(
        &mut self,
        call: CallHandle,
        response: &Message,
    ) -> Option<SessionDescription> {
        let leg = self.legs.get_mut(&call)?;
        if leg.early_tag.is_some() && leg.early_tag == response.to_tag() {
            return None;
        }
        if leg.early_tag.take().is_some() {
            // Another fork has answered: it answers the offer of the INVITE.
            leg.offer.clone_from(&leg.first_offer);
        }
        sdp_of(response)
    }

    /// A reliable provisional response waits for its PRACK.
    pub(super) fn handle_prack_wanted(
        &mut self,
        now: Instant,
        ua_call: CallId,
        response: &Message,
        needs_answer: bool,
    ) {
        let Some(call) = self.handles.get(&ua_call).copied() else {
            return;
        };
        let body = if needs_answer {
            let offer = sdp_of(response);
            let answer = offer.and_then(|offer| self.make_answer(now, call, &offer));
            let answer = answer.and_then(Result::ok);
            if let (Some(leg), Some(_)) = (self.legs.get_mut(&call), &answer) {
                leg.early_tag = response.to_tag();
            }
            answer
        } else {
            self.take_change_early(now, call, response);
            self.offer_in_prack(call, response)
        };
        if !self.sends_prack {
            return;
        }
        let body = body.as_ref().map(sdp_body);
        let offers = body.is_some() && !needs_answer;
        // Nobody can be told: the other side repeats its response and gives up.
        if let Ok(request) = self.endpoint.prack(now, ua_call, response, body)
            && offers
        {
            self.prack_offers.insert(request, call);
        }
    }

    /// A new offer for the PRACK of an answer, if the device does so (RFC 3262 5).
    fn offer_in_prack(
        &mut self,
        call: CallHandle,
        response: &Message,
    ) -> Option<SessionDescription> {
        let leg = self.legs.get(&call)?;
        let answered = leg.early_tag.is_some() && leg.early_tag == response.to_tag();
        let fits = self.config.profile.reliability.prack_offer
            && self.sends_prack
            && answered
            && sdp_of(response).is_some();
        fits.then(|| self.make_offer(call)).flatten()
    }

    /// The final response to a PRACK with an offer.
    pub(super) fn prack_offer_done(
        &mut self,
        now: Instant,
        call: CallHandle,
        answer: Option<&Message>,
    ) {
        if let Some(answer) = answer.and_then(sdp_of) {
            // What cannot be used leaves the session as it was.
            let _ = self.take_answer(now, call, &answer);
        }
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.offer = None;
        }
    }

    /// A reliable response of ours was acknowledged; it may have had an offer.
    pub(super) fn handle_pracked(&mut self, now: Instant, call: CallHandle, prack: &Message) {
        if let Some(answer) = sdp_of(prack)
            && let Some(Ok(())) = self.take_answer(now, call, &answer)
            && let Some(leg) = self.legs.get_mut(&call)
        {
            leg.offer = None;
        }
    }

    /// The answer to a re-INVITE of ours comes in a reliable provisional response: it counts at
    /// once, and no more if the re-INVITE fails (RFC 6141 3.4).
    fn take_change_early(&mut self, now: Instant, call: CallHandle, response: &Message) {
        let changing = self
            .changes
            .values()
            .any(|change| change.call == call && change.method() == Method::Invite);
        let Some(answer) = sdp_of(response).filter(|_| changing) else {
            return;
        };
        let Some(leg) = self.legs.get(&call) else {
            return;
        };
        if leg.fallback.is_some() {
            return;
        }
        let media = leg.media.as_ref();
        let negotiated = media.and_then(|media| {
            let port = crate::media::lock(&media.port);
            port.session
                .as_ref()
                .map(|session| session.negotiated().clone())
        });
        let fallback = Fallback {
            local: leg.local.clone(),
            negotiated,
        };
        if let Some(Ok(())) = self.take_answer(now, call, &answer)
            && let Some(leg) = self.legs.get_mut(&call)
        {
            leg.fallback = Some(fallback);
        }
    }

    /// Goes back to what counted before a change that has failed.
    pub(super) fn roll_back(&mut self, now: Instant, call: CallHandle) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        if let Some(fallback) = leg.fallback.take() {
            leg.local = fallback.local;
            if let Some(negotiated) = fallback.negotiated {
                self.agree(now, call, negotiated);
            }
        }
    }
}
