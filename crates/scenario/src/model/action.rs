//! Actions: what a step does beside sending and receiving.

use super::{ChannelId, CounterId, FieldId, KeySource, MessageId, OpenArgs, Template, VariableId};

/// One thing to do on a message or a call.
#[derive(Debug, Clone)]
pub enum Action {
    /// Counts a counter of the process up by one, within its limits.
    IncrementCounter(CounterId),
    /// Adds to a variable: as a number in decimal, else in hexadecimal; the result is decimal.
    IncrementVariable {
        /// What is changed; never stored counts as 0.
        variable: VariableId,
        /// What is added.
        by: u64,
    },
    /// Renders a text (or hands it to a method) and writes the result to a field.
    SetField {
        /// What is written.
        field: FieldId,
        /// The text.
        text: Template,
        /// What becomes of the text before it is written.
        how: SetText,
        /// Left padding.
        fill: Option<Fill>,
    },
    /// Reads a field into a variable; fails the call if the field is absent.
    Store {
        /// What is written.
        variable: VariableId,
        /// What is read.
        field: FieldId,
        /// Only these bytes of it.
        range: Option<ByteRange>,
    },
    /// Reads by an expression of the action's own, over the place that a field belongs to.
    StoreMatch {
        /// What is written.
        variable: VariableId,
        /// How it is found.
        finder: Box<super::Field>,
        /// Only these bytes of it.
        range: Option<ByteRange>,
    },
    /// Writes a variable to a field; fails the call if the variable was never stored.
    Restore {
        /// What is written.
        field: FieldId,
        /// What is read.
        variable: VariableId,
        /// Only these bytes of the field are overwritten.
        range: Option<ByteRange>,
    },
    /// Chooses the line of external data for this call.
    PickLine,
    /// Takes a column of the chosen line.
    External {
        /// Column, from 0.
        column: usize,
        /// Where it goes.
        to: External,
    },
    /// The field must be present.
    CheckPresence {
        /// What is looked for.
        field: FieldId,
        /// What happens if it is not there.
        on_failure: OnFailure,
    },
    /// The field must have the value that it has in the scenario's own message.
    CheckValue {
        /// What is looked for.
        field: FieldId,
        /// What it must be.
        expected: Expected,
        /// What happens if it is not.
        on_failure: OnFailure,
    },
    /// Goes on at another step of the section if the message at hand is of a type. On a receive it
    /// is looked at for expected and for unexpected messages.
    JumpOn {
        /// The type.
        message: MessageId,
        /// Index of the step; the number of steps stands for the end of the section.
        step: usize,
        /// With Seagull's own fault: as the last action it fails the call when the type differs.
        fails_when_last: bool,
    },
    /// Starts the call's stopwatch at the time of its last message.
    StartTimer,
    /// Stops the stopwatch at the time of the call's last message and records the time between.
    StopTimer,
    /// Writes a text to the log (level U).
    Log(Template),
    /// Gives the call's key on the step's channel a new value, if field and variable differ.
    Rekey {
        /// The value so far.
        variable: VariableId,
        /// The new value.
        field: FieldId,
    },
    /// Makes the call known by another key.
    InsertKey {
        /// Messages of this channel.
        channel: ChannelId,
        /// The key.
        key: KeySource,
    },
    /// Opens the step's channel for this call.
    Open(Option<OpenArgs>),
    /// Closes the step's channel for this call; nothing on a channel of the whole run.
    Close,
    /// Sets one bit of a variable's bytes; nothing if it was never stored. A bit beyond them fails
    /// the call.
    SetBit {
        /// What is changed.
        variable: VariableId,
        /// Bit number: 0 is the lowest bit of the last byte, 8 the lowest of the byte before.
        position: usize,
        /// The new value.
        value: bool,
    },
    /// Sets one bit of a field's bytes; fails the call if the field is absent or shorter.
    SetFieldBit {
        /// What is changed.
        field: FieldId,
        /// Bit number: 0 is the lowest bit of the last byte, 8 the lowest of the byte before.
        position: usize,
        /// The new value.
        value: bool,
    },
}

/// What becomes of a rendered text before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetText {
    /// It is written as it is.
    Plain,
    /// It holds the parameters of the authentication method, whose result is written.
    Authorization {
        /// The part of the message that `auth-int` covers is handed over.
        with_body: bool,
    },
    /// It is the shared secret: MD5 over it and the message, 16 raw octets.
    Radius,
    /// Seconds since 1970 (plus an offset) in decimal.
    WallSeconds {
        /// Added, in seconds.
        offset: i64,
    },
}

/// Left padding of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// What is repeated.
    pub pattern: Box<[u8]>,
    /// The length that is wanted, in bytes.
    pub size: usize,
}

/// Bytes `begin..end` of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte.
    pub begin: usize,
    /// One after the last byte.
    pub end: usize,
}

/// Where external data go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum External {
    /// To a variable of the call.
    Variable(VariableId),
    /// To a field of the message at hand.
    Field(FieldId, Option<ByteRange>),
}

/// What a checked field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// These bytes.
    Bytes(Box<[u8]>),
    /// The scenario's own message does not have the field: the check cannot pass.
    Absent,
}

/// What a failed check does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It is logged; the call goes on.
    Warn,
    /// The call fails.
    Fail,
    /// The abort section takes over; without one the call fails.
    Abort,
}
