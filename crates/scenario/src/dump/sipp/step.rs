//! Steps.

use super::action::action;
use super::keyword::{lines, variable};
use crate::dump::text::quoted;
use crate::sipp::model::{
    Optional, PauseLength, Receive, Scenario, Send, Sends, Step, StepKind, TransactionId, Wanted,
};

/// The lines of a step.
pub(super) fn step(scenario: &Scenario, index: usize, step: &Step) -> Vec<String> {
    let (head, text) = match &step.kind {
        StepKind::Send(found) => (send(scenario, found), Some(&found.text)),
        StepKind::Receive(found) => (receive(scenario, found), None),
        StepKind::Pause(pause) => {
            let what = if pause.is_timewait {
                "timewait"
            } else {
                "pause"
            };
            let length = match pause.length {
                PauseLength::Variable(id) => variable(scenario, id),
                PauseLength::Default => "as -d says".to_owned(),
                PauseLength::Drawn(distribution) => format!("{distribution:?}"),
            };
            (format!("{what} {length}"), None)
        }
        StepKind::Nop => ("nop".to_owned(), None),
        StepKind::SendCommand(command) => (
            format!("send command to {}", peer(command.to.as_ref())),
            Some(&command.text),
        ),
        StepKind::ReceiveCommand(command) => {
            let head = format!(
                "receive {}command of {}",
                optional(command.optional),
                peer(command.from.as_ref())
            );
            (head, None)
        }
    };
    let mut out = vec![format!("  {index} {head}")];
    out.extend(
        carried(scenario, step)
            .into_iter()
            .map(|line| format!("    {line}")),
    );
    if let Some(text) = text {
        let text = lines(scenario, text);
        out.extend(text.into_iter().map(|line| format!("    text {line}")));
    }
    for found in &step.actions {
        out.push(format!("    do {}", action(scenario, found)));
    }
    out
}

fn peer(name: Option<&String>) -> &str {
    name.map_or("the twin", String::as_str)
}

fn optional(optional: Optional) -> &'static str {
    match optional {
        Optional::No => "",
        Optional::Yes => "optional ",
        Optional::Global => "at any time ",
    }
}

fn transaction(scenario: &Scenario, what: &str, id: Option<TransactionId>) -> String {
    id.map_or_else(String::new, |id| {
        format!(" {what} {}", scenario.transactions[id.index()].name)
    })
}

fn send(scenario: &Scenario, send: &Send) -> String {
    let what = match &send.sends {
        Sends::Request(method) => method.to_string(),
        Sends::Response(code) => code.to_string(),
    };
    let milliseconds = |what: &str, value: Option<u64>| {
        value.map_or_else(String::new, |value| format!(" {what} {value} ms"))
    };
    format!(
        "send {what}{}{}{}{}",
        milliseconds("again after", send.retransmit_ms),
        milliseconds("within", send.timeout_ms),
        transaction(scenario, "starts", send.starts),
        transaction(scenario, "acknowledges", send.acknowledges)
    )
}

fn wanted(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Request(method) => method.to_string(),
        Wanted::RequestLike(regex) => format!("request like {}", quoted(regex.pattern())),
        Wanted::Response(code) => code.to_string(),
        Wanted::ResponseLike(regex) => format!("response like {}", quoted(regex.pattern())),
    }
}

fn receive(scenario: &Scenario, receive: &Receive) -> String {
    let wanted = wanted(&receive.wanted);
    let methods = if receive.methods.is_empty() {
        String::new()
    } else {
        format!(" to {}", receive.methods.join(" "))
    };
    let timeout = receive
        .timeout_ms
        .map_or_else(String::new, |timeout| format!(" within {timeout} ms"));
    let mut out = format!(
        "receive {}{wanted}{methods}{}{timeout}",
        optional(receive.optional),
        transaction(scenario, "of", receive.transaction)
    );
    for (is_set, word) in [
        (!receive.advances, " stays"),
        (receive.keeps_routes, " keeps routes"),
        (receive.keeps_challenge, " keeps challenge"),
    ] {
        out.push_str(if is_set { word } else { "" });
    }
    out
}

/// What any step may carry, a line each.
fn carried(scenario: &Scenario, step: &Step) -> Vec<String> {
    let timer = |index: usize| scenario.timers[index].as_str();
    let mut out = Vec::new();
    if let Some((id, is_inverse)) = step.condition {
        let unless = if is_inverse { "unless" } else { "if" };
        out.push(format!("only {unless} {}", variable(scenario, id)));
    }
    if let Some(id) = step.start_timer {
        out.push(format!("starts timer {}", timer(id.index())));
    }
    if let Some(id) = step.stop_timer {
        let each = if step.repeat_timer { " each time" } else { "" };
        out.push(format!("stops timer {}{each}", timer(id.index())));
    }
    if let Some(id) = step.counter {
        out.push(format!("counts {}", scenario.counters[id.index()]));
    }
    if let Some(percent) = step.lost_percent {
        out.push(format!("lost {percent} %"));
    }
    if let Some(target) = step.on_timeout {
        out.push(format!("on timeout to {target}"));
    }
    if let Some(jump) = step.jump {
        let test = jump
            .test
            .map_or_else(String::new, |id| format!(" if {}", variable(scenario, id)));
        let chance = jump
            .chance
            .map_or_else(String::new, |chance| format!(" by chance {chance}"));
        out.push(format!("then to {}{test}{chance}", jump.to));
    }
    if step.ignores_sdp {
        out.push("ignores SDP".to_owned());
    }
    if step.shown.hidden {
        out.push("hidden".to_owned());
    }
    if let Some(display) = &step.shown.display {
        out.push(format!("shown as {display}"));
    }
    if step.shown.blank_line_after {
        out.push("blank line after".to_owned());
    }
    out
}
