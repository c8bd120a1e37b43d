//! An attempt of a scenario as text.

use gannet_events::{MediaReport, ScenarioStarted, Status};

use super::{ConsoleOptions, Verbosity};
use crate::attempts::{Finished, Step};
use crate::failure;
use crate::palette::{Ink, Palette};
use crate::text::{self, add};

/// Columns before a step's sentence: indentation, mark, time.
const STEP_INDENT: usize = 17;
/// Columns before the lines of a failure.
const FAILURE_INDENT: usize = 6;

/// Turns the parts of a run into lines.
#[derive(Debug)]
pub(super) struct Printer {
    palette: Palette,
    options: ConsoleOptions,
}

impl Printer {
    pub(super) fn new(palette: Palette, options: ConsoleOptions) -> Self {
        Self { palette, options }
    }

    pub(super) fn feature(&self, name: &str) -> String {
        let name = text::clean(name);
        let heading = self.palette.paint(Ink::Strong, &format!("Feature: {name}"));
        format!("\n{heading}\n")
    }

    pub(super) fn scenario(&self, started: &ScenarioStarted) -> String {
        let mut name = format!("Scenario: {}", text::clean(&started.name));
        if let Some(rule) = &started.rule {
            name = format!("Rule: {} / {name}", text::clean(rule));
        }
        if started.attempt > 1 {
            add!(name, " (attempt {})", started.attempt);
        }
        let place = place(&started.file, started.line);
        let one_line = 2 + text::width(&name) + 2 + text::width(&place);
        let gap = match self.options.width {
            Some(width) if one_line > width => "\n    ",
            _ => "  ",
        };
        format!(
            "\n  {}{gap}{}\n",
            self.palette.paint(Ink::Strong, &name),
            self.palette.paint(Ink::Faint, &place)
        )
    }

    /// The steps of an attempt; none if the scenario was skipped as a whole.
    pub(super) fn steps(&self, finished: &Finished<'_>) -> String {
        if matches!(finished.end.status, Status::Skipped(_)) {
            return String::new();
        }
        let steps = &finished.attempt.steps;
        (0..steps.len())
            .map(|index| self.step(steps, index))
            .collect()
    }

    /// One step on its line, wrapped if the width is limited.
    pub(super) fn step(&self, steps: &[Step], index: usize) -> String {
        let step = &steps[index];
        let status = step.finished.as_ref().map(|finished| &finished.status);
        let (mark, ink) = mark(status);
        let time = match (&step.finished, status) {
            (Some(finished), Some(status)) if !matches!(status, Status::Skipped(_)) => {
                text::seconds(finished.duration)
            }
            _ => String::new(),
        };
        let mut sentence = text::clean(&step.started.sentence());
        if let Some(Status::Skipped(reason)) = status {
            // The reason is the same for all steps after a failure: say it once.
            let before = index.checked_sub(1).and_then(|before| {
                let finished = steps[before].finished.as_ref()?;
                Some(&finished.status)
            });
            if before != status && !reason.is_empty() {
                add!(sentence, " (skipped: {})", text::clean(reason));
            }
        }
        let columns = self
            .options
            .width
            .map(|width| width.saturating_sub(STEP_INDENT).max(20));
        let mut out = String::new();
        for (number, line) in text::wrap(&sentence, columns).iter().enumerate() {
            let line = match ink {
                Ink::Good => line.clone(),
                ink => self.palette.paint(ink, line),
            };
            if number == 0 {
                let mark = self.palette.paint(ink, mark);
                let time = self.palette.paint(Ink::Faint, &format!("{time:>8}"));
                add!(out, "    {mark}  {time}  {line}\n");
            } else {
                add!(out, "{:STEP_INDENT$}{line}\n", "");
            }
        }
        out
    }

    /// What a streamed step is waiting for.
    pub(super) fn progress(&self, message: &str) -> String {
        let message = self.palette.paint(Ink::Faint, &text::clean(message));
        format!("{:STEP_INDENT$}{message}\n", "")
    }

