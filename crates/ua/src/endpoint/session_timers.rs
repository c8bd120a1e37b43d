//! Session timers of calls (RFC 4028): asking, agreeing, refreshing, and ending what nobody
//! refreshed.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, MessageBuilder, Method};

use super::call::{Call, CallState};
use super::client::{ClientRequest, Purpose};
use super::command::{Body, Reply};
use super::core::{Endpoint, SendError};
use super::happening::{CallId, Happening, Outcome, RequestId};
use crate::session_timer::{
    Agreed, Asked, Due, RefreshMethod, Refresher, SessionTimer, TIMER, may_refresh, min_se,
    session_expires, value,
};

/// The media type of session descriptions.
const SDP: &str = "application/sdp";
/// Most 422s in a row that a request is sent again for; each must name a longer interval.
const TOO_SMALL_MAX: u8 = 5;
/// The shortest wait before a refresh that failed is tried again.
const AGAIN_MIN: Duration = Duration::from_millis(500);

/// What a call keeps for session timers.
#[derive(Debug, Default)]
pub(crate) struct CallSession {
    timer: Option<SessionTimer>,
    /// The largest Min-SE that the other side has sent (RFC 4028 7.4).
    min_se: Option<Duration>,
    /// The other side's Allow has UPDATE.
    allows_update: bool,
    /// The last session description of ours that was not refused: what a re-INVITE repeats.
    description: Option<Body>,
    /// The refresh that has no final response.
    refreshing: Option<RequestId>,
    /// 422s in a row.
    too_small: u8,
    /// The session is over because nobody refreshed it.
    expired: bool,
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
    const fn has_session(&self) -> bool {
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
            let is = |(known, _): &(String, String)| {
                HeaderName::from_bytes(known.as_bytes()) == name
            };
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
        let success = news.outcome.response().filter(|_| news.outcome.code() < 300);
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

    fn refresh_failed(&mut self, now: Instant, call: CallId, outcome: &Outcome) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let ours = entry.server.is_none();
        let is_over = matches!(entry.state, CallState::Ending | CallState::Ended);
        let Some(session) = entry.session.as_mut() else {
            return;
        };
        let code = outcome.code();
        if matches!(code, 408 | 481) {
            // They know nothing of the call any more, or are not there (RFC 4028 10).
            session.expired = true;
            if !is_over {
                self.hang_up(now, call);
            }
            return;
        }
        let left = session.timer.map_or(Duration::ZERO, |timer| timer.left(now));
        let wait = match code {
            405 | 501 if session.allows_update => {
                session.allows_update = false;
                Duration::ZERO
            }
            491 => glare_wait(ours, &mut self.rng),
            _ => {
                let asked = outcome.response();
                let asked = asked.and_then(|r| r.number(HeaderName::RetryAfter).ok());
                let asked = asked.map(|seconds| Duration::from_secs(seconds.into()));
                asked.unwrap_or(left / 4).max(AGAIN_MIN)
            }
        };
        if let Some(timer) = &mut session.timer {
            timer.refresh_again(now + wait);
        }
        self.file(call);
    }

    /// The session timer of a call has fired, or another deadline of the call.
    pub(crate) fn handle_session_timeout(&mut self, now: Instant, call: CallId) {
        let Some(policy) = self.config.session else {
            return;
        };
        let Some(entry) = self.calls.get_mut(&call).filter(|entry| entry.has_session()) else {
            return;
        };
        let Some(session) = entry.session.as_mut() else {
            return;
        };
        let Some(timer) = &mut session.timer else {
            return;
        };
        let we_refresh = timer.we_refresh;
        match timer.handle_timeout(now) {
            Some(Due::Refresh) if policy.refreshes => self.refresh_session(now, call),
            Some(Due::Expire) if policy.refreshes || !we_refresh => {
                session.expired = true;
                self.hang_up(now, call);
            }
            _ => {}
        }
    }

    /// Sends a refresh: UPDATE where it is wanted and understood, else a re-INVITE that offers what
    /// was agreed on (RFC 4028 7.4). Without a way there the session will expire.
    fn refresh_session(&mut self, now: Instant, call: CallId) {
        let wanted = self.config.session.map(|policy| policy.method);
        let session = self.calls.get(&call).and_then(|entry| entry.session.as_ref());
        let Some(session) = session.filter(|session| session.refreshing.is_none()) else {
            return;
        };
        let (method, body) = match wanted {
            Some(RefreshMethod::Update) if session.allows_update => (Method::Update, None),
            _ => (Method::Invite, session.description.clone()),
        };
        let sent = self.request_in_call(now, call, method, Vec::new(), body);
        let again = now + self.config.timers.t1;
        let session = self.calls.get_mut(&call).and_then(|e| e.session.as_mut());
        let Some(session) = session else { return };
        match (sent, &mut session.timer) {
            (Ok(id), _) => session.refreshing = Some(id),
            // The INVITE on its way refreshes the session, too, if it is accepted.
            (Err(SendError::InviteInProgress), Some(timer)) => timer.refresh_again(again),
            (Err(_), _) => {}
        }
    }

    /// True if our BYE is due to a session that nobody refreshed.
    pub(crate) fn session_has_expired(&self, call: CallId) -> bool {
        let session = self.calls.get(&call).and_then(|entry| entry.session.as_ref());
        session.is_some_and(|session| session.expired)
    }

    /// Sends a request that got 422 again with the interval that is asked for (RFC 4028 7.3). False
    /// if that is no longer than the one refused, or it has gone on for too long.
    pub(crate) fn retry_with_longer_interval(
        &mut self,
        now: Instant,
        id: RequestId,
        response: &Message,
    ) -> bool {
        let Some(request) = self.requests.get(&id) else {
            return false;
        };
        let call = match request.purpose {
            Purpose::Invite(call) if self.is_given_up(call) => return false,
            Purpose::Invite(call) | Purpose::Reinvite(call) | Purpose::Plain(Some(call)) => call,
            _ => return false,
        };
        let (asked, wanted) = (session_expires(&request.message), min_se(response));
        let (Some((asked, refresher)), Some(wanted)) = (asked, wanted) else {
            return false;
        };
        let mut builder = MessageBuilder::from_message(&request.message);
        let session = self.calls.get_mut(&call).and_then(|e| e.session.as_mut());
        let Some(session) = session.filter(|_| wanted > asked) else {
            return false;
        };
        if session.too_small >= TOO_SMALL_MAX {
            return false;
        }
        session.too_small += 1;
        session.min_se = session.min_se.max(Some(wanted));
        builder.set(HeaderName::SessionExpires, value(wanted, refresher));
        builder.set(HeaderName::MinSe, wanted.as_secs().to_string());
        for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
            builder.remove(name);
        }
        let fields = self.credentials_for(id, &builder);
        self.send_anew(now, id, builder, &fields);
        true
    }
}

/// Whoever owns the Call-ID waits longer (RFC 3261 14.1).
fn glare_wait(ours: bool, rng: &mut fastrand::Rng) -> Duration {
    let tens_of_ms = if ours {
        rng.u64(210..=400)
    } else {
        rng.u64(0..=200)
    };
    Duration::from_millis(tens_of_ms * 10)
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
