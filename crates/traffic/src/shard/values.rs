//! Actions on variables, texts, keys and the stopwatch.

use gannet_scenario::model::{
    ByteRange, ChannelId, FieldId, Fill, KeySource, SessionMethod, SetText, Template, VariableId,
};
use gannet_scenario::model::{OpenArgs, Slot};
use gannet_scenario::seagull::auth;

use super::actions::{At, Outcome, field_of};
use super::call::CallId;
use super::core::{Core, Turn};
use super::decimal::push_decimal;
use super::plan::wants_body;
use super::settings::LineOrder;
use super::subject::Subject;
use super::{Cause, LogEntry};

impl Core {
    pub(super) fn increment_variable(&mut self, call: CallId, variable: VariableId, by: u64) {
        let variable = self.calls.variable_mut(call, variable.index());
        let value = std::str::from_utf8(&variable.bytes).map_or(0, |text| {
            let text = text.trim();
            let digits = text.strip_prefix("0x").unwrap_or(text);
            text.parse()
                .or_else(|_| u64::from_str_radix(digits, 16))
                .unwrap_or(0)
        });
        variable.bytes.clear();
        push_decimal(&mut variable.bytes, value.wrapping_add(by));
        variable.is_set = true;
    }

    pub(super) fn set_bit(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        (variable, position, value): (VariableId, usize, bool),
    ) -> Outcome {
        let stored = self.calls.variable_mut(at.call, variable.index());
        if !stored.is_set {
            return Outcome::Done;
        }
        if stored.bytes.len() <= position / 8 {
            let field = &turn.plan.scenario.variables[variable.index()];
            return self.failed(turn, at, Cause::TooShort { field });
        }
        put_bit(&mut stored.bytes, position, value);
        Outcome::Done
    }

    pub(super) fn set_field_bit(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &mut Subject<'_>,
        (field, position, value): (FieldId, usize, bool),
    ) -> Outcome {
        let field = field_of(turn, at, field);
        let ends = self.settings.line_ends;
        let Some(text) = subject.own(field.place) else {
            return self.failed(turn, at, Cause::FieldNotWritten { field: &field.name });
        };
        let Some(found) = field.read_value(text, ends) else {
            return self.failed(turn, at, Cause::FieldAbsent { field: &field.name });
        };
        if found.len() <= position / 8 {
            return self.failed(turn, at, Cause::TooShort { field: &field.name });
        }
        put_bit(&mut text[found], position, value);
        Outcome::Done
    }

    pub(super) fn pick_line(&mut self, call: CallId) {
        let Some(data) = &self.data else {
            return;
        };
        let rows = data.rows();
        let line = match self.settings.line_order {
            LineOrder::Sequential => {
                let line = self.next_line;
                self.next_line = (line + self.settings.share().count as usize) % rows;
                line
            }
            LineOrder::Random => self.rng.usize(..rows),
        };
        self.calls.get_mut(call).line = Some(line as u32);
    }

    pub(super) fn render(&self, call: CallId, text: &Template, out: &mut Vec<u8>) {
        text.render(out, |slot, out| match slot {
            Slot::Counter(counter) => push_decimal(out, self.counters.value(*counter)),
            Slot::Variable(variable) => {
                out.extend_from_slice(&self.calls.variable(call, variable.index()).bytes);
            }
        });
    }

    pub(super) fn set_field(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &mut Subject<'_>,
        (field, text, how, fill): (FieldId, &Template, SetText, Option<&Fill>),
    ) -> Outcome {
        let mut rendered = std::mem::take(&mut self.scratch.text);
        rendered.clear();
        self.render(at.call, text, &mut rendered);
        let outcome = self.apply_text(turn, at, subject, (how, &mut rendered));
        if outcome == Outcome::Done {
            if let Some(fill) = fill {
                pad_left(&mut rendered, fill);
            }
            let outcome = self.write_field(turn, at, subject, field, (&rendered, NO_RANGE));
            self.scratch.text = rendered;
            return outcome;
        }
        self.scratch.text = rendered;
        outcome
    }

