//! What there is to count in a scenario.

use gannet_events::sipp::{CommandKind, Layout, StepLayout};
use gannet_scenario::model::Distribution;
use gannet_scenario::sipp::model::{
    Optional, Pause, PauseLength, Receive, Role, Scenario, Sends, Step, StepKind, TimerId, Wanted,
};

use super::Settings;

/// What there is to count in a scenario that is played so.
pub fn layout(scenario: &Scenario, settings: &Settings) -> Layout {
    let steps = scenario.steps.iter();
    Layout {
        scenario: scenario.name.clone(),
        is_client: scenario.role == Role::Client,
        steps: steps
            .map(|step| step_layout(scenario, step, settings))
            .collect(),
        timers: scenario.timers.clone(),
        timer_bounds_ms: scenario.timer_bounds_ms.clone(),
        call_length_bounds_ms: scenario.call_length_bounds_ms.clone(),
        counters: scenario.counters.clone(),
    }
}

fn step_layout(scenario: &Scenario, step: &Step, settings: &Settings) -> StepLayout {
    let timer = |id: Option<TimerId>| id.map(|id| scenario.timers[id.index()].clone());
    let (kind, name) = kind_and_name(step, scenario, settings);
    StepLayout {
        kind,
        name,
        display: step.shown.display.clone(),
        hidden: step.shown.hidden,
        blank_line_after: step.shown.blank_line_after,
        retransmits: matches!(&step.kind, StepKind::Send(send) if send.retransmit_ms.is_some()),
        has_timeout: match &step.kind {
            StepKind::Send(send) => send.timeout_ms.is_some(),
            StepKind::Receive(receive) => receive.timeout_ms.is_some(),
            StepKind::ReceiveCommand(receive) => receive.timeout_ms.is_some(),
            StepKind::Pause(_) | StepKind::Nop | StepKind::SendCommand(_) => false,
        },
        // To SIPp `lost="0"` says that messages of the scenario may be lost.
        may_be_lost: step.lost_percent.is_some() || settings.lost_percent > 0.0,
        optional: matches!(&step.kind, StepKind::Receive(receive) if receive.optional != Optional::No),
        starts_timer: timer(step.start_timer),
        stops_timer: timer(step.stop_timer),
    }
}

fn kind_and_name(step: &Step, scenario: &Scenario, settings: &Settings) -> (CommandKind, String) {
    match &step.kind {
        StepKind::Send(send) => match &send.sends {
            Sends::Request(method) => (CommandKind::SendRequest, method.to_string()),
            Sends::Response(code) => (CommandKind::SendResponse, code.to_string()),
        },
        StepKind::Receive(receive) => received(receive, step),
        StepKind::Pause(pause) => {
            let kind = if pause.is_timewait {
                CommandKind::Timewait
            } else {
                CommandKind::Pause
            };
            (kind, pause_name(pause, scenario, settings))
        }
        StepKind::Nop => (CommandKind::Nop, String::new()),
        StepKind::SendCommand(command) => (
            CommandKind::SendCommand,
            command.to.clone().unwrap_or_default(),
        ),
        StepKind::ReceiveCommand(command) => (
            CommandKind::ReceiveCommand,
            command.from.clone().unwrap_or_default(),
        ),
    }
}

fn received(receive: &Receive, step: &Step) -> (CommandKind, String) {
    // SIPp names it by the response that it does not wait for.
    if let Some(response) = &step.shown.response {
        return (CommandKind::ReceiveResponse, response.clone());
    }
    match &receive.wanted {
        Wanted::Request(method) => (CommandKind::ReceiveRequest, method.to_string()),
        Wanted::RequestLike(regex) => (CommandKind::ReceiveRequest, text(regex.pattern())),
        Wanted::Response(code) => (CommandKind::ReceiveResponse, code.to_string()),
        Wanted::ResponseLike(regex) => (CommandKind::ReceiveResponse, text(regex.pattern())),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The length of a pause as people write it.
fn pause_name(pause: &Pause, scenario: &Scenario, settings: &Settings) -> String {
    let drawn = match &pause.length {
        PauseLength::Default => return format!("{}ms", settings.pause_ms),
        PauseLength::Variable(id) => {
            return format!("${}", scenario.variables[id.index()].name);
        }
        PauseLength::Drawn(drawn) => drawn,
    };
    match *drawn {
        Distribution::Fixed { value } => format!("{value}ms"),
        Distribution::Uniform { min, max } => format!("{min}ms/{max}ms"),
        Distribution::Normal { mean, stdev } => format!("normal {mean}ms/{stdev}ms"),
        Distribution::LogNormal { mean, stdev } => format!("lognormal {mean}/{stdev}"),
        Distribution::Exponential { mean } => format!("exponential {mean}ms"),
        Distribution::Weibull { lambda, k } => format!("weibull {lambda}/{k}"),
        Distribution::Pareto { k, x_m } => format!("pareto {k}/{x_m}"),
        Distribution::GPareto {
            shape,
            scale,
            location,
        } => format!("gpareto {shape}/{scale}/{location}"),
        Distribution::Gamma { k, theta } => format!("gamma {k}/{theta}"),
        Distribution::NegBin { p, n } => format!("negbin {p}/{n}"),
    }
}
