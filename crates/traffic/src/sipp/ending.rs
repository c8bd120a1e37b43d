//! How calls end.

use gannet_events::sipp::Failure;
use gannet_events::traffic::Phase;
use gannet_scenario::sipp::model::StepKind;

use super::call::CallId;
use super::core::{Core, Turn};
use super::{CallEvent, LogEntry, MediaOrder};

impl Core {
    /// A call has run all its steps. If a check failed on the way, it failed.
    pub(super) fn complete(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let failure = self.calls.get(id).failure;
        self.note_last_answer(turn, id);
        let last = turn.plan.part_of(self.calls.get(id)).scenario.steps.last();
        let is_by_message = last.is_some_and(|step| matches!(step.kind, StepKind::Receive(_)));
        self.count(turn, id, failure);
        self.end(turn, id);
        self.end.is_by_message = is_by_message;
    }

    /// A call failed; a timewait is no longer part of it.
    pub(super) fn fail(&mut self, turn: &mut Turn<'_, '_>, id: CallId, failure: Failure) {
        let call = self.calls.get(id);
        let failure = match call.failure {
            Some(earlier) => Some(earlier),
            None if call.marks.in_timewait && failure == Failure::TcpClosed => None,
            None => Some(failure),
        };
        self.count(turn, id, failure);
        self.end(turn, id);
    }

    /// A call failed, and the peer is told.
    pub(super) fn fail_with_abort(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        failure: Failure,
    ) {
        self.count(turn, id, Some(failure));
        if self.settings().behaviours.bye {
            self.tell_peer(turn, id);
        }
        self.end(turn, id);
    }

    fn count(&mut self, turn: &mut Turn<'_, '_>, id: CallId, failure: Option<Failure>) {
        let call = self.calls.get(id);
        if call.marks.is_init || call.marks.is_answer {
            return;
        }
        if let Some(failure) = failure {
            let step = call.step as usize;
            self.note_call(turn, id, CallEvent::Failed(step, failure));
        }
        let figures = &mut self.figures[usize::from(call.part)];
        match failure {
            None => figures.successful += 1,
            Some(failure) => {
                let last = figures.steps.len().saturating_sub(1);
                figures.fail((call.step as usize).min(last), failure);
            }
        }
    }

    /// A call ended that counts neither as successful nor as failed.
    pub(super) fn end_uncounted(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        self.end(turn, id);
    }

    /// A call is over: only its Call-ID is known for a while.
    fn end(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        self.end.is_by_message = false;
        self.note_call(turn, id, CallEvent::Ended);
        self.leave_pause(id);
        if turn.plan.part_of(self.calls.get(id)).needs.media {
            turn.world.media(id, MediaOrder::End);
        }
        self.leave_port(turn, id);
        let call = self.calls.get_mut(id);
        let (marks, part, began_ns) = (call.marks, call.part, call.began_ns);
        let mut keys = std::mem::take(&mut call.keys);
        if let Some(timer) = call.timer.take() {
            self.wheel.cancel(timer);
        }
        if marks.has_queued {
            self.queued.remove(&id);
        }
        if !self.redirected.is_empty() {
            self.redirected.remove(&id);
        }
        if marks.is_init {
            self.end_init(turn.now_ns);
        } else if !marks.is_answer {
            let figures = &mut self.figures[usize::from(part)];
            figures.open = figures.open.saturating_sub(1);
            figures
                .call_length
                .record(turn.now_ns.saturating_sub(began_ns));
            if !marks.automatic && !marks.is_forgotten {
                let call_id = self.calls.state(id).call_id();
                let name = super::dead::name_hash(&self.hasher, call_id);
                self.dead.insert(turn.now_ns, name);
            }
        }
        if let Some(user) = self.calls.state(id).user() {
            self.starts.free_user(user);
        }
        if let Some(circuit) = self.calls.state(id).circuit() {
            self.shared.common.circuits.give(circuit);
        }
        self.keys.remove_all(&mut keys);
        self.calls.give_back(id);
    }

    fn end_init(&mut self, now_ns: u64) {
        if self.phase == Phase::Init {
            self.phase = Phase::Running;
            self.starts.begin(now_ns);
        }
    }

    /// Tells the log of errors why a call failed, in a line that is made of its Call-ID.
    pub(super) fn note_failure(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        line: impl FnOnce(&str) -> String,
    ) {
        let part = self.calls.get(id).part;
        self.figures[usize::from(part)].warnings += 1;
        if self.shared.settings.levels.errors {
            let name = String::from_utf8_lossy(self.calls.state(id).call_id());
            turn.world.log(LogEntry::Warning(&line(&name)));
        }
    }

    /// Tells the log of calls what happened in one.
    #[inline]
    pub(super) fn note_call(&self, turn: &mut Turn<'_, '_>, id: CallId, event: CallEvent<'_>) {
        if self.shared.settings.levels.call_history {
            let call_id = self.calls.state(id).call_id();
            turn.world.log(LogEntry::Call { call_id, event });
        }
    }
}
