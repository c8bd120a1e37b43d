//! From what the core reports to what the phone shows.

use std::sync::Arc;
use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method, reason_phrase};
use gannet_ua::endpoint::{CallId, EndCause, Happening, Outcome};

use super::core::Actor;
use super::notifier::Watchers;
use super::referral::is_refer_subscribe;
use super::transfer::Transfers;
use crate::call::{CallEnd, CallEndCause, CallHandle, CallState};
use crate::state::{PhoneState, Power};

impl Actor {
    // tidy(function-length): a dispatch, one arm for each happening
    pub(super) fn handle_happening(&mut self, now: Instant, happening: Happening) {
        match happening {
            Happening::IncomingCall {
                call,
                invite,
                replaces,
                ..
            } => self.handle_call(now, (call, replaces), &invite),
            Happening::Progress { call, response } => {
                if let Some(call) = self.handle_of(call) {
                    self.handle_progress(now, call, response);
                }
            }
            Happening::Answered {
                call,
                response,
                needs_answer,
            } => {
                if let Some(call) = self.handle_of(call) {
                    self.handle_answered(now, call, &response, needs_answer);
                }
            }
            Happening::Confirmed { call, .. } => {
                if let Some(call) = self.handle_of(call) {
                    self.handle_confirmed(now, call);
                }
            }
            Happening::PrackWanted {
                call,
                response,
                needs_answer,
            } => self.handle_prack_wanted(now, call, &response, needs_answer),
            Happening::Pracked { call, prack } => {
                if let Some(call) = self.handle_of(call) {
                    self.handle_pracked(now, call, &prack);
                }
            }
            Happening::CallEnded { call, cause } => self.handle_ended(now, call, cause),
            Happening::Request {
                request,
                notice,
                message,
                ..
            } if is_refer_subscribe(&message) => {
                self.handle_refer_subscribe(now, request, notice, &message);
            }
            Happening::Request {
                request,
                notice,
                message,
                ..
            } if !self.by_hand && message.method() == Some(Method::Subscribe) => {
                self.answer_subscribe(now, request, notice, &message);
            }
            Happening::Refer { refer, change } => self.handle_refer_change(now, refer, change),
            Happening::Request {
                request,
                call,
                message,
                ..
            } => {
                self.handle_request(now, request, call, &message);
            }
            Happening::RequestDone {
                request,
                call,
                outcome,
            } => {
                self.note_refresh_answer(now, (request, call), &outcome);
                self.handle_done(now, request, outcome);
            }
            session @ Happening::Session { .. } => self.note_session(&session),
            Happening::Registration {
                registration,
                change,
            } => {
                self.handle_registration(now, registration, change);
            }
            Happening::Subscription {
                subscription,
                change,
            } => {
                self.handle_subscription(now, subscription, change);
            }
            Happening::Publication {
                publication,
                change,
            } => self.handle_publication(publication, change),
            Happening::Notice { notice, change } => self.handle_notice(notice, change),
            // The log has them all; nothing is to be done.
            Happening::Challenged { .. }
            | Happening::Provisional { .. }
            | Happening::Dropped { .. } => {}
        }
    }

    fn handle_of(&self, call: CallId) -> Option<CallHandle> {
        self.handles.get(&call).copied()
    }

    fn handle_ended(&mut self, now: Instant, call: CallId, cause: EndCause) {
        let Some(handle) = self.handles.remove(&call) else {
            return;
        };
        let response = match &cause {
            EndCause::Failed(outcome) | EndCause::LocalCancel(outcome) => {
                outcome.response().cloned()
            }
            _ => None,
        };
        let end = self.end_of(handle, cause);
        self.follow_ended(now, handle, &end);
        self.close_call(now, handle, end, response);
    }

