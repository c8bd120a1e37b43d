//! The binary as a user meets it: what it says, and its exit code.

mod bench;
mod check;
mod environment;
mod help;
mod input;
mod interrupt;
mod listing;
mod pbx;
mod results;
mod runner;
mod selection;
mod steps_page;
