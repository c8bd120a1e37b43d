//! The binary as a user meets it: what it says, and its exit code.

mod bench;
mod call_control;
mod check;
mod environment;
mod help;
mod input;
mod interrupt;
mod listing;
mod pbx;
mod raw;
mod results;
mod rfc;
mod runner;
mod selection;
mod single_requests;
mod steps_page;
