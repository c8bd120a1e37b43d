//! REFER outside of calls: somebody asks a user to call somebody, as a click-to-dial program does
//! (RFC 3515 2.4, RFC 5359 2.18). It goes on to the user's phone, to one at a time: whoever asks two
//! phones gets two calls. The server subscribes to what becomes of it at the phone, and is the
//! notifier of whoever has asked.

use std::collections::VecDeque;
use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method, NameAddr};
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{
    NoticeId, Outcome, ReferChange, ReferPlace, ReferSpec, Reply, RequestSpec, SubscriptionId,
};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{
    EventPackage, Grant, News, ReferReport, ReferTo, Sipfrag, SubscriptionState, Target,
    TerminationReason,
};

use super::call::{Contact, first_of};
use super::failure::Failure;
use super::identity::Caller;
use super::place::{Place, refusal};
use super::privacy::Privacy;
use super::relay::{next_max_forwards, passed_body, passed_headers};
use super::state::Server;
use super::transferring::TOLD_FOR;

/// The fields that are written anew in the REFER to the phone.
const REWRITTEN: [HeaderName; 3] = [
    HeaderName::ReferTo,
    HeaderName::ReferredBy,
    HeaderName::ReferSub,
];

/// A REFER on its way to a phone, or accepted by one.
#[derive(Debug)]
pub(crate) struct Errand {
    refer: Message,
    to: ReferTo,
    report: ReferReport,
    caller: Caller,
    source: Target,
    hops: u32,
    /// The REFER, until it is answered.
    request: Option<TransactionId>,
    /// The phone that is asked, by its other flows.
    others: Vec<Contact>,
    /// The phones that are asked after this one has refused, best first.
    waiting: VecDeque<Contact>,
    best: Option<Failure>,
    /// Who is told, if anybody wants to be.
    notice: Option<NoticeId>,
    /// What was told last.
    status: Sipfrag,
}

impl Server {
    /// A REFER outside any call: it goes on to a phone of the user, or is refused.
    pub(super) fn relay_refer(
        &mut self,
        now: Instant,
        request: TransactionId,
        message: &Message,
        source: Target,
    ) -> Result<(), Reply> {
        let hops = next_max_forwards(message).ok_or_else(|| Reply::new(483))?;
        let bad = |error: gannet_sip::FieldError| refusal(400, &error.to_string());
        let to = ReferTo::of(message).map_err(bad)?;
        let report = ReferReport::asked_by(message)
            .ok_or_else(|| refusal(400, "nosub and explicitsub Exclude Each Other"))?;
        let uri = message.request_uri().map_err(bad)?;
        let caller = self.identify(now, message, AuthTarget::Proxy)?;
        // Whoever makes phones call must be known here (RFC 3515 5.2).
        if caller.user().is_none() {
            return Err(refusal(403, "Not a User of This Server"));
        }
        if let Some(refusal) = Privacy::of(message).refusal() {
            return Err(refusal);
        }
        let Place::User(name) = self.place_of(&uri)? else {
            return Err(refusal(404, "No Phone to Refer Here"));
        };
        if self.errands.len() >= self.config.limits.subscriptions_max {
            return Err(self.over_limit());
        }
        let waiting = self.contacts_called(now, &name, Some(&uri));
        let errand = Errand {
            refer: message.clone(),
            to,
            report,
            caller,
            source,
            hops,
            request: Some(request),
            others: Vec::new(),
            waiting: waiting.into_iter().flatten().collect(),
            best: None,
            notice: None,
            status: Sipfrag::new(100),
        };
        self.ask_next(now, errand).map_or(Ok(()), Err)
    }

    /// Asks the next phone; gives the response if there is none.
    fn ask_next(&mut self, now: Instant, mut errand: Errand) -> Option<Reply> {
        while let Some(contact) = errand.waiting.pop_front() {
            if self.is_own_address(contact.target.address) {
                continue;
            }
            let spec = self.refer_for(&errand, &contact);
            if let Some(Ok(id)) = spec.map(|spec| self.endpoint.refer(now, spec)) {
                errand.others = contact.others;
                self.errands.insert(id, errand);
                return None;
            }
        }
        let best = errand.best;
        Some(best.map_or_else(|| Reply::new(480), |best| best.reply()))
    }

    fn refer_for(&self, errand: &Errand, contact: &Contact) -> Option<ReferSpec> {
        let refer = &errand.refer;
        let mut from = refer.from().ok()?;
        from.params.remove("tag");
        let to = refer.to().ok()?;
        let mut request = RequestSpec::new(Method::Refer, contact.uri.clone(), from, to);
        request.destination = Some(contact.target);
        request.routes.clone_from(&contact.routes);
        request.headers = passed_headers(refer);
        let anew = |name: &str| REWRITTEN.contains(&HeaderName::from_bytes(name.as_bytes()));
        request.headers.retain(|(name, _)| !anew(name));
        let hops = errand.hops.to_string();
        request.headers.push(("Max-Forwards".into(), hops));
        if let Some(identity) = self.asserted_identity(&errand.caller, refer) {
            let identity = ("P-Asserted-Identity".into(), identity);
            request.headers.push(identity);
        }
        Privacy::of(refer).apply(&mut request);
        request.body = passed_body(refer);
        let user = errand.caller.user();
        let given = refer.text(HeaderName::ReferredBy);
        let given = given.and_then(|by| NameAddr::parse("Referred-By", &by).ok());
        Some(ReferSpec {
            to: errand.to.clone(),
            place: ReferPlace::Outside(Box::new(request)),
            contact: self.contact(user, contact.target.transport),
            referred_by: given.or_else(|| user.map(|user| NameAddr::new(self.uri_of(user)))),
            report: errand.report,
            headers: Vec::new(),
        })
    }

