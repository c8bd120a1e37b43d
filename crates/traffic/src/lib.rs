//! The traffic engine: plays compiled scenarios as load.
//!
//! - [`Wheel`]: the timers of a shard.
//! - [`Pacer`]: when calls start.
//! - [`shard`]: the calls of one thread, and the interpreter of compiled scenarios.
//! - [`SessionMap`]: which call a received message belongs to.

mod keys;
mod pacing;
pub mod shard;
mod wheel;

pub use keys::{KEY_CELLS_MAX, KeyChain, KeyTaken, SessionMap};
pub use pacing::{Model, Pacer, PacerSettings, RATE_MAX, Share};
pub use wheel::{TICK_NS, TIMERS_MAX, TimerId, Wheel};
