//! The scenario and its elements, in the order of the file.

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use super::common::step;
use super::context::Context;
use super::declarations::{bounds, declare, default_message, label, reference};
use super::distribution::{OLD, PARAMETERS};
use super::finish::{judge, roles, unexpected};
use super::labels::Labels;
use super::messages::{Sent, send, send_command};
use super::receive::{receive, receive_command};
use super::timing::pause;
use crate::sipp::model::{DefaultMessages, Role, Scenario, Scope, StepKind};
use crate::sipp::options::Options;
use crate::sipp::text::Names;
use crate::xml::{Element, Encoding};

/// Elements of a scenario.
const ELEMENTS: [&str; 15] = [
    "send",
    "recv",
    "pause",
    "timewait",
    "nop",
    "sendCmd",
    "recvCmd",
    "label",
    "init",
    "Global",
    "User",
    "Reference",
    "DefaultMessage",
    "CallLengthRepartition",
    "ResponseTimeRepartition",
];

/// Attributes that only `<recv>` has.
const RECEIVE: [&str; 9] = [
    "request",
    "response",
    "response_txn",
    "optional",
    "advance_state",
    "regexp_match",
    "timeout",
    "rrs",
    "auth",
];

/// Compiles a scenario and tells everything that is wrong with it.
pub(in crate::sipp) fn compile(
    root: &Element,
    source: &str,
    encoding: Encoding,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Scenario {
    let mut compiler = Compiler {
        context: Context::new(source, encoding, options, diagnostics),
        scenario: empty(root),
        labels: Labels::default(),
        init_labels: Labels::default(),
        sent: Sent::default(),
        hides_rest: false,
        open_optional: None,
        timewait: None,
        commands: 0,
    };
    compiler.context.judge(root, &["name"]);
    for element in root.elements() {
        compiler.element(element);
    }
    compiler.finish(root)
}

fn empty(root: &Element) -> Scenario {
    Scenario {
        name: root
            .attribute("name")
            .map_or_else(String::new, |name| name.value.clone()),
        role: Role::Client,
        sends_as: Role::Client,
        init: Vec::new(),
        steps: Vec::new(),
        variables: Vec::new(),
        timers: Vec::new(),
        timer_bounds_ms: Vec::new(),
        call_length_bounds_ms: Vec::new(),
        counters: Vec::new(),
        transactions: Vec::new(),
        files: Vec::new(),
        defaults: DefaultMessages::default(),
        unexpected: None,
        twin: None,
    }
}

struct Compiler<'a> {
    context: Context<'a>,
    scenario: Scenario,
    labels: Labels,
    init_labels: Labels,
    sent: Sent,
    hides_rest: bool,
    /// The optional `<recv>` that came last, while no mandatory one came after it.
    open_optional: Option<std::ops::Range<usize>>,
    /// The `<timewait>`, if it came.
    timewait: Option<std::ops::Range<usize>>,
    /// Commands so far, those with errors too.
    commands: usize,
}