    fn apply_text(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &Subject<'_>,
        (how, text): (SetText, &mut Vec<u8>),
    ) -> Outcome {
        match how {
            SetText::Plain => {}
            SetText::Authorization { .. } => {
                let body = if wants_body(how) {
                    subject.body.bytes()
                } else {
                    &[]
                };
                let mut result = Vec::new();
                let rng = &mut self.rng;
                let computed = auth::authorization(
                    text,
                    body,
                    &self.settings.authorization,
                    &mut || rng.u32(..),
                    &mut result,
                );
                if let Err(error) = computed {
                    return self.failed(turn, at, Cause::Authorization(&error.to_string()));
                }
                *text = result;
            }
            SetText::Radius => {
                let mut message = subject.header.bytes().to_vec();
                message.extend_from_slice(subject.body.bytes());
                let digest = auth::crypto_method_radius(text, &message);
                text.clear();
                text.extend_from_slice(&digest);
            }
            SetText::WallSeconds { offset } => {
                text.clear();
                push_decimal(
                    text,
                    turn.world.wall_seconds().saturating_add_signed(offset),
                );
            }
        }
        Outcome::Done
    }

    pub(super) fn log_text(&mut self, turn: &mut Turn<'_, '_>, call: CallId, text: &Template) {
        if !self.settings.levels.user {
            return;
        }
        let mut rendered = std::mem::take(&mut self.scratch.text);
        rendered.clear();
        self.render(call, text, &mut rendered);
        turn.world.log(LogEntry::User(&rendered));
        self.scratch.text = rendered;
    }

    pub(super) fn rekey(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &Subject<'_>,
        variable: VariableId,
        field: FieldId,
    ) -> Outcome {
        let field = field_of(turn, at, field);
        let text = subject.place(field.place);
        let Some(found) = field.read_value(text, self.settings.line_ends) else {
            return self.failed(turn, at, Cause::FieldAbsent { field: &field.name });
        };
        let new = &text[found];
        if self.calls.variable(at.call, variable.index()).bytes == new {
            return Outcome::Done;
        }
        let outcome = self.add_key(turn, at, at.channel, new);
        if outcome == Outcome::Done {
            let old = &self.calls.variable(at.call, variable.index()).bytes;
            let mut chain = self.calls.get(at.call).keys;
            self.keys.remove(at.channel.0, old, &mut chain);
            self.calls.get_mut(at.call).keys = chain;
        }
        outcome
    }

    /// Makes a call known by a key. A call that is over gives its key up; one that is not keeps it, and
    /// the new one fails: its messages would go to the other.
    fn add_key(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        channel: ChannelId,
        key: &[u8],
    ) -> Outcome {
        let mut chain = self.calls.get(at.call).keys;
        let mut inserted = self.keys.insert(channel.0, key, at.call, &mut chain);
        if let Err(taken) = inserted
            && self.release_ended(taken.call)
        {
            inserted = self.keys.insert(channel.0, key, at.call, &mut chain);
        }
        self.calls.get_mut(at.call).keys = chain;
        match inserted {
            Ok(()) => Outcome::Done,
            Err(_) => self.failed(turn, at, Cause::KeyTaken { key }),
        }
    }

    pub(super) fn insert_key(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        subject: &Subject<'_>,
        channel: ChannelId,
        source: KeySource,
    ) -> Outcome {
        let mut key = std::mem::take(&mut self.scratch.key);
        key.clear();
        let found = self.key_from(turn, at, subject, source, &mut key);
        let outcome = match found {
            Err(cause) => self.failed(turn, at, cause),
            Ok(()) => self.add_key(turn, at, channel, &key),
        };
        self.scratch.key = key;
        outcome
    }

