//! The binary as a user meets it: what it says, and its exit code.

mod bench;
mod call_control;
mod check;
mod conferences;
mod environment;
mod help;
mod input;
mod interrupt;
mod listing;
mod media_sentences;
mod pbx;
mod raw;
mod results;
mod rfc_features;
mod runner;
mod selection;
mod single_requests;
mod steps_page;
mod time_sentences;
