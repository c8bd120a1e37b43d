//! What a player knows of its scenarios before the first call.

use std::sync::Arc;

use gannet_scenario::sipp::model::{
    DefaultMessages, Optional, Role, Scenario, Sends, Step, StepKind, Text, Wanted,
};

use super::defaults;
use super::text::{Needs, bake, bake_scenario};
use super::{Settings, layout};

/// The scenarios of a run.
#[derive(Debug, Clone)]
pub struct Scenarios {
    /// The scenario (`-sf`, `-sn`).
    pub main: Arc<Scenario>,
    /// The one for messages that begin a call, beside a main one that begins calls itself (`-rxsf`).
    pub received: Option<Arc<Scenario>>,
    /// The one for requests of no call (`-oocsf`, `-oocsn`).
    pub out_of_call: Option<Arc<Scenario>>,
}

/// Which of the scenarios beside the main one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartId {
    Received,
    OutOfCall,
}

/// What a player knows of its scenarios.
#[derive(Debug)]
pub(super) struct Plan {
    parts: Vec<Part>,
    received: Option<u8>,
    out_of_call: Option<u8>,
}

/// What a player knows of one scenario.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) scenario: Scenario,
    pub(super) layout: gannet_events::sipp::Layout,
    pub(super) needs: Needs,
    pub(super) begins: Begins,
    pub(super) defaults: Defaults,
    /// How long each step waits for a message, and whose time limit that is.
    limits: Vec<Option<(u64, u32)>>,
}

/// What begins the calls of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// The pacer.
    Here,
    /// A received message.
    ByMessage,
    /// A twin command.
    ByCommand,
}

/// Messages that are sent without a step.
#[derive(Debug)]
pub(super) struct Defaults {
    pub(super) twin_abort: Text,
    pub(super) ack: Text,
    pub(super) ack_2xx: Text,
    pub(super) bye: Text,
    pub(super) cancel: Text,
    pub(super) ok: Text,
}

impl Plan {
    pub(super) fn new(scenarios: &Scenarios, settings: &Settings) -> Self {
        let mut parts = vec![Part::new(&scenarios.main, settings)];
        let mut add = |scenario: &Option<Arc<Scenario>>| {
            let scenario = scenario.as_ref()?;
            parts.push(Part::new(scenario, settings));
            Some((parts.len() - 1) as u8)
        };
        let received = add(&scenarios.received);
        let out_of_call = add(&scenarios.out_of_call);
        Self {
            parts,
            received,
            out_of_call,
        }
    }

    #[inline]
    pub(super) fn part(&self, part: u8) -> &Part {
        &self.parts[usize::from(part)]
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter()
    }

    pub(super) fn number_of(&self, part: PartId) -> Option<u8> {
        match part {
            PartId::Received => self.received,
            PartId::OutOfCall => self.out_of_call,
        }
    }

    /// The scenario whose calls begin with a received message.
    pub(super) fn server(&self) -> Option<u8> {
        self.received
            .or_else(|| (self.parts[0].begins == Begins::ByMessage).then_some(0))
    }
}

impl Part {
    fn new(scenario: &Scenario, settings: &Settings) -> Self {
        Self {
            layout: layout(scenario, settings),
            needs: Needs::of(scenario),
            begins: begins(scenario),
            limits: limits(scenario, settings),
            defaults: Defaults::new(&scenario.defaults, settings),
            scenario: bake_scenario(scenario, settings),
        }
    }

    /// The steps of a call, or of the call of `init`.
    #[inline]
    pub(super) fn steps(&self, is_init: bool) -> &[Step] {
        if is_init {
            &self.scenario.init
        } else {
            &self.scenario.steps
        }
    }

    /// How long a step waits for a message, in nanoseconds, and the step whose time limit that is.
    #[inline]
    pub(super) fn limit(&self, step: usize) -> Option<(u64, u32)> {
        self.limits.get(step).copied().flatten()
    }

    /// The step sends an ACK.
    pub(super) fn sends_ack(&self, step: usize) -> bool {
        matches!(
            self.scenario.steps.get(step).map(|step| &step.kind),
            Some(StepKind::Send(send)) if matches!(&send.sends, Sends::Request(method) if &**method == "ACK")
        )
    }
}

/// A step's own time limit; else that of the step after optional ones that must take a message; else
/// that of the run.
fn limits(scenario: &Scenario, settings: &Settings) -> Vec<Option<(u64, u32)>> {
    let steps = &scenario.steps;
    let own = |index: usize| {
        let ms = match &steps[index].kind {
            StepKind::Receive(receive) => receive.timeout_ms,
            StepKind::ReceiveCommand(receive) => receive.timeout_ms,
            _ => None,
        };
        ms.map(|ms| (ms.saturating_mul(1_000_000), index as u32))
    };
    let mandatory = |from: usize| {
        (from..steps.len()).find(|index| match &steps[*index].kind {
            StepKind::Receive(receive) => receive.optional == Optional::No,
            _ => true,
        })
    };
    (0..steps.len())
        .map(|index| {
            own(index)
                .or_else(|| mandatory(index).and_then(own))
                .or(settings.receive_timeout_ns.map(|ns| (ns, index as u32)))
        })
        .collect()
}

/// The method of the request that a step sends.
pub(super) fn request_of(step: &Step) -> Option<&str> {
    match &step.kind {
        StepKind::Send(send) => match &send.sends {
            Sends::Request(method) => Some(method),
            Sends::Response(_) => None,
        },
        _ => None,
    }
}

fn begins(scenario: &Scenario) -> Begins {
    let first = scenario
        .steps
        .iter()
        .map(|step| &step.kind)
        .find(|kind| !matches!(kind, StepKind::Pause(_) | StepKind::Nop));
    match (first, scenario.role) {
        (Some(StepKind::ReceiveCommand(_)), _) => Begins::ByCommand,
        (_, Role::Client) => Begins::Here,
        (_, Role::Server) => Begins::ByMessage,
    }
}

impl Defaults {
    fn new(own: &DefaultMessages, settings: &Settings) -> Self {
        let text = |own: &Option<Text>, other: fn() -> Text| {
            bake(&own.clone().unwrap_or_else(other), settings)
        };
        Self {
            twin_abort: text(&own.twin_abort, defaults::twin_abort),
            ack: text(&own.ack, defaults::ack),
            ack_2xx: text(&own.ack_2xx, defaults::ack_2xx),
            bye: text(&own.bye, defaults::bye),
            cancel: text(&own.cancel, defaults::cancel),
            ok: text(&own.ok, defaults::ok),
        }
    }
}

/// How people call what a step waits for.
pub(super) fn wanted_name(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Request(method) => method.to_string(),
        Wanted::Response(code) => code.to_string(),
        Wanted::RequestLike(regex) | Wanted::ResponseLike(regex) => {
            String::from_utf8_lossy(regex.pattern()).into_owned()
        }
    }
}
