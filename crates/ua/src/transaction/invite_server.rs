//! The INVITE server transaction (RFC 3261 17.2.1, changed by RFC 6026 7.1).
//!
//! ```text
//!                  | INVITE -> TU, 100 after 200 ms
//!                  v
//!            +------------+  INVITE: resend last 1xx
//!            | Proceeding |
//!            +------------+
//!        2xx  |          | 300-699
//!             v          v
//!     +----------+   +-----------+ timer H -> TU  +------------+
//!     | Accepted |   | Completed |--------------->| Terminated |
//!     +----------+   +-----------+                +------------+
//!  INVITE: absorbed   | INVITE, timer G: resend      ^      ^
//!  ACK -> TU          | ACK                          |      |
//!       |             v                              |      |
//!       |        +-----------+   timer I             |      |
//!       |        | Confirmed |-----------------------+      |
//!       |        +-----------+                              |
//!       +---------------- timer L --------------------------+
//! ```
//!
//! A transport error changes no state (RFC 6026 8.8): the next retransmission may get through.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use gannet_sip::Message;

use super::effect::{Effect, Effects};
use crate::respond::response_to;
use crate::timers::{Backoff, OwnTimers, Timers};

/// One received INVITE.
#[derive(Debug)]
pub(crate) struct InviteServer {
    timers: Timers,
    own: OwnTimers,
    reliable: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Proceeding {
        last: Option<Bytes>,
        trying: Option<Box<Trying>>,
    },
    Completed {
        response: Bytes,
        timer_g: Option<Backoff>,
        timer_h: Instant,
    },
    Confirmed {
        timer_i: Instant,
    },
    Accepted {
        timer_l: Instant,
    },
    Terminated,
}

/// The 100 to send if nobody else answers soon; most are never written.
#[derive(Debug)]
struct Trying {
    at: Instant,
    request: Message,
    source: SocketAddr,
}

impl Trying {
    fn response(&self) -> Bytes {
        response_to(&self.request, self.source, 100, None).build()
    }
}

impl InviteServer {
    /// Starts in Proceeding, with the INVITE and where it came from.
    pub(crate) fn start(
        (request, source): (Message, SocketAddr),
        reliable: bool,
        (timers, own): (Timers, OwnTimers),
        now: Instant,
    ) -> Self {
        let trying = own.trying.wait().map(|wait| Trying {
            at: now + wait,
            request,
            source,
        });
        let state = State::Proceeding {
            last: None,
            trying: trying.map(Box::new),
        };
        Self {
            timers,
            own,
            reliable,
            state,
        }
    }

    /// A response from the transaction user.
    pub(crate) fn respond(
        &mut self,
        code: u16,
        response: Bytes,
        now: Instant,
        effects: &mut Effects,
    ) {
        match (&self.state, code) {
            (State::Proceeding { .. }, 100..=199) => {
                effects.push(Effect::Send(response.clone()));
                self.state = State::Proceeding {
                    last: Some(response),
                    trying: None,
                };
            }
            (State::Proceeding { .. }, 200..=299) => {
                effects.push(Effect::Send(response));
                self.state = State::Accepted {
                    timer_l: now + self.timers.give_up(),
                };
            }
            // Retransmissions of 2xx come from the transaction user (RFC 3261 13.3.1.4).
            (State::Accepted { .. }, 200..=299) => effects.push(Effect::Send(response)),
            (State::Proceeding { .. }, 300..) => {
                effects.push(Effect::Send(response.clone()));
                let timer_g = (!self.reliable).then(|| Backoff::start(now, self.timers.t1));
                let timer_h = now + self.own.timer_h.unwrap_or_else(|| self.timers.give_up());
                self.state = State::Completed {
                    response,
                    timer_g,
                    timer_h,
                };
            }
            // The final response is out already.
            (
                State::Proceeding { .. }
                | State::Completed { .. }
                | State::Confirmed { .. }
                | State::Accepted { .. }
                | State::Terminated,
                _,
            ) => {}
        }
    }

    /// The same INVITE again.
    pub(crate) fn handle_retransmission(&mut self, effects: &mut Effects) {
        match &mut self.state {
            State::Proceeding {
                last: Some(last), ..
            }
            | State::Completed { response: last, .. } => {
                effects.push(Effect::Send(last.clone()));
            }
            State::Proceeding { last: None, trying } => {
                if let Some(trying) = trying.take() {
                    let response = trying.response();
                    effects.push(Effect::Send(response.clone()));
                    self.state = State::Proceeding {
                        last: Some(response),
                        trying: None,
                    };
                }
            }
            State::Accepted { .. } | State::Confirmed { .. } | State::Terminated => {}
        }
    }

    /// An ACK with this transaction's branch. True if it belongs to a 2xx and goes to the
    /// transaction user.
    pub(crate) fn handle_ack(&mut self, now: Instant, effects: &mut Effects) -> bool {
        match self.state {
            State::Completed { .. } => {
                self.state = State::Confirmed {
                    timer_i: now + self.timers.linger(self.reliable),
                };
                effects.push(Effect::AckReceived);
                false
            }
            State::Accepted { .. } => true,
            State::Proceeding { .. } | State::Confirmed { .. } | State::Terminated => false,
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, effects: &mut Effects) {
        match &mut self.state {
            State::Proceeding { last, trying } if trying.as_ref().is_some_and(|t| t.at <= now) => {
                if let Some(trying) = trying.take() {
                    let response = trying.response();
                    effects.push(Effect::Send(response.clone()));
                    *last = Some(response);
                }
            }
            State::Completed { timer_h, .. } if *timer_h <= now => {
                self.state = State::Terminated;
                effects.push(Effect::AckMissing);
            }
            State::Completed {
                response,
                timer_g: Some(timer_g),
                ..
            } if timer_g.at <= now => {
                timer_g.advance(now, Some(self.timers.t2));
                effects.push(Effect::Send(response.clone()));
            }
            State::Confirmed { timer_i: end } | State::Accepted { timer_l: end } if *end <= now => {
                self.state = State::Terminated;
            }
            State::Proceeding { .. }
            | State::Completed { .. }
            | State::Confirmed { .. }
            | State::Accepted { .. }
            | State::Terminated => {}
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Proceeding { trying, .. } => trying.as_ref().map(|trying| trying.at),
            State::Completed {
                timer_g, timer_h, ..
            } => Some(timer_g.map_or(*timer_h, |timer_g| timer_g.at.min(*timer_h))),
            State::Confirmed { timer_i: end } | State::Accepted { timer_l: end } => Some(*end),
            State::Terminated => None,
        }
    }

    /// True while no final response was given: CANCEL still has an effect (RFC 3261 9.2).
    pub(crate) const fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    pub(crate) const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
