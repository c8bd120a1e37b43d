//! Screens and files of a run.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use gannet_events::sipp::Snapshot;
use gannet_report::sipp::{FileKind, LogLimit, Opening};
use gannet_tui::sipp::{
    Beside, Dumped, KeyAction, Moment, State, draw, dump, final_screens, screen_file,
};

use super::arguments::{Arguments, Trace};
use super::error::SippError;
use super::logs::{LogFile, LogNames};
use super::outputs::Outputs;
use super::watched::Watched;

/// Takes the cursor to the top left corner.
const HOME: &str = "\x1b[H";
/// The same, and empties the terminal.
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Everything that shows a run.
#[derive(Debug)]
pub(super) struct Faces {
    state: State,
    outputs: Outputs,
    watch: Option<Watched>,
    /// How often the screen is painted; `None` without a terminal.
    period: Option<Duration>,
    next: Duration,
    is_painted: bool,
    earlier: Option<Arc<Snapshot>>,
    screens: Trace,
    screens_path: String,
    screens_written: bool,
    errors: Vec<SippError>,
}

impl Faces {
    pub(super) fn new(
        arguments: &Arguments,
        names: &LogNames,
        state: State,
        outputs: Outputs,
        watch: Option<Watched>,
    ) -> Self {
        let screens = arguments.traces.screens.clone();
        Self {
            state,
            outputs,
            watch,
            period: io::stdout()
                .is_terminal()
                .then_some(arguments.screen_period),
            next: Duration::ZERO,
            is_painted: false,
            earlier: None,
            screens_path: names.path(screens.file.as_ref(), FileKind::Screens),
            screens,
            screens_written: false,
            errors: Vec::new(),
        }
    }

    /// When a new snapshot is wanted, as time since the start of the run.
    pub(super) fn next_due(&self) -> Option<Duration> {
        let screen = self.period.map(|_| self.next);
        let watch = self.watch.as_ref().and_then(Watched::next_due);
        [screen, self.outputs.next_due(), watch]
            .into_iter()
            .flatten()
            .min()
    }

    /// Shows a state of the run, where it is due.
    pub(super) fn tick(&mut self, now: &Arc<Snapshot>, beside: &Beside) {
        let written = self.outputs.tick(now);
        self.note(written);
        if let Some(watch) = &mut self.watch {
            watch.tick(now);
        }
        if let Some(period) = self.period
            && now.elapsed >= self.next
        {
            while self.next <= now.elapsed {
                self.next += period;
            }
            self.paint(now, beside);
            self.earlier = Some(now.clone());
        }
    }

    /// Does what an action asks of the display.
    pub(super) fn apply(&mut self, action: &KeyAction, now: &Arc<Snapshot>, beside: &Beside) {
        if *action == KeyAction::SaveScreens {
            self.save_screens(now, beside);
        }
        self.state.apply(action);
        if self.period.is_some() {
            self.paint(now, beside);
        }
    }

    /// What is to be written to the error log.
    pub(super) fn dump(&self, what: Dumped, now: &Snapshot, beside: &Beside) -> Vec<String> {
        dump(what, &self.state, self.moment(now, beside))
    }

    /// The run has ended, by itself or not: the last lines, and the last screens to standard output.
    pub(super) fn end(&mut self, last: &Arc<Snapshot>, beside: &Beside, came_to_its_end: bool) {
        let written = self.outputs.end(last, came_to_its_end);
        self.note(written);
        if self.screens.on {
            self.save_screens(last, beside);
        }
        let text = final_screens(&self.state, self.moment(last, beside));
        let clear = if self.is_painted { CLEAR } else { "" };
        let mut out = io::stdout().lock();
        // A reader that has gone away, as of `| head`, changes no verdict.
        let _ = write!(out, "{clear}{text}").and_then(|()| out.flush());
    }

    /// What looks at the run beside SIPp's own faces.
    pub(super) fn watch(&mut self) -> Option<&mut Watched> {
        self.watch.as_mut()
    }

    /// What could not be written, once.
    pub(super) fn take_errors(&mut self) -> Vec<SippError> {
        std::mem::take(&mut self.errors)
    }

    fn moment<'m>(&'m self, now: &'m Snapshot, beside: &'m Beside) -> Moment<'m> {
        Moment {
            now,
            earlier: self.earlier.as_deref(),
            beside,
        }
    }

    fn paint(&mut self, now: &Arc<Snapshot>, beside: &Beside) {
        let screen = draw(&self.state, self.moment(now, beside));
        let before = if self.is_painted { HOME } else { CLEAR };
        self.is_painted = true;
        let mut out = io::stdout().lock();
        // A terminal that has gone away does not end the run.
        let _ = write!(out, "{before}{screen}").and_then(|()| out.flush());
    }

    fn save_screens(&mut self, now: &Arc<Snapshot>, beside: &Beside) {
        let text = screen_file(&self.state, self.moment(now, beside));
        let overwrites = self.screens.overwrites && !self.screens_written;
        let opening = Opening::overwriting(overwrites);
        let opened = LogFile::open(&self.screens_path, opening, LogLimit::default());
        let written = opened.and_then(|mut file| {
            file.waiting().extend_from_slice(text.as_bytes());
            file.flush();
            file.take_error().map_or(Ok(()), Err)
        });
        self.screens_written = true;
        self.note(written);
    }

    fn note(&mut self, written: Result<(), SippError>) {
        if let Err(error) = written {
            self.state.set_error(&error.to_string());
            self.errors.push(error);
            self.outputs.give_up();
        }
    }
}
