//! All parts of the table.

use super::super::OptionRow;
use super::{address, beyond, call, log, media, performance, process, rate, scenario, timeout};

/// Every option, in the order of the help.
pub fn rows() -> impl Iterator<Item = &'static OptionRow> {
    [
        scenario::ROWS,
        address::ROWS,
        process::ROWS,
        call::ROWS,
        media::ROWS,
        rate::ROWS,
        timeout::ROWS,
        performance::ROWS,
        log::ROWS,
        beyond::ROWS,
    ]
    .into_iter()
    .flatten()
}
