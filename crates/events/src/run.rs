//! The events of a run and their order.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::media::MediaReport;
use crate::serial::nanos;
use crate::status::Status;
use crate::summary::Summary;
use crate::wire::WireRecord;

/// One thing that happened in a run.
///
/// Order: `RunStarted` first and `RunFinished` last, once each. `FeatureStarted` comes before the
/// first scenario of that feature. For each attempt of a scenario: `ScenarioStarted`, then for
/// each step `StepStarted`, any number of `StepProgress`, `StepFinished`, then
/// `ScenarioFinished`. A step that is not executed because an earlier one failed is still started
/// and finished, as [`Status::Skipped`]. A scenario that is skipped as a whole is started and
/// finished, with or without its steps. Events of parallel scenarios interleave; they are told
/// apart by [`ScenarioId`] (attempts of one scenario never overlap).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum RunEvent {
    /// The run begins.
    RunStarted(RunStarted),
    /// The first scenario of a feature is about to start.
    FeatureStarted(FeatureStarted),
    /// An attempt of a scenario begins.
    ScenarioStarted(ScenarioStarted),
    /// A step begins.
    StepStarted(StepStarted),
    /// A step has been waiting for more than a second and says for what.
    StepProgress(StepProgress),
    /// A step ended.
    StepFinished(StepFinished),
    /// An attempt of a scenario ended.
    ScenarioFinished(ScenarioFinished),
    /// Something the reader should know that is no verdict.
    Notice(Notice),
    /// The run ended.
    RunFinished(RunFinished),
}

/// Names a scenario within one run. All attempts of the scenario share it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct ScenarioId(pub u32);

impl fmt::Display for ScenarioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is known when a run begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct RunStarted {
    /// Wall-clock time since the Unix epoch.
    #[serde(with = "nanos", rename = "at_ns")]
    pub at: Duration,
    /// The version of the program that ran.
    pub version: String,
    /// The server under test in words, for example `"embedded PBX at 127.0.0.1:40511"`.
    pub server: String,
    /// The command without its features, for example `"gannet test --server 192.0.2.1"`: with
    /// `FILE:LINE` appended it runs one scenario again. Empty if the run cannot be repeated so.
    pub rerun_command: String,
    /// Scenarios that the run is going to report (including those skipped by a tag of their own).
    pub selected: u32,
    /// Scenarios that were found but left out by the selection (tag expression, name, line).
    pub left_out: u32,
}

/// A feature whose scenarios follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FeatureStarted {
    /// The feature's name; may be empty.
    pub name: String,
    /// The file as the user named it.
    pub file: String,
    /// The line of the `Feature:` keyword, from 1.
    pub line: u32,
}

/// An attempt of a scenario begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct ScenarioStarted {
    /// Names the scenario in the events that follow.
    pub id: ScenarioId,
    /// Wall-clock time since the Unix epoch.
    #[serde(with = "nanos", rename = "at_ns")]
    pub at: Duration,
    /// The name of its feature.
    pub feature: String,
    /// The name of its rule, if it stands in one.
    pub rule: Option<String>,
    /// The file as the user named it.
    pub file: String,
    /// The line of the scenario (of the example row for an outline), from 1.
    pub line: u32,
    /// The scenario's name; may be empty.
    pub name: String,
    /// Its tags and those inherited, each with its `@`.
    pub tags: Vec<String>,
    /// 1 for the first attempt.
    pub attempt: u32,
}

/// A step begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct StepStarted {
    /// The scenario it belongs to.
    pub scenario: ScenarioId,
    /// Position among the steps of the scenario, background steps included, from 0.
    pub step: u32,
    /// The keyword as it stands in the file, with its trailing space where the language has one.
    pub keyword: String,
    /// The text after the keyword.
    pub text: String,
    /// The line of the step, from 1.
    pub line: u32,
}

impl StepStarted {
    /// Keyword and text as one sentence.
    pub fn sentence(&self) -> String {
        let joined_by_space = self
            .keyword
            .ends_with(|c: char| c.is_ascii_alphanumeric() || c == '*');
        let gap = if joined_by_space { " " } else { "" };
        format!("{}{gap}{}", self.keyword, self.text)
    }
}

/// A waiting step says what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct StepProgress {
    /// The scenario it belongs to.
    pub scenario: ScenarioId,
    /// The step's position, from 0.
    pub step: u32,
    /// What is going on, for example `"waiting for 180 from Bob, 3 of 10 s"`.
    pub message: String,
}

/// A step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFinished {
    /// The scenario it belongs to.
    pub scenario: ScenarioId,
    /// The step's position, from 0.
    pub step: u32,
    /// How it ended.
    pub status: Status,
    /// How long it took.
    #[serde(with = "nanos", rename = "duration_ns")]
    pub duration: Duration,
    /// Why it did not pass; present unless it passed or was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// An attempt of a scenario ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioFinished {
    /// Which scenario.
    pub id: ScenarioId,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// How the attempt ended.
    pub status: Status,
    /// How long the attempt took, set-up and clean-up included.
    #[serde(with = "nanos", rename = "duration_ns")]
    pub duration: Duration,
    /// True if the verdict of this attempt does not count because another one follows.
    pub will_retry: bool,
    /// A failure that belongs to no step (set-up, clean-up, time-out of the whole scenario).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Everything that crossed the sockets of the scenario's phones, by time.
    pub wire: Arc<[WireRecord]>,
    /// What the scenario's phones sent and heard.
    pub media: Vec<MediaReport>,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeLevel {
    /// Good to know.
    #[default]
    Info,
    /// Something is odd and may explain a verdict.
    Warning,
}

/// Something the reader should know that is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Notice {
    /// The scenario it is about, if one.
    pub scenario: Option<ScenarioId>,
    /// How much it matters.
    pub level: NoticeLevel,
    /// The text, one or more lines.
    pub text: String,
}

/// The run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct RunFinished {
    /// The figures of the run.
    pub summary: Summary,
    /// Time from `RunStarted` to the end of the last scenario.
    #[serde(with = "nanos", rename = "duration_ns")]
    pub duration: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_keeps_the_gap_of_the_language() {
        for (keyword, want) in [
            ("Given ", "Given x"),
            ("Given", "Given x"),
            ("* ", "* x"),
            ("*", "* x"),
            ("\u{5f53}", "\u{5f53}x"),
            ("Sachant qu'", "Sachant qu'x"),
        ] {
            let step = StepStarted {
                keyword: keyword.into(),
                text: "x".into(),
                ..StepStarted::default()
            };
            assert_eq!(step.sentence(), want);
        }
    }
}
