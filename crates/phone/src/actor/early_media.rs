//! Before the answer: provisional responses by order, early media, forks (RFC 3960).

use std::sync::PoisonError;
use std::time::Instant;

use gannet_media::offer_answer::OfferAnswerError;
use gannet_sdp::SessionDescription;
use gannet_sip::{HeaderName, Message, reason_phrase};
use gannet_ua::endpoint::{CallId, Reply, SendError};

use super::core::Actor;
use super::leg::{sdp_body, sdp_of};
use crate::call::{CallHandle, CallRecord, CallState};
use crate::error::PhoneError;

/// A provisional response that the user orders.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// 101 to 199.
    pub(crate) code: u16,
    /// It must be reliable; otherwise it is if the caller requires it.
    pub(crate) reliable: bool,
    /// It has a session description, and media begin.
    pub(crate) media: bool,
}

impl Actor {
    /// Sends a provisional response for a call that comes in.
    pub(crate) fn send_progress(
        &mut self,
        now: Instant,
        call: CallHandle,
        progress: &Progress,
    ) -> Result<(), PhoneError> {
        let ua_call = self.require_ringing(call)?;
        let code = progress.code;
        if !(101..200).contains(&code) {
            return Err(self.misuse(format!(
                "a provisional response has a code from 101 to 199, not {code}"
            )));
        }
        let invite = self.endpoint.invite_of(ua_call).cloned();
        let required = invite
            .as_ref()
            .is_some_and(|invite| invite.lists(HeaderName::Require, "100rel"));
        let reliable = progress.reliable || required;
        let offered = invite.as_ref().and_then(sdp_of).is_some();
        if progress.media && !offered && !reliable {
            return Err(self.misuse(
                "the INVITE has no offer, and an offer of this phone must be in a reliable \
                 response (RFC 3261 13.2.1)"
                    .to_owned(),
            ));
        }
        let described = self
            .legs
            .get(&call)
            .is_some_and(|leg| leg.described.is_some());
        let mut reply = Reply::new(code);
        // The first reliable response to an INVITE without offer must have one (RFC 3261 13.2.1).
        if progress.media || (reliable && !offered && !described) {
            self.ensure_media(call)?;
            let description = self.describe(now, call, invite.as_ref());
            let description = description.map_err(|error| {
                self.unsendable_progress(code, format!("no answer to the offer: {error}"))
            })?;
            reply.body = description.as_ref().map(sdp_body);
            if let (Some(leg), Some(description)) = (self.legs.get_mut(&call), description) {
                leg.described = Some((description, reliable));
            }
        }
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.ring_until = None;
        }
        let sent = if reliable {
            self.endpoint.ring_reliably(now, ua_call, reply)
        } else {
            self.endpoint.ring(now, ua_call, reply);
            Ok(())
        };
        sent.map_err(|error: SendError| self.unsendable_progress(code, error.to_string()))?;
        self.show_call(call, |record| {
            record.times.ringing.get_or_insert(now);
        });
        Ok(())
    }

    /// Sends so many provisional responses that there are `count` with those sent before.
    pub(crate) fn send_many(
        &mut self,
        now: Instant,
        call: CallHandle,
        more: u64,
    ) -> Result<(), PhoneError> {
        const CODES: [u16; 4] = [182, 183, 181, 180];
        let ua_call = self.require_ringing(call)?;
        for (number, code) in (1..=more).zip(CODES.into_iter().cycle()) {
            let mut reply = Reply::new(code);
            // Each is told from a repetition of another one.
            reply.reason = Some(format!("{} {number}", reason_phrase(code)));
            self.endpoint.ring(now, ua_call, reply);
        }
        Ok(())
    }

    /// Rings under more To tags, as the phones behind a forking proxy would (RFC 3261 12.1.2).
    pub(crate) fn fork(
        &mut self,
        now: Instant,
        call: CallHandle,
        more: u64,
    ) -> Result<(), PhoneError> {
        let ua_call = self.require_ringing(call)?;
        let code = self.config.profile.incoming.ring_code;
        let Some(invite) = self.endpoint.invite_of(ua_call).cloned() else {
            return Err(self.error_no_call(call));
        };
        // What must be sent reliably to an INVITE without offer has one (RFC 3261 13.2.1): the same
        // under each tag, because one phone has one set of sockets.
        let offers = sdp_of(&invite).is_none() && invite.lists(HeaderName::Require, "100rel");
        let described = self.legs.get(&call).and_then(|leg| leg.described.as_ref());
        let body = described
            .filter(|_| offers)
            .map(|(offer, _)| sdp_body(offer));
        for _ in 0..more {
            let Some(fork) = self.endpoint.fork_call(ua_call) else {
                return Err(self.misuse("this phone has no room for more dialogs".to_owned()));
            };
            let mut reply = Reply::new(code);
            reply.body.clone_from(&body);
            self.endpoint.ring(now, fork, reply);
        }
        Ok(())
    }

    fn require_ringing(&self, call: CallHandle) -> Result<CallId, PhoneError> {
        let fits = |record: &CallRecord| record.state == CallState::Incoming;
        self.require_call(call, "send a provisional response", "coming in", fits)
    }

    /// Opens the sockets of a call that has none.
    pub(super) fn ensure_media(&mut self, call: CallHandle) -> Result<(), PhoneError> {
        if self.legs.get(&call).is_some_and(|leg| leg.media.is_some()) {
            return Ok(());
        }
        let media = self.open_media()?;
        let table = self.media_table();
        table
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(call, media.handle());
        let Some(leg) = self.legs.get_mut(&call) else {
            return Err(self.error_no_call(call));
        };
        leg.media = Some(media);
        Ok(())
    }

    /// Our description for a call that comes in: the answer to the offer in its INVITE, or an
    /// offer. What was sent before stays the same; once it was sent reliably nothing more is to be
    /// said (RFC 3261 13.2.1).
    pub(super) fn describe(
        &mut self,
        now: Instant,
        call: CallHandle,
        invite: Option<&Message>,
    ) -> Result<Option<SessionDescription>, OfferAnswerError> {
        let described = self.legs.get(&call).and_then(|leg| leg.described.clone());
        match described {
            Some((_, true)) => Ok(None),
            Some((description, false)) => Ok(Some(description)),
            None => match invite.and_then(sdp_of) {
                Some(offer) => self.make_answer(now, call, &offer).transpose(),
                None => Ok(self.make_offer(call)),
            },
        }
    }

    fn unsendable_progress(&self, code: u16, reason: String) -> PhoneError {
        PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request: code.to_string(),
            reason,
        }
    }

    pub(super) fn misuse(&self, problem: String) -> PhoneError {
        PhoneError::Misuse {
            phone: self.config.name.clone(),
            problem,
        }
    }
}
