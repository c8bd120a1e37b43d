//! Whether the table below a sentence can be what the sentence needs, before anything is sent.

use gannet_events::{Failure, FailureClass};

use super::{call_table, flows, phones};
use crate::Table;

/// What is wrong with the table of a sentence with this pattern, or with its absence.
///
/// # Errors
/// The fault, in words.
pub fn judge_table(pattern: &str, table: Option<&Table>) -> Result<(), Failure> {
    let judge: fn(&Table) -> Result<(), Failure> = match pattern {
        "the following calls are made:" => |table| call_table::rows(table).map(drop),
        "the following phones:" => |table| phones::setups(table).map(drop),
        flows::PATTERN => |table| flows::crossings(table).map(drop),
        _ => return Ok(()),
    };
    let missing = || Failure::new(FailureClass::Misuse, "this step needs a table below it");
    judge(table.ok_or_else(missing)?)
}
