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
    /// Put it on hold by re-INVITE.
    Hold,
    /// End the hold by re-INVITE.
    Resume,
    /// Ask the other side by REFER for another call to us.
    Refer,
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
            Deed::Hold => Action::Hold(call),
            Deed::Resume => Action::Resume(call),
            Deed::Refer => Action::Refer(call),
        };
        self.planned += 1;
        self.plan.insert((at, self.planned), action);
    }
}
