//! Actions that read and write fields of the message at hand.

use gannet_scenario::model::{
    ByteRange, Expected, External, Field, FieldId, LineEnds, OnFailure, VariableId,
};

use super::Cause;
use super::actions::{At, Outcome, field_of};
use super::call::CallId;
use super::core::{Core, Turn};
use super::subject::Subject;

impl Core {
    pub(super) fn store(
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

    pub(super) fn restore(
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
            Some(range) => write_range(field, text, (value, range), ends),
        };
        if written {
            Outcome::Done
        } else {
            self.failed(turn, at, cause)
        }
    }

    pub(super) fn external(
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

    pub(super) fn check_presence(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &Subject<'_>,
        (field, on_failure): (FieldId, OnFailure),
    ) -> Outcome {
        let field = field_of(turn, at, field);
        if field.read(subject.place(field.place)).is_some() {
            return Outcome::Done;
        }
        let cause = Cause::FieldAbsent { field: &field.name };
        self.check_failed(turn, at, cause, on_failure)
    }

    pub(super) fn check_value(
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

    pub(super) fn set_variable(&mut self, call: CallId, variable: VariableId, value: &[u8]) {
        let variable = self.calls.variable_mut(call, variable.index());
        variable.bytes.clear();
        variable.bytes.extend_from_slice(value);
        variable.is_set = true;
    }
}

/// Overwrites bytes `begin..end` of a field's value, which grows by zero bytes where it is too
/// short. False if there is no value.
fn write_range(
    field: &Field,
    text: &mut Vec<u8>,
    (value, range): (&[u8], ByteRange),
    ends: LineEnds,
) -> bool {
    let Some(found) = field.read_value(text, ends) else {
        return false;
    };
    let size = value.len().min(range.end.saturating_sub(range.begin));
    let missing = (range.begin + size).saturating_sub(found.len());
    if missing > 0 {
        let length = text.len();
        text.resize(length + missing, 0);
        text.copy_within(found.end..length, found.end + missing);
        text[found.end..found.end + missing].fill(0);
    }
    let begin = found.start + range.begin;
    text[begin..begin + size].copy_from_slice(&value[..size]);
    true
}
