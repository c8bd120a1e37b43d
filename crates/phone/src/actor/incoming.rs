//! Calls that come in.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};
use gannet_ua::endpoint::{CallId, Reply};

use super::auto_answer::asks_for_answer;
use super::core::Actor;
use super::early_media::Progress;
use super::leg::{Leg, sdp_body, sdp_of};
use crate::call::{
    CallDirection, CallEndCause, CallHandle, CallRecord, CallState, CallTimes, RemoteParty,
};
use crate::error::PhoneError;
use crate::policy::IncomingPolicy;
use crate::profile::CallerSource;

impl Actor {
    pub(super) fn handle_call(
        &mut self,
        now: Instant,
        (call, replaces): (CallId, Option<CallId>),
        invite: &Message,
    ) {
        let handle = self.new_handle();
        let style = self.config.profile.incoming.clone();
        let (policy, open, dnd) = {
            let state = self.state.borrow();
            (
                state.incoming.clone(),
                state.open_calls().count(),
                state.dnd,
            )
        };
        self.legs.insert(handle, Leg::new(call, None));
        self.handles.insert(call, handle);
        self.add_call(CallRecord {
            handle,
            direction: CallDirection::Incoming,
            state: CallState::Incoming,
            remote: caller(invite, &style.caller_id),
            sip_call_id: invite.call_id().unwrap_or_default().to_owned(),
            invite: Some(invite.clone()),
            response: None,
            alerted: false,
            confirmed: false,
            held_by_remote: false,
            on_hold: false,
            referred: false,
            around_server: self.goes_around_server(self.endpoint.peer(call)),
            remote_packages: None,
            session: None,
            info_digits: Vec::new(),
            answered_as_asked: false,
            times: CallTimes::new(now),
            media: None,
        });
        self.note_packages(handle, invite);
        let contact = self.addresses.contact();
        self.endpoint.set_contact(call, &contact);
        if let Some(replaced) = replaces.filter(|_| !self.by_hand) {
            return self.take_over(now, handle, replaced);
        }
        if dnd {
            return self.endpoint.reject(now, call, Reply::new(style.dnd_code));
        }
        if !self.by_hand {
            self.decide(now, (handle, call), (policy, open), invite);
        }
    }

    /// What the phone does by itself with a call that came in while so many others were open.
    fn decide(
        &mut self,
        now: Instant,
        (handle, call): (CallHandle, CallId),
        (policy, open): (IncomingPolicy, usize),
        invite: &Message,
    ) {
        let style = self.config.profile.incoming.clone();
        match policy {
            IncomingPolicy::Busy => self.endpoint.reject(now, call, Reply::new(style.busy_code)),
            IncomingPolicy::Reject(code) => self.endpoint.reject(now, call, Reply::new(code)),
            IncomingPolicy::Redirect(to) => self.refer_to(now, call, &to),
            IncomingPolicy::RedirectBusy(to) if open > 0 => self.refer_to(now, call, &to),
            IncomingPolicy::Ignore => {}
            _ if open >= style.calls_max as usize => {
                let code = style.calls_max_code.unwrap_or(style.busy_code);
                self.endpoint.reject(now, call, Reply::new(code));
            }
            IncomingPolicy::RedirectAfter { to, after } => {
                if let Some(leg) = self.legs.get_mut(&handle) {
                    leg.redirect = Some(to);
                }
                self.ring(now, handle, Some(after));
            }
            _ if asks_for_answer(invite, &style.auto_answer) => {
                self.show_call(handle, |record| record.answered_as_asked = true);
                self.answer_by_itself(now, handle);
            }
            IncomingPolicy::Ring | IncomingPolicy::RedirectBusy(_) => {
                self.ring(now, handle, style.ring_time);
            }
            IncomingPolicy::NoAnswer { ring_time } => self.ring(now, handle, ring_time),
            IncomingPolicy::AutoAnswer { after } if after.is_zero() => {
                self.answer_by_itself(now, handle);
            }
            IncomingPolicy::AutoAnswer { after } => {
                self.ring(now, handle, None);
                if let Some(leg) = self.legs.get_mut(&handle) {
                    leg.answer_at = Some(now + after);
                }
            }
        }
    }

