//! The non-INVITE client transaction (RFC 3261 17.1.2).
//!
//! ```text
//!   Trying --1xx--> Proceeding --200-699--> Completed --timer K--> Terminated
//!     |  timer E: resend   |  timer E: resend (T2)                     ^
//!     +---- 200-699 -------+----------------> Completed                |
//!     +---- timer F / transport error --> TU --------------------------+
//! ```

use std::time::Instant;

use gannet_sip::Message;

use super::effect::{Effect, Effects};
use crate::timers::{Backoff, OwnTimers, Timers};

/// One request other than INVITE and ACK.
#[derive(Debug)]
pub(crate) struct NonInviteClient {
    request: Message,
    timers: Timers,
    reliable: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Trying {
        timer_e: Option<Backoff>,
        timer_f: Instant,
    },
    Proceeding {
        timer_e: Option<Backoff>,
        timer_f: Instant,
    },
    Completed {
        timer_k: Instant,
    },
    Terminated,
}

impl NonInviteClient {
    /// Starts in Trying and sends the request.
    pub(crate) fn start(
        request: Message,
        reliable: bool,
        (timers, own): (Timers, OwnTimers),
        now: Instant,
        effects: &mut Effects,
    ) -> Self {
        effects.push(Effect::Send(request.bytes().clone()));
        let timer_e = (!reliable).then(|| Backoff::start(now, timers.t1));
        let state = State::Trying {
            timer_e,
            timer_f: now + own.timer_f.unwrap_or_else(|| timers.give_up()),
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
            (
                State::Trying { timer_e, timer_f } | State::Proceeding { timer_e, timer_f },
                100..=199,
            ) => {
                // Timer E runs on; once it has fired it is T2 (RFC 3261 17.1.2.2).
                let timer_e = timer_e.map(|mut timer_e| {
                    timer_e.continue_with(self.timers.t2);
                    timer_e
                });
                self.state = State::Proceeding {
                    timer_e,
                    timer_f: *timer_f,
                };
                effects.push(Effect::Response(response));
            }
            (State::Trying { .. } | State::Proceeding { .. }, 200..=699) => {
                let timer_k = now + self.timers.linger(self.reliable);
                self.state = State::Completed { timer_k };
                effects.push(Effect::Response(response));
            }
            // Retransmitted finals are absorbed; codes outside 100-699 are no responses.
            (
                State::Trying { .. }
                | State::Proceeding { .. }
                | State::Completed { .. }
                | State::Terminated,
                _,
            ) => {}
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, effects: &mut Effects) {
        match &mut self.state {
            State::Trying { timer_f, .. } | State::Proceeding { timer_f, .. }
                if *timer_f <= now =>
            {
                self.state = State::Terminated;
                effects.push(Effect::TimedOut);
            }
            State::Trying {
                timer_e: Some(timer_e),
                ..
            }
            | State::Proceeding {
                timer_e: Some(timer_e),
                ..
            } if timer_e.at <= now => {
                timer_e.advance(now, Some(self.timers.t2));
                effects.push(Effect::Send(self.request.bytes().clone()));
            }
            State::Completed { timer_k } if *timer_k <= now => self.state = State::Terminated,
            State::Trying { .. }
            | State::Proceeding { .. }
            | State::Completed { .. }
            | State::Terminated => {}
        }
    }

    /// The transport could not send. True if the transaction user must be told.
    pub(crate) fn fail(&mut self) -> bool {
        let waiting = matches!(self.state, State::Trying { .. } | State::Proceeding { .. });
        self.state = State::Terminated;
        waiting
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Trying { timer_e, timer_f } | State::Proceeding { timer_e, timer_f } => {
                Some(timer_e.map_or(*timer_f, |timer_e| timer_e.at.min(*timer_f)))
            }
            State::Completed { timer_k } => Some(*timer_k),
            State::Terminated => None,
        }
    }

    pub(crate) const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
