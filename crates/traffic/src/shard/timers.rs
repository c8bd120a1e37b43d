//! Deadlines of calls.

use super::actions::Outcome;
use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::{Cause, Place};

/// Marks the timer of a retransmission, beside the call's own.
pub(super) const REPEAT_BIT: u64 = 1 << 32;

impl Core {
    /// Sees to it that the call is looked at when its deadline comes. A timer that is early enough stays: it
    /// finds the later deadline when it expires, so an ordinary message costs no timer at all.
    pub(super) fn arm(&mut self, id: CallId) {
        let call = self.calls.get_mut(id);
        if call.deadline_ns == 0 {
            return;
        }
        if let Some(timer) = call.timer {
            if call.timer_ns <= call.deadline_ns {
                return;
            }
            self.wheel.cancel(timer);
        }
        call.timer_ns = call.deadline_ns;
        call.timer = Some(self.wheel.insert(call.deadline_ns, u64::from(id)));
    }

    /// Looks at all calls whose timers have expired.
    pub(super) fn expire(&mut self, turn: &mut Turn<'_, '_>) {
        let mut expired = std::mem::take(&mut self.expired);
        self.wheel.advance(turn.now_ns, &mut expired);
        for payload in expired.drain(..) {
            let id = payload as CallId;
            if payload & REPEAT_BIT == 0 {
                self.call_timer(turn, id);
            } else {
                self.repeat_timer(turn, id);
            }
        }
        self.expired = expired;
    }

    fn call_timer(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get_mut(id);
        if call.timer.is_none() || call.timer_ns > turn.now_ns {
            // The call that this timer was of has ended within this very turn.
            return;
        }
        call.timer = None;
        if call.deadline_ns == 0 {
            return;
        }
        if call.deadline_ns > turn.now_ns {
            self.arm(id);
            return;
        }
        let place = self.place_of(id);
        let call = self.calls.get_mut(id);
        match call.state {
            State::Free | State::Running | State::Ended => {}
            State::Receiving => self.waited_too_long(turn, id, place),
            State::Pausing => {
                call.last_ns = call.deadline_ns;
                call.deadline_ns = 0;
                call.step += 1;
                self.run(turn, id);
            }
            State::Opening => {
                self.step_figures(place).timeouts += 1;
                self.connection_failed(turn, id, place);
            }
        }
    }

    /// No message came in time.
    fn waited_too_long(&mut self, turn: &mut Turn<'_, '_>, id: CallId, place: Place) {
        self.figures.failed_timeout += 1;
        self.step_figures(place).timeouts += 1;
        self.note_failure(turn, id, place, Cause::Timeout);
        if self.settings.timeout_aborts && self.enter_abort(turn, id) {
            self.run(turn, id);
        } else {
            self.fail(turn, id, place);
        }
    }

    /// The call's own connection was not made, or is lost.
    pub(super) fn connection_failed(&mut self, turn: &mut Turn<'_, '_>, id: CallId, place: Place) {
        let channel = turn.plan.channel_of(place);
        let at = super::actions::At {
            call: id,
            place,
            channel,
        };
        let outcome = self.failed(turn, at, Cause::ConnectionLost { channel });
        debug_assert_eq!(outcome, Outcome::Failed);
        self.fail(turn, id, place);
    }
}
