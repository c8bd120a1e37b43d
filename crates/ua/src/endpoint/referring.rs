//! REFER: asking somebody else for a request (RFC 3515).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, MessageBuilder, Method, NameAddr, Uri};

use super::call::CallState;
use super::client::{ClientRequest, Purpose};
use super::command::RequestSpec;
use super::core::{Endpoint, SendError, add_headers, build};
use super::happening::{CallId, Happening, Outcome, SubscriptionId};
use super::usage::Usage;
use crate::dialog::Dialog;
use crate::event::EventPackage;
use crate::refer::{REFER, ReferReport, ReferTo, events_at, is_false};
use crate::sipfrag::Sipfrag;
use crate::subscription::{Subscription, SubscriptionChange, SubscriptionSpec};
use crate::target::Target;

/// A REFER to send.
#[derive(Debug, Clone)]
pub struct ReferSpec {
    /// What is asked for.
    pub to: ReferTo,
    /// Where the REFER goes.
    pub place: ReferPlace,
    /// Contact, which every REFER has (RFC 3515 2).
    pub contact: NameAddr,
    /// Who asks (RFC 3892).
    pub referred_by: Option<NameAddr>,
    /// How its fate is told.
    pub report: ReferReport,
    /// More header fields.
    pub headers: Vec<(String, String)>,
}

/// Where a REFER goes.
#[derive(Debug, Clone)]
pub enum ReferPlace {
    /// To the other side of a call.
    InCall(CallId),
    /// To anybody: Request-URI, From, To, routes and destination are read from it.
    Outside(Box<RequestSpec>),
}

/// What became of a REFER of ours. `Accepted` or `Failed` comes first, unless a NOTIFY overtakes the
/// response; `Failed`, `Done` and `Lost` are the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferChange {
    /// A 2xx.
    Accepted {
        /// The response.
        response: Message,
        /// Whether more will be told.
        reported: bool,
    },
    /// The request that was asked for got a provisional response.
    Progress {
        /// That response.
        status: Sipfrag,
    },
    /// It got a final response.
    Done {
        /// That response.
        status: Sipfrag,
    },
    /// The REFER was refused or failed.
    Failed {
        /// How it ended.
        outcome: Outcome,
    },
    /// The subscription ended without a final response being told.
    Lost,
}

/// What a subscription that a REFER made knows of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReferPart {
    /// The CSeq number of the REFER, which is the `id` of its events (RFC 3515 2.4.6).
    pub(crate) number: u32,
    pub(crate) report: ReferReport,
    /// The final response was told.
    pub(crate) done: bool,
}

impl Endpoint {
    /// Sends a REFER. What comes of it are [`Happening::Refer`]s with the number that this gives.
    ///
    /// # Errors
    /// If the call has no dialog, or the next hop no known address.
    pub fn refer(&mut self, now: Instant, spec: ReferSpec) -> Result<SubscriptionId, SendError> {
        let place = spec.place.clone();
        match place {
            ReferPlace::InCall(call) => self.refer_in_call(now, call, spec),
            ReferPlace::Outside(request) => self.refer_outside(now, *request, spec),
        }
    }

