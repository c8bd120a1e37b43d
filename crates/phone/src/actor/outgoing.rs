//! Calls that the phone makes.

use std::time::Instant;

use gannet_sip::{Message, Method, Uri};
use gannet_ua::endpoint::RequestSpec;
use gannet_ua::{Dialog, Sipfrag};

use super::core::Actor;
use super::leg::{Leg, sdp_body};
use crate::call::{
    CallDirection, CallEnd, CallEndCause, CallHandle, CallRecord, CallState, CallTimes, RemoteParty,
};
use crate::destination::{CallOptions, Destination};
use crate::error::PhoneError;
use crate::profile::Dialled;
use crate::state::Power;

impl Actor {
    pub(crate) fn start_call(
        &mut self,
        now: Instant,
        destination: &Destination,
        options: &CallOptions,
    ) -> Result<CallHandle, PhoneError> {
        self.require_power()?;
        let destination = &self.dialled(destination)?;
        let (uri, to, target) = self.addresses.callee(destination);
        let media = self.open_media()?;
        let from = if options.anonymous {
            self.addresses.anonymous()
        } else {
            self.addresses.from()
        };
        let mut spec = RequestSpec::new(Method::Invite, uri.clone(), from, to);
        spec.contact = Some(self.addresses.contact_of_call(options.anonymous));
        spec.destination = if options.straight {
            Some(self.straight(&uri)?)
        } else {
            target
        };
        spec.headers = self.headers_of_call(options, (&spec.from.uri, &spec.to.uri));
        let offer = (!options.without_sdp).then(|| self.first_offer(&media));
        spec.body = offer.as_ref().map(sdp_body);
        let call = self
            .endpoint
            .invite(now, spec)
            .map_err(|error| PhoneError::Unsendable {
                phone: self.config.name.clone(),
                request: "INVITE".to_owned(),
                reason: error.to_string(),
            })?;
        let handle = self.new_handle();
        let mut leg = Leg::new(call, Some(media));
        leg.local.clone_from(&offer);
        leg.first_offer.clone_from(&offer);
        leg.offer = offer;
        let patience = self.config.profile.outgoing.no_answer_time;
        leg.give_up_at = patience.map(|time| now + time);
        self.legs.insert(handle, leg);
        self.handles.insert(call, handle);
        let sip_call_id = self.endpoint.sip_call_id(call).map(str::to_owned);
        self.add_call(CallRecord {
            handle,
            direction: CallDirection::Outgoing,
            state: CallState::Calling,
            remote: RemoteParty {
                display_name: None,
                uri,
            },
            sip_call_id: sip_call_id.unwrap_or_default(),
            invite: self.endpoint.invite_of(call).cloned(),
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
        Ok(handle)
    }

    fn headers_of_call(
        &self,
        options: &CallOptions,
        (from, to): (&Uri, &Uri),
    ) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        if options.anonymous {
            headers.push(("Privacy".to_owned(), "id".to_owned()));
            // Who really calls is for the trusted server alone (RFC 3325 9.2).
            let identity = format!("<{}>", self.addresses.aor());
            headers.push(("P-Preferred-Identity".to_owned(), identity));
        } else {
            headers.extend(self.own_identity(options));
        }
        headers.extend(self.offered_packages());
        headers.extend(options.headers.iter().cloned());
        let made = self.call_fields.iter();
        headers.extend(made.flat_map(|fields| fields.of(from, to)));
        headers
    }

    /// What the device says of its user in calls, unless the call says it already.
    fn own_identity(&self, options: &CallOptions) -> Vec<(String, String)> {
        let style = &self.config.profile.outgoing;
        let privacy = style.privacy.clone();
        let identity = style
            .preferred_identity
            .then(|| self.addresses.from().to_string());
        let fields = [("Privacy", privacy), ("P-Preferred-Identity", identity)];
        let fields = fields.into_iter().filter_map(|(name, value)| {
            let mut said = options.headers.iter();
            let is_said = said.any(|(known, _)| known.eq_ignore_ascii_case(name));
            value
                .filter(|_| !is_said)
                .map(|value| (name.to_owned(), value))
        });
        fields.collect()
    }

    /// What the dial plan makes of a number or name.
    fn dialled(&self, destination: &Destination) -> Result<Destination, PhoneError> {
        let Destination::User(user) = destination else {
            return Ok(destination.clone());
        };
        let unsendable = |reason: String| PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request: "INVITE".to_owned(),
            reason,
        };
        match self.config.profile.outgoing.dial_plan.apply(user) {
            Dialled::Barred(what) => Err(unsendable(format!(
                "the dial plan of its profile forbids to call {what}"
            ))),
            Dialled::Called(text) => Destination::parse(&text).map_err(|error| {
                unsendable(format!(
                    "the dial plan of its profile gives {text}: {error}"
                ))
            }),
        }
    }

