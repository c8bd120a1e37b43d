//! What the tests of `gannet seagull` share: folders with files, runs of the binary, terminals, ports.
//!
//! A [`Folder`] holds the files of a run in the places where Seagull's start scripts look for them;
//! [`Folder::play`] starts the binary there and gives a [`Player`].

mod conf;
mod control;
mod dictionary;
mod fixed_ports;
mod folder;
mod peer;
mod player;
mod ports;
mod pty;
mod scenario;
mod shared;
mod statistics;
mod until;

pub(crate) use conf::Conf;
pub(crate) use control::Control;
pub(crate) use fixed_ports::FixedPorts;
pub(crate) use folder::{Folder, options};
pub(crate) use peer::Peer;
pub(crate) use player::{Ended, Player, binary};
pub(crate) use ports::free_port;
pub(crate) use pty::Pty;
pub(crate) use scenario::{CALLEE, CALLER, caller_waiting, caller_with};
pub(crate) use shared::{shared, skipped};
pub(crate) use statistics::Statistics;
pub(crate) use until::{poll, until};

use std::time::Duration;

/// Bound of every wait: none of them needs more than a fraction of it.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);
