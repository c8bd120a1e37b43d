//! What a run reports: the only thing that players and faces share.

mod wire;

pub use wire::{Direction, WireKind, WireRecord};
