//! The end of a run.

use gannet_events::{Counters, RunFinished, RunStarted, Status, Summary};

use super::scenario::place;
use crate::attempts::{Attempt, Finished};
use crate::palette::{Ink, Palette};
use crate::text::{self, add};

/// A scenario that did not pass.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    name: String,
    file: String,
    line: u32,
    status: Status,
    /// The summary of its first failure.
    why: Option<String>,
}

impl Outcome {
    /// The outcome if it is worth listing at the end.
    pub(super) fn of(finished: &Finished<'_>) -> Option<Self> {
        let started = &finished.attempt.started;
        finished.end.status.is_failure().then(|| Self {
            name: started.name.clone(),
            file: started.file.clone(),
            line: started.line,
            status: finished.end.status.clone(),
            why: finished
                .failures()
                .next()
                .map(|(_, failure)| failure.summary.clone()),
        })
    }
}

/// The scenarios that did not pass, the counts, the time, and how to run the failed ones again.
pub(super) fn render(
    run: Option<&RunStarted>,
    end: &RunFinished,
    outcomes: &[Outcome],
    palette: Palette,
) -> String {
    let mut out = String::from("\n");
    if !outcomes.is_empty() {
        out.push_str(&list(outcomes, palette));
        out.push('\n');
    }
    let summary = &end.summary;
    if summary.scenarios.total() == summary.scenarios.skipped {
        let nothing = palette.paint(Ink::Bad, "Nothing was executed.");
        add!(out, "{nothing}\n");
    }
    out.push_str(&counts("scenario", &summary.scenarios, palette));
    if summary.passed_on_retry > 0 {
        let count = text::count(summary.passed_on_retry, "scenario");
        add!(out, "{count} passed only when tried again\n");
    }
    out.push_str(&counts("step", &summary.steps, palette));
    add!(out, "Time: {}\n", text::seconds(end.duration));
    if let Some(command) = rerun(run, outcomes) {
        add!(out, "\nTo run what failed again:\n  {command}\n");
    }
    out
}

/// The end of a run whose end is not known.
pub(super) fn broken_off(running: &[Attempt], summary: &Summary, palette: Palette) -> String {
    let mut out = format!(
        "\n{}\n",
        palette.paint(Ink::Bad, "The run broke off before its end.")
    );
    for attempt in running {
        let started = &attempt.started;
        add!(
            out,
            "  not finished: {}  {}\n",
            place(&started.file, started.line),
            text::clean(&started.name)
        );
    }
    out.push_str(&counts("scenario", &summary.scenarios, palette));
    out
}

fn list(outcomes: &[Outcome], palette: Palette) -> String {
    let mut out = format!("{}\n", palette.paint(Ink::Strong, "Not passed:"));
    for outcome in outcomes {
        add!(
            out,
            "  {}  {} ({})\n",
            place(&outcome.file, outcome.line),
            text::clean(&outcome.name),
            palette.paint(Ink::Bad, &text::clean(&outcome.status.to_string()))
        );
        if let Some(why) = &outcome.why {
            add!(out, "      {}\n", text::clean(why));
        }
    }
    out
}

fn counts(noun: &str, counters: &Counters, palette: Palette) -> String {
    let parts: Vec<String> = [
        (counters.passed, "passed", Ink::Good),
        (counters.failed, "failed", Ink::Bad),
        (counters.timed_out, "timed out", Ink::Bad),
        (counters.undefined, "undefined", Ink::Warn),
        (counters.interrupted, "interrupted", Ink::Warn),
        (counters.skipped, "skipped", Ink::Faint),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, word, ink)| palette.paint(ink, &format!("{number} {word}")))
    .collect();
    let total = text::count(counters.total(), noun);
    if parts.is_empty() {
        format!("{total}\n")
    } else {
        format!("{total}: {}\n", parts.join(", "))
    }
}

/// The command that runs the scenarios that did not pass.
fn rerun(run: Option<&RunStarted>, outcomes: &[Outcome]) -> Option<String> {
    let run = run.filter(|run| !run.rerun_command.is_empty())?;
    if outcomes.is_empty() {
        return None;
    }
    let mut command = run.rerun_command.clone();
    for outcome in outcomes {
        command.push(' ');
        let place = format!("{}:{}", outcome.file, outcome.line);
        command.push_str(&text::clean(&quote(&place)));
    }
    Some(command)
}

/// One word for a POSIX shell.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
