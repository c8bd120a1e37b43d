//! Sections and counters.

use gannet_scenario::model::{CounterLimit, SectionEnd, SectionKind};

use crate::seagull_files::{Set, receive, send};
use crate::shown::{RECEIVE, complaints, invite, ok};

#[test]
fn sections_in_the_order_init_traffic_abort_default() {
    let scenario = format!(
        "<scenario><default>{0}</default><abort>{1}</abort><traffic>{2}</traffic>\
         <default behaviour=\"failed\">{0}</default><init>{1}</init>\
         <counter></counter></scenario>",
        receive(RECEIVE, "OPTIONS sip:a@b SIP/2.0", ""),
        invite(),
        [invite(), ok()].concat(),
    );
    let run = Set::new(&scenario).run();
    let kinds: Vec<SectionKind> = run.scenario.sections.iter().map(|s| s.kind).collect();
    assert_eq!(
        kinds,
        [
            SectionKind::Init,
            SectionKind::Traffic,
            SectionKind::Abort,
            SectionKind::Default(0),
            SectionKind::Default(1),
        ]
    );
}

#[test]
fn section_rules() {
    let (invite, ok) = (invite(), ok());
    for (scenario, expected) in [
        (
            "<scenario></scenario>".to_owned(),
            "error missing-section: the scenario has no `<traffic>`, which says what a call does",
        ),
        (
            format!("<scenario><traffic>{invite}</traffic><traffic>{invite}</traffic></scenario>"),
            "error duplicate-section: there is already a `<traffic>`",
        ),
        (
            format!("<scenario><traffic>{invite}</traffic><init>{ok}</init></scenario>"),
            "error section-start: `<init>` begins with receiving and `<traffic>` with sending: they must begin alike",
        ),
        (
            format!("<scenario><traffic>{invite}</traffic><default>{invite}</default></scenario>"),
            "error section-start: `<default>` must begin with `<receive>`: the message decides whether it takes over",
        ),
        (
            format!("<scenario><traffic>{invite}</traffic><abort>{ok}</abort></scenario>"),
            "error section-start: `<abort>` must begin with `<send>`",
        ),
        (
            "<scenario><traffic></traffic></scenario>".to_owned(),
            "error empty-section: `<traffic>` neither sends nor receives",
        ),
        (
            format!("<scenario><traffic>{invite}</traffic><finally></finally></scenario>"),
            "error unknown-section: `<scenario>` has no `<finally>`",
        ),
        (
            format!("<scenario><traffic>{invite}<nop></nop></traffic></scenario>"),
            "error unknown-command: `<traffic>` has no `<nop>`",
        ),
    ] {
        assert_eq!(complaints(&scenario), [expected], "{scenario}");
    }
}

#[test]
fn behaviour_says_what_the_end_of_a_section_means() {
    for (behaviour, expected) in [
        ("", SectionEnd::Success),
        ("behaviour=\"success\"", SectionEnd::Success),
        ("behaviour=\"failed\"", SectionEnd::Failure),
        ("behaviour=\"ignore\"", SectionEnd::Uncounted),
        ("behaviour=\"return\"", SectionEnd::Return),
    ] {
        let scenario = format!(
            "<scenario><traffic>{}</traffic><default {behaviour}>{}</default></scenario>",
            invite(),
            receive(RECEIVE, "OPTIONS sip:a@b SIP/2.0", "")
        );
        assert_eq!(Set::new(&scenario).run().scenario.sections[1].end, expected);
    }
}

#[test]
fn counters() {
    let definitions = r#"
      <counterdef name="plain" init="7"></counterdef>
      <counterdef name="min" init="7" min="3" max="9" behaviour="min"></counterdef>
      <counterdef name="init" init="7" max="9" behaviour="init"></counterdef>
      <counterdef name="stay" init="0" max="9" behaviour="no_reset"></counterdef>"#;
    let scenario = format!(
        "<scenario><counter>{definitions}</counter><traffic>{}</traffic></scenario>",
        send(
            "one",
            "INVITE",
            "<inc-counter name=\"min\"></inc-counter>",
            ""
        )
    );
    let run = Set::new(&scenario).run();
    let found: Vec<_> = run
        .scenario
        .counters
        .iter()
        .map(|c| (c.name.as_str(), c.init, c.min, c.max, c.at_max))
        .collect();
    assert_eq!(
        found,
        [
            ("plain", 7, 7, u64::MAX, CounterLimit::Init),
            ("min", 7, 3, 9, CounterLimit::Min),
            ("init", 7, 7, 9, CounterLimit::Init),
            ("stay", 0, 0, 9, CounterLimit::Stay),
        ]
    );
}