impl Compiler<'_> {
    fn element(&mut self, element: &Element) {
        let context = &mut self.context;
        match element.name.as_str() {
            "Global" => declare(element, Scope::Global, context),
            "User" => declare(element, Scope::User, context),
            "Reference" => reference(element, context),
            "DefaultMessage" => default_message(element, &mut self.scenario.defaults, context),
            "CallLengthRepartition" => {
                if let Some(bounds) = bounds(element, context) {
                    self.scenario.call_length_bounds_ms = bounds;
                }
            }
            "ResponseTimeRepartition" => {
                if let Some(bounds) = bounds(element, context) {
                    context.timers.bounds.fill(bounds);
                }
            }
            "label" => label(element, self.commands, &mut self.labels, context),
            "init" => self.init(element),
            name if ELEMENTS.contains(&name) => self.command(element),
            name => {
                let near = nearest(name, ELEMENTS, 3);
                let diagnostic = Diagnostic::error(
                    "unknown-element",
                    format!("there is no element `<{name}>`"),
                    element.name_span.clone(),
                );
                context.tell(if near.is_empty() {
                    diagnostic.with_help(format!("elements are {}", ELEMENTS.join(", ")))
                } else {
                    diagnostic.with_suggestions(&near)
                });
            }
        }
    }

    /// `<init>`: commands that run before the calls.
    fn init(&mut self, init: &Element) {
        self.context.judge(init, &[]);
        for element in init.elements() {
            match element.name.as_str() {
                "nop" => {
                    let step = step(
                        element,
                        StepKind::Nop,
                        &[],
                        &mut self.hides_rest,
                        &mut self.init_labels,
                        &mut self.context,
                    );
                    self.scenario.init.push(step);
                }
                "label" => label(
                    element,
                    self.scenario.init.len(),
                    &mut self.init_labels,
                    &mut self.context,
                ),
                name => self.context.tell(
                    Diagnostic::error(
                        "unknown-element",
                        format!("`<init>` has no `<{name}>`: only `<nop>` and `<label>`"),
                        element.name_span.clone(),
                    )
                    .with_suggestions(&nearest(name, ["nop", "label"], 1)),
                ),
            }
        }
    }

    fn command(&mut self, element: &Element) {
        if let Some(timewait) = &self.timewait {
            let line = 1 + self.context.source[..timewait.start].matches('\n').count();
            self.context.tell(
                Diagnostic::error(
                    "after-timewait",
                    format!("`<{}>` after `<timewait>`", element.name),
                    element.name_span.clone(),
                )
                .with_help(format!(
                    "the `<timewait>` in line {line} ends the call: it must be last"
                )),
            );
        }
        self.judge_optional(element);
        let index = self.commands;
        self.commands += 1;
        let context = &mut self.context;
        let (kind, own): (Option<StepKind>, Vec<&str>) = match element.name.as_str() {
            "send" => (
                send(element, index, &mut self.sent, context)
                    .map(|send| StepKind::Send(Box::new(send))),
                vec!["retrans", "timeout", "start_txn", "ack_txn", "response_txn"],
            ),
            "recv" => (
                receive(element, &self.sent, context)
                    .map(|receive| StepKind::Receive(Box::new(receive))),
                RECEIVE.to_vec(),
            ),
            "pause" | "timewait" => (
                pause(element, context).map(StepKind::Pause),
                ["milliseconds", "variable", "sanity_check"]
                    .into_iter()
                    .chain(PARAMETERS)
                    .chain(OLD.iter().map(|(name, _)| *name))
                    .collect(),
            ),
            "sendCmd" => (
                send_command(element, context)
                    .map(|command| StepKind::SendCommand(Box::new(command))),
                vec!["dest"],
            ),
            "recvCmd" => (
                Some(StepKind::ReceiveCommand(receive_command(element, context))),
                vec!["src", "optional"],
            ),
            _ => (Some(StepKind::Nop), Vec::new()),
        };
        if element.name == "timewait" {
            self.timewait = Some(element.name_span.clone());
        }
        let step = step(
            element,
            // What could not be made sense of has been complained about.
            kind.unwrap_or(StepKind::Nop),
            &own,
            &mut self.hides_rest,
            &mut self.labels,
            &mut self.context,
        );
        self.scenario.steps.push(step);
    }

    /// After an optional message comes a mandatory one before anything else happens.
    fn judge_optional(&mut self, element: &Element) {
        let receives = matches!(element.name.as_str(), "recv" | "recvCmd");
        if let Some(place) = self.open_optional.take().filter(|_| !receives) {
            self.context.tell(
                Diagnostic::error(
                    "optional-last",
                    format!(
                        "this message is optional, and `<{}>` follows: nothing ends the wait",
                        element.name
                    ),
                    place,
                )
                .with_help("the last of several messages that may come must be mandatory"),
            );
        }
        let optional = element
            .attribute("optional")
            .filter(|found| receives && matches!(found.value.as_str(), "true" | "global"));
        self.open_optional = optional.map(|found| found.value_span.clone());
    }

    fn finish(mut self, root: &Element) -> Scenario {
        let context = &mut self.context;
        if let Some(place) = self.open_optional.take() {
            let text = "the last message is optional: a call waits for it for ever";
            context.tell(
                Diagnostic::warning("optional-last", text, place)
                    .with_help("the last of several messages that may come must be mandatory"),
            );
        }
        let mut scenario = self.scenario;
        scenario.unexpected = unexpected(&self.labels, context);
        self.labels
            .resolve(&mut scenario.steps, context.diagnostics);
        self.init_labels
            .resolve(&mut scenario.init, context.diagnostics);
        judge(&scenario, root, context);
        (scenario.role, scenario.sends_as, scenario.twin) = roles(&scenario, root, context);
        let context = self.context;
        scenario.variables = context.variables.all;
        scenario.timers = context.timers.names;
        scenario.timer_bounds_ms = context.timers.bounds;
        scenario.counters = context.counters;
        scenario.transactions = context.transactions.into_model();
        scenario.files = context.files.into_iter().map(|file| file.name).collect();
        scenario
    }
}
