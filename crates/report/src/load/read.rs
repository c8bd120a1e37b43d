//! Reading what a run left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::LoadResults;
use crate::html::FeatureResults;

/// What `results.json` holds.
#[derive(Debug)]
pub enum RunResults {
    /// A run of load.
    Load(Box<LoadResults>),
    /// A run of features.
    Features(Box<FeatureResults>),
}

/// Why results cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("cannot read `{}`: give a folder that `--out` has written, or its results.json", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not what a run of Gannet writes.
    #[error("`{}` does not hold results of a run{}", .path.display(), .why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: Option<String>,
    },
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Reads the results in a folder, or in a file.
///
/// # Errors
/// There are none, or they are of another program or version.
pub fn read_results(path: &Path) -> Result<RunResults, ReadError> {
    let path = if path.is_dir() {
        path.join("results.json")
    } else {
        path.to_owned()
    };
    let text = fs::read_to_string(&path).map_err(|source| ReadError::File {
        path: path.clone(),
        source,
    })?;
    let format = |why: Option<String>| ReadError::Format {
        path: path.clone(),
        why,
    };
    let json = |error: serde_json::Error| format(Some(error.to_string()));
    let head: Head = serde_json::from_str(&text).map_err(json)?;
    if head.version != 1 {
        let why = format!("version {} is not known here, only 1 is", head.version);
        return Err(format(Some(why)));
    }
    match head.format.as_str() {
        LoadResults::FORMAT => Ok(RunResults::Load(serde_json::from_str(&text).map_err(json)?)),
        "gannet-results" => Ok(RunResults::Features(
            serde_json::from_str(&text).map_err(json)?,
        )),
        other => Err(format(Some(format!("its format is `{other}`")))),
    }
}

/// Results for tests: 100 calls, of which 2 failed.
#[cfg(test)]
pub(crate) fn sample() -> LoadResults {
    use gannet_events::traffic::ResponseTimes;

    use super::{
        CallCounts, ExampleMessage, FailureExample, LOAD_RESULTS_VERSION, LoadFigures, LoadStep,
        LoadTimes, MessageCounts, NamedCount, Point, Series,
    };

    let mut times = ResponseTimes::new(&[]);
    for _ in 0..97 {
        times.record(20_000_000);
    }
    times.record(30_000_000);
    let step = |number, kind: &str, name: &str, messages| LoadStep {
        section: String::new(),
        number,
        kind: kind.into(),
        name: name.into(),
        messages,
        retransmissions: 0,
        timeouts: 0,
        unexpected: 0,
        failed: 0,
    };
    let message = |at_us, sent, text: &str| ExampleMessage {
        at_us,
        sent,
        transport: "UDP".into(),
        text: text.into(),
    };
    let point = |t_s, begun, failed| Point {
        t_s,
        length_s: 1.0,
        rate_wanted: 10.0,
        begun,
        failed,
        open: 3,
        p50_ms: 20.0,
        p99_ms: 30.0,
        ..Point::default()
    };
    LoadResults {
        format: LoadResults::FORMAT.into(),
        version: LOAD_RESULTS_VERSION,
        gannet: "0.0.0".into(),
        command: "sipp".into(),
        arguments: vec!["-sn".into(), "uac".into()],
        scenario: "Basic <caller>".into(),
        started: "2026-11-22T10:00:00Z".into(),
        verdict: None,
        figures: LoadFigures {
            elapsed_s: 10.0,
            phase: "running".into(),
            rate_wanted: 10.0,
            rate_reached: 10.0,
            calls: CallCounts {
                begun: 100,
                outgoing: 100,
                open_max: 5,
                successful: 98,
                failed: 2,
                ..CallCounts::default()
            },
            messages: MessageCounts {
                sent: 300,
                received: 396,
                ..MessageCounts::default()
            },
            counts: Vec::new(),
            failures: vec![NamedCount {
                name: "unexpected message".into(),
                count: 2,
            }],
            steps: vec![
                step(1, "sent", "INVITE", 100),
                step(2, "received", "200", 98),
            ],
            times: vec![
                LoadTimes::of("1", "INVITE", &times),
                LoadTimes::of("call", "", &ResponseTimes::new(&[])),
            ],
        },
        series: Series {
            interval_s: 1.0,
            points: vec![point(1.0, 10, 0), point(2.0, 12, 2)],
        },
        examples: vec![FailureExample {
            call_id: "7-1@127.0.0.1".into(),
            own: "127.0.0.1:5061".into(),
            peer: "127.0.0.1:5060".into(),
            place: "step 2, waiting for 200".into(),
            at_ms: 1_800_000_000_120,
            messages: vec![
                message(
                    1_800_000_000_000_000,
                    true,
                    "INVITE sip:a@b SIP/2.0\r\nCall-ID: 7-1@127.0.0.1\r\nCSeq: 1 INVITE\r\n\r\n",
                ),
                message(
                    1_800_000_000_120_000,
                    false,
                    "SIP/2.0 503 Service Unavailable\r\nCall-ID: 7-1@127.0.0.1\r\nCSeq: 1 INVITE\r\n\r\n",
                ),
            ],
            left_out: 0,
        }],
    }
}
