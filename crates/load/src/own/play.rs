//! A run, from its files and options to its report.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{Local, Offset};
use gannet_control::ServerError;
use gannet_events::ExitCode;
use gannet_events::traffic::{Command, Snapshot};
use gannet_report::seagull::LogFile;
use gannet_scenario::seagull::Run as Files;
use gannet_traffic::shard::{Levels, layout};
use gannet_tui::Summary;
use thiserror::Error;

use super::causes::Witness;
use super::faces::{OwnFaces, Table};
use super::options::Options;
use super::pace::Pace;
use super::verdict::{Facts, judge};
use crate::remote::{Latest, serve};
use crate::run::{LoadError, LogSink, OwnAddress, Run};
use crate::seagull::{SeagullLog, levels, plan};
use crate::session::{Ended, Ending, Inbox, Session, SessionEvent};
use crate::terminal::watch_signals;
use crate::watch::{Judged, TrafficWatch, WatchError};

/// Where a run is shown.
#[derive(Debug, Clone, Copy)]
pub struct Faces {
    /// Standard error is a terminal: one line is painted again and again.
    pub is_terminal: bool,
    /// How wide it is.
    pub columns: Option<usize>,
}

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    /// Figures, causes and verdict.
    pub summary: Summary,
    /// What the process returns.
    pub code: ExitCode,
    /// Why a shard gave up, if one did.
    pub error: Option<LoadError>,
    /// A file that could not be written to the end.
    pub unwritten: Option<PlayError>,
}

