//! Running a plan: scenarios side by side, each in a world of its own, everything bounded.
//!
//! [`run`] plays a [`Plan`](crate::plan::Plan) and reports [`RunEvent`](gannet_events::RunEvent)s
//! to a channel; [`Stop`] ends it early.

mod attempt;
mod guard;
mod options;
mod play;
mod scenario;
mod step;
mod stop;
mod turns;

pub use options::RunOptions;
pub use play::run;
pub use stop::{Stop, StopHandle};
