//! A run of SIPp's command, from its files to its exit code.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::{Local, Offset};
use gannet_events::sipp::Snapshot;
use gannet_net::load::{PortLimits, Ports, raise_file_limit};
use gannet_report::sipp::{FileNames, Stamp};
use gannet_scenario::sipp::model::{Role, Scenario, Twin};
use gannet_traffic::sipp::layout;
use gannet_tui::sipp::{Facts, State, Summary, TwinRole};

use super::arguments::{Arguments, Source, TwinPart};
use super::control;
use super::error::{EXIT_FAILED, EXIT_INTERNAL_COMMAND, EXIT_MEDIA, SippError};
use super::faces::Faces;
use super::files::Files;
use super::hosts::Addresses;
use super::logs::{LogNames, Logs};
use super::outputs::Outputs;
use super::plan::settings;
use super::session::{Ended, Event, Inbox, Session};
use super::tls::tls_sides;
use super::traffic::{Media, Run, RunParts, SocketPlan};
use super::twins::twin_plan;
use crate::terminal::{Keyboard, watch_all_signals};

/// Files beside sockets: logs, threads, timers, connections of peers.
const FILES: u64 = 1_024;

/// What a run is made of.
#[derive(Debug)]
pub struct Plan {
    /// The files, compiled.
    pub files: Files,
    /// The command line.
    pub arguments: Arguments,
    /// What sends and receives media.
    pub media: Box<dyn Media>,
}

/// Plays a run to its end; gives the exit code. The last screens go to standard output, what else is
/// worth saying to standard error.
///
/// # Errors
/// The run cannot begin or go on.
pub fn play(plan: Plan) -> Result<u8, SippError> {
    let Plan {
        files,
        arguments,
        media,
    } = plan;
    let addresses = Addresses::of(&arguments.hosts)?;
    let is_client = files.scenarios.main.role == Role::Client;
    if is_client && addresses.send_to.is_none() {
        return Err(SippError::NoRemote);
    }
    if !arguments.keeps_file_limit {
        // What the system does not permit is told when sockets run out.
        let _ = raise_file_limit(arguments.sockets_max as u64 + FILES);
    }
    std::thread::sleep(arguments.sleep);
    let names = log_names(&arguments);
    let mut ports = Ports::new(port_limits(&arguments)).map_err(SippError::Sockets)?;
    ports
        .set_device(arguments.hosts.device.as_deref())
        .map_err(SippError::Bind)?;
    let sockets = SocketPlan {
        protocol: arguments.transport.protocol,
        sockets: arguments.transport.sockets,
        bind_ip: addresses.bind_ip,
        port: arguments.hosts.local_port,
        send_to: addresses.send_to,
        is_client,
        sockets_max: arguments.sockets_max,
        buffer_bytes: arguments.buffer_bytes,
        tls: tls_sides(&arguments, is_client)?,
    };
    let opened = sockets.open(&mut ports)?;
    let early = settings(
        &arguments,
        &addresses,
        opened.address,
        gannet_traffic::sipp::Levels::default(),
    );
    let layouts = Layouts::of(&files, &early);
    let logs = Logs::open(names.clone(), arguments.traces.clone(), &layouts.main)?;
    let settings = gannet_traffic::sipp::Settings {
        levels: logs.levels(),
        ..early
    };
    let outputs = Outputs::create(&arguments, &names, &layouts.main)?;
    let inbox = Inbox::default();
    let send = inbox.sender();
    watch_all_signals(move |signal| send(Event::Signal(signal))).map_err(|source| {
        SippError::System {
            what: "signals",
            source,
        }
    })?;
    let send = inbox.sender();
    control::listen(&arguments.hosts, move |bytes| send(Event::Datagram(bytes)))?;
    let twins = twin_plan(&arguments, &files.scenarios.main)?;
    let state = screens(
        &arguments,
        &addresses,
        &files,
        &layouts,
        opened.address.port(),
    );
    let run = Run::start(RunParts {
        scenarios: files.scenarios,
        injection: files.injection,
        settings,
        sockets,
        opened,
        ports,
        logs,
        twins,
        media,
        rate_period: arguments.rate_period,
        stamp: names.stamp,
    })?;
    let send = inbox.sender();
    let keyboard = if arguments.no_keyboard {
        None
    } else {
        Keyboard::open(move |byte| send(Event::Key(byte)))
    };
    let mut faces = Faces::new(&arguments, &names, state, outputs);
    let ended = Session::new(run, inbox, &arguments).play(&mut faces);
    drop(keyboard);
    let ended = ended?;
    finish(&arguments, ended, faces, &layouts)
}

/// What there is to count.
#[derive(Debug, Clone)]
struct Layouts {
    main: Arc<gannet_events::sipp::Layout>,
    received: Option<Arc<gannet_events::sipp::Layout>>,
    out_of_call: Option<Arc<gannet_events::sipp::Layout>>,
}

impl Layouts {
    fn of(files: &Files, settings: &gannet_traffic::sipp::Settings) -> Self {
        let of = |scenario: &Arc<Scenario>| Arc::new(layout(scenario, settings));
        let scenarios = &files.scenarios;
        Self {
            main: of(&scenarios.main),
            received: scenarios.received.as_ref().map(of),
            out_of_call: scenarios.out_of_call.as_ref().map(of),
        }
    }
}

