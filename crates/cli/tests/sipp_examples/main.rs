//! Every example of `scenarios/sipp`, both sides played by `gannet sipp`.

mod files;
#[path = "../seagull/harness/ports.rs"]
mod ports;
mod processes;
mod run;
mod two_sides;
#[path = "../seagull/harness/until.rs"]
mod until;

use std::time::Duration;

/// Bound of every wait: none of them needs more than a fraction of it.
const LIMIT: Duration = Duration::from_mins(1);
