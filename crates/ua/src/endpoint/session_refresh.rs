//! Refreshing sessions, and ending those that nobody refreshed (RFC 4028 7.3, 7.4, 10).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, MessageBuilder, Method};

use super::call::CallState;
use super::client::Purpose;
use super::core::{Endpoint, SendError};
use super::happening::{CallId, Outcome, RequestId};
use crate::session_timer::{Due, RefreshMethod, min_se, session_expires, value};

/// Most 422s in a row that a request is sent again for; each must name a longer interval.
const TOO_SMALL_MAX: u8 = 5;
/// The shortest wait before a refresh that failed is tried again.
const AGAIN_MIN: Duration = Duration::from_millis(500);

impl Endpoint {
    pub(super) fn refresh_failed(&mut self, now: Instant, call: CallId, outcome: &Outcome) {
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
        let left = session
            .timer
            .map_or(Duration::ZERO, |timer| timer.left(now));
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
        let Some(entry) = self
            .calls
            .get_mut(&call)
            .filter(|entry| entry.has_session())
        else {
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
        let session = self
            .calls
            .get(&call)
            .and_then(|entry| entry.session.as_ref());
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
            // What is on its way refreshes the session, too, if it is accepted.
            (Err(SendError::InviteInProgress | SendError::OfferInProgress), Some(timer)) => {
                timer.refresh_again(again);
            }
            (Err(_), _) => {}
        }
    }

    /// True if our BYE is due to a session that nobody refreshed.
    pub(crate) fn session_has_expired(&self, call: CallId) -> bool {
        let session = self
            .calls
            .get(&call)
            .and_then(|entry| entry.session.as_ref());
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
