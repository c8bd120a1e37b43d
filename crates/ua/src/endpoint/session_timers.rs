//! Session timers of calls (RFC 4028): asking, agreeing, refreshing, and ending what nobody
//! refreshed.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, MessageBuilder, Method};

use super::call::{Call, CallState};
use super::client::{ClientRequest, Purpose};
use super::command::{Body, Reply};
use super::core::Endpoint;
use super::happening::{CallId, Happening, Outcome, RequestId};
use crate::session_timer::{Agreed, Asked, Refresher, SessionTimer, TIMER, may_refresh, min_se};

/// The media type of session descriptions.
const SDP: &str = "application/sdp";

/// What a call keeps for session timers.
#[derive(Debug, Default)]
pub(crate) struct CallSession {
    pub(super) timer: Option<SessionTimer>,
    /// The largest Min-SE that the other side has sent (RFC 4028 7.4).
    pub(super) min_se: Option<Duration>,
    /// The other side's Allow has UPDATE.
    pub(super) allows_update: bool,
    /// The last session description of ours that was not refused: what a re-INVITE repeats.
    pub(super) description: Option<Body>,
    /// The refresh that has no final response.
    pub(super) refreshing: Option<RequestId>,
    /// 422s in a row.
    pub(super) too_small: u8,
    /// The session is over because nobody refreshed it.
    pub(super) expired: bool,
}

/// A request that bears on a session is done.
#[derive(Debug)]
pub(crate) struct SessionNews {
    call: CallId,
    id: RequestId,
    method: Method,
    /// The call stood when it was done.
    stood: bool,
    /// It began the call.
    first: bool,
    description: Option<Body>,
    outcome: Outcome,
}

impl CallSession {
    /// What the other side says about itself in any request or 2xx that may refresh.
    fn note_peer(&mut self, message: &Message) {
        if message.header(HeaderName::Allow).is_some() {
            self.allows_update = message.lists(HeaderName::Allow, Method::Update.as_str());
        }
        if message.is_request() {
            self.min_se = self.min_se.max(min_se(message));
        }
    }
}

impl Call {
    /// True while there is a session that may expire.
    pub(super) const fn has_session(&self) -> bool {
        matches!(
            self.state,
            CallState::Accepted | CallState::NeedsAnswer | CallState::Confirmed
        )
    }

    /// When the session timer fires next.
    pub(crate) fn session_deadline(&self) -> Option<Instant> {
        let timer = self.session.as_ref().filter(|_| self.has_session())?.timer;
        timer?.next_deadline()
    }
}

impl Endpoint {
    /// True for the option tag of session timers, if they are known here.
    pub(crate) fn knows_session_timers(&self, tag: &str) -> bool {
        self.config.session.is_some() && tag.eq_ignore_ascii_case(TIMER)
    }

    /// 422 for a request with an interval that is too small (RFC 4028 6, 9).
    pub(crate) fn interval_refusal(&self, request: &Message) -> Option<Reply> {
        let policy = self.config.session.as_ref()?;
        if !may_refresh(&request.method()?) {
            return None;
        }
        let min_se = policy.refusal(&Asked::read(request))?;
        let seconds = min_se.as_secs().to_string();
        Some(Reply::new(422).header(HeaderName::MinSe.as_str(), seconds))
    }

    /// Remembers a description of ours that has gone out.
    pub(crate) fn note_description(&mut self, call: CallId, body: Option<&Body>) {
        let entry = self.calls.get_mut(&call);
        if let (Some(body), Some(session)) = (body, entry.and_then(|e| e.session.as_mut()))
            && body.content_type.starts_with(SDP)
        {
            session.description = Some(body.clone());
        }
    }

    /// The same of the INVITE that begins a call.
    pub(crate) fn note_offer(&mut self, call: CallId) {
        let entry = self.calls.get_mut(&call);
        if let Some(entry) = entry.filter(|entry| entry.session.is_some()) {
            let offer = sdp_of(&entry.invite);
            self.note_description(call, offer.as_ref());
        }
    }

    /// Writes what INVITE and UPDATE say about session timers (RFC 4028 7.1, 7.4). What the user has
    /// written stays. An UPDATE before the call is answered refreshes nothing.
    pub(crate) fn ask_for_session(&self, builder: &mut MessageBuilder, call: Option<CallId>) {
        let Some(policy) = &self.config.session else {
            return;
        };
        let entry = call.and_then(|call| self.calls.get(&call));
        if entry.is_some_and(|entry| !entry.has_session()) {
            return;
        }
        let session = entry.and_then(|entry| entry.session.as_ref());
        if call.is_some() && session.is_none() {
            return;
        }
        add_timer(builder);
        if builder.has(HeaderName::SessionExpires) {
            return;
        }
        let timer = session.and_then(|session| session.timer.as_ref());
        let min_se = session.and_then(|session| session.min_se);
        for (name, value) in policy.ask(timer, min_se) {
            builder.push(name, value);
        }
    }

