//! A run of SIPp's command, from its files to its exit code.

use gannet_net::load::{PortLimits, Ports, raise_file_limit};
use gannet_scenario::sipp::model::Role;
use gannet_traffic::sipp::{Levels, Settings};

use super::arguments::Arguments;
use super::control;
use super::ending::finish;
use super::error::SippError;
use super::faces::Faces;
use super::files::Files;
use super::hosts::Addresses;
use super::logs::Logs;
use super::outputs::Outputs;
use super::plan::settings;
use super::session::{Event, Inbox, Session};
use super::showing::{Layouts, log_names, screens};
use super::tls::tls_sides;
use super::traffic::{Media, Run, RunParts, SocketPlan};
use super::twins::twin_plan;
use super::watched::Watched;
use crate::terminal::{Keyboard, watch_all_signals};

/// Files beside sockets: logs, threads, timers, connections of peers.
const FILES: u64 = 1_024;
/// Sockets of media: at most one for each port.
const MEDIA_FILES: u64 = 65_536;

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
    plan.arguments.watch.conditions()?;
    // Before a socket is open: who waits for the socket may send a signal next.
    let inbox = Inbox::default();
    let send = inbox.sender();
    watch_all_signals(move |signal| send(Event::Signal(signal))).map_err(|source| {
        SippError::System {
            what: "signals",
            source,
        }
    })?;
    let arguments = plan.arguments.clone();
    std::thread::sleep(arguments.sleep);
    let (run, mut faces, layouts) = begin(plan, &inbox)?;
    let send = inbox.sender();
    let keyboard = if arguments.no_keyboard {
        None
    } else {
        Keyboard::open(move |byte| send(Event::Key(byte)))
    };
    let ended = Session::new(run, inbox, &arguments).play(&mut faces);
    drop(keyboard);
    finish(&arguments, ended?, faces, &layouts.main)
}

/// Opens sockets and files, and begins.
fn begin(plan: Plan, inbox: &Inbox) -> Result<(Run, Faces, Layouts), SippError> {
    let Plan {
        files,
        mut arguments,
        mut media,
    } = plan;
    let addresses = Addresses::of(&arguments.hosts)?;
    let sockets = socket_plan(&arguments, &addresses, &files)?;
    let twins = twin_plan(&arguments, &files.scenarios.main)?;
    if !arguments.keeps_file_limit {
        // What the system does not permit is told when sockets run out.
        let _ = raise_file_limit(arguments.sockets_max as u64 + MEDIA_FILES + FILES);
    }
    let mut ports = Ports::new(port_limits(&arguments)).map_err(SippError::Sockets)?;
    ports
        .set_device(arguments.hosts.device.as_deref())
        .map_err(SippError::Bind)?;
    let opened = sockets.open(&mut ports)?;
    let own = opened.address;
    let media_ip = arguments.media.ip.unwrap_or(addresses.local_ip);
    arguments.media.port = media.begin(media_ip)?;
    let settings = settings(&arguments, &addresses, own, Levels::default());
    let layouts = Layouts::of(&files, &settings);
    let names = log_names(&arguments);
    let send = inbox.sender();
    let orders = Box::new(move |order| {
        // After the end of the session there is nothing to steer.
        let _ = send(Event::Web(order));
    });
    let watched = Watched::open(&arguments, &layouts, orders)?;
    let mut logs = Logs::open(names.clone(), arguments.traces.clone(), &layouts.main)?;
    if let Some(watched) = &watched {
        watched.record(&mut logs, &arguments, &addresses, own);
    }
    let outputs = Outputs::create(&arguments, &names, &layouts.main)?;
    let state = screens(&arguments, &addresses, &files, &layouts, own.port());
    let send = inbox.sender();
    control::listen(&arguments.hosts, move |bytes| send(Event::Datagram(bytes)))?;
    let run = Run::start(RunParts {
        scenarios: files.scenarios,
        injection: files.injection,
        globals: arguments.globals.clone(),
        settings: Settings {
            levels: logs.levels(),
            ..settings
        },
        sockets,
        opened,
        ports,
        logs,
        twins,
        media,
        rate_period: arguments.rate_period,
        gather_interval: arguments.gather_interval,
        stamp: names.stamp,
    })?;
    let faces = Faces::new(&arguments, &names, state, outputs, watched);
    Ok((run, faces, layouts))
}

fn socket_plan(
    arguments: &Arguments,
    addresses: &Addresses,
    files: &Files,
) -> Result<SocketPlan, SippError> {
    let is_client = files.scenarios.main.role == Role::Client;
    if is_client && addresses.send_to.is_none() {
        return Err(SippError::NoRemote);
    }
    Ok(SocketPlan {
        protocol: arguments.transport.protocol,
        sockets: arguments.transport.sockets,
        bind_ip: addresses.bind_ip,
        port: arguments.hosts.local_port,
        send_to: addresses.send_to,
        is_client,
        sockets_max: arguments.sockets_max,
        buffer_bytes: arguments.buffer_bytes,
        tls: tls_sides(arguments, is_client)?,
    })
}

fn port_limits(arguments: &Arguments) -> PortLimits {
    PortLimits {
        ports_max: arguments.sockets_max.saturating_add(65_536),
        messages_per_poll_max: arguments.receives_per_turn,
        ..PortLimits::default()
    }
}
