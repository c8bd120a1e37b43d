//! The scenario model: what a scenario does, in no tool's words.
//!
//! A [`Scenario`] is a set of [`Section`]s. A section is a list of [`Step`]s: send, receive (with
//! alternatives, optional), pause, act. Steps carry [`Action`]s that work on call variables,
//! global counters and fields of the message at hand. What is sent is a [`Template`]: runs of
//! bytes and slots. What identifies a call in a received message is a [`KeySource`], on the
//! [`Channel`] that the message came by.
//!
//! Everything is resolved: names are indices, texts are compiled, checks are done. A front end
//! that gives a `Scenario` has nothing left to complain about.

mod access;
mod action;
mod channel;
mod data;
mod distribution;
pub mod draw;
mod field;
mod ids;
mod protocol;
mod scenario;
mod step;
mod template;

pub use access::{LineEnds, WriteError, splice};
pub use action::{Action, ByteRange, Expected, External, Fill, OnFailure, SetText};
pub use channel::{Channel, Endpoint, KeySource, Mode, OpenArgs, Transport, TransportKind};
pub use data::DataTable;
pub use distribution::{Distribution, PAUSE_MS_MAX};
pub use field::{Field, FieldFormat, FieldPattern, Finder, HeaderFinder, Nth, Place};
pub use ids::{ChannelId, CounterId, FieldId, MessageId, ProtocolId, SectionId, VariableId};
pub use protocol::{BodyMethod, BodyParser, Protocol, SessionMethod};
pub use scenario::{Counter, CounterLimit, Scenario, Section, SectionEnd, SectionKind};
pub use step::{Accept, Pause, Receive, Retransmit, Send, Step, StepKind};
pub use template::{Piece, Slot, Template};
