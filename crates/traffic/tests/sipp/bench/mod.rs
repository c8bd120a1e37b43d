//! Players with a simulated wire and clock.

mod pair;
mod script;
mod side;
mod wire;
mod world;

pub(crate) use pair::Pair;
pub(crate) use script::{Script, send};
pub(crate) use side::{MAIN, MS, PEER, Side};
pub(crate) use wire::{message, name_of, value_of};
pub(crate) use world::{FIRST_OWN_PORT, FakeWorld, Sent};
