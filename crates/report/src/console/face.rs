//! The sink that prints.

use std::io::{self, Write};
use std::time::Instant;

use gannet_events::{
    Notice, NoticeLevel, RunEvent, RunStarted, ScenarioFinished, ScenarioId, StepFinished, Tally,
};

use crate::attempts::{Attempts, Finished};
use crate::palette::{Ink, Palette};
use crate::sink::{EventSink, Output};
use crate::text::{self, add};

use super::live::LiveLine;
use super::scenario::Printer;
use super::summary::{self, Outcome};

/// How much the console says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Scenarios that did not pass, and the summary.
    Quiet,
    /// Every step on its line.
    #[default]
    Normal,
    /// Also the ladder and the media figures of what passed, and what steps wait for.
    Verbose,
}

/// How the console writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConsoleOptions {
    /// Colours.
    pub colour: bool,
    /// The writer is a terminal: a last line shows what is running, redrawn as time passes.
    pub terminal: bool,
    /// How much to say.
    pub verbosity: Verbosity,
    /// Columns to fit into; `None` for as wide as it comes, which a log file wants.
    pub width: Option<usize>,
}

/// Prints a run.
///
/// Scenarios that run in parallel are printed whole, in the order in which they end. If the run
/// has one scenario only, its steps are printed as they end.
pub struct Console<W> {
    output: Output<W>,
    palette: Palette,
    options: ConsoleOptions,
    printer: Printer,
    live: LiveLine,
    attempts: Attempts,
    tally: Tally,
    run: Option<RunStarted>,
    /// The feature whose name was printed last.
    feature: Option<(String, String)>,
    /// The scenario that is printed step by step.
    streamed: Option<ScenarioId>,
    outcomes: Vec<Outcome>,
    ended: bool,
}

impl<W: Write + Send> Console<W> {
    /// A console over any writer.
    pub fn new(writer: W, options: ConsoleOptions) -> Self {
        let palette = Palette::new(options.colour);
        Self {
            output: Output::new(writer),
            palette,
            options,
            printer: Printer::new(palette, options),
            live: LiveLine::new(options.terminal, options.width),
            attempts: Attempts::default(),
            tally: Tally::default(),
            run: None,
            feature: None,
            streamed: None,
            outcomes: Vec::new(),
            ended: false,
        }
    }

    /// Prints lines that stay, above the live line.
    fn print(&mut self, text: &str) {
        if !text.is_empty() {
            let text = format!("{}{text}", self.live.erase());
            self.output.print(&text);
        }
    }

    fn run_started(&mut self, run: &RunStarted) {
        let mut text = text::count(u64::from(run.selected), "scenario");
        if run.left_out > 0 {
            add!(text, ", {} left out by the selection", run.left_out);
        }
        if !run.server.is_empty() {
            add!(text, ", against {}", text::clean(&run.server));
        }
        text.push('\n');
        self.run = Some(run.clone());
        if self.options.verbosity > Verbosity::Quiet {
            self.print(&text);
        }
    }

    /// The heading of the feature if it is not the one printed last, then that of the scenario.
    fn headings(&mut self, attempt: &crate::attempts::Attempt) -> String {
        let started = &attempt.started;
        let feature = (started.file.clone(), started.feature.clone());
        let mut text = String::new();
        if self.feature.as_ref() != Some(&feature) {
            text.push_str(&self.printer.feature(&started.feature));
            self.feature = Some(feature);
        }
        text.push_str(&self.printer.scenario(started));
        text
    }

    fn scenario_started(&mut self, id: ScenarioId) {
        let alone = self.run.as_ref().is_some_and(|run| run.selected == 1);
        if !alone || self.options.verbosity == Verbosity::Quiet {
            return;
        }
        if let Some(attempt) = self.attempts.get(id).cloned() {
            self.streamed = Some(id);
            let text = self.headings(&attempt);
            self.print(&text);
        }
    }

    fn step_finished(&mut self, finished: &StepFinished) {
        if self.streamed != Some(finished.scenario) {
            return;
        }
        let Some(attempt) = self.attempts.get(finished.scenario) else {
            return;
        };
        let index = attempt
            .steps
            .iter()
            .rposition(|step| step.started.step == finished.step);
        if let Some(index) = index {
            let text = self.printer.step(&attempt.steps, index);
            self.print(&text);
        }
    }

    fn scenario_finished(&mut self, finished: &Finished<'_>) {
        let end: &ScenarioFinished = finished.end;
        if !end.will_retry
            && let Some(outcome) = Outcome::of(finished)
        {
            self.outcomes.push(outcome);
        }
        let streamed = self.streamed.take() == Some(end.id);
        if self.options.verbosity == Verbosity::Quiet && !end.status.is_failure() {
            return;
        }
        let mut text = String::new();
        if !streamed {
            text.push_str(&self.headings(&finished.attempt));
            text.push_str(&self.printer.steps(finished));
        }
        text.push_str(&self.printer.end(finished));
        self.print(&text);
    }

    fn notice(&mut self, notice: &Notice) {
        let (word, ink) = match notice.level {
            NoticeLevel::Info => ("note", Ink::Strong),
            NoticeLevel::Warning => ("warning", Ink::Warn),
        };
        if self.options.verbosity == Verbosity::Quiet && notice.level == NoticeLevel::Info {
            return;
        }
        let about = notice
            .scenario
            .and_then(|id| self.attempts.get(id))
            .map_or_else(String::new, |attempt| {
                format!("{}: ", text::clean(&attempt.started.name))
            });
        let mut text = String::new();
        for (index, line) in notice.text.lines().enumerate() {
            let line = text::clean(line);
            if index == 0 {
                add!(text, "{}: {about}{line}\n", self.palette.paint(ink, word));
            } else {
                add!(text, "  {line}\n");
            }
        }
        self.print(&text);
    }
}

impl<W: Write + Send> EventSink for Console<W> {
    fn on_event(&mut self, event: &RunEvent) {
        self.tally.on_event(event);
        let finished = self.attempts.on_event(event);
        match event {
            RunEvent::RunStarted(run) => self.run_started(run),
            RunEvent::ScenarioStarted(started) => self.scenario_started(started.id),
            RunEvent::StepFinished(step) => self.step_finished(step),
            RunEvent::ScenarioFinished(_) => {
                if let Some(finished) = finished {
                    self.scenario_finished(&finished);
                }
            }
            RunEvent::StepProgress(progress) => {
                if self.options.verbosity == Verbosity::Verbose
                    && self.streamed == Some(progress.scenario)
                {
                    let text = self.printer.progress(&progress.message);
                    self.print(&text);
                }
            }
            RunEvent::Notice(notice) => self.notice(notice),
            RunEvent::RunFinished(end) => {
                self.ended = true;
                let text = summary::render(self.run.as_ref(), end, &self.outcomes, self.palette);
                self.print(&text);
            }
            RunEvent::FeatureStarted(_) | RunEvent::StepStarted(_) => {}
        }
    }

    fn tick(&mut self, now: Instant) {
        if self.ended {
            return;
        }
        let selected = self.run.as_ref().map_or(0, |run| u64::from(run.selected));
        let summary = self.tally.summary();
        let text = self.live.draw(now, selected, &summary, &self.attempts);
        self.output.print(&text);
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.ended && self.run.is_some() {
            let running: Vec<_> = self.attempts.running().cloned().collect();
            let text = summary::broken_off(&running, &self.tally.summary(), self.palette);
            self.print(&text);
        }
        let erase = self.live.erase();
        self.output.print(erase);
        self.output.finish()
    }
}
