//! One run: shards on their threads, from the outside.
//!
//! [`Run::start`] opens the channels and begins; [`Run::command`] tells it what to do;
//! [`Run::snapshot`] asks all shards for their figures; [`Run::join`] waits for the end. What the
//! scenario wants to have in the log goes to the [`LogSink`] as it happens.

mod channels;
mod driver;
mod error;
mod events;
mod log;
mod plan;
mod shared;
mod start;
mod world;

pub use error::LoadError;
pub use log::{LogSink, NoLog};
pub use plan::RunPlan;
pub use start::{OwnAddress, Run};
