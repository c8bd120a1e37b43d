//! A run of Seagull, from its plan to its exit code.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{FixedOffset, Local, Offset};
use gannet_control::ServerError;
use gannet_events::traffic::{Layout, Snapshot};
use gannet_report::seagull::{Level, Levels as Letters, LogFile};
use gannet_scenario::model::{Channel, Endpoint, Mode, TransportKind};
use gannet_scenario::seagull::configuration::TrafficParams;
use gannet_traffic::shard::{Levels, layout};
use gannet_tui::seagull::{KeyReader, Shown, State};
use gannet_tui::{Summary, counted};
use thiserror::Error;

use super::faces::{Display, SeagullFaces};
use super::log::SeagullLog;
use super::outputs::{OutputError, Outputs};
use super::schedule::Schedule;
use super::{Arguments, plan};
use crate::chain::chain;
use crate::remote::{Latest, serve};
use crate::run::{LoadError, LogSink, Run, RunPlan};
use crate::session::{Ended, Ending, Inbox, Session, SessionEvent};
use crate::terminal::{Keyboard, watch_signals};
use crate::watch::{Judged, TrafficWatch, WatchError};

/// The exit code of what cannot go on.
pub const EXIT_FATAL: u8 = 255;

/// The exit code after SIGTERM: what a shell says of a process that the signal has ended.
const EXIT_TERMINATED: u8 = 128 + 15;

