//! Messages that a call does not wait for, and calls that are given up.

use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::{StepKind, Text};

use super::call::CallId;
use super::core::{Core, Turn};
use super::plan::{Part, wanted_name};
use super::received::{Received, Start};
use super::running::MS_NS;
use super::text::render;

/// The most codes of unexpected responses that are kept.
const CODES_MAX: usize = 100_000;

impl Core {
    /// Nothing in the scenario is for this message.
    pub(super) fn unexpected(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        received: &Received<'_>,
        was_unexpected: bool,
    ) {
        if !was_unexpected && self.enter_handler(turn, id, received) {
            return;
        }
        let behaviours = self.settings().behaviours;
        match received.start() {
            // Whose call is ended so may come back with its Call-ID, as in SIPp.
            Start::Request(b"BYE" | b"CANCEL") if received.to().is_some() => {
                self.calls.get_mut(id).marks.is_forgotten = true;
                self.unexpected_end(turn, id, received);
            }
            Start::Request(b"PING") => {
                self.calls.get_mut(id).marks.is_forgotten = true;
                if behaviours.ping_reply {
                    self.say_automatic(turn, id, "PING");
                    self.keep_last_for_default(id, received);
                    self.send_default(turn, id, |part| &part.defaults.ok);
                    self.abort_twin(turn, id);
                    self.figures_of(id).auto_answered += 1;
                    self.end_uncounted(turn, id);
                }
            }
            Start::Request(method) if behaviours.auto_answer && is_answered(method) => {
                self.answer_beside(turn, id, received);
            }
            _ => self.give_up(turn, id, received),
        }
        self.end.is_by_message = true;
    }

    /// Goes to the scenario's own handler with the message. False if there is none, or if the call is in
    /// it.
    fn enter_handler(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        received: &Received<'_>,
    ) -> bool {
        let call = self.calls.get(id);
        let plan = turn.plan;
        let Some(handler) = plan.part_of(call).scenario.unexpected else {
            return false;
        };
        let is_pausing = call.state == super::call::State::Pausing;
        let (index, deadline_ns) = (call.step, call.deadline_ns);
        let paused_until_ms = if is_pausing { deadline_ns / MS_NS } else { 0 };
        let (mut env, state, _) = self.env(turn, id);
        if let Some(variable) = handler.return_to {
            if env.number(state, variable) != 0.0 {
                return false;
            }
            env.variable_mut(state, variable)
                .set_number(f64::from(index));
        }
        if let Some(variable) = handler.paused_until {
            env.variable_mut(state, variable)
                .set_number(paused_until_ms as f64);
        }
        self.leave_pause(id);
        self.queue(id, received);
        let call = self.calls.get_mut(id);
        call.marks.queued_unexpected = true;
        call.heard.forget_earlier();
        call.state = super::call::State::Running;
        self.go_to(turn, id, handler.main);
        true
    }

    /// A BYE or CANCEL that the scenario does not wait for ends the call.
    fn unexpected_end(&mut self, turn: &mut Turn<'_, '_>, id: CallId, received: &Received<'_>) {
        self.count_unexpected(turn, id, received);
        let behaviours = self.settings().behaviours;
        if !behaviours.abort_unexpected {
            return;
        }
        if behaviours.bye {
            self.keep_last_for_default(id, received);
            self.send_default(turn, id, |part| &part.defaults.ok);
        }
        self.abort_twin(turn, id);
        self.fail(turn, id, Failure::UnexpectedMessage);
    }

    /// Answers a request with 200; the call goes on as if nothing had come.
    fn answer_beside(&mut self, turn: &mut Turn<'_, '_>, id: CallId, received: &Received<'_>) {
        self.say_automatic(turn, id, "INFO, NOTIFY, OPTIONS or UPDATE");
        let had_last = self.calls.get(id).marks.has_last;
        let before = self.calls.state(id).last().to_vec();
        self.keep_last_for_default(id, received);
        self.send_default(turn, id, |part| &part.defaults.ok);
        let scratch = &mut self.shared.common.scratch;
        self.calls.state_mut(id).keep_last_bytes(scratch, &before);
        self.calls.get_mut(id).marks.has_last = had_last;
        self.figures_of(id).auto_answered += 1;
    }

    fn say_automatic(&mut self, turn: &mut Turn<'_, '_>, id: CallId, methods: &str) {
        self.note_failure(turn, id, |name| {
            format!("Automatic response mode for an unexpected {methods} for call: {name}")
        });
    }