    /// The verdict of the attempt, with everything about a failure.
    pub(super) fn end(&self, finished: &Finished<'_>) -> String {
        let end = finished.end;
        let (mark, ink) = mark(Some(&end.status));
        let mut verdict = format!("{mark}  {}", text::clean(&end.status.to_string()));
        if !matches!(end.status, Status::Skipped(_)) {
            add!(verdict, " after {}", text::seconds(end.duration));
        }
        if end.will_retry {
            verdict.push_str(", trying again");
        }
        let mut out = format!("    {}\n", self.palette.paint(ink, &verdict));
        for (step, failure) in finished.failures() {
            out.push('\n');
            out.push_str(&self.failure_heading(finished, step));
            for line in failure::describe(failure, self.palette) {
                out.push_str(&indented(&line));
            }
        }
        let verbose = self.options.verbosity == Verbosity::Verbose;
        if end.status.is_failure() || verbose {
            out.push_str(&self.ladder(finished));
        }
        if verbose && !end.media.is_empty() {
            out.push('\n');
            for report in &end.media {
                out.push_str(&indented(&media(report)));
            }
        }
        out
    }

    fn failure_heading(&self, finished: &Finished<'_>, step: Option<&Step>) -> String {
        let started = &finished.attempt.started;
        let (what, line) = match step {
            Some(step) => (text::clean(&step.started.sentence()), step.started.line),
            None => ("the scenario as a whole".to_owned(), started.line),
        };
        format!(
            "    {} {}\n",
            self.palette.paint(Ink::Strong, &what),
            self.palette
                .paint(Ink::Faint, &format!("at {}", place(&started.file, line)))
        )
    }

    /// The ladder of the first failure's call, or of the whole scenario.
    fn ladder(&self, finished: &Finished<'_>) -> String {
        let first = finished.failures().next().map(|(_, failure)| failure);
        let ladder = failure::ladder(first, &finished.end.wire);
        if ladder.is_empty() {
            return String::new();
        }
        let columns = self
            .options
            .width
            .map(|width| width.saturating_sub(FAILURE_INDENT));
        let mut out = "\n".to_owned();
        for line in ladder.render(columns, self.palette).lines() {
            out.push_str(&indented(line));
        }
        out
    }
}

fn indented(line: &str) -> String {
    format!("{:FAILURE_INDENT$}{line}\n", "")
}

/// `file:line`, as editors and `gannet test` take it.
pub(super) fn place(file: &str, line: u32) -> String {
    format!("{}:{line}", text::clean(file))
}

fn mark(status: Option<&Status>) -> (&'static str, Ink) {
    match status {
        Some(Status::Passed) => ("✓", Ink::Good),
        Some(Status::Failed | Status::TimedOut) => ("✗", Ink::Bad),
        Some(Status::Skipped(_)) => ("-", Ink::Faint),
        Some(Status::Undefined) => ("?", Ink::Warn),
        Some(Status::Interrupted) | None => ("!", Ink::Warn),
    }
}

fn media(report: &MediaReport) -> String {
    let heard: Vec<String> = report
        .heard
        .iter()
        .map(|heard| {
            format!(
                "{} for {}",
                text::clean(&heard.what),
                text::seconds(heard.duration)
            )
        })
        .collect();
    let heard = match heard.as_slice() {
        [] => "nothing".to_owned(),
        heard => heard.join(", "),
    };
    let mos = report.mos.map_or_else(String::new, |score| {
        format!(", MOS {:.2}", f64::from(score) / 100.0)
    });
    let faults: Vec<_> = report.faults.iter().map(|it| text::clean(it)).collect();
    let faults = match faults.as_slice() {
        [] => String::new(),
        faults => format!("; {}", faults.join("; ")),
    };
    format!(
        "{} {}: {} packets sent, {} received, {} lost{mos}, heard {heard}{faults}",
        text::clean(&report.phone),
        text::clean(&report.codec),
        report.packets_sent,
        report.packets_received,
        report.packets_lost,
    )
}