    /// The key that a source gives, appended to `out`.
    fn key_from<'p>(
        &self,
        turn: &Turn<'p, '_>,
        at: At,
        subject: &Subject<'_>,
        source: KeySource,
        out: &mut Vec<u8>,
    ) -> Result<(), Cause<'p>> {
        let field_key = |field: FieldId, out: &mut Vec<u8>| {
            let field = field_of(turn, at, field);
            let text = subject.place(field.place);
            match field.read_value(text, self.settings.line_ends) {
                Some(found) => {
                    out.extend_from_slice(&text[found]);
                    Ok(())
                }
                None => Err(Cause::FieldAbsent { field: &field.name }),
            }
        };
        match source {
            KeySource::Field(field) => field_key(field, out),
            KeySource::Variable(variable) => {
                let stored = self.calls.variable(at.call, variable.index());
                if !stored.is_set {
                    let variable = &turn.plan.scenario.variables[variable.index()];
                    return Err(Cause::VariableUnset { variable });
                }
                out.extend_from_slice(&stored.bytes);
                Ok(())
            }
            KeySource::Session => match &turn.plan.protocol(at.channel).session {
                SessionMethod::OpenId => self.open_id(at, out),
                SessionMethod::Fields(fields) => {
                    let mut result = Ok(());
                    for field in fields {
                        result = field_key(*field, out);
                        if result.is_ok() {
                            break;
                        }
                    }
                    result
                }
            },
            KeySource::OpenId => self.open_id(at, out),
        }
    }

    fn open_id(&self, at: At, out: &mut Vec<u8>) -> Result<(), Cause<'static>> {
        let way = self.way_of(at.call, at.channel).ok_or(Cause::NotOpen {
            channel: at.channel,
        })?;
        out.extend_from_slice(&way.port.0.to_be_bytes());
        Ok(())
    }

    pub(super) fn stop_timer(&mut self, now_ns: u64, call: CallId) {
        let call = self.calls.get(call);
        // A stopwatch that nobody started measures nothing.
        let Some(started_ns) = call.stopwatch_ns else {
            return;
        };
        let time_ns = call.last_ns.saturating_sub(started_ns);
        self.figures.response_times.record(time_ns);
        if self.settings.keep_measures && self.measures.len() < super::MEASURES_MAX {
            self.measures.push(super::Measure {
                at_ns: now_ns,
                time_ns,
            });
        }
    }

    /// Opens the step's channel for the call, unless it is open already.
    pub(super) fn open_for_call(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        args: Option<&OpenArgs>,
    ) {
        let channel = &turn.plan.scenario.channels[at.channel.index()];
        let is_open = self.calls.way(at.call, at.channel.index()).opened.is_some();
        if channel.global || is_open {
            return;
        }
        let port = turn.world.open(at.channel, args.unwrap_or(&channel.open));
        let own = self.calls.way_mut(at.call, at.channel.index());
        own.way = None;
        own.opened = Some(port);
        self.ports.insert(port, at.channel, Some(at.call));
    }

    pub(super) fn close_for_call(&mut self, turn: &mut Turn<'_, '_>, at: At) {
        let own = self.calls.way_mut(at.call, at.channel.index());
        if let Some(port) = own.opened.take() {
            own.way = None;
            self.ports.remove(port);
            turn.world.close(port);
        }
    }
}

const NO_RANGE: Option<ByteRange> = None;

/// Bit 0 is the lowest of the last byte. The bytes reach that far.
fn put_bit(bytes: &mut [u8], position: usize, value: bool) {
    let at = bytes.len() - 1 - position / 8;
    let mask = 1_u8 << (position % 8);
    if value {
        bytes[at] |= mask;
    } else {
        bytes[at] &= !mask;
    }
}

fn pad_left(text: &mut Vec<u8>, fill: &Fill) {
    let missing = fill.size.saturating_sub(text.len());
    if missing == 0 {
        return;
    }
    text.extend(fill.pattern.iter().cycle().take(missing));
    text.rotate_right(missing);
}
