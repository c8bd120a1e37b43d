//! The figures as Prometheus reads them (text format 0.0.4).

use std::fmt::Write as _;

use super::{LoadFigures, LoadTimes};

/// All figures. Counters begin at the start of the run.
pub fn prometheus(scenario: &str, figures: &LoadFigures) -> String {
    let mut page = Page {
        out: String::new(),
        scenario: escaped(scenario),
    };
    counts(&mut page, figures);
    by_name(&mut page, figures);
    page.out
}

fn counts(page: &mut Page, figures: &LoadFigures) {
    let (calls, messages) = (&figures.calls, &figures.messages);
    page.one(
        "calls_begun_total",
        "counter",
        "calls that began",
        calls.begun,
    );
    page.one(
        "calls_successful_total",
        "counter",
        "calls that ended well",
        calls.successful,
    );
    page.one(
        "calls_failed_total",
        "counter",
        "calls that failed",
        calls.failed,
    );
    page.one("calls_open", "gauge", "calls that are open", calls.open);
    page.one(
        "calls_open_max",
        "gauge",
        "the most calls open at once",
        calls.open_max,
    );
    page.one(
        "messages_sent_total",
        "counter",
        "messages sent",
        messages.sent,
    );
    page.one(
        "messages_received_total",
        "counter",
        "messages received",
        messages.received,
    );
    page.one(
        "retransmissions_total",
        "counter",
        "messages sent or received again",
        messages.retransmissions,
    );
    page.one(
        "unexpected_messages_total",
        "counter",
        "messages that the scenario did not wait for",
        messages.unexpected,
    );
    page.one(
        "timeouts_total",
        "counter",
        "waits that ended without a message",
        messages.timeouts,
    );
    page.value(
        "rate_wanted",
        "gauge",
        "calls per second wanted",
        figures.rate_wanted,
    );
    page.value(
        "elapsed_seconds",
        "gauge",
        "time since the run began",
        figures.elapsed_s,
    );
}

fn by_name(page: &mut Page, figures: &LoadFigures) {
    page.head("failures_total", "counter", "calls that failed, by cause");
    for failure in &figures.failures {
        let labels = format!(",cause=\"{}\"", escaped(&failure.name));
        page.line("failures_total", &labels, &failure.count.to_string());
    }
    page.head(
        "step_messages_total",
        "counter",
        "messages, by step of the scenario",
    );
    for step in &figures.steps {
        let labels = format!(
            ",section=\"{}\",step=\"{}\",kind=\"{}\",name=\"{}\"",
            escaped(&step.section),
            step.number,
            step.kind,
            escaped(&step.name)
        );
        page.line("step_messages_total", &labels, &step.messages.to_string());
    }
    page.head("response_time_seconds", "summary", "response times");
    for times in &figures.times {
        page.times(times);
    }
}

struct Page {
    out: String,
    scenario: String,
}

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(
            self.out,
            "# HELP gannet_{name} {help}\n# TYPE gannet_{name} {kind}\n"
        );
    }

    fn line(&mut self, name: &str, labels: &str, value: &str) {
        let scenario = &self.scenario;
        let _ = writeln!(
            self.out,
            "gannet_{name}{{scenario=\"{scenario}\"{labels}}} {value}"
        );
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, count: u64) {
        self.head(name, kind, help);
        self.line(name, "", &count.to_string());
    }

    fn value(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.head(name, kind, help);
        self.line(name, "", &value.to_string());
    }

    fn times(&mut self, times: &LoadTimes) {
        let labels = format!(
            ",name=\"{}\",of=\"{}\"",
            escaped(&times.name),
            escaped(&times.of)
        );
        for (percent, value_ms) in times.percentiles() {
            let quantile = match percent {
                "50" => "0.5",
                "90" => "0.9",
                "95" => "0.95",
                "99" => "0.99",
                _ => "0.999",
            };
            // What was not measured has no quantiles.
            let value = if times.count == 0 {
                "NaN".to_owned()
            } else {
                seconds(value_ms)
            };
            let labels = format!("{labels},quantile=\"{quantile}\"");
            self.line("response_time_seconds", &labels, &value);
        }
        let sum = seconds(times.mean_ms * times.count as f64);
        self.line("response_time_seconds_sum", &labels, &sum);
        self.line(
            "response_time_seconds_count",
            &labels,
            &times.count.to_string(),
        );
    }
}

/// Whole nanoseconds are what is kept: no digits of rounding behind them.
fn seconds(ms: f64) -> String {
    let text = format!("{:.9}", ms / 1e3);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::sample::sample;

    #[test]
    fn labels_are_escaped_and_times_are_seconds() {
        let page = prometheus("a \"b\"\\\n", &sample().figures);
        assert!(page.contains("gannet_calls_failed_total{scenario=\"a \\\"b\\\"\\\\\\n\"} 2\n"));
        assert!(
            page.contains("name=\"1\",of=\"invite\",quantile=\"0.99\"} 0.03\n"),
            "{page}"
        );
        assert!(
            page.contains("name=\"call\",of=\"\",quantile=\"0.5\"} NaN\n"),
            "{page}"
        );
        for line in page.lines() {
            assert!(
                line.starts_with("# ") || line.starts_with("gannet_"),
                "{line}"
            );
        }
    }
}
