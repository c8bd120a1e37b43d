//! The non-INVITE server transaction (RFC 3261 17.2.2).
//!
//! ```text
//!   Trying --1xx--> Proceeding --200-699--> Completed --timer J--> Terminated
//!     |               | request: resend 1xx    | request: resend final
//!     +--- 200-699 ---+----------------------->+
//!     +--- 64*T1 -----+-> Terminated, TU told
//! ```
//!
//! The edge without a final response is not in RFC 3261: once timer F of the client has fired an
//! answer is of no use to anybody, and 408 must not be sent (RFC 4320 4.2).

use std::time::Instant;

use bytes::Bytes;

use super::effect::{Effect, Effects};
use crate::timers::Timers;

/// One received request other than INVITE and ACK.
#[derive(Debug)]
pub(crate) struct NonInviteServer {
    timers: Timers,
    reliable: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Trying { give_up: Instant },
    Proceeding { last: Bytes, give_up: Instant },
    Completed { response: Bytes, timer_j: Instant },
    Terminated,
}

impl NonInviteServer {
    /// Starts in Trying.
    pub(crate) fn start(reliable: bool, timers: Timers, now: Instant) -> Self {
        let give_up = now + timers.give_up();
        Self {
            timers,
            reliable,
            state: State::Trying { give_up },
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
        match self.state {
            State::Trying { give_up } | State::Proceeding { give_up, .. } => {
                effects.push(Effect::Send(response.clone()));
                self.state = if code < 200 {
                    let last = response;
                    State::Proceeding { last, give_up }
                } else {
                    let timer_j = now + self.timers.timer_j(self.reliable);
                    State::Completed { response, timer_j }
                };
            }
            // "Any other final responses passed by the TU ... MUST be discarded" (17.2.2).
            State::Completed { .. } | State::Terminated => {}
        }
    }

    /// The same request again.
    pub(crate) fn handle_retransmission(&mut self, effects: &mut Effects) {
        match &self.state {
            State::Proceeding { last: response, .. } | State::Completed { response, .. } => {
                effects.push(Effect::Send(response.clone()));
            }
            State::Trying { .. } | State::Terminated => {}
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, effects: &mut Effects) {
        match self.state {
            State::Trying { give_up } | State::Proceeding { give_up, .. } if give_up <= now => {
                self.state = State::Terminated;
                effects.push(Effect::Unanswered);
            }
            State::Completed { timer_j, .. } if timer_j <= now => self.state = State::Terminated,
            State::Trying { .. }
            | State::Proceeding { .. }
            | State::Completed { .. }
            | State::Terminated => {}
        }
    }

    pub(crate) const fn next_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Trying { give_up: at }
            | State::Proceeding { give_up: at, .. }
            | State::Completed { timer_j: at, .. } => Some(*at),
            State::Terminated => None,
        }
    }

    pub(crate) const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