    /// Completes a 2xx to INVITE or UPDATE inside a call by what it settles about the session timer,
    /// and starts that (RFC 4028 9).
    pub(crate) fn settle_session(
        &mut self,
        now: Instant,
        call: CallId,
        request: &Message,
        mut reply: Reply,
    ) -> Reply {
        let Some(policy) = self.config.session else {
            return reply;
        };
        let success = (200..300).contains(&reply.code);
        let method = request.method().filter(|_| success);
        let Some(method) = method.filter(describes) else {
            return reply;
        };
        self.note_description(call, reply.body.as_ref());
        let entry = self.calls.get_mut(&call);
        let Some(entry) = entry.filter(|entry| may_refresh(&method) && entry.has_session()) else {
            return reply;
        };
        let Some(session) = entry.session.as_mut() else {
            return reply;
        };
        session.note_peer(request);
        let written = |name: HeaderName| {
            let is =
                |(known, _): &(String, String)| HeaderName::from_bytes(known.as_bytes()) == name;
            reply.headers.iter().any(is)
        };
        if written(HeaderName::SessionExpires) {
            return reply;
        }
        let asked = Asked::read(request);
        let agreed = policy.settle(&asked, session.timer.as_ref());
        let mut add = |name: HeaderName, value: String| {
            reply.headers.push((name.as_str().to_owned(), value));
        };
        add(HeaderName::Supported, TIMER.to_owned());
        if let Some(agreed) = agreed {
            add(HeaderName::SessionExpires, agreed.text());
            if asked.supports {
                add(HeaderName::Require, TIMER.to_owned());
            }
        }
        self.start_session(now, call, agreed, Refresher::Uas);
        reply
    }

    /// A session was agreed on or refreshed. `role` is ours in that transaction.
    fn start_session(
        &mut self,
        now: Instant,
        call: CallId,
        agreed: Option<Agreed>,
        role: Refresher,
    ) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let Some(session) = entry.session.as_mut() else {
            return;
        };
        let before = session.timer.is_some();
        session.timer = agreed.map(|agreed| {
            let we_refresh = agreed.refresher == role;
            SessionTimer::start(now, agreed.interval, we_refresh)
        });
        session.too_small = 0;
        let timer = session.timer;
        self.file(call);
        if before || timer.is_some() {
            self.happen(Happening::Session {
                call,
                interval: timer.map(|timer| timer.interval),
                we_refresh: timer.is_some_and(|timer| timer.we_refresh),
            });
        }
    }

    /// What the outcome of a request of ours means to a session; looked at before anybody acts on it.
    pub(crate) fn session_news(
        &self,
        id: RequestId,
        request: &ClientRequest,
        outcome: &Outcome,
    ) -> Option<SessionNews> {
        self.config.session.as_ref()?;
        let (Purpose::Invite(call) | Purpose::Reinvite(call) | Purpose::Plain(Some(call))) =
            request.purpose
        else {
            return None;
        };
        let method = request.message.method().filter(describes)?;
        let entry = self.calls.get(&call)?;
        entry.session.as_ref()?;
        Some(SessionNews {
            call,
            id,
            method,
            stood: entry.has_session(),
            first: matches!(request.purpose, Purpose::Invite(_)),
            description: sdp_of(&request.message),
            outcome: outcome.clone(),
        })
    }

    /// A request of ours is done (RFC 4028 7.2, 10).
    pub(crate) fn session_done(&mut self, now: Instant, news: SessionNews) {
        let call = news.call;
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let has_session = entry.has_session();
        let Some(session) = entry.session.as_mut() else {
            return;
        };
        let refresh = session.refreshing == Some(news.id);
        if refresh {
            session.refreshing = None;
        }
        let success = news
            .outcome
            .response()
            .filter(|_| news.outcome.code() < 300);
        let Some(response) = success else {
            if refresh && news.stood {
                self.refresh_failed(now, call, &news.outcome);
            }
            return;
        };
        // That of the first INVITE was noted as it went out; PRACK may have changed it since.
        if !news.first && news.description.is_some() {
            session.description = news.description;
        }
        if !may_refresh(&news.method) || !has_session {
            return;
        }
        session.note_peer(response);
        let agreed = Agreed::read(response);
        if refresh && entry.unanswered.is_some() {
            // Our re-INVITE had no description because the call has none: nothing can be answered.
            self.acknowledge(now, call, None);
        }
        self.start_session(now, call, agreed, Refresher::Uac);
    }
}

/// True for the methods whose bodies are offers and answers (RFC 3261 13.2.1, RFC 3262 5, RFC 3311 5).
const fn describes(method: &Method) -> bool {
    matches!(method, Method::Invite | Method::Update | Method::Prack)
}

/// The session description of a message.
fn sdp_of(message: &Message) -> Option<Body> {
    let body = message.body();
    let is_sdp = !body.is_empty() && message.content_type() == SDP;
    is_sdp.then(|| Body::sdp(message.bytes().slice_ref(body)))
}

/// Adds the option tag to Supported, beside what stands there.
fn add_timer(builder: &mut MessageBuilder) {
    let name = HeaderName::Supported;
    let line = builder.lines_mut().iter().find(|line| line.id == name);
    let Some(known) = line.map(|line| String::from_utf8_lossy(&line.value).into_owned()) else {
        return builder.push(name, TIMER);
    };
    let listed = known
        .split(',')
        .any(|tag| tag.trim().eq_ignore_ascii_case(TIMER));
    if !listed {
        let separator = if known.is_empty() { "" } else { ", " };
        builder.set(name, format!("{known}{separator}{TIMER}"));
    }
}
