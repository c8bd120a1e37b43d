//! `results.json`: a run as one document. `docs/results.md` describes it for its readers.

use std::io::{self, Write};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use gannet_events::{
    Difference, ExitCode, Failure, MediaReport, NearestMessage, Notice, RunEvent, RunFinished,
    RunStarted, ScenarioId, Status, Summary, Tally,
};
use serde::Serialize;

use crate::attempts::{Attempts, Finished, Step};
use crate::failure;
use crate::out_dir::FileNames;
use crate::sink::EventSink;

/// The version of the format. It changes when a field is renamed, removed or changes its meaning;
/// new fields may come without.
pub const RESULTS_VERSION: u32 = 1;

/// Writes the results document when the run is over.
pub struct Results<W> {
    writer: W,
    attempts: Attempts,
    tally: Tally,
    run: Option<RunStarted>,
    end: Option<RunFinished>,
    notices: Vec<Notice>,
    features: Vec<FeatureResult>,
    captures: Option<FileNames>,
    /// Capture names of the attempts that are going on.
    names: Vec<(ScenarioId, String)>,
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    gannet: &'a str,
    server: &'a str,
    started: Option<String>,
    duration_s: Option<f64>,
    /// Absent when the run broke off.
    exit_code: Option<u8>,
    verdict: Option<ExitCode>,
    left_out: u32,
    summary: Summary,
    notices: &'a [Notice],
    features: &'a [FeatureResult],
}

#[derive(Serialize)]
struct FeatureResult {
    name: String,
    file: String,
    scenarios: Vec<ScenarioResult>,
}

#[derive(Serialize)]
struct ScenarioResult {
    id: ScenarioId,
    name: String,
    rule: Option<String>,
    line: u32,
    tags: Vec<String>,
    status: &'static str,
    reason: Option<String>,
    attempts: Vec<AttemptResult>,
}

#[derive(Serialize)]
struct AttemptResult {
    attempt: u32,
    status: &'static str,
    started: Option<String>,
    duration_s: f64,
    steps: Vec<StepResult>,
    failure: Option<FailureResult>,
    media: Vec<MediaResult>,
    /// Captured packets; one that was captured at both ends counts twice.
    packets: usize,
    capture: Option<String>,
    ladder: Option<String>,
}

#[derive(Serialize)]
struct StepResult {
    keyword: String,
    text: String,
    line: u32,
    status: &'static str,
    reason: Option<String>,
    duration_s: f64,
    failure: Option<FailureResult>,
}

#[derive(Serialize)]
struct FailureResult {
    class: &'static str,
    fault: &'static str,
    summary: String,
    waited_for: Option<String>,
    waited_s: Option<f64>,
    phone: Option<String>,
    call_id: Option<String>,
    details: Vec<String>,
    nearest: Option<NearestResult>,
}

#[derive(Serialize)]
struct NearestResult {
    /// Bytes that are no UTF-8 are replaced; the capture has them all.
    message: String,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
struct MediaResult {
    phone: String,
    call_id: Option<String>,
    codec: String,
    packets_sent: u64,
    packets_received: u64,
    packets_lost: u64,
    packets_reordered: u64,
    jitter_s: f64,
    heard: Vec<HeardResult>,
}

#[derive(Serialize)]
struct HeardResult {
    what: String,
    start_s: f64,
    duration_s: f64,
}

impl<W: Write + Send> Results<W> {
    /// Writes into `writer` at the end.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            attempts: Attempts::default(),
            tally: Tally::default(),
            run: None,
            end: None,
            notices: Vec::new(),
            features: Vec::new(),
            captures: None,
            names: Vec::new(),
        }
    }

    /// Names the capture file of each attempt, as [`FileNames`] gives it.
    #[must_use]
    pub fn with_captures(mut self) -> Self {
        self.captures = Some(FileNames::default());
        self
    }

    fn scenario_finished(&mut self, finished: &Finished<'_>) {
        let started = &finished.attempt.started;
        let name = self.names.iter().position(|(id, _)| *id == started.id);
        let capture = name.map(|index| self.names.swap_remove(index).1);
        let feature = self.feature(&started.feature, &started.file);
        let known = feature.scenarios.iter().position(|s| s.id == started.id);
        let index = known.unwrap_or_else(|| {
            feature.scenarios.push(ScenarioResult {
                id: started.id,
                name: started.name.clone(),
                rule: started.rule.clone(),
                line: started.line,
                tags: started.tags.clone(),
                status: "",
                reason: None,
                attempts: Vec::new(),
            });
            feature.scenarios.len() - 1
        });
        let scenario = &mut feature.scenarios[index];
        scenario.status = finished.end.status.name();
        scenario.reason = reason(&finished.end.status);
        scenario.attempts.push(AttemptResult {
            capture: capture.filter(|_| !finished.end.wire.is_empty()),
            ..AttemptResult::from(finished)
        });
    }

    fn feature(&mut self, name: &str, file: &str) -> &mut FeatureResult {
        let known = self
            .features
            .iter()
            .position(|feature| feature.name == name && feature.file == file);
        let index = known.unwrap_or_else(|| {
            self.features.push(FeatureResult {
                name: name.to_owned(),
                file: file.to_owned(),
                scenarios: Vec::new(),
            });
            self.features.len() - 1
        });
        &mut self.features[index]
    }
}

