//! Screens, files and log of a run of Seagull.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use gannet_events::traffic::{Command, Snapshot};
use gannet_traffic::shard::Measure;
use gannet_tui::seagull::{KeyAction, KeyReader, State, draw};

use super::log::SeagullLog;
use super::outputs::{OutputError, Outputs};
use super::schedule::Schedule;
use crate::chain::chain;
use crate::session::Faces;
use crate::watch::TrafficWatch;

/// Takes the cursor to the top left corner.
const HOME: &str = "\x1b[H";
/// The same, and empties the terminal.
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Everything that shows a run of Seagull.
pub(super) struct SeagullFaces {
    pub(super) log: Arc<SeagullLog>,
    pub(super) outputs: Outputs,
    pub(super) display: Option<Display>,
    /// Remote control wants new figures too.
    pub(super) is_controlled: bool,
    pub(super) keys: KeyReader,
    pub(super) has_begun: bool,
    /// Folder, conditions and web page.
    pub(super) watch: Option<TrafficWatch>,
    /// What could not be written, once.
    pub(super) errors: Vec<OutputError>,
}

/// The screen.
pub(super) struct Display {
    pub(super) state: State,
    pub(super) schedule: Schedule,
    /// Standard output is a terminal: screens are painted over each other.
    pub(super) is_terminal: bool,
    pub(super) is_painted: bool,
    pub(super) earlier: Option<Arc<Snapshot>>,
}

impl Display {
    fn paint(&mut self, now: &Arc<Snapshot>) {
        let screen = draw(&self.state, now, self.earlier.as_deref());
        let before = match (self.is_terminal, self.is_painted) {
            (false, _) => "",
            (true, false) => CLEAR,
            (true, true) => HOME,
        };
        self.is_painted = true;
        let mut out = std::io::stdout().lock();
        // A reader that has gone away, as of `| head`, does not end the run.
        let _ = write!(out, "{before}{screen}").and_then(|()| out.flush());
        self.earlier = Some(now.clone());
    }
}

impl SeagullFaces {
    fn note(&mut self, written: Result<(), OutputError>) {
        if let Err(error) = written {
            if let Some(display) = &mut self.display {
                display.state.set_error(&chain(&error));
            }
            self.errors.push(error);
            self.outputs = Outputs::none();
        }
    }
}

impl Faces for SeagullFaces {
    fn tick(&mut self, now: &Arc<Snapshot>, measures: &[Measure]) {
        if !self.has_begun {
            self.has_begun = true;
            let written = self.outputs.begin(now);
            self.note(written);
        }
        let written = self.outputs.tick(now, measures);
        self.note(written);
        self.log.write_out();
        if let Some(watch) = &mut self.watch {
            watch.tick(now);
        }
        if let Some(display) = &mut self.display
            && display.schedule.is_due(now.elapsed)
        {
            display.paint(now);
        }
    }

    fn period(&self) -> Option<Duration> {
        let fast = self.is_controlled || self.display.is_some();
        // Never none: the log is written at each tick.
        Some(Duration::from_millis(if fast { 200 } else { 500 }))
    }

    fn key(&mut self, byte: u8) -> Option<Command> {
        let action = self.keys.on(byte)?;
        if let Some(display) = &mut self.display {
            display.state.apply(&action);
            if let (KeyAction::SetDisplayPeriod(period), Some(earlier)) =
                (&action, &display.earlier)
            {
                display.schedule.set_period(*period, earlier.elapsed);
            }
            if let Some(earlier) = display.earlier.take() {
                display.paint(&earlier);
            }
        }
        match action {
            KeyAction::Traffic(command) => Some(command),
            _ => None,
        }
    }

    fn display_order(&mut self) {
        if let Some(display) = &mut self.display {
            display.state.toggle_percent();
        }
    }

    fn end(&mut self, last: &Arc<Snapshot>, measures: &[Measure]) {
        let written = self.outputs.end(last, measures);
        self.note(written);
        if let Some(display) = &mut self.display {
            display.paint(last);
        }
    }
}