    fn give_up(&mut self, turn: &mut Turn<'_, '_>, id: CallId, received: &Received<'_>) {
        self.count_unexpected(turn, id, received);
        let behaviours = self.settings().behaviours;
        if !behaviours.abort_unexpected {
            return;
        }
        self.abort_twin(turn, id);
        self.keep_last_for_default(id, received);
        self.fail_with_abort(turn, id, Failure::UnexpectedMessage);
    }

    fn count_unexpected(&mut self, turn: &mut Turn<'_, '_>, id: CallId, received: &Received<'_>) {
        let call = self.calls.get(id);
        let index = call.step as usize;
        let part = turn.plan.part(call.part);
        if let Some(figures) = self.step_figures(id, index) {
            figures.unexpected += 1;
        }
        if let Some(code) = received.code() {
            let codes = &mut self.figures_of(id).unexpected_codes;
            if codes.len() < CODES_MAX {
                codes.push(code);
            }
        }
        let aborts = self.settings().behaviours.abort_unexpected;
        self.note_failure(turn, id, |name| {
            let verb = if aborts { "Aborting" } else { "Continuing" };
            let place = place_name(part, index);
            if let Start::Request(method @ (b"BYE" | b"CANCEL")) = received.start() {
                let method = String::from_utf8_lossy(method);
                return format!(
                    "{verb} call on an unexpected {method} for call: {name} ({place}, index {index})"
                );
            }
            let text = String::from_utf8_lossy(received.bytes());
            format!(
                "{verb} call on unexpected message for Call-Id '{name}': {place} (index {index}), \
                 received '{text}'"
            )
        });
    }

    /// Tells the peer that the call is over, as far as the call has come.
    pub(super) fn tell_peer(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        let marks = call.marks;
        // Only who began a call can take it back.
        if marks.incoming || call.step == 0 || !marks.has_last {
            return;
        }
        if marks.established || !marks.sent_invite {
            self.send_default(turn, id, |part| &part.defaults.bye);
            return;
        }
        let mut reader = super::received::Reader::default();
        let last = self.calls.state(id).last();
        let code = reader.read(last).and_then(|last| last.code());
        if code.is_some_and(|code| code >= 400) {
            self.send_default(turn, id, |part| &part.defaults.ack);
        } else if marks.ack_pending {
            self.send_default(turn, id, |part| &part.defaults.ack_2xx);
            self.send_default(turn, id, |part| &part.defaults.bye);
        } else {
            self.send_default(turn, id, |part| &part.defaults.cancel);
        }
    }

    /// Tells the twin that the call is over.
    fn abort_twin(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        let part = turn.plan.part(call.part);
        if part.scenario.twin.is_none() || call.step == 0 {
            return;
        }
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let at = self.at(id, call.step as usize);
        let (mut env, state, _) = self.env(turn, id);
        if render(&mut env, state, at, &part.defaults.twin_abort, &mut out).is_ok() {
            self.transmit_command(turn, None, &out);
        }
        self.out = out;
    }

    /// Sends a message that is in no step.
    pub(super) fn send_default(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        choose: impl FnOnce(&Part) -> &Text,
    ) {
        let call = self.calls.get(id);
        let text = choose(turn.plan.part(call.part));
        let Some(way) = call.way else {
            return;
        };
        // The branch is another one than that of any step.
        let at = self.at(
            id,
            turn.plan.part_of(call).scenario.steps.len() + call.step as usize,
        );
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let (mut env, state, _) = self.env(turn, id);
        if render(&mut env, state, at, text, &mut out).is_ok() {
            self.transmit(turn, id, way, &out);
        }
        self.out = out;
    }

    /// The message that `[last_…]` of a default message means.
    pub(super) fn keep_last_for_default(&mut self, id: CallId, received: &Received<'_>) {
        let scratch = &mut self.shared.common.scratch;
        self.calls.state_mut(id).keep_last(scratch, received);
        self.calls.get_mut(id).marks.has_last = true;
    }
}

/// Requests that `-aa` answers.
pub(super) fn is_answered(method: &[u8]) -> bool {
    matches!(method, b"INFO" | b"NOTIFY" | b"OPTIONS" | b"UPDATE")
}

/// What a call does in a step, as the log of errors has it.
fn place_name(part: &Part, index: usize) -> String {
    match part.scenario.steps.get(index).map(|step| &step.kind) {
        Some(StepKind::Receive(receive)) => {
            format!("while expecting '{}'", wanted_name(&receive.wanted))
        }
        Some(StepKind::Send(_)) => "while sending".into(),
        Some(StepKind::Pause(_)) => "while pausing".into(),
        Some(StepKind::SendCommand(_)) => "while sending command".into(),
        Some(StepKind::ReceiveCommand(_)) => "while expecting command".into(),
        Some(StepKind::Nop) | None => "between messages".into(),
    }
}
