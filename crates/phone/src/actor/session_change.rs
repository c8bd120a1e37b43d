//! New offers inside a call: theirs, and ours that put the other side on hold.

use std::time::{Duration, Instant};

use gannet_sdp::Direction;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{CallId, Outcome, Reply, SendError};
use tokio::sync::oneshot;

use super::core::Actor;
use super::leg::{sdp_body, sdp_of};
use crate::call::{CallDirection, CallHandle, CallRecord, CallState};
use crate::error::PhoneError;
use crate::profile::HoldForm;

/// What a re-INVITE is called in errors.
const RE_INVITE: &str = "re-INVITE";
/// When to look again whether an INVITE in the other direction is over.
const INVITE_OVER_SOON: Duration = Duration::from_millis(50);

/// A change of a session that was offered and has no final response yet.
pub(super) struct SessionChange {
    pub(super) call: CallHandle,
    /// Whether the other side is on hold afterwards.
    holds: bool,
    done: oneshot::Sender<Result<(), PhoneError>>,
}

impl Actor {
    /// A new offer inside a call is answered; a re-INVITE without one gets ours
    /// (RFC 3261 14.2, RFC 3311 5.2).
    pub(super) fn answer_reinvite(
        &mut self,
        now: Instant,
        call: CallId,
        message: &Message,
    ) -> Reply {
        let Some(call) = self.handles.get(&call).copied() else {
            return Reply::new(481);
        };
        self.note_packages(call, message);
        let description = match sdp_of(message) {
            Some(offer) => self.make_answer(now, call, &offer).transpose(),
            None => Ok(self.make_offer(call)),
        };
        match description {
            Ok(Some(description)) => {
                let reply = self.with_packages(Reply::new(200), message);
                reply.body(sdp_body(&description))
            }
            Ok(None) => Reply::new(500),
            Err(_) => Reply::new(488),
        }
    }

    /// Puts the other side of a call on hold, or ends that, by re-INVITE.
    pub(crate) fn change_hold(
        &mut self,
        now: Instant,
        call: CallHandle,
        holds: bool,
    ) -> Result<oneshot::Receiver<Result<(), PhoneError>>, PhoneError> {
        let fits = |record: &CallRecord| record.state == CallState::Answered && record.confirmed;
        let action = if holds { "hold" } else { "resume" };
        self.require_call(call, action, "connected", fits)?;
        let (done, outcome) = oneshot::channel();
        let change = SessionChange { call, holds, done };
        self.start_change(now, change).map_err(|(_, error)| error)?;
        Ok(outcome)
    }

    fn start_change(
        &mut self,
        now: Instant,
        change: SessionChange,
    ) -> Result<(), (SessionChange, PhoneError)> {
        let call = change.call;
        let Some(leg) = self.legs.get(&call) else {
            let error = self.error_no_call(call);
            return Err((change, error));
        };
        let (ua_call, held) = (leg.call, leg.held);
        let form = self.config.profile.hold;
        let direction = offered_direction((change.holds, held), form);
        self.hold_by_address(call, change.holds && form == HoldForm::ZeroAddress);
        let Some(offer) = self.make_offer_to(call, direction) else {
            let error = self.unsendable("the call has no media".to_owned());
            return Err((change, error));
        };
        let headers = self.offered_packages().into_iter().collect();
        let body = Some(sdp_body(&offer));
        let sent = self
            .endpoint
            .request_in_call(now, ua_call, Method::Invite, headers, body);
        match sent {
            Ok(request) => {
                self.changes.insert(request, change);
                Ok(())
            }
            // Theirs is over as soon as its ACK is here (RFC 3261 14.1).
            Err(SendError::InviteInProgress) => {
                self.try_again(now + INVITE_OVER_SOON, change);
                Ok(())
            }
            Err(error) => {
                self.forget_offer(call);
                let error = self.unsendable(error.to_string());
                Err((change, error))
            }
        }
    }

