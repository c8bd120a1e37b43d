//! The commands, a file for each.

mod check;
mod check_seagull;
mod check_sip;
mod check_sipp;
mod command;
mod devices;
mod ladder;
mod learn;
mod load;
mod pbx;
mod pbx_switches;
mod report;
mod run;
mod seagull;
mod sinks;
mod sipp;
mod steps;
mod stir;
mod test;

pub(crate) use command::{Command, execute};
