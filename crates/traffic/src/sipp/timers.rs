//! Deadlines of calls.

use gannet_events::sipp::Failure;

use super::call::{CallId, State};
use super::core::{Core, Turn};

impl Core {
    /// Sees to it that the call is looked at when one of its times comes. A timer that is early enough
    /// stays: it finds the later time when it expires, so an ordinary message costs no timer at all.
    #[inline]
    pub(super) fn arm(&mut self, id: CallId) {
        let call = self.calls.get_mut(id);
        let due_ns = match (call.deadline_ns, call.repeat.next_ns) {
            (0, repeat_ns) => repeat_ns,
            (deadline_ns, 0) => deadline_ns,
            (deadline_ns, repeat_ns) => deadline_ns.min(repeat_ns),
        };
        if due_ns == 0 {
            return;
        }
        if let Some(timer) = call.timer {
            if call.timer_ns <= due_ns {
                return;
            }
            self.wheel.cancel(timer);
        }
        call.timer_ns = due_ns;
        call.timer = Some(self.wheel.insert(due_ns, u64::from(id)));
    }

    /// Looks at all calls whose timers have expired.
    pub(super) fn expire(&mut self, turn: &mut Turn<'_, '_>) {
        let mut expired = std::mem::take(&mut self.expired);
        self.wheel.advance(turn.now_ns, &mut expired);
        for payload in expired.drain(..) {
            self.expired_timer(turn, payload as CallId);
        }
        self.expired = expired;
    }

    fn expired_timer(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get_mut(id);
        if call.timer.is_none() || call.timer_ns > turn.now_ns {
            // The call that this timer was of has ended within this very turn.
            return;
        }
        call.timer = None;
        let repeat_ns = call.repeat.next_ns;
        if repeat_ns != 0 && repeat_ns <= turn.now_ns {
            self.repeat_due(turn, id);
        }
        let call = self.calls.get(id);
        if call.state == State::Free || call.timer.is_some() {
            return;
        }
        if call.deadline_ns != 0 && call.deadline_ns <= turn.now_ns {
            self.deadline(turn, id);
        }
        if self.calls.get(id).state != State::Free {
            self.arm(id);
        }
    }

    fn deadline(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get_mut(id);
        call.deadline_ns = 0;
        match call.state {
            State::Free | State::Running | State::Blocked => {}
            State::Receiving => self.waited_too_long(turn, id),
            State::Pausing => {
                self.leave_pause(id);
                let call = self.calls.get(id);
                let (index, part) = (call.step as usize, turn.plan.part(call.part));
                if let Some(step) = part.steps(call.marks.is_init).get(index) {
                    self.advance(turn, id, index, step, super::running::Onward::default());
                }
                self.run(turn, id);
            }
            State::Yielding => self.run(turn, id),
            State::Opening | State::Congested => {
                let call = self.calls.get(id);
                if call.send_limit_ns <= turn.now_ns {
                    self.could_not_send(turn, id);
                } else {
                    self.run(turn, id);
                }
            }
        }
    }

    /// No message came in time.
    fn waited_too_long(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        let index = call.deadline_step as usize;
        let part = turn.plan.part(call.part);
        if let Some(figures) = self.step_figures(id, index) {
            figures.timeouts += 1;
        }
        let steps = &part.scenario.steps;
        let label = steps.get(index).and_then(|step| step.on_timeout);
        if let Some(to) = label.filter(|to| *to < steps.len()) {
            self.go_to(turn, id, to);
            return;
        }
        let scenario = &part.scenario.name;
        self.note_failure(turn, id, |name| {
            format!(
                "Call-Id: {name}, receive timeout on message {scenario}:{index} without label to \
                 jump to (ontimeout attribute): aborting call"
            )
        });
        self.fail_with_abort(turn, id, Failure::TimeoutOnRecv);
    }

    /// A connection did not take the message in time.
    fn could_not_send(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        let index = call.step as usize;
        let part = turn.plan.part(call.part);
        if let Some(figures) = self.step_figures(id, index) {
            figures.timeouts += 1;
        }
        let steps = &part.scenario.steps;
        let label = steps.get(index).and_then(|step| step.on_timeout);
        if let Some(to) = label.filter(|to| *to < steps.len()) {
            self.go_to(turn, id, to);
            return;
        }
        self.fail_with_abort(turn, id, Failure::TimeoutOnSend);
    }

    /// A call goes on at a step.
    pub(super) fn go_to(&mut self, turn: &mut Turn<'_, '_>, id: CallId, to: usize) {
        let call = self.calls.get_mut(id);
        if to <= call.step as usize {
            call.heard.forget_earlier();
        }
        call.step = to as u32;
        call.deadline_ns = 0;
        call.send_limit_ns = 0;
        self.run(turn, id);
    }
}
