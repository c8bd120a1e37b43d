//! Whole files.

use crate::marked::good;
use crate::seagull_files::{DICTIONARY, Set, send, traffic};

#[test]
fn good_files_are_not_complained_about() {
    let set = Set::new(&good()).params("").dictionary("FIELDS", "");
    assert_eq!(set.run().scenario.sections.len(), 1);
}

#[test]
fn files_in_the_wrong_place() {
    let complaints = |set: Set| set.complaints();
    let mut set = Set::new(&good());
    set.scenario = DICTIONARY.to_owned();
    assert_eq!(
        complaints(set),
        ["scenario.xml:1:2 error unexpected-element: `<protocol>` in a file of `<scenario>`"]
    );
    let mut set = Set::new(&good());
    set.dictionaries = vec![good()];
    assert_eq!(
        complaints(set),
        ["dictionary0.xml:1:2 error unexpected-element: `<scenario>` in a file of `<protocol>`"]
    );
    let mut set = Set::new(&good());
    set.scenario = "<!-- nothing -->".to_owned();
    assert_eq!(
        complaints(set),
        ["scenario.xml:1:17 error missing-element: there is no `<scenario>` in this file"]
    );
    let mut set = Set::new(&good());
    set.dictionaries.push(DICTIONARY.to_owned());
    assert_eq!(
        complaints(set),
        ["dictionary1.xml:1:17 error duplicate-protocol: there is already a protocol `sip`"]
    );
}

#[test]
fn errors_of_all_files_come_at_once() {
    let bad_action = r#"<restore name="v" entity="viaa"></restore>"#;
    let mut set = Set::new(&traffic(&[
        send("one", "INVITE", bad_action, ""),
        send("one", "PUBLISH", "", ""),
    ]))
    .params(r#"<define entity="traffic-param" name="call-rat" value="1"></define>"#)
    .dictionary(
        "FIELDS",
        r#"<fielddef name="via"><regexp expr="("></regexp></fielddef>"#,
    );
    set.external = Some("\"string\";\n\"a\";\"b\";\n".to_owned());
    let codes: Vec<String> = set
        .complaints()
        .iter()
        .map(|found| {
            let (file, rest) = found.split_once(':').expect("a place");
            let code = rest.split(' ').nth(2).expect("a code");
            format!("{file} {code}")
        })
        .collect();
    assert_eq!(
        codes,
        [
            "conf.xml unknown-param:",
            "dictionary0.xml bad-regexp:",
            "scenario.xml never-stored:",
            "scenario.xml unknown-field:",
            "scenario.xml unknown-message:",
            "data.csv data-fields:",
        ]
    );
}

#[test]
fn what_a_broken_configuration_may_have_said_is_not_held_against_the_scenario() {
    let scenario = traffic(&[send(
        "one",
        "INVITE",
        r#"<restore-from-external field="7" entity="subject"></restore-from-external>"#,
        "",
    )]);
    let codes = |set: &Set| -> Vec<String> {
        set.complaints()
            .iter()
            .filter_map(|found| found.split(' ').nth(2).map(str::to_owned))
            .collect()
    };
    let mut set = Set::new(&scenario);
    assert_eq!(codes(&set), ["no-external-data:"]);
    // Cut off in the middle of its last channel, before the data would have been named.
    let cut = set.conf.find("5070").expect("in the configuration");
    set.conf.truncate(cut);
    let complaints = set.complaints();
    assert!(!complaints.is_empty());
    assert!(
        complaints.iter().all(|found| found.starts_with("conf.xml")),
        "{complaints:#?}"
    );
}