impl<W: Write + Send> EventSink for Results<W> {
    fn on_event(&mut self, event: &RunEvent) {
        self.tally.on_event(event);
        match event {
            RunEvent::RunStarted(run) => self.run = Some(run.clone()),
            RunEvent::RunFinished(end) => self.end = Some(end.clone()),
            RunEvent::Notice(notice) => self.notices.push(notice.clone()),
            RunEvent::ScenarioStarted(started) => {
                if let Some(names) = &mut self.captures {
                    self.names.push((started.id, names.capture(started)));
                }
            }
            RunEvent::FeatureStarted(_)
            | RunEvent::StepStarted(_)
            | RunEvent::StepProgress(_)
            | RunEvent::StepFinished(_)
            | RunEvent::ScenarioFinished(_) => {}
        }
        if let Some(finished) = self.attempts.on_event(event) {
            self.scenario_finished(&finished);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        for feature in &mut self.features {
            feature.scenarios.sort_by_key(|scenario| scenario.id);
        }
        self.features
            .sort_by_key(|feature| feature.scenarios.first().map(|scenario| scenario.id));
        let unknown = RunStarted::default();
        let run = self.run.as_ref().unwrap_or(&unknown);
        let verdict = self.end.as_ref().map(|end| ExitCode::of(&end.summary));
        let document = Document {
            format: "gannet-results",
            version: RESULTS_VERSION,
            gannet: &run.version,
            server: &run.server,
            started: self.run.as_ref().and_then(|run| rfc3339(run.at)),
            duration_s: self.end.as_ref().map(|end| seconds(end.duration)),
            exit_code: verdict.map(ExitCode::code),
            verdict,
            left_out: run.left_out,
            summary: self
                .end
                .as_ref()
                .map_or_else(|| self.tally.summary(), |end| end.summary),
            notices: &self.notices,
            features: &self.features,
        };
        serde_json::to_writer_pretty(&mut self.writer, &document)?;
        self.writer.write_all(b"\n")?;
        self.writer.flush()
    }
}

impl From<&Finished<'_>> for AttemptResult {
    fn from(finished: &Finished<'_>) -> Self {
        let started = &finished.attempt.started;
        let end = finished.end;
        let ladder = end.status.is_failure().then(|| {
            let first = finished.failures().next().map(|(_, failure)| failure);
            failure::ladder(first, &end.wire).to_string()
        });
        Self {
            attempt: end.attempt,
            status: end.status.name(),
            started: rfc3339(started.at),
            duration_s: seconds(end.duration),
            steps: finished
                .attempt
                .steps
                .iter()
                .map(StepResult::from)
                .collect(),
            failure: end.failure.as_ref().map(FailureResult::from),
            media: end.media.iter().map(MediaResult::from).collect(),
            packets: end.wire.len(),
            capture: None,
            ladder: ladder.filter(|ladder| !ladder.is_empty()),
        }
    }
}