    fn end_of(&self, call: CallHandle, cause: EndCause) -> CallEnd {
        let known = self.legs.get(&call).and_then(|leg| leg.end_cause);
        let plain = |cause| CallEnd {
            cause,
            code: None,
            reason: None,
        };
        let mut end = match cause {
            EndCause::RemoteBye(bye) => CallEnd {
                reason: reason_text(&bye),
                ..plain(CallEndCause::RemoteHangUp)
            },
            EndCause::LocalBye(_) => plain(CallEndCause::LocalHangUp),
            EndCause::LocalCancel(outcome) => with_outcome(CallEndCause::LocalCancel, &outcome),
            EndCause::CancelCrossed => plain(CallEndCause::LocalCancel),
            EndCause::RemoteCancel(cancel) => CallEnd {
                reason: reason_text(&cancel),
                ..plain(CallEndCause::RemoteCancel)
            },
            EndCause::Rejected(code) => CallEnd {
                cause: CallEndCause::LocalReject,
                code: Some(code),
                reason: Some(reason_phrase(code).to_owned()),
            },
            EndCause::Failed(outcome) => {
                let cause = match &outcome {
                    Outcome::Response(_) => CallEndCause::RemoteReject,
                    Outcome::Timeout => CallEndCause::Timeout,
                    Outcome::TransportFailed => CallEndCause::TransportFailed,
                };
                with_outcome(cause, &outcome)
            }
            EndCause::AckMissing => plain(CallEndCause::AckMissing),
            EndCause::SessionExpired(_) => plain(CallEndCause::SessionExpired),
            EndCause::PrackMissing => CallEnd {
                code: Some(504),
                ..plain(CallEndCause::PrackMissing)
            },
        };
        if let Some(known) = known {
            end.cause = known;
        }
        end
    }

    /// Ends the media of a call and shows its end.
    pub(super) fn close_call(
        &mut self,
        now: Instant,
        call: CallHandle,
        end: CallEnd,
        response: Option<Message>,
    ) {
        let report = self.end_media(now, call).map(|mut report| {
            let state = self.state.borrow();
            report.call_id = state.call(call).map(|record| record.sip_call_id.clone());
            Arc::new(report)
        });
        self.legs.remove(&call);
        self.changes.retain(|_, change| change.call != call);
        self.prack_offers.retain(|_, of| *of != call);
        self.show_call(call, |record| {
            record.state = CallState::Ended(end);
            record.times.ended = Some(now);
            record.media = report;
            if response.is_some() {
                record.response = response;
            }
        });
    }

    pub(crate) fn power_off(&mut self, now: Instant) {
        self.set_media_connected(false);
        let open: Vec<_> = self.legs.keys().copied().collect();
        for call in open {
            let end = CallEnd {
                cause: CallEndCause::PowerOff,
                code: None,
                reason: None,
            };
            self.close_call(now, call, end, None);
        }
        self.handles.clear();
        self.registration = None;
        self.flows.clear();
        self.addresses.present(None, None);
        self.addresses.send_to(self.config.server_target());
        self.boot = None;
        self.booted = false;
        self.subscription = None;
        self.watches.forget();
        self.publications.clear();
        self.watchers = Watchers::default();
        self.waiting.clear();
        self.changes.clear();
        self.prack_offers.clear();
        self.transfers = Transfers::default();
        self.left_open.clear();
        self.lingering.clear();
        self.show(|state| {
            *state = PhoneState {
                calls: std::mem::take(&mut state.calls),
                registrations_done: state.registrations_done,
                dnd: state.dnd,
                incoming: state.incoming.clone(),
                inbox: std::mem::take(&mut state.inbox),
                power: Power::Off,
                ..PhoneState::new()
            };
        });
        self.reset_endpoint();
    }

    pub(crate) fn power_on(&mut self) {
        self.show(|state| state.power = Power::On);
    }
}

fn with_outcome(cause: CallEndCause, outcome: &Outcome) -> CallEnd {
    let reason = outcome
        .response()
        .and_then(Message::reason)
        .map(str::to_owned);
    CallEnd {
        cause,
        code: Some(outcome.code()),
        reason,
    }
}

/// The text of a Reason field (RFC 3326), or its whole value if it has no text.
fn reason_text(message: &Message) -> Option<String> {
    let value = message.text(HeaderName::Reason)?;
    let params = gannet_sip::Params::parse(value.split_once(';').map_or("", |(_, params)| params));
    Some(
        params
            .get_unquoted("text")
            .unwrap_or_else(|| value.into_owned()),
    )
}
