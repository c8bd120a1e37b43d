//! Files that are checked without the others of a run.

use crate::seagull_files::{CONF, DICTIONARY, receive, send, traffic};
use gannet_scenario::seagull::{LoadOptions, NamedBytes, Parts, check};

fn named(name: &str, text: &str) -> NamedBytes {
    NamedBytes {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn parts(conf: Option<&str>, dictionary: Option<&str>, scenario: Option<&str>) -> Parts {
    Parts {
        conf: conf.map(|text| named("conf.xml", text)),
        dictionaries: dictionary
            .map(|text| named("dictionary.xml", text))
            .into_iter()
            .collect(),
        scenario: scenario.map(|text| named("scenario.xml", text)),
        external: None,
    }
}

fn complaints(parts: &Parts) -> Vec<String> {
    let mut out = Vec::new();
    for (source, diagnostics) in check(parts, &LoadOptions::default()) {
        for found in &diagnostics {
            let place = source.position(found.span.start);
            out.push(format!("{}:{place} {}", source.name(), found.code));
        }
    }
    out
}

#[test]
fn what_needs_another_file_is_not_held_against_a_file() {
    let good = traffic(&[
        send(
            "one",
            "INVITE",
            "",
            "<store name=\"c\" entity=\"call-id\"></store>",
        ),
        receive("channel=\"one\"", "SIP/2.0 200 OK", ""),
        send(
            "one",
            "BYE",
            "<restore-from-external field=\"7\" name=\"x\"></restore-from-external>",
            "",
        ),
    ]);
    // A configuration without data has no column 7.
    let in_run = [
        parts(Some(CONF), None, None),
        parts(None, Some(DICTIONARY), None),
        parts(None, None, Some(&good)),
        parts(None, Some(DICTIONARY), Some(&good)),
        parts(Some(CONF), Some(DICTIONARY), None),
    ];
    for (number, parts) in in_run.iter().enumerate() {
        assert_eq!(complaints(parts), Vec::<String>::new(), "set {number}");
    }
    assert_eq!(
        complaints(&parts(Some(CONF), Some(DICTIONARY), Some(&good))),
        ["scenario.xml:11:30 no-external-data"]
    );
}

#[test]
fn a_file_is_judged_by_those_that_are_there() {
    let bad = traffic(&[
        send(
            "one",
            "INVIT",
            "<stoer></stoer>",
            "<store name=\"c\" entity=\"cal-id\"></store>",
        ),
        receive("channel=\"three\"", "SIP/2.0 200 OK", ""),
    ]);
    let codes = |parts: &Parts| -> Vec<String> {
        let of = |line: &String| line.rsplit(' ').next().unwrap_or_default().to_owned();
        complaints(parts).iter().map(of).collect()
    };
    assert_eq!(codes(&parts(None, None, Some(&bad))), ["unknown-action"]);
    assert_eq!(
        codes(&parts(None, Some(DICTIONARY), Some(&bad))),
        ["unknown-action", "unknown-message", "unknown-field"]
    );
    assert_eq!(
        codes(&parts(Some(CONF), Some(DICTIONARY), Some(&bad))),
        [
            "unknown-action",
            "unknown-message",
            "unknown-field",
            "unknown-channel"
        ]
    );
    let other = DICTIONARY.replace("name=\"sip\"", "name=\"other\"");
    assert_eq!(
        codes(&parts(Some(CONF), Some(&other), None)),
        ["unknown-protocol", "unknown-protocol"]
    );
    let needs = DICTIONARY.replace(
        "<!-- PARTS -->",
        "<configuration-parameters><paramdef name=\"p\" mandatory=\"true\"></paramdef></configuration-parameters>",
    );
    assert_eq!(
        codes(&parts(None, Some(&needs), None)),
        Vec::<String>::new()
    );
    assert_eq!(
        codes(&parts(Some(CONF), Some(&needs), None)),
        ["missing-parameter"]
    );
}

#[test]
fn missing_files_have_names() {
    assert_eq!(
        Parts::default().missing(),
        ["the configuration", "the dictionaries", "the scenario"]
    );
}
