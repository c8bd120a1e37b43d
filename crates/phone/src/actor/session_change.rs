//! New offers inside a call: theirs, and ours, which put the other side on hold, change the codec or
//! our media address.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use gannet_net::MediaSocket;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{CallId, Outcome, Reply, SendError};
use tokio::sync::oneshot;

use super::core::Actor;
use super::leg::{sdp_body, sdp_of};
use crate::call::{CallDirection, CallHandle, CallRecord, CallState};
use crate::error::PhoneError;

/// When to look again whether an INVITE in the other direction is over.
const INVITE_OVER_SOON: Duration = Duration::from_millis(50);

/// The longest wait that is asked of whoever came too early (RFC 3261 14.2).
const RETRY_AFTER_MAX_S: u32 = 10;

/// A change of a session that was offered and has no final response yet.
pub(super) struct SessionChange {
    pub(super) call: CallHandle,
    pub(super) wish: Wish,
    pub(super) by: Carrier,
    /// The new ports, for [`Wish::Address`].
    pub(super) socket: Option<MediaSocket>,
    done: oneshot::Sender<Result<(), PhoneError>>,
}

/// What is to be different afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Whether the other side is on hold.
    Hold(bool),
    /// Only these codecs, by their names in `a=rtpmap`, with or without clock rate; telephone-event
    /// stays.
    Codecs(Vec<String>),
    /// Other RTP and RTCP ports of ours.
    Address,
}

/// By which request a change is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// re-INVITE (RFC 3261 14).
    ReInvite,
    /// UPDATE (RFC 3311).
    Update,
}

impl Carrier {
    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ReInvite => "re-INVITE",
            Self::Update => "UPDATE",
        }
    }
}

impl SessionChange {
    pub(super) const fn method(&self) -> Method {
        match self.by {
            Carrier::ReInvite => Method::Invite,
            Carrier::Update => Method::Update,
        }
    }
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

    /// Offers a change of a session, and gives what will say how it went.
    pub(crate) fn change_session(
        &mut self,
        now: Instant,
        call: CallHandle,
        wish: Wish,
        by: Carrier,
    ) -> Result<oneshot::Receiver<Result<(), PhoneError>>, PhoneError> {
        // UPDATE may come before the answer; the core says whether it may have an offer.
        let early = by == Carrier::Update;
        let fits = |record: &CallRecord| match record.state {
            CallState::Answered => record.confirmed || early,
            CallState::Ended(_) => false,
            _ => early,
        };
        let expected = if early { "open" } else { "connected" };
        self.require_call(call, "change the session", expected, fits)?;
        let (done, outcome) = oneshot::channel();
        let change = SessionChange {
            call,
            wish,
            by,
            socket: None,
            done,
        };
        self.start_change(now, change).map_err(|(_, error)| error)?;
        Ok(outcome)
    }

    fn start_change(
        &mut self,
        now: Instant,
        mut change: SessionChange,
    ) -> Result<(), (SessionChange, PhoneError)> {
        let (call, by) = (change.call, change.by);
        // Before the answer that of our INVITE waits still.
        let before = self.legs.get(&call).and_then(|leg| leg.offer.clone());
        let offer = match self.offer_of(&mut change) {
            Ok(offer) => offer,
            Err(error) => return Err((change, error)),
        };
        let Some(ua_call) = self.legs.get(&call).map(|leg| leg.call) else {
            let error = self.error_no_call(call);
            return Err((change, error));
        };
        let headers = self.offered_packages().into_iter().collect();
        let body = Some(sdp_body(&offer));
        let sent = match by {
            Carrier::ReInvite => {
                let method = Method::Invite;
                self.endpoint
                    .request_in_call(now, ua_call, method, headers, body)
            }
            Carrier::Update => self.endpoint.update(now, ua_call, Vec::new(), body),
        };
        match sent {
            Ok(request) => {
                self.changes.insert(request, change);
                Ok(())
            }
            // Theirs is over as soon as its ACK or answer is here (RFC 3261 14.1).
            Err(SendError::InviteInProgress) => {
                self.try_again(now + INVITE_OVER_SOON, change);
                Ok(())
            }
            Err(SendError::OfferInProgress) if self.is_confirmed(call) => {
                self.try_again(now + INVITE_OVER_SOON, change);
                Ok(())
            }
            Err(error) => {
                if let Some(leg) = self.legs.get_mut(&call) {
                    leg.offer = before;
                }
                let error = self.unsendable(by, error.to_string());
                Err((change, error))
            }
        }
    }