    fn refer_in_call(
        &mut self,
        now: Instant,
        call: CallId,
        spec: ReferSpec,
    ) -> Result<SubscriptionId, SendError> {
        let entry = self.calls.get(&call).ok_or(SendError::NoDialog)?;
        if matches!(entry.state, CallState::Ending | CallState::Ended) {
            return Err(SendError::NoDialog);
        }
        let dialog = self.dialog(call).ok_or(SendError::NoDialog)?;
        let remote_tag = dialog.remote_tag.clone();
        let key = (dialog.call_id.clone(), dialog.local_tag.clone());
        let about = SubscriptionSpec::new(
            dialog.remote_target.clone(),
            untagged(dialog.local_address()),
            untagged(dialog.remote_address()),
            spec.contact.clone(),
            EventPackage::new(REFER),
        );
        let id = self.add_refer(about, key, spec.report);
        let home = self.settle_in_call(call, &remote_tag, Usage::Subscriber(id));
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.home = home;
        }
        let written = home.ok_or(SendError::NoDialog);
        match written.and_then(|home| self.request_at(home, &Method::Refer)) {
            Ok((builder, target)) => {
                self.send_refer(now, id, builder, spec, target);
                Ok(id)
            }
            Err(error) => {
                self.forget_subscription(id);
                Err(error)
            }
        }
    }

    fn refer_outside(
        &mut self,
        now: Instant,
        mut request: RequestSpec,
        spec: ReferSpec,
    ) -> Result<SubscriptionId, SendError> {
        request.method = Method::Refer;
        request.contact = None;
        let target = self.target_of(&request)?;
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = self.call_id_for(&request);
        let cseq = self.config.identifiers.first_cseq(&mut self.rng);
        let about = SubscriptionSpec::new(
            request.uri.clone(),
            request.from.clone(),
            request.to.clone(),
            spec.contact.clone(),
            EventPackage::new(REFER),
        );
        let key = (call_id.clone(), tag.clone());
        let id = self.add_refer(about, key.clone(), spec.report);
        self.by_subscription.insert(key, id);
        let builder = build(request, &tag, &call_id, cseq);
        self.send_refer(now, id, builder, spec, target);
        Ok(id)
    }

    fn add_refer(
        &mut self,
        about: SubscriptionSpec,
        (call_id, tag): (String, String),
        report: ReferReport,
    ) -> SubscriptionId {
        let mut subscription = Subscription::new(about, call_id, tag, 0);
        subscription.refer = Some(ReferPart {
            number: 0,
            report,
            done: false,
        });
        self.add_subscription(subscription)
    }

    fn send_refer(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        mut builder: MessageBuilder,
        spec: ReferSpec,
        target: Target,
    ) {
        builder.push(HeaderName::Contact, spec.contact.to_string());
        builder.push(HeaderName::ReferTo, spec.to.to_string());
        if let Some(by) = &spec.referred_by {
            builder.push(HeaderName::ReferredBy, by.to_string());
        }
        let mut headers = spec.report.headers();
        headers.extend(spec.headers);
        add_headers(&mut builder, headers);
        let number = builder.message().cseq().map_or(0, |cseq| cseq.number);
        let sent = self.launch(now, Method::Refer, builder, target, Purpose::Refer(id));
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.request = Some(sent);
            subscription.sent_at = Some(now);
            subscription.peer = Some(target);
        }
        self.note_refer_number(id, number);
    }

    /// The REFER has this CSeq number, be it the first or the one with credentials.
    pub(crate) fn note_refer_number(&mut self, id: SubscriptionId, number: u32) {
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.cseq = number;
            if let Some(part) = &mut subscription.refer {
                part.number = number;
            }
        }
    }

    pub(crate) fn refer_done(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        request: &ClientRequest,
        outcome: Outcome,
    ) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        subscription.request = None;
        let report = subscription
            .refer
            .map_or(ReferReport::Implicit, |part| part.report);
        let home = subscription.home;
        let response = match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                response
            }
            outcome => return self.refer_failed(now, id, outcome),
        };
        let elsewhere = events_at(&response).filter(|_| report == ReferReport::Explicit);
        let here =
            matches!(report, ReferReport::Implicit | ReferReport::Unwanted) && !is_false(&response);
        self.happen(Happening::Refer {
            refer: id,
            change: ReferChange::Accepted {
                response: response.clone(),
                reported: here || elsewhere.is_some(),
            },
        });
        if let Some(uri) = elsewhere {
            return self.subscribe_elsewhere(now, id, uri);
        }
        if !here {
            return self.forget_subscription(id);
        }
        match home {
            Some(home) => self.note_target(home, &response),
            None => {
                if let Ok(dialog) = Dialog::from_response(&request.message, &response) {
                    self.move_in(id, dialog, request.target);
                }
            }
        }
        let timers = self.config.timers;
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.expect_first_state(now, timers);
        }
        self.file_subscription(id);
    }

    fn refer_failed(&mut self, now: Instant, id: SubscriptionId, outcome: Outcome) {
        let home = self.subscriptions.get(&id).and_then(|entry| entry.home);
        let call = home.and_then(|home| self.homes.get(home)?.call());
        let code = outcome.code();
        self.happen(Happening::Refer {
            refer: id,
            change: ReferChange::Failed { outcome },
        });
        self.forget_subscription(id);
        // The dialog is gone at their end (RFC 3261 12.2.1.2).
        if let Some(call) = call.filter(|_| code == 481) {
            self.send_bye(now, call, Vec::new());
        }
    }

    /// Subscribes to the fate of a REFER in a dialog of its own (RFC 7614). An address that is
    /// written as such is gone to straight: it names one device.
    fn subscribe_elsewhere(&mut self, now: Instant, id: SubscriptionId, uri: Uri) {
        let identifiers = self.config.identifiers.clone();
        let call_id = identifiers.call_id(&mut self.rng, self.config.local);
        let tag = identifiers.tag(&mut self.rng);
        let cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        let literal = uri.socket_addr().is_some();
        let destination = self.locate(&uri).ok().filter(|_| literal);
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        let old_key = (subscription.call_id.clone(), subscription.from_tag.clone());
        let old_home = subscription.home.take();
        subscription.spec.to = NameAddr::new(uri.clone());
        subscription.spec.uri = uri;
        subscription.spec.destination = destination;
        subscription.call_id.clone_from(&call_id);
        subscription.from_tag.clone_from(&tag);
        subscription.cseq = cseq;
        if let Some(home) = old_home {
            self.homes.leave(home, Usage::Subscriber(id));
        }
        if self.by_subscription.get(&old_key) == Some(&id) {
            self.by_subscription.remove(&old_key);
        }
        self.by_subscription.insert((call_id, tag), id);
        self.send_subscribe(now, id);
    }

    /// What happens to the subscription of a REFER, in the words of REFER. False if it is another
    /// kind of subscription.
    pub(crate) fn report_refer(&mut self, id: SubscriptionId, change: &SubscriptionChange) -> bool {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return false;
        };
        let ended = subscription.ended;
        let Some(part) = &mut subscription.refer else {
            return false;
        };
        let news = match change {
            _ if part.done => None,
            SubscriptionChange::Notified { notify, .. } => Sipfrag::in_body(notify).map(|status| {
                part.done = status.is_final();
                if part.done {
                    ReferChange::Done { status }
                } else {
                    ReferChange::Progress { status }
                }
            }),
            SubscriptionChange::Terminated { .. } => Some(ReferChange::Lost),
            SubscriptionChange::Failed { .. } if ended => Some(ReferChange::Lost),
            _ => None,
        };
        if let Some(change) = news {
            part.done |= matches!(change, ReferChange::Lost);
            if part.done {
                subscription.stop_refreshing();
            }
            self.happen(Happening::Refer { refer: id, change });
        }
        true
    }
}

impl Subscription {
    /// Whether a NOTIFY with this event is about this subscription. That for a REFER has the REFER's
    /// CSeq number as `id`, and the first one in a dialog may do without (RFC 3515 2.4.6).
    pub(crate) fn takes(&self, event: &EventPackage) -> bool {
        let Some(part) = &self.refer else {
            return self.spec.event.is_same(event);
        };
        let number = |id: &str| id.parse() == Ok(part.number);
        event.name == REFER && event.id.as_deref().is_none_or(number)
    }
}

fn untagged(mut address: NameAddr) -> NameAddr {
    address.params.remove("tag");
    address
}
