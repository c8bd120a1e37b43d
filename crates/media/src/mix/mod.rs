//! Mixing: several parties of which each hears all others.

mod lane;
mod mixer;
mod port;

pub use mixer::{Mixer, Seat};
pub use port::{LiveFeed, SharedMixer, Voice};
