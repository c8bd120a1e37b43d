//! The non-INVITE server transaction (RFC 3261 17.2.2).
//!
//! ```text
//!   Trying --1xx--> Proceeding --200-699--> Completed --timer J--> Terminated
//!     |               | request: resend 1xx    | request: resend final
//!     +--- 200-699 ---+----------------------->+
//! ```

use std::time::Instant;

use bytes::Bytes;

use super::effect::Effect;
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
    Trying,
    Proceeding { last: Bytes },
    Completed { response: Bytes, timer_j: Instant },
    Terminated,
}

impl NonInviteServer {
    /// Starts in Trying.
    pub(crate) const fn start(reliable: bool, timers: Timers) -> Self {
        Self {
            timers,
            reliable,
            state: State::Trying,
        }
    }

    /// A response from the transaction user.
    pub(crate) fn respond(
        &mut self,
        code: u16,
        response: Bytes,
        now: Instant,
        effects: &mut Vec<Effect>,
    ) {
        match self.state {
            State::Trying | State::Proceeding { .. } => {
                effects.push(Effect::Send(response.clone()));
                self.state = if code < 200 {
                    State::Proceeding { last: response }
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
    pub(crate) fn handle_retransmission(&mut self, effects: &mut Vec<Effect>) {
        match &self.state {
            State::Proceeding { last: response } | State::Completed { response, .. } => {
                effects.push(Effect::Send(response.clone()));
            }
            State::Trying | State::Terminated => {}
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if let State::Completed { timer_j, .. } = self.state
            && timer_j <= now
        {
            self.state = State::Terminated;
        }
    }

    pub(crate) const fn next_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Completed { timer_j, .. } => Some(*timer_j),
            State::Trying | State::Proceeding { .. } | State::Terminated => None,
        }
    }

    pub(crate) const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
