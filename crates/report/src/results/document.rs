//! The document as it is written, and what makes it from events.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use gannet_events::{
    Difference, ExitCode, Failure, MediaReport, NearestMessage, Notice, ScenarioId, Status, Summary,
};
use serde::Serialize;

use crate::attempts::{Finished, Step};
use crate::failure;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub(super) format: &'static str,
    pub(super) version: u32,
    pub(super) gannet: &'a str,
    pub(super) server: &'a str,
    pub(super) started: Option<String>,
    pub(super) duration_s: Option<f64>,
    /// Absent when the run broke off.
    pub(super) exit_code: Option<u8>,
    pub(super) verdict: Option<ExitCode>,
    pub(super) left_out: u32,
    pub(super) summary: Summary,
    pub(super) notices: &'a [Notice],
    pub(super) features: &'a [FeatureResult],
}

#[derive(Serialize)]
pub(super) struct FeatureResult {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) scenarios: Vec<ScenarioResult>,
}

#[derive(Serialize)]
pub(super) struct ScenarioResult {
    pub(super) id: ScenarioId,
    pub(super) name: String,
    pub(super) rule: Option<String>,
    pub(super) line: u32,
    pub(super) tags: Vec<String>,
    pub(super) status: &'static str,
    pub(super) reason: Option<String>,
    pub(super) attempts: Vec<AttemptResult>,
}

#[derive(Serialize)]
pub(super) struct AttemptResult {
    pub(super) attempt: u32,
    pub(super) status: &'static str,
    pub(super) started: Option<String>,
    pub(super) duration_s: f64,
    pub(super) steps: Vec<StepResult>,
    pub(super) failure: Option<FailureResult>,
    pub(super) media: Vec<MediaResult>,
    /// Captured packets; one that was captured at both ends counts twice.
    pub(super) packets: usize,
    pub(super) capture: Option<String>,
    pub(super) ladder: Option<String>,
}

#[derive(Serialize)]
pub(super) struct StepResult {
    pub(super) keyword: String,
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) status: &'static str,
    pub(super) reason: Option<String>,
    pub(super) duration_s: f64,
    pub(super) failure: Option<FailureResult>,
}

#[derive(Serialize)]
pub(super) struct FailureResult {
    pub(super) class: &'static str,
    pub(super) fault: &'static str,
    pub(super) summary: String,
    pub(super) waited_for: Option<String>,
    pub(super) waited_s: Option<f64>,
    pub(super) phone: Option<String>,
    pub(super) call_id: Option<String>,
    pub(super) details: Vec<String>,
    pub(super) nearest: Option<NearestResult>,
}

#[derive(Serialize)]
pub(super) struct NearestResult {
    /// Bytes that are no UTF-8 are replaced; the capture has them all.
    pub(super) message: String,
    pub(super) differences: Vec<Difference>,
}

#[derive(Serialize)]
pub(super) struct MediaResult {
    pub(super) phone: String,
    pub(super) call_id: Option<String>,
    pub(super) codec: String,
    pub(super) packets_sent: u64,
    pub(super) packets_late: u64,
    pub(super) packets_left_out: u64,
    pub(super) lateness_max_s: f64,
    pub(super) packets_received: u64,
    pub(super) packets_lost: u64,
    pub(super) packets_reordered: u64,
    pub(super) jitter_s: f64,
    pub(super) jitter_mean_s: f64,
    pub(super) jitter_max_s: f64,
    pub(super) mos: Option<f64>,
    pub(super) faults: Vec<String>,
    pub(super) heard: Vec<HeardResult>,
}

#[derive(Serialize)]
pub(super) struct HeardResult {
    pub(super) what: String,
    pub(super) start_s: f64,
    pub(super) duration_s: f64,
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
            packets_late: report.packets_late,
            packets_left_out: report.packets_left_out,
            lateness_max_s: seconds(report.lateness_max),
            packets_received: report.packets_received,
            packets_lost: report.packets_lost,
            packets_reordered: report.packets_reordered,
            jitter_s: seconds(report.jitter),
            jitter_mean_s: seconds(report.jitter_mean),
            jitter_max_s: seconds(report.jitter_max),
            mos: report.mos.map(|score| f64::from(score) / 100.0),
            faults: report.faults.clone(),
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

pub(super) fn reason(status: &Status) -> Option<String> {
    match status {
        Status::Skipped(reason) => Some(reason.clone()),
        _ => None,
    }
}

/// Seconds to the microsecond: more digits are noise to a reader.
pub(super) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

pub(super) fn rfc3339(at: Duration) -> Option<String> {
    let seconds = i64::try_from(at.as_secs()).ok()?;
    let at = DateTime::from_timestamp(seconds, at.subsec_nanos())?;
    Some(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}
