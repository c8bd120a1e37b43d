//! Keys and signals, as events for whoever steers a run.

mod keyboard;
mod signals;

pub use keyboard::{Keyboard, is_terminal};
pub use signals::{Signal, watch_all_signals, watch_signals};
