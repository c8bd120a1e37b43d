//! JUnit XML: a suite for each feature, a case for each scenario.

use std::io::{self, Write};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use gannet_events::{Fault, RunEvent, ScenarioId, Status};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::attempts::{Attempts, Finished};
use crate::failure;
use crate::palette::Palette;
use crate::sink::EventSink;
use crate::text::{self, add};

/// Writes JUnit XML when the run is over.
///
/// A scenario that failed for the environment, for Gannet itself or for the lack of a step
/// definition is an `error`, any other that did not pass a `failure`. Attempts before the last
/// are flaky failures or reruns.
pub struct Junit<W> {
    writer: W,
    attempts: Attempts,
    started: Duration,
    duration: Duration,
    suites: Vec<Suite>,
}

/// The scenarios of one feature.
struct Suite {
    feature: String,
    file: String,
    cases: Vec<Case>,
}

/// The attempts of one scenario.
struct Case {
    id: ScenarioId,
    last: TestCase,
    /// Attempts so far that are to be tried again.
    before: Vec<TestRerun>,
}

impl<W: Write + Send> Junit<W> {
    /// Writes into `writer` at the end.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            attempts: Attempts::default(),
            started: Duration::ZERO,
            duration: Duration::ZERO,
            suites: Vec::new(),
        }
    }

    fn suite(&mut self, feature: &str, file: &str) -> &mut Suite {
        let known = self
            .suites
            .iter()
            .position(|suite| suite.feature == feature && suite.file == file);
        let index = known.unwrap_or_else(|| {
            self.suites.push(Suite {
                feature: feature.to_owned(),
                file: file.to_owned(),
                cases: Vec::new(),
            });
            self.suites.len() - 1
        });
        &mut self.suites[index]
    }

    fn scenario_finished(&mut self, finished: &Finished<'_>) {
        let started = &finished.attempt.started;
        let suite = self.suite(&started.feature, &started.file);
        let id = started.id;
        let index = suite
            .cases
            .iter()
            .position(|case| case.id == id)
            .unwrap_or_else(|| {
                suite.cases.push(Case {
                    id,
                    last: TestCase::new(started.name.as_str(), TestCaseStatus::success()),
                    before: Vec::new(),
                });
                suite.cases.len() - 1
            });
        let case = &mut suite.cases[index];
        if finished.end.will_retry {
            case.before.push(rerun(finished));
        } else {
            case.last = test_case(finished, std::mem::take(&mut case.before));
        }
    }

    fn report(&mut self) -> Report {
        let mut report = Report::new("gannet");
        if let Some(at) = timestamp(self.started) {
            report.set_timestamp(at);
        }
        report.set_time(self.duration);
        let mut suites = std::mem::take(&mut self.suites);
        for suite in &mut suites {
            suite.cases.sort_by_key(|case| case.id);
        }
        suites.sort_by_key(|suite| suite.cases.first().map(|case| case.id));
        for suite in suites {
            report.add_test_suite(test_suite(suite));
        }
        report
    }
}

impl<W: Write + Send> EventSink for Junit<W> {
    fn on_event(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted(run) => self.started = run.at,
            RunEvent::RunFinished(end) => self.duration = end.duration,
            _ => {}
        }
        if let Some(finished) = self.attempts.on_event(event) {
            self.scenario_finished(&finished);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        let report = self.report();
        report
            .serialize(&mut self.writer)
            .map_err(io::Error::other)?;
        self.writer.flush()
    }
}

fn test_suite(suite: Suite) -> TestSuite {
    let name = if suite.feature.is_empty() {
        &suite.file
    } else {
        &suite.feature
    };
    let mut out = TestSuite::new(name.as_str());
    out.extra.insert("file".into(), suite.file.as_str().into());
    out.set_time(
        suite
            .cases
            .iter()
            .filter_map(|case| case.last.time)
            .sum::<Duration>(),
    );
    let first = suite.cases.iter().filter_map(|case| case.last.timestamp);
    if let Some(first) = first.min() {
        out.set_timestamp(first);
    }
    out.add_test_cases(suite.cases.into_iter().map(|case| case.last));
    out
}

