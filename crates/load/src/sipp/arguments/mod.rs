//! SIPp's command line.
//!
//! `table` is the one place that says what options there are: their names, values, what they do or
//! why they are refused, and the sentence about them. [`Wish::parse`] reads by it, [`help`] and the
//! table of `docs/sipp.md` are made of it.

mod defaults;
mod error;
mod help;
mod model;
mod parse;
mod row;
mod table;
mod together;
mod values;

pub use error::ArgumentsError;
pub use help::{TOPICS, VERSION_TEXT, help, options_table};
pub use model::{
    Arguments, Hosts, Injection, Media, RateRise, Source, Strict, Tls, Trace, Traces, Transport,
    TwinPart,
};
pub use parse::Wish;
pub use row::{Effect, OptionRow, Topic};
pub use table::rows;
pub use values::HostPort;
