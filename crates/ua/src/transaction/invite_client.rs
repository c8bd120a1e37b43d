//! The INVITE client transaction (RFC 3261 17.1.1, changed by RFC 6026 7.2).
//!
//! ```text
//!               | INVITE
//!               v
//!   timer A   +---------+  timer B / transport error -> TU
//!  (resend)   | Calling |-------------------------------------+
//!             +---------+                                     |
//!        1xx |   | 2xx  \ 300-699: ACK                        |
//!            v   |       \                                    |
//!   +------------+ 2xx    \                                   |
//!   | Proceeding |----+    \                                  |
//!   +------------+    |     \                                 |
//!        | 300-699:   v      v                                v
//!        |  ACK   +----------+  +-----------+ timer D   +------------+
//!        |        | Accepted |  | Completed |---------->| Terminated |
//!        |        +----------+  +-----------+           +------------+
//!        +-------------|------------^ 300-699: ACK            ^
//!                      +------------- timer M ----------------+
//! ```

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method};

use super::effect::{Effect, Effects};
use crate::timers::{Backoff, OwnTimers, Timers};

/// One INVITE and everything that comes back for it.
#[derive(Debug)]
pub(crate) struct InviteClient {
    request: Message,
    timers: Timers,
    reliable: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Calling {
        timer_a: Option<Backoff>,
        timer_b: Instant,
    },
    Proceeding,
    Completed {
        timer_d: Instant,
        ack: Bytes,
    },
    Accepted {
        timer_m: Instant,
    },
    Terminated,
}

impl InviteClient {
    /// Starts in Calling and sends the INVITE.
    pub(crate) fn start(
        request: Message,
        reliable: bool,
        (timers, own): (Timers, OwnTimers),
        now: Instant,
        effects: &mut Effects,
    ) -> Self {
        effects.push(Effect::Send(request.bytes().clone()));
        let timer_a = (!reliable).then(|| Backoff::start(now, timers.t1));
        let state = State::Calling {
            timer_a,
            timer_b: now + own.timer_b.unwrap_or_else(|| timers.give_up()),
        };
        Self {
            request,
            timers,
            reliable,
            state,
        }
    }

    pub(crate) const fn request(&self) -> &Message {
        &self.request
    }

    pub(crate) fn handle_response(
        &mut self,
        response: Message,
        now: Instant,
        effects: &mut Effects,
    ) {
        let Some(code) = response.status() else {
            return;
        };
        match (&self.state, code) {
            (State::Calling { .. } | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                effects.push(Effect::Response(response));
            }
            (State::Calling { .. } | State::Proceeding, 200..=299) => {
                self.state = State::Accepted {
                    timer_m: now + self.timers.give_up(),
                };
                effects.push(Effect::Response(response));
            }
            (State::Accepted { .. }, 200..=299) => {
                effects.push(Effect::Response(response));
            }
            (State::Calling { .. } | State::Proceeding, 300..=699) => {
                let ack = build_ack(&self.request, &response);
                effects.push(Effect::Send(ack.clone()));
                let timer_d = now + self.timers.timer_d(self.reliable);
                self.state = State::Completed { timer_d, ack };
                effects.push(Effect::Response(response));
            }
            (State::Completed { ack, .. }, 300..=699) => effects.push(Effect::Send(ack.clone())),
            // A late provisional, a final response of another kind than the first, or anything
            // after the end: absorbed.
            (
                State::Calling { .. }
                | State::Proceeding
                | State::Accepted { .. }
                | State::Completed { .. }
                | State::Terminated,
                _,
            ) => {}
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, effects: &mut Effects) {
        match &mut self.state {
            State::Calling { timer_b, .. } if *timer_b <= now => {
                self.state = State::Terminated;
                effects.push(Effect::TimedOut);
            }
            State::Calling {
                timer_a: Some(timer_a),
                ..
            } if timer_a.at <= now => {
                timer_a.advance(now, None);
                effects.push(Effect::Send(self.request.bytes().clone()));
            }
            State::Completed { timer_d: end, .. } | State::Accepted { timer_m: end }
                if *end <= now =>
            {
                self.state = State::Terminated;
            }
            State::Calling { .. }
            | State::Proceeding
            | State::Completed { .. }
            | State::Accepted { .. }
            | State::Terminated => {}
        }
    }

    /// The transport could not send: the transaction ends without a response
    /// (RFC 3261 17.1.4). True if the transaction user must be told.
    pub(crate) fn fail(&mut self) -> bool {
        let waiting = matches!(self.state, State::Calling { .. } | State::Proceeding);
        self.state = State::Terminated;
        waiting
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Calling { timer_a, timer_b } => {
                Some(timer_a.map_or(*timer_b, |timer_a| timer_a.at.min(*timer_b)))
            }
            State::Completed { timer_d: end, .. } | State::Accepted { timer_m: end } => Some(*end),
            State::Proceeding | State::Terminated => None,
        }
    }

    pub(crate) const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}

/// The ACK for a final response other than 2xx (RFC 3261 17.1.1.3): same Request-URI, Call-ID, From,
/// top Via, Route and CSeq number as the INVITE; To from the response.
pub fn build_ack(invite: &Message, response: &Message) -> Bytes {
    let uri = invite.request_uri_text().unwrap_or_default();
    let mut ack = MessageBuilder::request(&Method::Ack, uri);
    if let Some(via) = invite.values(HeaderName::Via).next() {
        ack.push(HeaderName::Via, via);
    }
    for route in invite.headers_named(HeaderName::Route) {
        ack.push(HeaderName::Route, route.value);
    }
    let copied = [
        (HeaderName::MaxForwards, invite),
        (HeaderName::From, invite),
        (HeaderName::To, response),
        (HeaderName::CallId, invite),
    ];
    for (name, source) in copied {
        if let Some(field) = source.header(name) {
            ack.push(name, field.value);
        }
    }
    let number = invite.cseq().map_or(0, |cseq| cseq.number);
    ack.push(HeaderName::CSeq, format!("{number} ACK"));
    ack.build()
}