fn test_case(finished: &Finished<'_>, before: Vec<TestRerun>) -> TestCase {
    let started = &finished.attempt.started;
    let end = finished.end;
    let mut status = match &end.status {
        Status::Passed => TestCaseStatus::success(),
        Status::Skipped(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.as_str());
            status
        }
        _ => {
            let mut status = TestCaseStatus::non_success(kind(finished));
            let (message, class) = message_and_class(finished);
            status.set_message(message);
            status.set_type(class);
            status.set_description(description(finished));
            status
        }
    };
    status.add_reruns(before);
    let mut case = TestCase::new(started.name.as_str(), status);
    let class = if started.feature.is_empty() {
        &started.file
    } else {
        &started.feature
    };
    case.set_classname(class.as_str());
    case.set_time(end.duration);
    if let Some(at) = timestamp(started.at) {
        case.set_timestamp(at);
    }
    case.extra
        .insert("file".into(), started.file.as_str().into());
    case.extra
        .insert("line".into(), started.line.to_string().as_str().into());
    case.set_system_out(output(finished));
    case
}

fn rerun(finished: &Finished<'_>) -> TestRerun {
    let (message, class) = message_and_class(finished);
    let mut rerun = TestRerun::new(kind(finished));
    rerun
        .set_message(message)
        .set_type(class)
        .set_description(description(finished))
        .set_time(finished.end.duration)
        .set_system_out(output(finished));
    if let Some(at) = timestamp(finished.attempt.started.at) {
        rerun.set_timestamp(at);
    }
    rerun
}

fn kind(finished: &Finished<'_>) -> NonSuccessKind {
    let fault = finished
        .failures()
        .next()
        .map(|(_, failure)| failure.class.fault());
    match (&finished.end.status, fault) {
        (Status::Undefined | Status::Interrupted, _)
        | (_, Some(Fault::Environment | Fault::Gannet)) => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    }
}

fn message_and_class(finished: &Finished<'_>) -> (String, &'static str) {
    match finished.failures().next() {
        Some((_, failure)) => (failure.summary.clone(), failure.class.name()),
        None => (finished.end.status.to_string(), finished.end.status.name()),
    }
}

/// All failures with what is known of them.
fn description(finished: &Finished<'_>) -> String {
    let started = &finished.attempt.started;
    let mut out = String::new();
    for (step, failure) in finished.failures() {
        let (what, line) = match step {
            Some(step) => (step.started.sentence(), step.started.line),
            None => (started.name.clone(), started.line),
        };
        add!(out, "{what} ({}:{line})\n", started.file);
        for line in failure::describe(failure, Palette::PLAIN) {
            add!(out, "  {line}\n");
        }
    }
    out
}

/// The steps with their verdicts, and the ladder if the attempt did not pass.
fn output(finished: &Finished<'_>) -> String {
    let mut out = String::new();
    for step in &finished.attempt.steps {
        let (verdict, time) = match &step.finished {
            Some(finished) => (
                finished.status.to_string(),
                text::seconds(finished.duration),
            ),
            None => ("not finished".to_owned(), String::new()),
        };
        add!(out, "{time:>8} {} ({verdict})\n", step.started.sentence());
    }
    if finished.end.status.is_failure() {
        let first = finished.failures().next().map(|(_, failure)| failure);
        let ladder = failure::ladder(first, &finished.end.wire);
        if !ladder.is_empty() {
            out.push('\n');
            out.push_str(&ladder.to_string());
        }
    }
    out
}

fn timestamp(at: Duration) -> Option<DateTime<FixedOffset>> {
    let seconds = i64::try_from(at.as_secs()).ok()?;
    DateTime::from_timestamp(seconds, at.subsec_nanos()).map(|at| at.fixed_offset())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn xml(events: &[RunEvent]) -> String {
        let mut bytes = Vec::new();
        let mut junit = Junit::new(&mut bytes);
        for event in events {
            junit.on_event(event);
        }
        junit.finish().unwrap();
        drop(junit);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn whole_run() {
        insta::assert_snapshot!(xml(&sample::whole_run()));
    }

    #[test]
    fn what_is_written_is_read_by_a_junit_parser() {
        let text = xml(&sample::whole_run());
        let report = Report::deserialize_from_str(&text).unwrap();
        assert_eq!(report.tests, 6);
        assert_eq!(report.failures, 1);
        assert_eq!(report.errors, 1);
        assert_eq!(report.skipped, 1);
        let flaky = &report.test_suites[1].test_cases[1];
        assert!(
            matches!(&flaky.status, TestCaseStatus::Success { flaky_runs } if flaky_runs.len() == 1)
        );
    }

    #[test]
    fn an_empty_run_is_still_xml() {
        let report = Report::deserialize_from_str(&xml(&[])).unwrap();
        assert_eq!(report.tests, 0);
    }
}