    /// A call takes the place of another one: the user does not notice, so nothing rings, and what is
    /// decided about new calls is not asked (RFC 3891 3).
    fn take_over(&mut self, now: Instant, call: CallHandle, replaced: CallId) {
        let handle = self.handles.get(&replaced).copied();
        if let Some(leg) = handle.and_then(|handle| self.legs.get_mut(&handle)) {
            leg.end_cause = Some(CallEndCause::Replaced);
        }
        self.answer_by_itself(now, call);
        let answered = |state: &CallState| matches!(state, CallState::Answered);
        let state = self.state.borrow();
        let taken = state
            .call(call)
            .is_some_and(|record| answered(&record.state));
        drop(state);
        if let Some(leg) = handle.and_then(|handle| self.legs.get_mut(&handle))
            && !taken
        {
            leg.end_cause = None;
        }
    }

    fn ring(&mut self, now: Instant, call: CallHandle, ring_time: Option<Duration>) {
        let progress = Progress {
            code: self.config.profile.incoming.ring_code,
            reliable: false,
            media: false,
        };
        // It fails only where a caller requires what the phone has no sockets for: that call waits
        // without ringing.
        let _ = self.send_progress(now, call, &progress);
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.ring_until = ring_time.map(|time| now + time);
        }
    }

    /// A deadline of the leg has come.
    pub(super) fn leg_due(&mut self, now: Instant, call: CallHandle) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        if leg.retry.as_ref().is_some_and(|(at, _)| *at <= now)
            && let Some((_, change)) = leg.retry.take()
        {
            return self.retry_change(now, change);
        }
        if leg.answer_at.is_some_and(|at| at <= now) {
            leg.answer_at = None;
            return self.answer_by_itself(now, call);
        }
        let ua_call = leg.call;
        if leg.give_up_at.is_some_and(|at| at <= now) {
            leg.give_up_at = None;
            return self.endpoint.hang_up(now, ua_call);
        }
        leg.ring_until = None;
        if let Some(to) = leg.redirect.take() {
            return self.refer_to(now, ua_call, &to);
        }
        leg.end_cause = Some(CallEndCause::NoAnswer);
        let code = self.config.profile.incoming.no_answer_code;
        self.endpoint.reject(now, ua_call, Reply::new(code));
    }

    fn answer_by_itself(&mut self, now: Instant, call: CallHandle) {
        // Nobody asked: what went wrong shows in the end of the call.
        if self.answer(now, call).is_err()
            && let Some(leg) = self.legs.get(&call)
        {
            let ua_call = leg.call;
            self.endpoint.reject(now, ua_call, Reply::new(500));
        }
    }

    pub(crate) fn answer(&mut self, now: Instant, call: CallHandle) -> Result<(), PhoneError> {
        let ua_call = self.require_incoming(call, "answer")?;
        self.ensure_media(call)?;
        let Some(leg) = self.legs.get_mut(&call) else {
            return Err(self.error_no_call(call));
        };
        leg.ring_until = None;
        leg.answer_at = None;
        let invite = self.endpoint.invite_of(ua_call).cloned();
        let description = match self.describe(now, call, invite.as_ref()) {
            Ok(description) => description,
            Err(error) => {
                if let Some(leg) = self.legs.get_mut(&call) {
                    leg.end_cause = Some(CallEndCause::NoCommonMedia);
                }
                // RFC 3264 6, RFC 3261 21.4.26: 488 with a Warning that says why.
                let warning = format!("304 {} \"{error}\"", self.local);
                let reply = Reply::new(488).header(HeaderName::Warning.as_str(), quoted(&warning));
                self.endpoint.reject(now, ua_call, reply);
                return Ok(());
            }
        };
        let mut reply = match &invite {
            Some(invite) => self.with_packages(Reply::new(200), invite),
            None => Reply::new(200),
        };
        reply.body = description.as_ref().map(sdp_body);
        self.endpoint
            .accept(now, ua_call, self.addresses.contact(), reply);
        self.show_call(call, |record| {
            record.state = CallState::Answered;
            record.times.answered = Some(now);
        });
        Ok(())
    }

    pub(crate) fn reject(
        &mut self,
        now: Instant,
        call: CallHandle,
        code: Option<u16>,
    ) -> Result<(), PhoneError> {
        let code = code.unwrap_or(self.config.profile.incoming.reject_code);
        if !(300..700).contains(&code) {
            return Err(PhoneError::Misuse {
                phone: self.config.name.clone(),
                problem: format!("a call is refused with a code from 300 to 699, not {code}"),
            });
        }
        let ua_call = self.require_incoming(call, "reject")?;
        self.endpoint.reject(now, ua_call, Reply::new(code));
        Ok(())
    }

    pub(crate) fn redirect(
        &mut self,
        now: Instant,
        call: CallHandle,
        to: &Uri,
    ) -> Result<(), PhoneError> {
        let ua_call = self.require_incoming(call, "redirect")?;
        self.refer_to(now, ua_call, to);
        Ok(())
    }

    fn refer_to(&mut self, now: Instant, call: CallId, to: &Uri) {
        let reply = Reply::new(302).header(HeaderName::Contact.as_str(), format!("<{to}>"));
        self.endpoint.reject(now, call, reply);
    }

    fn require_incoming(
        &self,
        call: CallHandle,
        action: &'static str,
    ) -> Result<CallId, PhoneError> {
        let fits = |record: &CallRecord| record.state == CallState::Incoming;
        self.require_call(call, action, "coming in", fits)
    }

    pub(super) fn handle_confirmed(&mut self, now: Instant, call: CallHandle) {
        self.show_call(call, |record| {
            record.confirmed = true;
            record.times.confirmed = Some(now);
        });
        let unanswered = self.legs.get(&call).is_some_and(|leg| leg.offer.is_some());
        if unanswered {
            // Our 2xx had the offer and the ACK no answer that could be used (RFC 3261 13.2.2.4).
            self.end_for(now, call, CallEndCause::NoCommonMedia);
        }
    }

    /// Looks for the answer to an offer of ours in an ACK, which the core does not read.
    pub(super) fn note_ack(&mut self, now: Instant, message: &Message) {
        if message.method() != Some(gannet_sip::Method::Ack) || !message.is_request() {
            return;
        }
        let Some(answer) = sdp_of(message) else {
            return;
        };
        let call_id = message.call_id().unwrap_or_default();
        let to_tag = message.to_tag().unwrap_or_default();
        let found = self.legs.iter().find(|(_, leg)| {
            leg.offer.is_some()
                && self
                    .endpoint
                    .dialog(leg.call)
                    .is_some_and(|dialog| dialog.call_id == call_id && dialog.local_tag == to_tag)
        });
        let Some(call) = found.map(|(call, _)| *call) else {
            return;
        };
        if let Some(Ok(())) = self.take_answer(now, call, &answer)
            && let Some(leg) = self.legs.get_mut(&call)
        {
            leg.offer = None;
        }
    }
}

