//! A run of load for servers that read JUnit.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Fired, LoadResults};

/// `junit.xml`: a case for the calls and one for each condition. A run without a verdict is an error,
/// so that a run that broke off passes nowhere.
pub fn load_junit(results: &LoadResults) -> String {
    let mut suite = TestSuite::new(results.scenario.as_str());
    let figures = &results.figures;
    suite.set_time(Duration::from_secs_f64(figures.elapsed_s.max(0.0)));
    for (name, value) in properties(results) {
        suite.add_property(Property::new(name, value));
    }
    suite.add_test_case(calls(results));
    let verdict = results.verdict.iter();
    for condition in verdict.flat_map(|verdict| &verdict.conditions) {
        suite.add_test_case(case(condition));
    }
    let mut report = Report::new(format!("gannet {}", results.command));
    report.add_test_suite(suite);
    report.to_string().expect("writing to memory does not fail")
}

/// The figures, so that a server that keeps properties can draw them.
fn properties(results: &LoadResults) -> Vec<(String, String)> {
    let figures = &results.figures;
    let calls = &figures.calls;
    let messages = &figures.messages;
    let mut properties: Vec<(String, String)> = [
        ("calls.begun", calls.begun),
        ("calls.successful", calls.successful),
        ("calls.failed", calls.failed),
        ("calls.open", calls.open),
        ("calls.open_max", calls.open_max),
        ("messages.sent", messages.sent),
        ("messages.received", messages.received),
        ("messages.retransmissions", messages.retransmissions),
        ("messages.unexpected", messages.unexpected),
        ("messages.timeouts", messages.timeouts),
    ]
    .map(|(name, count)| (name.to_owned(), count.to_string()))
    .to_vec();
    for times in figures.times.iter().filter(|times| times.count > 0) {
        for (share, value) in times.percentiles() {
            let name = format!("times.{}.p{share}_ms", times.name);
            properties.push((name, value.to_string()));
        }
    }
    properties
}

fn calls(results: &LoadResults) -> TestCase {
    let mut status = match &results.verdict {
        Some(verdict) if verdict.passed || !verdict.conditions.is_empty() => {
            TestCaseStatus::success()
        }
        Some(_) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        None => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let reasons = match &results.verdict {
        Some(verdict) => verdict.reasons.join("\n"),
        None => "the run broke off, or still goes on".to_owned(),
    };
    if !matches!(status, TestCaseStatus::Success { .. }) {
        status.set_message(reasons.lines().next().unwrap_or("failed"));
        status.set_description(reasons);
    }
    let mut case = TestCase::new("calls", status);
    case.set_classname(results.scenario.as_str());
    case.set_time(Duration::from_secs_f64(results.figures.elapsed_s.max(0.0)));
    case
}

fn case(condition: &Fired) -> TestCase {
    let status = if condition.holds {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(condition.found.as_str());
        status
    } else {
        TestCaseStatus::success()
    };
    let mut case = TestCase::new(format!("not {}", condition.condition), status);
    case.set_classname("fail-if");
    case.set_system_out(condition.found.as_str());
    case
}
