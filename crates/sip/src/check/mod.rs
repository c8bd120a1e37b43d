//! Judging a message by RFC 3261: every deviation with its clause, and what to answer.
//!
//! [`check()`] never changes and never refuses anything: it lists. [`refusal`] turns the list into the
//! response that an element owes to a request that it cannot take.

mod addresses;
mod body;
mod deviation;
mod fields;
mod findings;
mod grammar;
mod lines;
mod lists;
mod mandatory;
mod numbers;
mod refuse;
mod rule;
mod run;
mod start_line;
mod uris;

pub use deviation::{Deviation, Severity};
pub use refuse::{REQUEST_URI_BYTES_MAX, Refusal, refusal};
pub use rule::Rule;
pub use run::{Carrier, check, check_on};
