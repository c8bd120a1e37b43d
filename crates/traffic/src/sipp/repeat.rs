//! Sending the last message again while nothing comes (SIPp's rules, near those of RFC 3261 17.1).

use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::Send;

use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::received::{Received, Start};
use super::running::MS_NS;

impl Core {
    /// Starts the timer of a message that was sent, if its step has one.
    #[inline]
    pub(super) fn start_repeat(&mut self, now_ns: u64, id: CallId, send: &Send) {
        let Some(t1_ms) = send.retransmit_ms.filter(|ms| *ms > 0) else {
            return;
        };
        if !self.repeats() {
            return;
        }
        let repeat = &mut self.calls.get_mut(id).repeat;
        repeat.interval_ns = t1_ms.saturating_mul(MS_NS);
        repeat.next_ns = now_ns.saturating_add(repeat.interval_ns).max(1);
        self.arm(id);
    }

    /// The time for another retransmission, or for giving up.
    pub(super) fn repeat_due(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let retransmission = self.settings().retransmission;
        let call = self.calls.get_mut(id);
        let is_invite = call.marks.sent_invite;
        let of_kind = if is_invite {
            retransmission.max_invite
        } else {
            retransmission.max_non_invite
        };
        call.repeat.count += 1;
        if call.repeat.count > of_kind.min(retransmission.max) {
            self.exhausted(turn, id);
            return;
        }
        let doubled = call.repeat.interval_ns.saturating_mul(2);
        call.repeat.interval_ns = if is_invite {
            doubled
        } else {
            doubled.min(retransmission.t2_ns)
        };
        // From when it was due and not from now, so that delays do not add up.
        let next_ns = call.repeat.next_ns.saturating_add(call.repeat.interval_ns);
        call.repeat.next_ns = next_ns.max(turn.now_ns + 1);
        let (index, way) = (call.repeat.step as usize, call.way);
        let plan = turn.plan;
        let call = self.calls.get(id);
        let step = plan.part_of(call).steps(call.marks.is_init).get(index);
        if step.is_some_and(|step| self.loses(step)) {
            if let Some(figures) = self.step_figures(id, index) {
                figures.lost += 1;
            }
        } else if let Some(way) = way {
            self.send_copy(turn, id, way);
        }
        self.figures_of(id).retransmissions += 1;
        if let Some(figures) = self.step_figures(id, index) {
            figures.retransmissions += 1;
        }
    }

    /// Sends the last message of a step again.
    pub(super) fn send_copy(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        way: crate::shard::Way,
    ) {
        let Some(copy) = self.calls.sent_mut(id) else {
            return;
        };
        let bytes = std::mem::take(copy);
        self.transmit(turn, id, way, &bytes);
        if let Some(copy) = self.calls.sent_mut(id) {
            *copy = bytes;
        }
    }

    /// Nothing came, however often the message was sent.
    fn exhausted(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get_mut(id);
        call.repeat.next_ns = 0;
        let index = call.repeat.step as usize;
        let part = turn.plan.part(call.part);
        if let Some(figures) = self.step_figures(id, index) {
            figures.timeouts += 1;
        }
        let label = part
            .scenario
            .steps
            .get(index)
            .and_then(|step| step.on_timeout);
        if let Some(to) = label.filter(|to| *to < part.scenario.steps.len()) {
            self.note_failure(turn, id, |name| {
                format!(
                    "Call-Id: {name}, timeout on max UDP retrans for message {index}, jumping to \
                     label {to}"
                )
            });
            self.leave_pause(id);
            self.go_to(turn, id, to);
            return;
        }
        self.note_failure(turn, id, |name| {
            format!(
                "Aborting call on UDP retransmission timeout for Call-ID '{name}' (index {index})"
            )
        });
        self.fail_with_abort(turn, id, Failure::MaxUdpRetrans);
    }

    /// A message that a step took ends the retransmission, or slows it down.
    #[inline]
    pub(super) fn end_repeat(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        index: usize,
        received: &Received<'_>,
    ) {
        let t2_ns = self.shared.settings.retransmission.t2_ns;
        let call = self.calls.get_mut(id);
        if call.repeat.next_ns == 0 {
            return;
        }
        let is_later = index > call.repeat.step as usize;
        let ends = match received.start() {
            Start::Request(method) => {
                is_later && matches!(method, b"ACK" | b"PRACK" | b"CANCEL" | b"BYE")
            }
            Start::Response(100..=199) => {
                let is_invite = received.cseq_method() == Some(b"INVITE");
                if is_later && !is_invite {
                    // RFC 3261 17.1.2.2: in Proceeding, timer E is T2.
                    call.repeat.interval_ns = t2_ns;
                    call.repeat.next_ns = turn.now_ns.saturating_add(t2_ns).max(1);
                }
                is_later && is_invite
            }
            // A loop may lead back to the step that takes it.
            Start::Response(_) => is_later || self.answers_last(turn, id, received),
        };
        if ends {
            self.calls.get_mut(id).repeat.next_ns = 0;
        }
    }

    /// Whether a response is one to the request that was sent last.
    fn answers_last(&self, turn: &Turn<'_, '_>, id: CallId, received: &Received<'_>) -> bool {
        let call = self.calls.get(id);
        let steps = turn.plan.part_of(call).steps(call.marks.is_init);
        let step = steps.get(call.repeat.step as usize);
        step.and_then(super::plan::request_of)
            .is_some_and(|method| received.cseq_method() == Some(method.as_bytes()))
    }

    /// A call that waited with its next message goes on when the last one was answered.
    #[inline]
    pub(super) fn unblock(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        if call.state == State::Blocked && call.repeat.next_ns == 0 {
            self.run(turn, id);
        }
    }
}