impl From<&Step> for StepResult {
    fn from(step: &Step) -> Self {
        let finished = step.finished.as_ref();
        Self {
            keyword: step.started.keyword.trim().to_owned(),
            text: step.started.text.clone(),
            line: step.started.line,
            status: finished.map_or("unfinished", |finished| finished.status.name()),
            reason: finished.and_then(|finished| reason(&finished.status)),
            duration_s: finished.map_or(0.0, |finished| seconds(finished.duration)),
            failure: step.failure().map(FailureResult::from),
        }
    }
}

impl From<&Failure> for FailureResult {
    fn from(failure: &Failure) -> Self {
        Self {
            class: failure.class.name(),
            fault: failure.class.fault().name(),
            summary: failure.summary.clone(),
            waited_for: failure.waited_for.clone(),
            waited_s: failure.waited_for.as_ref().map(|_| seconds(failure.waited)),
            phone: failure.phone.clone(),
            call_id: failure.call_id.clone(),
            details: failure.details.clone(),
            nearest: failure.nearest.as_ref().map(NearestResult::from),
        }
    }
}

impl From<&NearestMessage> for NearestResult {
    fn from(nearest: &NearestMessage) -> Self {
        Self {
            message: String::from_utf8_lossy(&nearest.bytes).into_owned(),
            differences: nearest.differences.clone(),
        }
    }
}

impl From<&MediaReport> for MediaResult {
    fn from(report: &MediaReport) -> Self {
        Self {
            phone: report.phone.clone(),
            call_id: report.call_id.clone(),
            codec: report.codec.clone(),
            packets_sent: report.packets_sent,
            packets_received: report.packets_received,
            packets_lost: report.packets_lost,
            packets_reordered: report.packets_reordered,
            jitter_s: seconds(report.jitter),
            heard: report
                .heard
                .iter()
                .map(|heard| HeardResult {
                    what: heard.what.clone(),
                    start_s: seconds(heard.start),
                    duration_s: seconds(heard.duration),
                })
                .collect(),
        }
    }
}

fn reason(status: &Status) -> Option<String> {
    match status {
        Status::Skipped(reason) => Some(reason.clone()),
        _ => None,
    }
}

/// Seconds to the microsecond: more digits are noise to a reader.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

fn rfc3339(at: Duration) -> Option<String> {
    let seconds = i64::try_from(at.as_secs()).ok()?;
    let at = DateTime::from_timestamp(seconds, at.subsec_nanos())?;
    Some(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gannet_events::FailureClass;

    use super::*;
    use crate::sample;

    fn json(events: &[RunEvent]) -> String {
        let mut bytes = Vec::new();
        let mut results = Results::new(&mut bytes).with_captures();
        for event in events {
            results.on_event(event);
        }
        results.finish().unwrap();
        drop(results);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn whole_run() {
        insta::assert_snapshot!(json(&sample::whole_run()));
    }

    #[test]
    fn every_field_is_documented() {
        fn names(value: &serde_json::Value, out: &mut BTreeSet<String>) {
            match value {
                serde_json::Value::Object(fields) => {
                    for (name, value) in fields {
                        out.insert(name.clone());
                        names(value, out);
                    }
                }
                serde_json::Value::Array(values) => {
                    for value in values {
                        names(value, out);
                    }
                }
                _ => {}
            }
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/results.md");
        let document = std::fs::read_to_string(path).unwrap();
        let mut all = BTreeSet::new();
        names(
            &serde_json::from_str(&json(&sample::whole_run())).unwrap(),
            &mut all,
        );
        for name in all {
            assert!(document.contains(&format!("`{name}`")), "{name} is missing");
        }
    }

    #[test]
    fn failure_classes_are_documented() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/results.md");
        let document = std::fs::read_to_string(path).unwrap();
        for class in FailureClass::ALL {
            let row = format!("| `{}` | {} |", class.name(), class.fault().name());
            assert!(document.contains(&row), "no row {row}");
        }
    }

    #[test]
    fn a_run_that_broke_off_has_no_verdict() {
        let events = sample::whole_run();
        let value: serde_json::Value =
            serde_json::from_str(&json(&events[..events.len() - 1])).unwrap();
        assert!(value["verdict"].is_null());
        assert!(value["exit_code"].is_null());
        assert_eq!(value["summary"]["scenarios"]["timed_out"], 1);
    }
}
