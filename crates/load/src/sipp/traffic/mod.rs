//! The traffic thread: sockets, twins, commands and the player.

mod commands;
mod driver;
mod events;
mod media;
mod pace;
mod run;
mod shared;
mod sockets;
mod twins;
mod world;

pub use media::Media;
pub(super) use run::{Run, RunParts};
pub(super) use sockets::{SocketPlan, TlsSides};
pub(super) use twins::{TwinPlan, TwinSide};