fn port_limits(arguments: &Arguments) -> PortLimits {
    PortLimits {
        ports_max: arguments.sockets_max.saturating_add(65_536),
        messages_per_poll_max: arguments.receives_per_turn,
        ..PortLimits::default()
    }
}

fn log_names(arguments: &Arguments) -> LogNames {
    let (scenario, folder) = match &arguments.scenario {
        Source::Builtin(name) => (name.as_str(), String::new()),
        Source::File(path) => {
            let folder = Path::new(path)
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
                .map(|folder| format!("{}/", folder.display()));
            (path.as_str(), folder.unwrap_or_default())
        }
    };
    let stamp = Stamp::new(Local::now().offset().fix());
    LogNames {
        folder,
        names: FileNames::new(scenario, std::process::id()),
        stamp: if arguments.rfc3339 {
            stamp.with_rfc3339()
        } else {
            stamp
        },
        delimiter: arguments.delimiter.clone(),
    }
}

fn screens(
    arguments: &Arguments,
    addresses: &Addresses,
    files: &Files,
    layouts: &Layouts,
    local_port: u16,
) -> State {
    let is_client = files.scenarios.main.role == Role::Client;
    let facts = Facts {
        local_port,
        remote: addresses
            .remote
            .filter(|_| is_client)
            .map(|remote| remote.to_string())
            .unwrap_or_default(),
        transport: arguments.transport.protocol.name().to_owned(),
        pause_ms: arguments.pause.as_millis() as u64,
        calls_max: arguments.calls_wanted,
        twin: twin_role(arguments, &files.scenarios.main),
        actions: Vec::new(),
    };
    let mut state = State::new(layouts.main.clone(), facts, Local::now().offset().fix());
    if let Some(layout) = &layouts.received {
        state = state.with_received(layout.clone());
    }
    if let Some(layout) = &layouts.out_of_call {
        state = state.with_out_of_call(layout.clone());
    }
    state
}

fn twin_role(arguments: &Arguments, scenario: &Scenario) -> Option<TwinRole> {
    let is_client = scenario.role == Role::Client;
    Some(match (arguments.twin.as_ref()?, &scenario.twin) {
        (TwinPart::Classic(_), Some(Twin::Listens)) => TwinRole::ControllerB,
        (TwinPart::Classic(_), _) if is_client => TwinRole::ControllerA,
        (TwinPart::Classic(_), _) => TwinRole::ControllerAPassive,
        (TwinPart::Master(_), _) if is_client => TwinRole::Master,
        (TwinPart::Master(_), _) => TwinRole::MasterPassive,
        (TwinPart::Slave(_), _) => TwinRole::Slave,
    })
}

/// Says at the end what is to be said, and gives the exit code.
fn finish(
    arguments: &Arguments,
    ended: Ended,
    mut faces: Faces,
    layouts: &Layouts,
) -> Result<u8, SippError> {
    let Ended {
        snapshot,
        beside,
        warnings,
        error,
        stopped_now,
        timed_out,
        failed_checks,
    } = ended;
    faces.end(&snapshot, &beside);
    let mut err = io::stderr().lock();
    // Nobody reads it: nobody needs it.
    for warning in warnings.kept() {
        let _ = writeln!(err, "warning: {warning}");
    }
    let more = warnings
        .count()
        .saturating_sub(warnings.kept().len() as u64);
    if more > 0 {
        let _ = writeln!(
            err,
            "and {more} more warnings; -trace_err writes all of them to a file"
        );
    }
    for error in faces.take_errors() {
        let _ = writeln!(err, "error: {error}");
    }
    let figures = &snapshot.figures;
    let summary = Summary::of(&layouts.main, figures, &snapshot, None);
    if let Some(saturation) = &summary.saturation {
        let _ = writeln!(err, "{saturation}");
    }
    if let Some(error) = error {
        return Err(error);
    }
    if timed_out && arguments.timeout_is_error {
        return Err(SippError::Fatal("the time of -timeout is over".to_owned()));
    }
    Ok(exit_code(
        arguments,
        &snapshot,
        stopped_now,
        timed_out,
        failed_checks,
    ))
}

fn exit_code(
    arguments: &Arguments,
    snapshot: &Snapshot,
    stopped_now: bool,
    timed_out: bool,
    failed_checks: u64,
) -> u8 {
    let figures = &snapshot.figures;
    let others = [&snapshot.received, &snapshot.out_of_call];
    let failed_elsewhere: u64 = others.into_iter().flatten().map(|other| other.failed).sum();
    let is_short = arguments
        .calls_wanted
        .is_some_and(|wanted| figures.successful + figures.failed < wanted);
    if stopped_now {
        EXIT_INTERNAL_COMMAND
    } else if failed_checks > 0 {
        EXIT_MEDIA
    } else if figures.failed > 0 || arguments.strict.exit && (failed_elsewhere > 0 || is_short) {
        EXIT_FAILED
    } else if timed_out && figures.successful == 0 {
        EXIT_INTERNAL_COMMAND
    } else {
        0
    }
}
