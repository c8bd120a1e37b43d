//! What a step does beside sending and receiving.

mod outcome;
mod run;

pub(super) use outcome::{Outcome, Verdict};
pub(super) use run::run_actions;
