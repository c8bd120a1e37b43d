//! SIPp's screens, keys and commands.
//!
//! A byte of the keyboard goes to [`KeyReader::on`] and a datagram of the remote control to
//! [`KeyReader::datagram`]; both may give a [`KeyAction`]: a command for the run, something for
//! [`State::apply`], or something to write. [`draw`] makes the shown screen of the state and of a
//! [`Moment`], [`final_screens`] what is printed at the end, [`screen_file`] what `-trace_screen`
//! keeps, [`dump`] what the commands of that name write. [`Summary`] says in plain words what came
//! of the run, [`saturation`] whether the generator itself was too slow.
//!
//! The arrangement of the screens is SIPp's, for the scripts that read them; where 3.6.1 shows
//! zeros for the elapsed time at the end, the time is shown.

mod action;
mod command_line;
mod draw;
mod dump;
mod facts;
mod frame;
mod keys;
mod media;
mod repartition;
mod saturation;
mod scenario;
mod state;
mod statistics;
mod step;
mod summary;
mod summary_text;
mod tdm_map;
mod variables;

pub use action::{Displayed, Dumped, KeyAction, Screen};
pub use command_line::{COMMAND_LENGTH_MAX, parse};
pub use draw::{draw, final_screens, screen_file};
pub use dump::dump;
pub use facts::{Beside, Circuits, Facts, MediaCount, MediaFigures, Moment, StepActions, TwinRole};
pub use keys::KeyReader;
pub use media::{MediaArrivals, MediaLateness, media_json, media_saturation};
pub use saturation::saturation;
pub use state::State;
pub use summary::{Cause, FailedAt, Summary, TimerSummary};
