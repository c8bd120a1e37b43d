//! The world of one attempt of a scenario: what its steps act in.

mod actor;
mod event_sockets;
mod failure;
mod leftovers;
mod phones;
mod progress;
mod provision;
mod server;
mod state;
mod stir_kit;
mod surroundings;
mod teardown;

pub use actor::{Account, Actor};
pub use failure::phone_failure;
pub use phones::PhoneSetup;
pub use progress::Progress;
pub use server::{RealServer, Server};
pub use state::World;
pub use surroundings::{ServerChoice, Surroundings, SurroundingsError};

pub(crate) use state::Birth;
pub(crate) use stir_kit::{Flaw, StirKit, wall_clock};
pub(crate) use teardown::Remains;
