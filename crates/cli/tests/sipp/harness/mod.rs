//! What the tests of `gannet sipp` share: folders, runs of the binary, terminals, ports.

mod answer;
mod folder;
mod player;
#[path = "../../seagull/harness/ports.rs"]
mod ports;
mod pty;
#[path = "../../seagull/harness/until.rs"]
mod until;
mod web;

pub(crate) use answer::answer;
pub(crate) use folder::Folder;
pub(crate) use player::{Ended, Player, Program};
pub(crate) use ports::free_port;
pub(crate) use pty::Pty;
pub(crate) use until::{poll, until};
pub(crate) use web::{Page, behind, sum};

use std::time::Duration;

/// Bound of every wait: none of them needs more than a fraction of it.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);
