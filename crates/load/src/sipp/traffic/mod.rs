//! The traffic thread: sockets, twins, commands and the player.

mod commands;
mod driver;
mod events;
mod media;
mod shared;
mod sockets;
mod twins;
mod world;

pub(super) use driver::{Run, RunParts};
pub use media::{Media, NoMedia};
pub(super) use sockets::{SocketPlan, TlsSides};
pub(super) use twins::{TwinPlan, TwinSide};
