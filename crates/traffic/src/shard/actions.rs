//! Carrying out the actions of a step.

use gannet_scenario::model::{Action, ChannelId, Field, FieldId, OnFailure};

use super::call::CallId;
use super::core::{Core, Turn};
use super::subject::Subject;
use super::{Cause, LogEntry, Place};

/// What becomes of a call after the actions of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It goes on.
    Done,
    /// It goes on at this step.
    Jump(usize),
    /// It fails.
    Failed,
    /// The abort section takes over.
    Abort,
}

/// Where actions stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) call: CallId,
    pub(super) place: Place,
    pub(super) channel: ChannelId,
}

impl Core {
    /// Carries out actions until one of them fails. A jump takes effect after the last one.
    pub(super) fn act(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        actions: &[Action],
        subject: &mut Subject<'_>,
    ) -> Outcome {
        let mut outcome = Outcome::Done;
        for (index, action) in actions.iter().enumerate() {
            let is_last = index + 1 == actions.len();
            match self.act_one(turn, at, action, subject, is_last) {
                Outcome::Done => {}
                Outcome::Jump(step) => outcome = Outcome::Jump(step),
                stop => return stop,
            }
        }
        outcome
    }

    fn act_one(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        action: &Action,
        subject: &mut Subject<'_>,
        is_last: bool,
    ) -> Outcome {
        match action {
            Action::SetField {
                field,
                text,
                how,
                fill,
            } => self.set_field(turn, at, subject, (*field, text, *how, fill.as_ref())),
            Action::Store {
                variable,
                field,
                range,
            } => {
                let field = field_of(turn, at, *field);
                self.store(turn, at, subject, field, (*variable, *range))
            }
            Action::StoreMatch {
                variable,
                finder,
                range,
            } => self.store(turn, at, subject, finder, (*variable, *range)),
            Action::Restore {
                field,
                variable,
                range,
            } => self.restore(turn, at, subject, *field, (*variable, *range)),
            Action::External { column, to } => self.external(turn, at, subject, *column, *to),
            Action::CheckPresence { field, on_failure } => {
                self.check_presence(turn, at, subject, (*field, *on_failure))
            }
            Action::CheckValue {
                field,
                expected,
                on_failure,
            } => self.check_value(turn, at, subject, (*field, expected, *on_failure)),
            Action::JumpOn { message, step, .. } if subject.message == Some(*message) => {
                Outcome::Jump(*step)
            }
            Action::JumpOn {
                fails_when_last: true,
                ..
            } if is_last => self.failed(turn, at, Cause::JumpNotTaken),
            Action::JumpOn { .. } => Outcome::Done,
            Action::SetFieldBit {
                field,
                position,
                value,
            } => self.set_field_bit(turn, at, subject, (*field, *position, *value)),
            Action::Rekey { variable, field } => self.rekey(turn, at, subject, *variable, *field),
            Action::InsertKey { channel, key } => {
                self.insert_key(turn, at, subject, *channel, *key)
            }
            other => self.act_on_call(turn, at, other),
        }
    }

    /// Actions that need no message.
    fn act_on_call(&mut self, turn: &mut Turn<'_, '_>, at: At, action: &Action) -> Outcome {
        match action {
            Action::IncrementCounter(counter) => self.counters.increment(*counter),
            Action::IncrementVariable { variable, by } => {
                self.increment_variable(at.call, *variable, *by);
            }
            Action::SetBit {
                variable,
                position,
                value,
            } => return self.set_bit(turn, at, (*variable, *position, *value)),
            Action::PickLine => self.pick_line(at.call),
            Action::StartTimer => {
                let call = self.calls.get_mut(at.call);
                call.stopwatch_ns = Some(call.last_ns);
            }
            Action::StopTimer => self.stop_timer(turn.now_ns, at.call),
            Action::Log(text) => self.log_text(turn, at.call, text),
            Action::Open(args) => self.open_for_call(turn, at, args.as_ref()),
            Action::Close => self.close_for_call(turn, at),
            Action::SetField { .. }
            | Action::Store { .. }
            | Action::StoreMatch { .. }
            | Action::Restore { .. }
            | Action::External { .. }
            | Action::CheckPresence { .. }
            | Action::CheckValue { .. }
            | Action::JumpOn { .. }
            | Action::SetFieldBit { .. }
            | Action::Rekey { .. }
            | Action::InsertKey { .. } => {
                debug_assert!(false, "{action:?} works on a message");
            }
        }
        Outcome::Done
    }

    /// What a check that failed does.
    pub(super) fn check_failed(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        cause: Cause<'_>,
        on_failure: OnFailure,
    ) -> Outcome {
        match on_failure {
            OnFailure::Warn => {
                turn.warn(self.settings.levels, at.place, cause);
                Outcome::Done
            }
            OnFailure::Fail => {
                self.figures.unexpected_messages += 1;
                self.step_figures(at.place).unexpected += 1;
                self.failed(turn, at, cause)
            }
            OnFailure::Abort if self.can_abort(turn, at.call) => {
                turn.warn(self.settings.levels, at.place, cause);
                Outcome::Abort
            }
            OnFailure::Abort => self.failed(turn, at, cause),
        }
    }

    /// Notes that an action failed its call.
    pub(super) fn failed(&mut self, turn: &mut Turn<'_, '_>, at: At, cause: Cause<'_>) -> Outcome {
        self.step_figures(at.place).actions_failed += 1;
        self.note_failure(turn, at.call, at.place, cause);
        Outcome::Failed
    }

    /// Tells the log why a call fails.
    pub(super) fn note_failure(
        &mut self,
        turn: &mut Turn<'_, '_>,
        call: CallId,
        place: Place,
        cause: Cause<'_>,
    ) {
        if self.settings.levels.errors || self.settings.levels.traffic {
            let mut key = std::mem::take(&mut self.scratch.key);
            self.key_of(call, &mut key);
            turn.world.log(LogEntry::CallFailed {
                place,
                cause,
                key: &key,
            });
            self.scratch.key = key;
        }
    }
}

/// The field of the channel's protocol.
#[inline]
pub(super) fn field_of<'p>(turn: &Turn<'p, '_>, at: At, field: FieldId) -> &'p Field {
    let plan = turn.plan;
    &plan.protocol(at.channel).fields[field.index()]
}