    /// Something became of a REFER that went on to a phone.
    pub(super) fn handle_refer_change(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        change: ReferChange,
    ) {
        let Some(mut errand) = self.errands.remove(&id) else {
            return;
        };
        let goes_on = match change {
            ReferChange::Accepted { response, reported } => {
                let code = response.status().unwrap_or(202);
                self.accept_errand(now, &mut errand, code);
                if !reported {
                    self.end_errand(now, &errand);
                }
                reported
            }
            // A NOTIFY may come before the response.
            ReferChange::Progress { status } => {
                self.accept_errand(now, &mut errand, 202);
                self.tell_errand(now, &mut errand, status);
                true
            }
            ReferChange::Done { status } => {
                self.accept_errand(now, &mut errand, 202);
                self.tell_errand(now, &mut errand, status);
                false
            }
            ReferChange::Failed { outcome } => {
                return self.errand_refused(now, errand, outcome);
            }
            ReferChange::Lost => {
                self.end_errand(now, &errand);
                false
            }
        };
        if goes_on {
            self.errands.insert(id, errand);
        }
    }

    /// A phone has taken the REFER: whoever sent it is told so.
    fn accept_errand(&mut self, now: Instant, errand: &mut Errand, code: u16) {
        let Some(request) = errand.request.take() else {
            return;
        };
        let contact = self.contact(errand.caller.user(), errand.source.transport);
        let grant = Grant {
            code,
            ..Grant::new(TOLD_FOR, contact)
        };
        // Whoever asked may be gone by now.
        errand.notice = self
            .endpoint
            .accept_refer(now, request, grant)
            .ok()
            .flatten();
        if let Some(notice) = errand.notice {
            let news = News::new(SubscriptionState::active()).body(errand.status.body());
            self.endpoint.notify(now, notice, news);
        }
    }

    fn tell_errand(&mut self, now: Instant, errand: &mut Errand, status: Sipfrag) {
        if errand.status == status {
            return;
        }
        errand.status = status;
        let state = if errand.status.is_final() {
            SubscriptionState::terminated(TerminationReason::NoResource)
        } else {
            SubscriptionState::active()
        };
        if let Some(notice) = errand.notice {
            let news = News::new(state).body(errand.status.body());
            self.endpoint.notify(now, notice, news);
        }
    }

    /// The phone tells no more, and has told no end.
    fn end_errand(&mut self, now: Instant, errand: &Errand) {
        if let Some(notice) = errand.notice {
            let state = SubscriptionState::terminated(TerminationReason::NoResource);
            let news = News::new(state).body(errand.status.body());
            self.endpoint.notify(now, notice, news);
        }
    }

    /// A phone does not take the REFER: another flow to it, or the next phone, is asked.
    fn errand_refused(&mut self, now: Instant, mut errand: Errand, outcome: Outcome) {
        let Some(request) = errand.request else {
            return self.end_errand(now, &errand);
        };
        let failure = Failure::new(outcome, false);
        let others = std::mem::take(&mut errand.others);
        if let Some(flow) = failure.is_of_flow().then(|| first_of(others)).flatten() {
            errand.waiting.push_front(flow);
        }
        if failure.is_global() {
            errand.waiting.clear();
        }
        errand.best = Some(match errand.best.take() {
            Some(best) => best.better(failure),
            None => failure,
        });
        if let Some(reply) = self.ask_next(now, errand) {
            self.endpoint.respond(now, request, reply);
        }
    }

    /// Whether a SUBSCRIBE is for what becomes of a REFER.
    pub(super) fn is_about_refer(message: &Message) -> bool {
        EventPackage::of(message).is_ok_and(|event| event.name == "refer")
    }

    /// Whoever sent a REFER prolongs or ends the subscription that came with it (RFC 3515 2.4.4).
    pub(super) fn subscribe_to_refer(
        &mut self,
        now: Instant,
        (request, notice): (TransactionId, Option<NoticeId>),
        message: &Message,
        source: Target,
    ) {
        // REFER alone makes one (RFC 3515 3).
        let admitted = match notice {
            Some(notice) => self
                .identify_watcher(now, message)
                .map(|caller| (notice, caller)),
            None => Err(Reply::new(403)),
        };
        let (notice, caller) = match admitted {
            Ok(admitted) => admitted,
            Err(reply) => return self.endpoint.respond(now, request, reply),
        };
        let asked = message.number(HeaderName::Expires).ok();
        let asked = asked.map_or(TOLD_FOR, |s| std::time::Duration::from_secs(s.into()));
        let contact = self.contact(caller.user(), source.transport);
        let grant = Grant::new(asked.min(TOLD_FOR), contact);
        if self.endpoint.grant(now, request, grant).is_err() {
            return;
        }
        let mut errands = self.errands.values();
        let errand = errands.find(|errand| errand.notice == Some(notice));
        // A transfer that the server carries out itself tells its end and nothing before it.
        let status = errand.map_or_else(|| Sipfrag::new(100), |errand| errand.status.clone());
        let state = if asked.is_zero() {
            SubscriptionState::terminated(TerminationReason::Timeout)
        } else {
            SubscriptionState::active()
        };
        self.endpoint
            .notify(now, notice, News::new(state).body(status.body()));
    }
}
