//! What a run shows: layouts, names of files, the first screen.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{Local, Offset};
use gannet_events::sipp::{Figures, Layout, Snapshot};
use gannet_events::traffic::{Phase, ResponseTimes};
use gannet_report::load::{LoadFigures, SippLayouts};
use gannet_report::sipp::{FileNames, Stamp};
use gannet_scenario::sipp::actions_by_step;
use gannet_scenario::sipp::model::{Role, Scenario, Twin};
use gannet_traffic::sipp::{Settings, layout};
use gannet_tui::sipp::{Facts, State, StepActions, TwinRole};

use super::arguments::{Arguments, Source, TwinPart};
use super::files::Files;
use super::hosts::Addresses;
use super::logs::LogNames;

/// What there is to count.
#[derive(Debug, Clone)]
pub(super) struct Layouts {
    pub(super) main: Arc<Layout>,
    received: Option<Arc<Layout>>,
    out_of_call: Option<Arc<Layout>>,
}

impl Layouts {
    pub(super) fn of(files: &Files, settings: &Settings) -> Self {
        let of = |scenario: &Arc<Scenario>| Arc::new(layout(scenario, settings));
        let scenarios = &files.scenarios;
        Self {
            main: of(&scenarios.main),
            received: scenarios.received.as_ref().map(of),
            out_of_call: scenarios.out_of_call.as_ref().map(of),
        }
    }
}

impl Layouts {
    /// The state of the run, as every face that is not SIPp's own reads it.
    pub(super) fn figures(&self, now: &Snapshot) -> LoadFigures {
        let layouts = SippLayouts {
            main: &self.main,
            received: self.received.as_deref(),
            out_of_call: self.out_of_call.as_deref(),
        };
        LoadFigures::of_sipp(&layouts, now)
    }

    /// The state before anything was sent.
    pub(super) fn nothing(&self, arguments: &Arguments) -> Snapshot {
        let of = |layout: &Option<Arc<Layout>>| layout.as_deref().map(Figures::new);
        Snapshot {
            started: SystemTime::now(),
            elapsed: Duration::ZERO,
            figures: Figures::new(&self.main),
            received: of(&self.received),
            out_of_call: of(&self.out_of_call),
            rate: arguments.rate,
            rate_period: arguments.rate_period,
            calls_limit: 0,
            users: arguments.users,
            phase: Phase::Running,
        }
    }
}

/// The response times whose course is shown: the first ones of the scenario, else how long calls
/// took.
pub(super) fn shown_times(now: &Snapshot) -> ResponseTimes {
    let figures = &now.figures;
    figures
        .timers
        .first()
        .unwrap_or(&figures.call_length)
        .clone()
}

/// How the files of a run are named.
pub(super) fn log_names(arguments: &Arguments) -> LogNames {
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

/// The first screen.
pub(super) fn screens(
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
        actions: actions_by_step(&files.scenarios.main)
            .map(|(step, actions)| StepActions { step, actions })
            .collect(),
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
