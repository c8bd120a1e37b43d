//! The form that people read.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::document::{
    Counted, Messages, Pace, ResponseClass, ResponseTimeSummary, StepFailures, Summary, Verdict,
};
use crate::words::{count, counted, duration, microseconds, per_second};

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = &self.calls;
        let started = calls.incoming + calls.outgoing;
        writeln!(
            formatter,
            "{}: {} in {}, {:.1} calls/s",
            self.scenario,
            counted(started, "call"),
            duration(Duration::from_secs_f64(self.elapsed_s.max(0.0))),
            self.calls_per_second
        )?;
        writeln!(
            formatter,
            "  {} successful, {} failed{}",
            count(calls.successful),
            count(calls.failed),
            list(&[
                (calls.timed_out, "timed out"),
                (calls.refused, "refused"),
                (calls.aborted, "aborted"),
                (calls.open, "still open"),
            ])
        )?;
        writeln!(
            formatter,
            "  at most {} open at once{}",
            count(calls.open_max),
            list(&[(calls.late_starts, "begun late for want of a call context")])
        )?;
        writeln!(formatter, "{}", messages(&self.messages))?;
        if let Some(pace) = &self.pace {
            shortfall(formatter, pace)?;
        }
        failures(formatter, &self.failures)?;
        if !self.troubles.is_empty() {
            writeln!(formatter, "Beside the calls:")?;
            lines(formatter, &self.troubles, "  ")?;
        }
        if let Some(times) = &self.response_times {
            response_times(formatter, times)?;
        }
        match &self.verdict {
            Some(verdict) => judgement(formatter, verdict),
            None => Ok(()),
        }
    }
}

/// What was wanted and not reached.
fn shortfall(formatter: &mut fmt::Formatter<'_>, pace: &Pace) -> fmt::Result {
    let Some(why) = &pace.shortfall else {
        return Ok(());
    };
    writeln!(
        formatter,
        "  wanted {} calls/s, reached {}: {why}",
        per_second(pace.wanted_calls_per_s),
        per_second(pace.reached_calls_per_s)
    )
}

fn judgement(formatter: &mut fmt::Formatter<'_>, verdict: &Verdict) -> fmt::Result {
    if verdict.passed {
        writeln!(formatter, "passed")
    } else {
        writeln!(formatter, "failed: {}", verdict.reasons.join("; "))
    }
}

fn lines(formatter: &mut fmt::Formatter<'_>, counted: &[Counted], indent: &str) -> fmt::Result {
    for one in counted {
        writeln!(formatter, "{indent}{} × {}", count(one.count), one.what)?;
    }
    Ok(())
}

/// The numbers that are not zero, each after a comma.
fn list(items: &[(u64, &str)]) -> String {
    items.iter().filter(|(number, _)| *number > 0).fold(
        String::new(),
        |mut text, (number, what)| {
            let _ = write!(text, ", {} {what}", count(*number));
            text
        },
    )
}

fn messages(messages: &Messages) -> String {
    format!(
        "  {} sent, {} received{}",
        counted(messages.sent, "message"),
        count(messages.received),
        list(&[
            (messages.unexpected, "unexpected"),
            (messages.retransmissions_sent, "sent again"),
            (messages.retransmissions_absorbed, "received again"),
            (messages.background_answers, "answered in the background"),
            (messages.trying_skipped, "provisional passed over"),
            (messages.keep_alives, "keep-alives"),
            (messages.malformed, "not understood"),
        ])
    )
}

fn failures(formatter: &mut fmt::Formatter<'_>, failures: &[StepFailures]) -> fmt::Result {
    if failures.is_empty() {
        return Ok(());
    }
    writeln!(formatter, "What went wrong, by step of the scenario:")?;
    for failure in failures {
        writeln!(
            formatter,
            "  {} step {}, {}: {}",
            failure.section,
            failure.step,
            step(failure),
            reasons(failure)
        )?;
        lines(formatter, &failure.causes, "    ")?;
    }
    Ok(())
}

fn step(failure: &StepFailures) -> String {
    match failure.direction {
        "sent" => format!("sending {}", failure.name),
        "received" => format!("waiting for {}", failure.name),
        _ => format!("pause of {}", failure.name),
    }
}

fn reasons(failure: &StepFailures) -> String {
    let mut reasons = vec![match failure.calls_failed {
        0 => "no call failed".to_owned(),
        failed => format!("{} failed", counted(failed, "call")),
    }];
    if failure.timeouts > 0 {
        reasons.push(format!(
            "nothing came {}",
            counted(failure.timeouts, "time")
        ));
    }
    if failure.unexpected > 0 {
        let messages = counted(failure.unexpected, "other message");
        reasons.push(format!("{messages} came instead"));
    }
    if failure.actions_failed > 0 {
        let actions = counted(failure.actions_failed, "action");
        reasons.push(format!("{actions} could not be carried out"));
    }
    reasons.join("; ")
}

fn response_times(formatter: &mut fmt::Formatter<'_>, times: &ResponseTimeSummary) -> fmt::Result {
    let text = |ms: f64| microseconds((ms * 1e3).round() as u64);
    writeln!(
        formatter,
        "Response times of {}:",
        counted(times.count, "measure")
    )?;
    writeln!(
        formatter,
        "  mean {}, deviation {}",
        text(times.mean_ms),
        text(times.deviation_ms)
    )?;
    writeln!(
        formatter,
        "  p50 {}, p90 {}, p99 {}, p99.9 {}, max {}",
        text(times.p50_ms),
        text(times.p90_ms),
        text(times.p99_ms),
        text(times.p99_9_ms),
        text(times.max_ms)
    )?;
    for class in &times.classes {
        let share = 100.0 * class.count as f64 / times.count as f64;
        writeln!(
            formatter,
            "  {:>19}  {:>11}  {share:5.1} %",
            bounds(*class),
            count(class.count)
        )?;
    }
    Ok(())
}

fn bounds(class: ResponseClass) -> String {
    match class.below_ms {
        Some(below) => format!("{} to {below} ms", class.from_ms),
        None => format!("{} ms and more", class.from_ms),
    }
}
