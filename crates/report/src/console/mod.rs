//! What a person sees of a run.
//!
//! [`Console`] takes the events; [`scenario`] turns attempts into text, [`live`] keeps the last
//! line of a terminal, [`summary`] writes the end.

mod face;
mod live;
mod scenario;
mod summary;
#[cfg(test)]
mod tests;

pub use face::{Console, ConsoleOptions, Verbosity};
