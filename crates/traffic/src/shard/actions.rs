//! Carrying out the actions of a step.

use gannet_scenario::model::{
    Action, ByteRange, ChannelId, Expected, External, Field, FieldId, OnFailure, VariableId, splice,
};

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
            Action::IncrementCounter(counter) => self.counters.increment(*counter),
            Action::IncrementVariable { variable, by } => {
                self.increment_variable(at.call, *variable, *by);
            }
            Action::SetField {
                field,
                text,
                how,
                fill,
            } => return self.set_field(turn, at, subject, (*field, text, *how, fill.as_ref())),
            Action::Store {
                variable,
                field,
                range,
            } => {
                let field = field_of(turn, at, *field);
                return self.store(turn, at, subject, field, (*variable, *range));
            }
            Action::StoreMatch {
                variable,
                finder,
                range,
            } => return self.store(turn, at, subject, finder, (*variable, *range)),
            Action::Restore {
                field,
                variable,
                range,
            } => return self.restore(turn, at, subject, *field, (*variable, *range)),
            Action::PickLine => self.pick_line(at.call),
            Action::External { column, to } => {
                return self.external(turn, at, subject, *column, *to);
            }
            Action::CheckPresence { field, on_failure } => {
                let field = field_of(turn, at, *field);
                if field.read(subject.place(field.place)).is_none() {
                    let cause = Cause::FieldAbsent { field: &field.name };
                    return self.check_failed(turn, at, cause, *on_failure);
                }
            }
            Action::CheckValue {
                field,
                expected,
                on_failure,
            } => return self.check_value(turn, at, subject, (*field, expected, *on_failure)),
            Action::JumpOn {
                message,
                step,
                fails_when_last,
            } => {
                if subject.message == Some(*message) {
                    return Outcome::Jump(*step);
                }
                if *fails_when_last && is_last {
                    return self.failed(turn, at, Cause::JumpNotTaken);
                }
            }
            Action::StartTimer => {
                let call = self.calls.get_mut(at.call);
                call.stopwatch_ns = call.last_ns;
            }
            Action::StopTimer => self.stop_timer(turn.now_ns, at.call),
            Action::Log(text) => self.log_text(turn, at.call, text),
            Action::Rekey { variable, field } => {
                return self.rekey(turn, at, subject, *variable, *field);
            }
            Action::InsertKey { channel, key } => {
                return self.insert_key(turn, at, subject, *channel, *key);
            }
            Action::Open(args) => self.open_for_call(turn, at, args.as_ref()),
            Action::Close => self.close_for_call(turn, at),
            Action::SetBit {
                variable,
                position,
                value,
            } => return self.set_bit(turn, at, (*variable, *position, *value)),
            Action::SetFieldBit {
                field,
                position,
                value,
            } => return self.set_field_bit(turn, at, subject, (*field, *position, *value)),
        }
        Outcome::Done
    }

    fn store(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &Subject<'_>,
        field: &Field,
        (variable, range): (VariableId, Option<ByteRange>),
    ) -> Outcome {
        let text = subject.place(field.place);
        let Some(found) = field.read_value(text, self.settings.line_ends) else {
            return self.failed(turn, at, Cause::FieldAbsent { field: &field.name });
        };
        let mut value = &text[found];
        if let Some(ByteRange { begin, end }) = range {
            let Some(part) = value.get(begin..end) else {
                return self.failed(turn, at, Cause::TooShort { field: &field.name });
            };
            value = part;
        }
        self.set_variable(at.call, variable, value);
        Outcome::Done
    }

    fn restore(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &mut Subject<'_>,
        field: FieldId,
        (variable, range): (VariableId, Option<ByteRange>),
    ) -> Outcome {
        let stored = self.calls.variable(at.call, variable.index());
        if !stored.is_set {
            let variable = &turn.plan.scenario.variables[variable.index()];
            let cause = Cause::VariableUnset { variable };
            if range.is_some() {
                turn.warn(self.settings.levels, at.place, cause);
                return Outcome::Done;
            }
            return self.failed(turn, at, cause);
        }
        let mut value = std::mem::take(&mut self.scratch.value);
        value.clear();
        value.extend_from_slice(&stored.bytes);
        let outcome = self.write_field(turn, at, subject, field, (&value, range));
        self.scratch.value = value;
        outcome
    }

    /// Writes a value to a field, or only to some bytes of it.
    pub(super) fn write_field(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &mut Subject<'_>,
        field: FieldId,
        (value, range): (&[u8], Option<ByteRange>),
    ) -> Outcome {
        let field = field_of(turn, at, field);
        let ends = self.settings.line_ends;
        let cause = Cause::FieldNotWritten { field: &field.name };
        let Some(text) = subject.own(field.place) else {
            return self.failed(turn, at, cause);
        };
        let written = match range {
            None => field.write(text, value, ends).is_ok(),
            Some(range) => write_range(field, text, value, range),
        };
        if written {
            Outcome::Done
        } else {
            self.failed(turn, at, cause)
        }
    }

    fn external(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &mut Subject<'_>,
        column: usize,
        to: External,
    ) -> Outcome {
        let (Some(data), Some(line)) = (self.data.clone(), self.calls.get(at.call).line) else {
            return Outcome::Done;
        };
        let value = data.value(line as usize, column);
        match to {
            External::Variable(variable) => {
                self.set_variable(at.call, variable, value);
                Outcome::Done
            }
            External::Field(field, range) => {
                self.write_field(turn, at, subject, field, (value, range))
            }
        }
    }

    fn check_value(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &Subject<'_>,
        (field, expected, on_failure): (FieldId, &Expected, OnFailure),
    ) -> Outcome {
        let field = field_of(turn, at, field);
        let text = subject.place(field.place);
        let found = field.read_value(text, self.settings.line_ends);
        let (Some(found), Expected::Bytes(expected)) = (found, expected) else {
            let cause = Cause::FieldAbsent { field: &field.name };
            return self.check_failed(turn, at, cause, on_failure);
        };
        let received = &text[found];
        if received == expected.as_ref() {
            return Outcome::Done;
        }
        let cause = Cause::OtherValue {
            field: &field.name,
            expected,
            received,
        };
        self.check_failed(turn, at, cause, on_failure)
    }

    fn check_failed(
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
                self.failed(turn, at, cause)
            }
            OnFailure::Abort => {
                turn.warn(self.settings.levels, at.place, cause);
                Outcome::Abort
            }
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

    pub(super) fn set_variable(&mut self, call: CallId, variable: VariableId, value: &[u8]) {
        let variable = self.calls.variable_mut(call, variable.index());
        variable.bytes.clear();
        variable.bytes.extend_from_slice(value);
        variable.is_set = true;
    }
}

/// The field of the channel's protocol.
#[inline]
pub(super) fn field_of<'p>(turn: &Turn<'p, '_>, at: At, field: FieldId) -> &'p Field {
    let plan = turn.plan;
    &plan.protocol(at.channel).fields[field.index()]
}

/// Overwrites bytes `begin..end` of a field's value, which grows by zero bytes where it is too
/// short. False if there is no value.
fn write_range(field: &Field, text: &mut Vec<u8>, value: &[u8], range: ByteRange) -> bool {
    let Some(found) = field.read(text) else {
        return false;
    };
    let size = value.len().min(range.end.saturating_sub(range.begin));
    let missing = (range.begin + size).saturating_sub(found.len());
    for _ in 0..missing {
        splice(text, found.end..found.end, &[0]);
    }
    let begin = found.start + range.begin;
    text[begin..begin + size].copy_from_slice(&value[..size]);
    true
}
