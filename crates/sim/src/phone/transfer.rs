//! Hold and REFER: asking the other side for another call, and being asked for one.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, Method, NameAddr};
use gannet_ua::endpoint::{
    Body, CallId, EndCause, NoticeId, Outcome, ReferChange, ReferPlace, ReferSpec, SubscriptionId,
};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{Grant, News, ReferReport, ReferTo, Sipfrag, SubscriptionState, TerminationReason};

use super::act::Action;
use super::user::Phone;

/// How long a subscription to what becomes of a REFER lasts: longer than any call rings here.
const ERRAND_MAX: Duration = Duration::from_mins(2);

/// A REFER of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferRecord {
    /// The call it was sent in.
    pub call: CallId,
    /// What became of it in the end, and when that was told.
    pub fate: Option<(Instant, Fate)>,
    /// What was told after the end.
    pub after_fate: Vec<&'static str>,
}

/// How a REFER ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The call that it asked for got this final response.
    Done(u16),
    /// It was refused with this code.
    Refused(u16),
    /// No response came.
    Unanswered,
    /// It was accepted, and the end of the call that it asked for was never told.
    Lost,
}

/// A REFER of the other side's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The call it came in.
    pub call: CallId,
    /// The REFER.
    pub refer: Message,
    /// Who is told, once it is accepted.
    pub notice: Option<NoticeId>,
    /// The call that was made for it.
    pub made: Option<CallId>,
    /// The final response that was told.
    pub told: Option<u16>,
}

/// True if this offer lets the other side hear nothing more.
pub(super) fn holds(message: &Message) -> bool {
    let body = String::from_utf8_lossy(message.body());
    body.lines()
        .any(|line| matches!(line, "a=sendonly" | "a=inactive"))
}

impl Phone {
    /// The REFERs of the user's so far.
    pub fn refers(&self) -> impl Iterator<Item = &ReferRecord> {
        self.refers.values()
    }

    /// The REFERs that came so far.
    pub fn errands(&self) -> &[Errand] {
        &self.errands
    }

    /// The description of our side of a call; `held` if it answers an offer that holds
    /// (RFC 3264 8.4).
    pub(super) fn session_in(&self, call: CallId, held: bool) -> Body {
        let direction = match (self.holding == Some(call), held) {
            (false, false) => "",
            (true, false) => "a=sendonly\r\n",
            (false, true) => "a=recvonly\r\n",
            (true, true) => "a=inactive\r\n",
        };
        Body::sdp(format!("v=0\r\ns={}\r\n{direction}", self.name))
    }

    pub(super) fn set_hold(&mut self, now: Instant, call: CallId, on: bool) {
        self.holding = on.then_some(call);
        self.send_in_call(now, call, Method::Invite);
    }

    pub(super) fn refer(&mut self, now: Instant, call: CallId) {
        let spec = ReferSpec {
            to: ReferTo::new(self.contact().uri),
            place: ReferPlace::InCall(call),
            contact: self.contact(),
            referred_by: Some(NameAddr::new(self.aor())),
            report: ReferReport::Implicit,
            headers: Vec::new(),
        };
        match self.endpoint.refer(now, spec) {
            Ok(id) => {
                self.note(format!("sends REFER ({call:?})"));
                let record = ReferRecord {
                    call,
                    fate: None,
                    after_fate: Vec::new(),
                };
                self.refers.insert(id, record);
            }
            Err(error) => self.note(format!("cannot refer: {error}")),
        }
    }

    /// A transfer that succeeded ends the call, another one ends the hold.
    pub(super) fn refer_changed(&mut self, now: Instant, id: SubscriptionId, change: &ReferChange) {
        let (text, fate) = match change {
            // The response may come after a NOTIFY.
            ReferChange::Accepted { .. } => return self.note("REFER is accepted"),
            ReferChange::Progress { .. } => ("progress", None),
            ReferChange::Done { status } => ("done", Some(Fate::Done(status.code))),
            ReferChange::Failed { outcome } => ("failed", Some(refusal(outcome))),
            ReferChange::Lost => ("lost", Some(Fate::Lost)),
        };
        let Some(record) = self.refers.get_mut(&id) else {
            return;
        };
        let call = record.call;
        if record.fate.is_some() {
            return record.after_fate.push(text);
        }
        record.fate = fate.map(|fate| (now, fate));
        self.note(format!("REFER: {text} {fate:?}"));
        match fate {
            Some(Fate::Done(..300)) => self.in_future(now, Duration::ZERO, Action::HangUp(call)),
            Some(_) if self.holding == Some(call) => {
                self.in_future(now, Duration::ZERO, Action::Resume(call));
            }
            Some(_) | None => {}
        }
    }

