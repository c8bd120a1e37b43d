//! Acts that somebody else has decided on, at a moment of his choice.

use std::time::Instant;

use super::act::Action;
use super::user::Phone;

/// Something to be done in a phone's newest call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Give up the call, if it was not answered so far.
    GiveUp,
    /// Answer it.
    Accept,
    /// End it.
    HangUp,
    /// Change the session by re-INVITE.
    Reinvite,
}

impl Phone {
    /// Does this then, in the call that began last; nothing if there was none.
    pub fn aim(&mut self, at: Instant, deed: Deed) {
        let Some(call) = self.calls.keys().next_back().copied() else {
            return;
        };
        let action = match deed {
            Deed::GiveUp => Action::GiveUp(call),
            Deed::Accept => Action::Accept(call),
            Deed::HangUp => Action::HangUp(call),
            Deed::Reinvite => Action::Reinvite(call),
        };
        self.planned += 1;
        self.plan.insert((at, self.planned), action);
    }
}
