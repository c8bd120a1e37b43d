//! The scenario as a whole.

use super::keyword::{text, variable};
use super::step::step;
use crate::sipp::model::{Scenario, Text, Twin};

/// The scenario as text. The text is for reading and comparing, not for parsing; it changes only
/// when the scenario does.
pub fn dump(scenario: &Scenario) -> String {
    let mut out = vec![format!(
        "scenario \"{}\" {:?}, sends as {:?}",
        scenario.name, scenario.role, scenario.sends_as
    )];
    match scenario.twin {
        Some(Twin::Connects) => out.push("connects to its twin".to_owned()),
        Some(Twin::Listens) => out.push("listens for its twin".to_owned()),
        None => {}
    }
    for found in &scenario.variables {
        out.push(format!(
            "variable {} {:?} {}",
            found.name, found.scope, found.number
        ));
    }
    for (name, bounds) in scenario.timers.iter().zip(&scenario.timer_bounds_ms) {
        out.push(format!("timer {name} {bounds:?}"));
    }
    if !scenario.call_length_bounds_ms.is_empty() {
        out.push(format!("call length {:?}", scenario.call_length_bounds_ms));
    }
    for name in &scenario.counters {
        out.push(format!("counter {name}"));
    }
    for found in &scenario.transactions {
        let method = if found.is_invite { "INVITE" } else { "other" };
        let ack = found
            .ack
            .map_or_else(String::new, |step| format!(" acknowledged by {step}"));
        out.push(format!("transaction {} {method}{ack}", found.name));
    }
    for name in &scenario.files {
        out.push(format!("file {name}"));
    }
    out.extend(defaults(scenario));
    if let Some(handler) = scenario.unexpected {
        let named = |id: Option<_>| id.map_or("nothing".to_owned(), |id| variable(scenario, id));
        out.push(format!(
            "unexpected messages go to {}, from {}, pause until {}",
            handler.main,
            named(handler.return_to),
            named(handler.paused_until)
        ));
    }
    for (name, steps) in [("init", &scenario.init), ("call", &scenario.steps)] {
        if steps.is_empty() {
            continue;
        }
        out.push(name.to_owned());
        for (index, found) in steps.iter().enumerate() {
            out.extend(step(scenario, index, found));
        }
    }
    out.push(String::new());
    out.join("\n")
}

fn defaults(scenario: &Scenario) -> impl Iterator<Item = String> {
    let defaults = &scenario.defaults;
    let all: [(&str, &Option<Text>); 6] = [
        ("3pcc_abort", &defaults.twin_abort),
        ("ack", &defaults.ack),
        ("ack2", &defaults.ack_2xx),
        ("bye", &defaults.bye),
        ("cancel", &defaults.cancel),
        ("200", &defaults.ok),
    ];
    all.into_iter().filter_map(|(name, message)| {
        let message = message.as_ref()?;
        Some(format!("default {name} {}", text(scenario, message)))
    })
}
