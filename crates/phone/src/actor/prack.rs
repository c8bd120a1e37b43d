//! Reliable provisional responses: ours acknowledged, and theirs (RFC 3262).

use std::time::Instant;

use gannet_sdp::SessionDescription;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::CallId;

use super::core::Actor;
use super::leg::{Fallback, sdp_body, sdp_of};
use crate::call::CallHandle;

impl Actor {
    /// From now on reliable provisional responses are acknowledged, or not.
    pub(crate) fn set_prack(&mut self, sends_prack: bool) {
        self.sends_prack = sends_prack;
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
            if answer.is_some() {
                self.note_answered_fork(call, response.to_tag());
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
        let answered = leg.forks.is_settled(response.to_tag().as_deref());
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
