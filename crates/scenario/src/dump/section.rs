//! The scenario and its sections.

use super::action::{action, channel, key_source};
use super::protocol::protocol;
use super::text::lines;
use crate::model::{
    Accept, Action, Channel, ChannelId, Receive, Retransmit, Scenario, Section, Send, Step,
    StepKind,
};

/// The scenario as text. The text is for reading and comparing, not for parsing; it changes only
/// when the scenario does.
pub fn dump(scenario: &Scenario) -> String {
    let mut out = vec![format!("scenario {}", scenario.name)];
    for dictionary in &scenario.protocols {
        out.extend(protocol(dictionary));
    }
    for found in &scenario.channels {
        out.push(describe_channel(scenario, found));
    }
    for counter in &scenario.counters {
        out.push(format!(
            "counter {} from {}, {} to {}, then {:?}",
            counter.name, counter.init, counter.min, counter.max, counter.at_max
        ));
    }
    if !scenario.variables.is_empty() {
        out.push(format!("variables {}", scenario.variables.join(" ")));
    }
    for section in &scenario.sections {
        out.extend(describe_section(scenario, section));
    }
    out.push(String::new());
    out.join("\n")
}

fn describe_channel(scenario: &Scenario, found: &Channel) -> String {
    let dictionary = &scenario.protocols[found.protocol.index()];
    let lookup: Vec<String> = found
        .lookup
        .iter()
        .map(|key| key_source(scenario, dictionary, *key))
        .collect();
    format!(
        "channel {} {} {:?} {} {}, calls found by {}",
        found.name,
        dictionary.name,
        found.transport.kind,
        if found.global {
            "of the run"
        } else {
            "of each call"
        },
        if found.reconnect {
            "kept open"
        } else {
            "opened once"
        },
        lookup.join(" else ")
    )
}

fn describe_section(scenario: &Scenario, section: &Section) -> Vec<String> {
    let mut out = vec![format!("section {}, end {:?}", section.kind, section.end)];
    for (index, step) in section.steps.iter().enumerate() {
        let label = match &step.label {
            Some(label) => format!(" label {label}"),
            None => String::new(),
        };
        out.push(format!(
            "  {index} {}{label}",
            describe_step(scenario, step)
        ));
        let (channel, groups) = match &step.kind {
            StepKind::Send(send) => {
                out.extend(texts(scenario, send));
                (
                    send.channel,
                    vec![("before", &send.before), ("after", &send.after)],
                )
            }
            StepKind::Receive(receive) => (receive.channel, vec![("then", &receive.actions)]),
            StepKind::Pause(_) => continue,
        };
        for (when, actions) in groups {
            out.extend(describe_actions(scenario, channel, when, actions));
        }
    }
    out
}

fn describe_step(scenario: &Scenario, step: &Step) -> String {
    match &step.kind {
        StepKind::Send(send) => {
            let again = match send.retransmit {
                None => String::new(),
                Some(Retransmit::Every { interval_ms }) => format!(" again every {interval_ms} ms"),
                Some(Retransmit::Rfc3261 { t1_ms, t2_ms }) => {
                    format!(" again by RFC 3261 with T1 {t1_ms} ms and T2 {t2_ms} ms")
                }
            };
            format!(
                "send {} on {}{again}",
                step.name,
                channel(scenario, send.channel)
            )
        }
        StepKind::Receive(receive) => {
            let accepted: Vec<String> = receive
                .accept
                .iter()
                .map(|accept| describe_accept(scenario, receive, accept))
                .collect();
            format!(
                "receive {}{} on {}",
                if receive.optional { "optional " } else { "" },
                accepted.join(" or "),
                channel(scenario, receive.channel)
            )
        }
        StepKind::Pause(pause) => format!("wait {:?}", pause.length),
    }
}

fn describe_accept(scenario: &Scenario, receive: &Receive, accept: &Accept) -> String {
    let name = &scenario.protocol(receive.channel).messages[accept.message.index()];
    let method = accept
        .cseq_method
        .as_ref()
        .map_or_else(String::new, |method| {
            format!(" to {}", method.escape_ascii())
        });
    let next = accept
        .next
        .map_or_else(String::new, |next| format!(" then {next}"));
    format!("{name}{method}{next}")
}

fn texts(scenario: &Scenario, send: &Send) -> Vec<String> {
    let mut out: Vec<String> = lines(scenario, &send.header)
        .into_iter()
        .map(|line| format!("    header {line}"))
        .collect();
    if let Some(body) = &send.body {
        out.extend(
            lines(scenario, body)
                .into_iter()
                .map(|line| format!("    body {line}")),
        );
    }
    out
}

fn describe_actions(
    scenario: &Scenario,
    channel: ChannelId,
    when: &str,
    actions: &[Action],
) -> Vec<String> {
    let dictionary = scenario.protocol(channel);
    actions
        .iter()
        .map(|found| format!("    {when} {}", action(scenario, dictionary, found)))
        .collect()
}
