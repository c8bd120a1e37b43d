//! Traffic in the world: threads, sockets, clocks, files and screens around the traffic engine.
//!
//! - [`own`]: Gannet's own way of playing files as load.
//! - [`run`]: plays a compiled scenario with one shard per thread.
//! - [`seagull`]: Seagull's command: its arguments, files, log, screens and exit codes.
//! - [`session`]: what is done once a second while a run goes on.
//! - [`sipp`]: the same of SIPp.
//! - [`terminal`]: keys and signals.
//! - [`watch`]: the folder, conditions and web page of any of them.

mod chain;
mod gather;
pub mod own;
mod remote;
pub mod run;
pub mod seagull;
pub mod session;
pub mod sipp;
pub mod terminal;
pub mod watch;
