//! What the two load examples share: the exchange they play, their arguments and their figures.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "programs of the command line"
)]

mod args;
mod exchange;
mod figures;

pub(crate) use args::{Args, Role};
pub(crate) use exchange::{Caller, Pace, Templates, answers, read_header};
pub(crate) use figures::{Figures, Usage, announce, report};
