//! The traffic engine: plays compiled scenarios as load.
//!
//! - [`Wheel`]: the timers of a shard.
//! - [`Pacer`]: when calls start.
//! - [`shard`]: the calls of one thread, and the interpreter of compiled scenarios.
//! - [`sipp`]: the same for SIPp's scenarios.
//! - [`SessionMap`]: which call a received message belongs to.

mod keys;
mod pacing;
pub mod shard;
pub mod sipp;
mod wheel;

pub(crate) use pacing::START_GRAIN_NS;

pub use keys::{KEY_CELLS_MAX, KeyChain, KeyTaken, SessionMap};
pub use pacing::{Model, Pacer, PacerSettings, RATE_MAX, Share};
pub use wheel::{TICK_NS, TIMERS_MAX, TimerId, Wheel};