    fn unsendable(&self, reason: String) -> PhoneError {
        PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request: RE_INVITE.to_owned(),
            reason,
        }
    }

    /// The time to try again has come.
    pub(super) fn retry_change(&mut self, now: Instant, change: SessionChange) {
        if change.done.is_closed() {
            // Whoever asked has given up.
            return;
        }
        if let Err((change, error)) = self.start_change(now, change) {
            let _ = change.done.send(Err(error));
        }
    }

    /// The final response to a change of ours. Unless it is a 2xx with an answer that can be used
    /// the session stays as it was (RFC 3261 14.1).
    pub(super) fn change_done(&mut self, now: Instant, change: SessionChange, outcome: &Outcome) {
        let phone = self.config.name.clone();
        let request = RE_INVITE.to_owned();
        let code = outcome.code();
        if code == 491 {
            return self.retry_later(now, change);
        }
        let result = match outcome {
            Outcome::Response(response) if code < 300 => self
                .take_change(now, &change, response)
                .map_err(|problem| PhoneError::BadAnswer {
                    phone,
                    request,
                    problem,
                }),
            Outcome::Response(response) => Err(PhoneError::Refused {
                phone,
                request,
                code,
                reason: response.reason().unwrap_or_default().to_owned(),
            }),
            Outcome::Timeout => Err(PhoneError::NoAnswer {
                phone,
                request,
                destination: "the other side".to_owned(),
            }),
            Outcome::TransportFailed => Err(PhoneError::NotDelivered {
                phone,
                request,
                destination: "the other side".to_owned(),
            }),
        };
        self.forget_offer(change.call);
        // Whoever asked may have given up.
        let _ = change.done.send(result);
    }

    fn take_change(
        &mut self,
        now: Instant,
        change: &SessionChange,
        response: &Message,
    ) -> Result<(), String> {
        let (call, holds) = (change.call, change.holds);
        self.note_packages(call, response);
        let answer = sdp_of(response).ok_or("its 2xx has no answer to the offer")?;
        match self.take_answer(now, call, &answer) {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(error.to_string()),
            None => return Err("the offer is gone".to_owned()),
        }
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.holds = holds;
            if let Some(media) = &leg.media {
                let mut port = crate::media::lock(&media.port);
                port.holds = holds;
                port.apply_mute();
            }
        }
        self.show_call(call, |record| record.on_hold = holds);
        Ok(())
    }

    /// Both sides have offered at once: whoever owns the Call-ID waits longer (RFC 3261 14.1).
    fn retry_later(&mut self, now: Instant, change: SessionChange) {
        let ours = {
            let state = self.state.borrow();
            let record = state.call(change.call);
            record.is_some_and(|record| record.direction == CallDirection::Outgoing)
        };
        let tens_of_ms = if ours {
            self.rng.u64(210..=400)
        } else {
            self.rng.u64(0..=200)
        };
        self.try_again(now + Duration::from_millis(tens_of_ms * 10), change);
    }

    fn try_again(&mut self, at: Instant, change: SessionChange) {
        self.forget_offer(change.call);
        if let Some(leg) = self.legs.get_mut(&change.call) {
            leg.retry = Some((at, change));
        }
    }

    fn hold_by_address(&mut self, call: CallHandle, zero_address: bool) {
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.zero_address = zero_address;
        }
    }

    fn forget_offer(&mut self, call: CallHandle) {
        let by_address = self.config.profile.hold == HoldForm::ZeroAddress;
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.offer = None;
            leg.zero_address = leg.holds && by_address;
        }
    }
}

/// Who holds does not want to hear, who is held does not speak (RFC 3264 8.4): sendonly, inactive
/// if both hold, recvonly if only the other side goes on holding. Some devices want to hear nothing
/// and say nothing, and old ones show it by the address alone.
const fn offered_direction((holds, held): (bool, bool), form: HoldForm) -> Direction {
    match (holds, held, form) {
        (false, false, _) | (true, false, HoldForm::ZeroAddress) => Direction::SendRecv,
        (true, false, HoldForm::SendOnly) => Direction::SendOnly,
        (false, true, _) => Direction::RecvOnly,
        (true, true, _) | (true, false, HoldForm::Inactive) => Direction::Inactive,
    }
}