/// Why a run cannot begin.
#[derive(Debug, Error)]
pub enum PlayError {
    /// A file cannot be written.
    #[error("cannot write `{path}`")]
    File {
        /// Its path as given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Sockets or threads are not there.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Remote control cannot listen.
    #[error(transparent)]
    Control(#[from] ServerError),
    /// What looks at the run cannot begin.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// Signals cannot be watched.
    #[error("signals cannot be watched")]
    Signals(#[source] io::Error),
}

impl PlayError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the fault is in what was asked for, not in the machine.
    pub fn is_input(&self) -> bool {
        match self {
            Self::Load(LoadError::NotDivisible { .. }) => true,
            Self::Watch(error) => error.is_input(),
            _ => false,
        }
    }
}

/// Plays a run to its end. `begun` gets the sockets when all of them are open.
///
/// # Errors
/// The run cannot begin; nothing was sent.
pub fn play(
    files: Files,
    options: &Options,
    faces: Faces,
    begun: &dyn Fn(&[OwnAddress]),
) -> Result<Report, PlayError> {
    options.watch.conditions()?;
    let pace = Pace::new(&files.configuration.traffic, files.scenario.is_client());
    let calls_wanted = files.configuration.traffic.calls_total;
    let mut plan = plan(files, &options.beyond, Levels::default(), options.shards);
    let layout = Arc::new(layout(&plan.scenario, &plan.response_bounds_ms));
    let started = SystemTime::now();
    let log = open_log(options, &plan.scenario, started)?;
    let log_levels = log
        .as_ref()
        .map_or_else(Levels::default, |_| levels(options.log_levels));
    plan.settings.levels = Witness::levels(log_levels);
    let witness = Arc::new(Witness::new(plan.scenario.clone(), log.clone()));
    let table = options.stat.as_deref().map(Table::create).transpose()?;

    let inbox = Inbox::default();
    let send = inbox.sender();
    watch_signals(move |signal| send(SessionEvent::Signal(signal))).map_err(PlayError::Signals)?;
    let latest = Latest::default();
    let server = match options.control {
        Some(address) => Some(serve(address, layout.clone(), &inbox, latest.clone())?),
        None => None,
    };
    let send = inbox.sender();
    let orders = Box::new(move |order| {
        // After the end of the session there is nothing to steer.
        let _ = send(SessionEvent::Web(order));
    });
    let watch = TrafficWatch::open(&options.watch, "load", &layout, orders)?;
    let mut sink: Arc<dyn LogSink> = witness.clone();
    if let Some(watch) = &watch {
        (sink, plan.settings.levels) = watch.record(sink, &plan.scenario, plan.settings.levels);
    }
    let mut run = Run::start(plan, &sink)?;
    if let Some(ramp) = options.ramp {
        run.command(Command::Ramp {
            to: ramp.to,
            over: ramp.over,
        });
    }
    begun(&run.addresses());
    let ending = Ending {
        duration: options.duration,
        grace: Some(options.grace),
        interrupts_apart: std::time::Duration::ZERO,
    };
    let mut faces = OwnFaces::new(faces, pace, table, log.clone(), watch);
    let publish = |snapshot: &Arc<Snapshot>| latest.set(snapshot);
    let ended = Session::new(run, inbox, ending).play(&mut faces, &publish);
    drop(server);
    let unwritten = finish(&mut faces, log.as_deref(), options);
    let mut summary = Summary::of(&layout, &ended.snapshot);
    witness.complete(&mut summary);
    summary.pace = faces.pace.summary(&ended.snapshot);
    let last = ended.snapshot.clone();
    let mut report = report(summary, ended, calls_wanted, unwritten);
    if let Some(watch) = &mut faces.watch {
        judge_by_conditions(&mut report, watch, &last);
    }
    Ok(report)
}

fn report(
    mut summary: Summary,
    ended: Ended,
    calls_wanted: Option<u64>,
    unwritten: Option<PlayError>,
) -> Report {
    let facts = Facts {
        stopped: ended.stopped,
        calls_wanted,
        broke: ended.error.is_some(),
        unwritten: unwritten.is_some(),
    };
    let (code, verdict) = judge(&ended.snapshot.figures, facts);
    summary.verdict = Some(verdict);
    Report {
        summary,
        code,
        error: ended.error,
        unwritten,
    }
}

/// Conditions decide instead of calls that failed.
fn judge_by_conditions(report: &mut Report, watch: &mut TrafficWatch, last: &Snapshot) {
    let verdict = report.summary.verdict.as_mut();
    let reasons = verdict.as_ref().map(|it| it.reasons.clone());
    let judged = Judged {
        exit_code: report.code.code(),
        by_calls: report.code == ExitCode::Failed,
        failed_code: ExitCode::Failed.code(),
        reasons: reasons.unwrap_or_default(),
    };
    let code = watch.end(last, judged, &mut io::stderr().lock());
    if code == report.code.code() {
        return;
    }
    report.code = if code == 0 {
        ExitCode::Passed
    } else {
        ExitCode::Failed
    };
    if let Some(verdict) = verdict {
        verdict.passed = code == 0;
        verdict.exit_code = code;
        verdict.reasons = watch.reasons();
    }
}

/// Ends the log; gives what could not be written.
fn finish(faces: &mut OwnFaces, log: Option<&SeagullLog>, options: &Options) -> Option<PlayError> {
    let at = SystemTime::now();
    let failed = log.and_then(|log| {
        log.append(|format, out| format.stop(out, at));
        log.flush()
    });
    let failed = failed.zip(options.log.as_deref());
    faces
        .error
        .take()
        .or_else(|| failed.map(|(source, path)| PlayError::file(path, source)))
}

fn open_log(
    options: &Options,
    scenario: &Arc<gannet_scenario::model::Scenario>,
    started: SystemTime,
) -> Result<Option<Arc<SeagullLog>>, PlayError> {
    let Some(path) = options.log.as_deref() else {
        return Ok(None);
    };
    let file = File::create(path).map_err(|source| PlayError::file(path, source))?;
    let format = LogFile::new(options.log_levels, Local::now().offset().fix());
    let writer = Box::new(BufWriter::new(file));
    let log = SeagullLog::new(format, scenario.clone(), started, writer);
    log.append(|format, out| {
        format.start(out, started);
        format.pid(out, started, std::process::id());
    });
    Ok(Some(Arc::new(log)))
}
