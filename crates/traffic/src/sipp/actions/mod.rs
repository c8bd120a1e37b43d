//! What a step does beside sending and receiving.

mod check;
mod ereg;
mod file;
mod media;
mod number;
mod outcome;
mod run;
mod setdest;
#[cfg(test)]
mod tests;
mod text;
mod verify;

pub(super) use outcome::{Outcome, Verdict};
pub(super) use run::run_actions;
