//! One shard: the calls of one thread, and the interpreter of compiled scenarios.
//!
//! [`Shard`] is the whole contract. Inside, a message goes this way: `input` cuts it out of the bytes
//! and finds its call, `matching` finds the step that takes it (or `unexpected` says what becomes of it),
//! `actions`, `fields` and `values` do what the step says, `running` goes on to the next steps, `sending` builds what
//! they send. `repeat` and `history` are the retransmissions of both sides, `timers` the deadlines.

mod actions;
mod background;
mod call;
mod connections;
mod core;
mod counters;
mod cseq;
mod decimal;
mod ended;
mod fields;
mod handle;
mod history;
mod input;
mod matching;
mod plan;
mod ports;
mod receiving;
mod repeat;
mod running;
mod sending;
mod settings;
mod subject;
mod timers;
mod unexpected;
mod values;
mod world;

pub(crate) use decimal::push_decimal;
pub use handle::Shard;
pub use plan::layout;
pub use settings::{LineOrder, Settings};
pub use world::{Cause, Levels, LogEntry, Place, PortKey, Way, World};

/// The longest UDP payload, over IPv4.
pub const DATAGRAM_BYTES_MAX: usize = 65_507;

/// The most measured times that wait to be fetched; more are dropped.
pub const MEASURES_MAX: usize = 1_000_000;

/// A time that a scenario measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// When, in nanoseconds since the run began.
    pub at_ns: u64,
    /// The time, in nanoseconds.
    pub time_ns: u64,
}
