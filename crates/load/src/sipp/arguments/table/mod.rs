//! The table of options, in parts.

mod address;
mod beyond;
mod call;
mod log;
mod media;
mod performance;
mod process;
mod rate;
mod rows;
mod scenario;
mod timeout;

pub use rows::rows;
