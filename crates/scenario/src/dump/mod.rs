//! A compiled scenario as text: stable, for people and for snapshots.

mod action;
mod protocol;
mod section;
pub(crate) mod sipp;
mod text;

pub use section::dump;
