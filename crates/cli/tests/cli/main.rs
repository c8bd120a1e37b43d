//! The binary as a user meets it: what it says, and its exit code.

mod bench;
mod call_control;
mod check;
mod environment;
mod event_sockets;
mod help;
mod input;
mod interrupt;
mod learn;
mod listing;
mod media_sentences;
mod outbound;
mod pbx;
mod pysiptest_faults;
mod raw;
mod reliability;
mod results;
mod rfc_features;
mod rfcs_page;
mod runner;
mod selection;
mod session_timers;
mod single_requests;
mod steps_page;
mod time_sentences;
mod transfers;
