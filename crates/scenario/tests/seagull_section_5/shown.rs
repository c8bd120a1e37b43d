//! What is shown of a compiled scenario.

use gannet_scenario::dump;

use crate::seagull_files::{Set, receive, send};

/// Attributes of a receive.
pub(crate) const RECEIVE: &str = "channel=\"one\"";

/// The part of the dump that says what the sections do.
pub(crate) fn sections(set: &Set) -> String {
    let text = dump(&set.run().scenario);
    let start = text.find("section ").expect("a section");
    text[start..].to_owned()
}

/// The lines of the dump that say which actions there are, without the texts.
pub(crate) fn actions(set: &Set) -> Vec<String> {
    sections(set)
        .lines()
        .map(str::trim)
        .filter(|line| {
            ["before ", "after ", "then "]
                .iter()
                .any(|when| line.starts_with(when))
        })
        .map(str::to_owned)
        .collect()
}

/// The complaints of a scenario, without their places.
pub(crate) fn complaints(scenario: &str) -> Vec<String> {
    Set::new(scenario)
        .complaints()
        .iter()
        .map(|found| found.split_once(' ').expect("a place").1.to_owned())
        .collect()
}

/// The first request.
pub(crate) fn invite() -> String {
    send("one", "INVITE", "", "")
}

/// Its answer.
pub(crate) fn ok() -> String {
    receive(RECEIVE, "SIP/2.0 200 OK", "")
}
