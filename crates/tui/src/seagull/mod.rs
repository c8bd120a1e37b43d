//! Seagull's screens and keys.
//!
//! A byte of the keyboard goes to [`KeyReader::on`], which may give a [`KeyAction`]: a command for
//! the run, or something for [`State::apply`]. [`draw`] makes a screen of the state and of the
//! two latest snapshots.

mod action;
mod command_line;
mod draw;
mod frame;
mod help;
mod keys;
mod protocol;
mod response_times;
mod scenario;
mod screens;
mod state;
mod traffic;

pub use action::KeyAction;
pub use command_line::COMMAND_LENGTH_MAX;
pub use draw::draw;
pub use frame::{COLUMNS, ROWS};
pub use keys::KeyReader;
pub use screens::{Screen, Screens, Shown};
pub use state::State;