/// A Warning value with the inner quotes of its text escaped.
fn quoted(warning: &str) -> String {
    let mut parts = warning.splitn(2, " \"");
    let (head, text) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let text = text.strip_suffix('"').unwrap_or(text);
    format!(
        "{head} \"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    )
}

/// Who calls, by the first of these fields that says it; else by From.
fn caller(invite: &Message, order: &[CallerSource]) -> RemoteParty {
    let named = |name: &'static str| {
        let field = invite.headers_by_text(name).next()?;
        NameAddr::parse(name, field.unfolded().split(',').next()?).ok()
    };
    let found = order.iter().find_map(|source| match source {
        CallerSource::AssertedIdentity => {
            let mut identities = invite.name_addrs(HeaderName::PAssertedIdentity);
            identities.find_map(Result::ok)
        }
        CallerSource::RemotePartyId => named("Remote-Party-ID"),
        CallerSource::From => invite.from().ok(),
    });
    found.map_or_else(
        || sender(invite),
        |found| RemoteParty {
            display_name: found.display_name(),
            uri: found.uri,
        },
    )
}

/// Who sent a request, as a phone shows it: From.
pub(super) fn sender(request: &Message) -> RemoteParty {
    match request.from() {
        Ok(from) => RemoteParty {
            display_name: from.display_name(),
            uri: from.uri,
        },
        Err(_) => RemoteParty {
            display_name: None,
            uri: Uri::sip(None, "invalid", None),
        },
    }
}