    pub(super) fn asked_to_call(
        &mut self,
        now: Instant,
        request: TransactionId,
        call: CallId,
        refer: Message,
    ) {
        self.errands.push(Errand {
            call,
            refer,
            notice: None,
            made: None,
            told: None,
        });
        let errand = self.errands.len() - 1;
        let wait = self.some_time(300);
        self.in_future(now, wait, Action::RunErrand(request, errand));
    }

    /// A SUBSCRIBE that prolongs or ends the subscription of a REFER.
    pub(super) fn asked_for_news(
        &mut self,
        now: Instant,
        request: TransactionId,
        notice: NoticeId,
        subscribe: &Message,
    ) {
        let asked = subscribe.number(HeaderName::Expires).unwrap_or(60);
        let lifetime = Duration::from_secs(asked.into()).min(ERRAND_MAX);
        let grant = Grant::new(lifetime, self.contact());
        if self.endpoint.grant(now, request, grant).is_err() {
            return;
        }
        let state = if asked == 0 {
            SubscriptionState::terminated(TerminationReason::Timeout)
        } else {
            SubscriptionState::active()
        };
        let news = News::new(state).body(Sipfrag::new(100).body());
        self.endpoint.notify(now, notice, news);
    }

    pub(super) fn run_errand(&mut self, now: Instant, request: TransactionId, index: usize) {
        let Some(refer) = self.errands.get(index).map(|errand| errand.refer.clone()) else {
            return;
        };
        let grant = Grant {
            code: 202,
            ..Grant::new(ERRAND_MAX, self.contact())
        };
        let Ok(notice) = self.endpoint.accept_refer(now, request, grant) else {
            return self.note("the call of the REFER is over");
        };
        self.note("accepts REFER");
        self.errands[index].notice = notice;
        if let Some(notice) = notice {
            let trying = News::new(SubscriptionState::active());
            let trying = trying.body(Sipfrag::new(100).body());
            self.endpoint.notify(now, notice, trying);
        }
        let made = ReferTo::of(&refer).ok().and_then(|to| {
            let headers = to.carried(&refer);
            self.start_call(now, to.uri.clone(), to.uri, headers)
        });
        self.errands[index].made = made;
        if made.is_none() {
            self.tell_end(now, index, 503);
        }
    }

    /// A call got a final response: if it was made for a REFER, that is told.
    pub(super) fn errand_done(&mut self, now: Instant, call: CallId, code: u16) {
        let open = |errand: &Errand| errand.made == Some(call) && errand.told.is_none();
        if let Some(index) = self.errands.iter().position(open) {
            self.tell_end(now, index, code);
        }
    }

    /// A call is over: one that was made for a REFER may have had no final response.
    pub(super) fn errand_ended(&mut self, now: Instant, call: CallId, cause: &EndCause) {
        let code = match cause {
            EndCause::Failed(outcome) | EndCause::LocalCancel(outcome) => outcome.code(),
            _ => 487,
        };
        self.errand_done(now, call, code);
    }

    fn tell_end(&mut self, now: Instant, index: usize, code: u16) {
        let errand = &mut self.errands[index];
        errand.told = Some(code);
        if let Some(notice) = errand.notice {
            let state = SubscriptionState::terminated(TerminationReason::NoResource);
            let news = News::new(state).body(Sipfrag::new(code).body());
            self.endpoint.notify(now, notice, news);
        }
    }
}

fn refusal(outcome: &Outcome) -> Fate {
    match outcome {
        Outcome::Response(_) => Fate::Refused(outcome.code()),
        Outcome::Timeout | Outcome::TransportFailed => Fate::Unanswered,
    }
}
