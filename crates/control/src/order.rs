//! What is ordered, and who takes orders.

use std::fmt;
use std::sync::Arc;

use gannet_events::traffic::{Command, Snapshot};

/// What a request asks to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    /// For the run.
    Traffic(Command),
    /// For the screen: response times with or without percentages.
    TogglePercent,
}

/// The run, as remote control knows it. Both closures must return at once.
pub struct Run {
    /// Takes an order and wakes whoever obeys it.
    pub orders: Box<dyn Fn(Order) + Send>,
    /// The latest state; nothing before the first one.
    pub snapshots: Box<dyn Fn() -> Option<Arc<Snapshot>> + Send>,
}

impl fmt::Debug for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Run").finish_non_exhaustive()
    }
}