    fn is_confirmed(&self, call: CallHandle) -> bool {
        let state = self.state.borrow();
        state.call(call).is_some_and(|record| record.confirmed)
    }

    pub(super) fn unsendable(&self, by: Carrier, reason: String) -> PhoneError {
        PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request: by.name().to_owned(),
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
        let request = change.by.name().to_owned();
        let code = outcome.code();
        if code == 491 {
            self.roll_back(now, change.call);
            return self.retry_later(now, change);
        }
        if let Some(wait) = asked_wait(outcome) {
            self.roll_back(now, change.call);
            return self.try_again(now + wait, change);
        }
        let mut change = change;
        let result = match outcome {
            Outcome::Response(response) if code < 300 => self
                .take_change(now, &mut change, response)
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
        if code >= 300 {
            self.roll_back(now, change.call);
        } else if let Some(leg) = self.legs.get_mut(&change.call) {
            leg.fallback = None;
        }
        // Whoever asked may have given up.
        let _ = change.done.send(result);
    }

    fn take_change(
        &mut self,
        now: Instant,
        change: &mut SessionChange,
        response: &Message,
    ) -> Result<(), String> {
        let call = change.call;
        self.note_packages(call, response);
        let answered = self
            .legs
            .get(&call)
            .is_some_and(|leg| leg.fallback.is_some());
        // The answer may have come in a reliable provisional response already.
        if !answered {
            let answer = sdp_of(response).ok_or("its 2xx has no answer to the offer")?;
            match self.take_answer(now, call, &answer) {
                Some(Ok(())) => {}
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("the offer is gone".to_owned()),
            }
        }
        match &change.wish {
            Wish::Hold(holds) => self.note_hold(call, *holds),
            Wish::Codecs(_) => {}
            Wish::Address => self.move_media(call, change.socket.take()),
        }
        Ok(())
    }

    fn note_hold(&mut self, call: CallHandle, holds: bool) {
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.holds = holds;
            if let Some(media) = &leg.media {
                let mut port = crate::media::lock(&media.port);
                port.holds = holds;
                port.apply_mute();
            }
        }
        self.show_call(call, |record| record.on_hold = holds);
    }

    /// The session goes on at other ports.
    fn move_media(&mut self, call: CallHandle, socket: Option<MediaSocket>) {
        let table = self.media_table();
        let Some(socket) = socket else { return };
        let Some(media) = self.legs.get_mut(&call).and_then(|leg| leg.media.as_mut()) else {
            return;
        };
        let old = std::mem::replace(&mut media.socket, Arc::new(socket));
        // Two sockets of one port would share its packets out between them.
        old.detach();
        media
            .socket
            .attach(Arc::clone(&media.port) as Arc<std::sync::Mutex<dyn gannet_net::MediaPort>>);
        table
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(call, media.handle());
    }

    /// Both sides have offered at once: whoever owns the Call-ID waits longer (RFC 3261 14.1).
    fn retry_later(&mut self, now: Instant, change: SessionChange) {
        let ours = {
            let state = self.state.borrow();
            let record = state.call(change.call);
            record.is_some_and(|record| record.direction == CallDirection::Outgoing)
        };
        let glare = self.config.profile.glare;
        let (shortest, longest) = if ours { glare.caller } else { glare.callee };
        let tens_of_ms = self.rng.u32(shortest / 10..=longest / 10);
        let wait = Duration::from_millis(u64::from(tens_of_ms) * 10);
        self.try_again(now + wait, change);
    }

    fn try_again(&mut self, at: Instant, change: SessionChange) {
        self.forget_offer(change.call);
        if let Some(leg) = self.legs.get_mut(&change.call) {
            leg.retry = Some((at, change));
        }
    }

    fn forget_offer(&mut self, call: CallHandle) {
        let by_address = self.config.profile.hold.by_address();
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.offer = None;
            leg.zero_address = leg.holds && by_address;
        }
    }
}

/// How long a refusal asks to wait before the same is tried again (RFC 3311 5.2).
fn asked_wait(outcome: &Outcome) -> Option<Duration> {
    let response = outcome.response().filter(|_| outcome.code() == 500)?;
    let seconds = response.number(HeaderName::RetryAfter).ok()?;
    Some(Duration::from_secs(u64::from(
        seconds.min(RETRY_AFTER_MAX_S),
    )))
}
