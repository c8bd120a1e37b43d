//! Actions.

use super::protocol::finder;
use super::text::{quoted, template};
use crate::model::{
    Action, ByteRange, ChannelId, Expected, External, FieldId, Fill, KeySource, OnFailure,
    Protocol, Scenario, SetText, VariableId,
};

/// One line for an action on a message of the protocol.
pub(super) fn action(scenario: &Scenario, protocol: &Protocol, action: &Action) -> String {
    let names = Names { scenario, protocol };
    match action {
        Action::IncrementCounter(_)
        | Action::IncrementVariable { .. }
        | Action::SetBit { .. }
        | Action::SetFieldBit { .. } => change(&names, action),
        Action::SetField { .. } | Action::Restore { .. } => write(&names, action),
        Action::Store { .. } | Action::StoreMatch { .. } => read(&names, action),
        Action::CheckPresence { .. } | Action::CheckValue { .. } => check(&names, action),
        Action::PickLine => "pick a line of external data".to_owned(),
        Action::External { column, to } => match to {
            External::Variable(id) => format!("store {} from column {column}", names.variable(*id)),
            External::Field(id, range) => format!(
                "set {} from column {column}{}",
                names.field(*id),
                bytes(*range)
            ),
        },
        Action::JumpOn {
            message,
            step,
            fails_when_last,
        } => format!(
            "go to {step} on {}{}",
            protocol.messages[message.index()],
            if *fails_when_last { ", else fail" } else { "" }
        ),
        Action::StartTimer => "start the timer".to_owned(),
        Action::StopTimer => "stop the timer".to_owned(),
        Action::Log(text) => format!("log {}", template(scenario, text)),
        Action::Rekey { variable, field } => format!(
            "key becomes field {} instead of variable {}",
            names.field(*field),
            names.variable(*variable)
        ),
        Action::InsertKey { channel: id, key } => format!(
            "key on {} is {}",
            channel(scenario, *id),
            key_source(scenario, protocol, *key)
        ),
        Action::Open(None) => "open".to_owned(),
        Action::Open(Some(args)) => format!("open {args:?}"),
        Action::Close => "close".to_owned(),
    }
}

/// What the numbers in actions stand for.
struct Names<'a> {
    scenario: &'a Scenario,
    protocol: &'a Protocol,
}

impl Names<'_> {
    fn field(&self, id: FieldId) -> &str {
        &self.protocol.fields[id.index()].name
    }

    fn variable(&self, id: VariableId) -> &str {
        &self.scenario.variables[id.index()]
    }
}

fn change(names: &Names<'_>, action: &Action) -> String {
    match action {
        Action::IncrementCounter(counter) => {
            format!("count {}", names.scenario.counters[counter.index()].name)
        }
        Action::IncrementVariable { variable, by } => {
            format!("add {by} to {}", names.variable(*variable))
        }
        Action::SetBit {
            variable,
            position,
            value,
        } => format!(
            "bit {position} of {} becomes {}",
            names.variable(*variable),
            u8::from(*value)
        ),
        Action::SetFieldBit {
            field,
            position,
            value,
        } => format!(
            "bit {position} of field {} becomes {}",
            names.field(*field),
            u8::from(*value)
        ),
        _ => String::new(),
    }
}

fn write(names: &Names<'_>, action: &Action) -> String {
    match action {
        Action::SetField {
            field,
            text,
            how,
            fill,
        } => format!(
            "set {} to {}{}{}",
            names.field(*field),
            template(names.scenario, text),
            method(how),
            padding(fill.as_ref())
        ),
        Action::Restore {
            field,
            variable,
            range,
        } => format!(
            "restore {} to {}{}",
            names.variable(*variable),
            names.field(*field),
            bytes(*range)
        ),
        _ => String::new(),
    }
}

fn read(names: &Names<'_>, action: &Action) -> String {
    match action {
        Action::Store {
            variable,
            field,
            range,
        } => format!(
            "store {} from {}{}",
            names.variable(*variable),
            names.field(*field),
            bytes(*range)
        ),
        Action::StoreMatch {
            variable,
            finder: own,
            range,
        } => format!(
            "store {} from the {:?} by {}{}",
            names.variable(*variable),
            own.place,
            finder(&own.finder).join(" else "),
            bytes(*range)
        ),
        _ => String::new(),
    }
}

fn check(names: &Names<'_>, action: &Action) -> String {
    match action {
        Action::CheckPresence { field, on_failure } => format!(
            "check that {} is there, {}",
            names.field(*field),
            failure(*on_failure)
        ),
        Action::CheckValue {
            field,
            expected,
            on_failure,
        } => format!(
            "check that {} is {}, {}",
            names.field(*field),
            match expected {
                Expected::Bytes(value) => quoted(value),
                Expected::Absent => "what it cannot be".to_owned(),
            },
            failure(*on_failure)
        ),
        _ => String::new(),
    }
}

/// What identifies a call.
pub(super) fn key_source(scenario: &Scenario, protocol: &Protocol, key: KeySource) -> String {
    match key {
        KeySource::Field(field) => format!("field {}", protocol.fields[field.index()].name),
        KeySource::Variable(variable) => {
            format!("variable {}", scenario.variables[variable.index()])
        }
        KeySource::Session => "the session".to_owned(),
        KeySource::OpenId => "the connection".to_owned(),
    }
}

/// The name of a channel.
pub(super) fn channel(scenario: &Scenario, channel: ChannelId) -> &str {
    &scenario.channels[channel.index()].name
}

fn method(how: &SetText) -> String {
    match how {
        SetText::Plain => String::new(),
        SetText::Authorization { with_body: false } => " by authorization".to_owned(),
        SetText::Authorization { with_body: true } => " by authorization with the body".to_owned(),
        SetText::Radius => " by radius".to_owned(),
        SetText::WallSeconds { offset } => format!(" by seconds since 1970 plus {offset}"),
    }
}

fn padding(fill: Option<&Fill>) -> String {
    fill.map_or_else(String::new, |fill| {
        format!(", filled with {} to {}", quoted(&fill.pattern), fill.size)
    })
}

fn bytes(range: Option<ByteRange>) -> String {
    range.map_or_else(String::new, |ByteRange { begin, end }| {
        format!(" bytes {begin}..{end}")
    })
}

fn failure(on_failure: OnFailure) -> &'static str {
    match on_failure {
        OnFailure::Warn => "else warn",
        OnFailure::Fail => "else fail",
        OnFailure::Abort => "else abort",
    }
}