    pub(super) fn handle_progress(&mut self, now: Instant, call: CallHandle, response: Message) {
        self.tell_referrer(now, call, Sipfrag::of_response(&response));
        self.take_early_answer(now, call, &response);
        self.show_call(call, |record| {
            record.times.ringing.get_or_insert(now);
            record.alerted |= response.status() == Some(180);
            if record.state == CallState::Calling {
                record.state = CallState::Ringing;
            }
            record.response = Some(response);
        });
    }

    pub(super) fn handle_answered(
        &mut self,
        now: Instant,
        call: CallHandle,
        response: &Message,
        needs_answer: bool,
    ) {
        let Some(ua_call) = self.legs.get(&call).map(|leg| leg.call) else {
            return;
        };
        self.note_packages(call, response);
        let sdp = self.final_description(now, call, response);
        let agreed = if needs_answer {
            let answer = sdp.and_then(|offer| self.make_answer(now, call, &offer));
            let answer = answer.and_then(Result::ok);
            self.endpoint
                .acknowledge(now, ua_call, answer.as_ref().map(sdp_body));
            answer.is_some()
        } else {
            match sdp.and_then(|answer| self.take_answer(now, call, &answer)) {
                Some(result) => result.is_ok(),
                // An answer may have come in a provisional response already.
                None => self.has_session_with(call, response),
            }
        };
        self.hear_winner(call, response);
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.offer = None;
            leg.give_up_at = None;
        }
        self.show_call(call, |record| {
            record.state = CallState::Answered;
            record.times.answered = Some(now);
            record.times.confirmed = Some(now);
            record.confirmed = true;
            record.response = Some(response.clone());
        });
        if agreed {
            self.tell_referrer(now, call, Sipfrag::of_response(response));
        } else {
            self.end_for(now, call, CallEndCause::NoCommonMedia);
        }
    }

    /// Ends a call for a reason that the core does not know.
    pub(super) fn end_for(&mut self, now: Instant, call: CallHandle, cause: CallEndCause) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        leg.end_cause = Some(cause);
        let ua_call = leg.call;
        self.endpoint.hang_up(now, ua_call);
    }

    pub(crate) fn cancel(
        &mut self,
        now: Instant,
        call: CallHandle,
        headers: Vec<(String, String)>,
    ) -> Result<(), PhoneError> {
        let fits =
            |record: &CallRecord| matches!(record.state, CallState::Calling | CallState::Ringing);
        let ua_call = self.require_call(call, "cancel", "outgoing and not answered", fits)?;
        self.endpoint.hang_up_with(now, ua_call, headers);
        Ok(())
    }

    /// The header fields go into the BYE or CANCEL.
    pub(crate) fn hang_up(
        &mut self,
        now: Instant,
        call: CallHandle,
        headers: Vec<(String, String)>,
    ) -> Result<(), PhoneError> {
        let fits = |record: &CallRecord| record.state.is_open();
        let ua_call = self.require_call(call, "hang up", "open", fits)?;
        self.endpoint.hang_up_with(now, ua_call, headers);
        Ok(())
    }

    pub(crate) fn hang_up_all(&mut self, now: Instant) {
        let calls: Vec<_> = self.legs.values().map(|leg| leg.call).collect();
        for call in calls {
            self.endpoint.hang_up(now, call);
        }
    }

    /// Forgets a call without a word to the other side.
    pub(crate) fn vanish(&mut self, now: Instant, call: CallHandle) -> Result<(), PhoneError> {
        let fits = |record: &CallRecord| record.state.is_open();
        let ua_call = self.require_call(call, "forget", "open", fits)?;
        self.endpoint.forget_call(ua_call);
        self.handles.remove(&ua_call);
        let end = CallEnd {
            cause: CallEndCause::Vanished,
            code: None,
            reason: None,
        };
        self.close_call(now, call, end, None);
        Ok(())
    }

    /// The dialog of a call that is open.
    pub(crate) fn dialog_of(&self, call: CallHandle) -> Result<Dialog, PhoneError> {
        let fits = |record: &CallRecord| record.state.is_open();
        let ua_call = self.require_call(call, "look at the dialog", "open", fits)?;
        let dialog = self.endpoint.dialog(ua_call).cloned();
        dialog.ok_or_else(|| self.error_no_call(call))
    }

    /// The core's number of a call in a fitting state.
    pub(super) fn require_call(
        &self,
        call: CallHandle,
        action: &'static str,
        expected: &'static str,
        fits: impl Fn(&CallRecord) -> bool,
    ) -> Result<gannet_ua::endpoint::CallId, PhoneError> {
        self.require_power()?;
        let state = self.state.borrow();
        let record = state.call(call).ok_or_else(|| self.error_no_call(call))?;
        match self.legs.get(&call) {
            Some(leg) if fits(record) => Ok(leg.call),
            _ => Err(PhoneError::WrongState {
                phone: self.config.name.clone(),
                action,
                expected,
                found: record.state.to_string(),
            }),
        }
    }

    pub(super) fn require_power(&self) -> Result<(), PhoneError> {
        match self.power() {
            Power::Off => Err(PhoneError::Off {
                phone: self.config.name.clone(),
            }),
            Power::On | Power::Disconnected => Ok(()),
        }
    }
}