/// Why a run of Seagull cannot begin, or not go on.
#[derive(Debug, Error)]
pub enum PlayError {
    /// The log cannot be written.
    #[error("log file {path} cannot be written")]
    Log {
        /// Its path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A statistics file cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The letters of `-llevel` are wrong.
    #[error("option -llevel: {0}")]
    Levels(String),
    /// The run cannot begin or go on.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Remote control cannot listen.
    #[error(transparent)]
    Control(#[from] ServerError),
    /// What looks at the run cannot begin.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// Signals cannot be watched.
    #[error("signals cannot be watched: {0}")]
    Signals(io::Error),
}

/// What a run of Seagull is made of.
#[derive(Debug)]
pub struct Plan {
    /// The files, compiled.
    pub run: gannet_scenario::seagull::Run,
    /// The command line.
    pub arguments: Arguments,
}

/// Plays a run to its end; gives the exit code. What is worth saying at the end goes to standard
/// error.
///
/// # Errors
/// The run cannot begin, or a shard gives up.
pub fn play(parts: Plan) -> Result<u8, PlayError> {
    let Plan { run, arguments } = parts;
    arguments.watch.conditions()?;
    let offset = Local::now().offset().fix();
    let started = SystemTime::now();
    let params = run.configuration.traffic.clone();
    let format = log_format(&arguments, offset)?;
    let mut plan = plan(
        run,
        &arguments.beyond,
        levels(format.levels()),
        arguments.shards,
    );
    let layout = Arc::new(layout(&plan.scenario, &plan.response_bounds_ms));
    let log = open_log(&arguments, &params, format, &plan, (started, offset))?;
    let outputs = Outputs::create(&params, &layout, started, offset)?;
    response_time_log(&arguments, &params, started, offset)?;

    let inbox = Inbox::default();
    let send = inbox.sender();
    watch_signals(move |signal| send(SessionEvent::Signal(signal))).map_err(PlayError::Signals)?;
    let latest = Latest::default();
    let server = match arguments.control {
        Some(address) => Some(serve(address, layout.clone(), &inbox, latest.clone())?),
        None => None,
    };
    let send = inbox.sender();
    let orders = Box::new(move |order| {
        // After the end of the session there is nothing to steer.
        let _ = send(SessionEvent::Web(order));
    });
    let watch = TrafficWatch::open(&arguments.watch, "seagull", &layout, orders)?;
    let mut sink: Arc<dyn LogSink> = log.clone();
    if let Some(watch) = &watch {
        (sink, plan.settings.levels) = watch.record(sink, &plan.scenario, plan.settings.levels);
    }
    let run = match Run::start(plan, &sink) {
        Ok(run) => run,
        Err(error) => {
            log.trouble(started.elapsed().unwrap_or_default(), &chain(&error));
            log.flush();
            return Err(error.into());
        }
    };
    let send = inbox.sender();
    let keyboard = Keyboard::open(move |byte| send(SessionEvent::Key(byte)));
    let state = State::new(layout.clone(), shown(&params), offset);
    let keys = KeyReader::new(state.screens().clone());
    let display = display(&params, state);
    let mut faces = SeagullFaces {
        log: log.clone(),
        outputs,
        display,
        is_controlled: server.is_some(),
        keys,
        has_begun: false,
        watch,
        errors: Vec::new(),
    };
    let publish = |snapshot: &Arc<Snapshot>| latest.set(snapshot);
    let ended = Session::new(run, inbox, Ending::default()).play(&mut faces, &publish);
    drop(keyboard);
    let code = finish(&ended, &faces, &log, &layout);
    Ok(judged(code, &ended.snapshot, &mut faces))
}

/// Conditions decide instead of calls that failed.
fn judged(code: u8, last: &Snapshot, faces: &mut SeagullFaces) -> u8 {
    let Some(watch) = &mut faces.watch else {
        return code;
    };
    let figures = &last.figures;
    let failed = figures.failed + figures.failed_refused + figures.failed_timeout;
    let reason = match code {
        0 => None,
        1 => Some(format!("{} failed", counted(failed, "call"))),
        _ => Some("the run could not go on, or was ended by force".to_owned()),
    };
    let judged = Judged {
        exit_code: code,
        by_calls: code == 1,
        failed_code: 1,
        reasons: reason.into_iter().collect(),
    };
    watch.end(last, judged, &mut io::stderr().lock())
}

/// Says at the end what is to be said, and gives the exit code.
fn finish(ended: &Ended, faces: &SeagullFaces, log: &SeagullLog, layout: &Layout) -> u8 {
    let at = SystemTime::now();
    log.append(|format, out| format.stop(out, at));
    let log_error = log.flush();
    let mut err = io::stderr().lock();
    if let Some(error) = &log_error {
        let _ = writeln!(err, "error: the log cannot be written: {error}");
    }
    for error in &faces.errors {
        let _ = writeln!(err, "error: {}", chain(error));
    }
    let summary = Summary::of(layout, &ended.snapshot);
    let _ = write!(err, "{summary}");
    if let Some(error) = &ended.error {
        let _ = writeln!(err, "error: {}", chain(error));
        return EXIT_FATAL;
    }
    if log_error.is_some() || !faces.errors.is_empty() || ended.abandoned {
        return EXIT_FATAL;
    }
    if ended.terminated {
        return EXIT_TERMINATED;
    }
    let figures = &ended.snapshot.figures;
    let failed = figures.failed + figures.failed_refused + figures.failed_timeout > 0;
    u8::from(failed)
}

fn log_format(arguments: &Arguments, offset: FixedOffset) -> Result<LogFile, PlayError> {
    let letters =
        Letters::parse(&arguments.levels).map_err(|error| PlayError::Levels(error.to_string()))?;
    let format = LogFile::new(letters, offset);
    Ok(if arguments.no_dates {
        format.without_dates()
    } else {
        format
    })
}

/// What the shards have to tell.
pub(crate) fn levels(letters: Letters) -> Levels {
    Levels {
        errors: letters.has(Level::Error),
        warnings: letters.has(Level::Warning),
        messages: letters.has(Level::Message) || letters.has(Level::Buffer),
        buffers: letters.has(Level::Buffer),
        traffic: letters.has(Level::Traffic),
        verdicts: letters.has(Level::Verdict),
        user: letters.has(Level::User),
    }
}

fn open_log(
    arguments: &Arguments,
    params: &TrafficParams,
    format: LogFile,
    plan: &RunPlan,
    (started, offset): (SystemTime, FixedOffset),
) -> Result<Arc<SeagullLog>, PlayError> {
    let path = params.log_file.as_ref().or(arguments.log.as_ref());
    let writer: Box<dyn Write + Send> = match path {
        None => Box::new(io::stderr()),
        Some(path) if Path::new(path).is_dir() => {
            let source = io::ErrorKind::IsADirectory.into();
            let path = path.clone();
            return Err(PlayError::Log { path, source });
        }
        Some(path) => {
            let path = if params.files_no_timestamp {
                path.clone()
            } else {
                gannet_report::seagull::stamped(path, started, offset)
            };
            let file = File::create(&path).map_err(|source| PlayError::Log { path, source })?;
            Box::new(BufWriter::new(file))
        }
    };
    let log = Arc::new(SeagullLog::new(
        format,
        plan.scenario.clone(),
        started,
        writer,
    ));
    let summary = configuration_text(plan, arguments);
    log.append(|format, out| {
        format.start(out, started);
        format.pid(out, started, std::process::id());
        format.configuration(out, started, &summary);
    });
    Ok(log)
}

/// The configuration as the log shows it.
fn configuration_text(plan: &RunPlan, arguments: &Arguments) -> String {
    let settings = &plan.settings;
    let mut lines = vec![
        "Configuration".to_owned(),
        format!("conf  [{}]", arguments.conf),
        format!("dico  [{}]", arguments.dictionaries.join(", ")),
        format!("scen  [{}]", arguments.scenario),
        format!("call-rate  [{}]", settings.pacing.calls_per_s),
        format!("max-simultaneous-calls  [{}]", settings.calls_max),
        format!("number-calls  [{}]", settings.calls_wanted.unwrap_or(0)),
        format!("seed  [{}]", settings.seed),
    ];
    for channel in &plan.scenario.channels {
        lines.push(format!(
            "channel [{}]  [{}]",
            channel.name,
            open_args(channel)
        ));
    }
    lines.join("\n")
}

/// How a channel is opened, as configurations say it.
fn open_args(channel: &Channel) -> String {
    let args = &channel.open;
    let transport = match channel.transport.kind {
        TransportKind::Udp => "udp",
        TransportKind::Tcp => "tcp",
    };
    let mode = match args.mode {
        Mode::Client => "client",
        Mode::Server => "server",
    };
    let mut text = format!("type={transport};mode={mode}");
    let endpoints = [
        ("source", &args.source),
        ("dest", &args.dest),
        ("standby", &args.standby),
    ];
    for (name, endpoint) in endpoints {
        let _ = match endpoint {
            Some(Endpoint::Address(address)) => write!(text, ";{name}={address}"),
            Some(Endpoint::Name(host, port)) => write!(text, ";{name}={host}:{port}"),
            None => Ok(()),
        };
    }
    text
}

/// `-rsptimelog`: Seagull creates the file; text protocols write nothing to it.
fn response_time_log(
    arguments: &Arguments,
    params: &TrafficParams,
    started: SystemTime,
    offset: FixedOffset,
) -> Result<(), PlayError> {
    let Some(path) = &arguments.response_time_log else {
        return Ok(());
    };
    let path = if params.files_no_timestamp {
        path.clone()
    } else {
        gannet_report::seagull::stamped(path, started, offset)
    };
    match File::create(&path) {
        Ok(_) => Ok(()),
        Err(source) => Err(PlayError::Log { path, source }),
    }
}

fn shown(params: &TrafficParams) -> Shown {
    Shown {
        protocols: params.display_protocol_stat,
        sections: params.display_scenario_stat,
    }
}

fn display(params: &TrafficParams, state: State) -> Option<Display> {
    let period = params.display_period_s?;
    Some(Display {
        state,
        schedule: Schedule::every(period),
        is_terminal: io::stdout().is_terminal(),
        is_painted: false,
        earlier: None,
    })
}
