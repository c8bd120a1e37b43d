//! Sections 1.1 to 1.7 and 1.9: elements, attributes, actions, variables.

use gannet_scenario::model::Distribution;
use gannet_scenario::sipp::Options;
use gannet_scenario::sipp::model::{
    Optional, PauseLength, Role, Scenario, Scope, StepKind, Twin, Wanted,
};

use crate::read::{read, scenario};

const SEND: &str = "<send><![CDATA[INVITE x SIP/2.0]]></send>";

#[test]
fn the_first_command_decides_who_begins() {
    let command = "<sendCmd><![CDATA[Call-ID: x]]></sendCmd>";
    let cases = [
        (
            format!("<pause/><nop/>{SEND}"),
            Role::Client,
            Role::Client,
            None,
        ),
        (
            format!("<pause/><recv request=\"A\"/>{SEND}"),
            Role::Server,
            Role::Server,
            None,
        ),
        (
            format!("<recvCmd/>{SEND}<recv response=\"200\"/>{command}"),
            Role::Server,
            Role::Client,
            Some(Twin::Listens),
        ),
        (
            format!("{SEND}<recv response=\"200\"/>{command}<recvCmd/>"),
            Role::Client,
            Role::Client,
            Some(Twin::Connects),
        ),
        (
            format!("<recvCmd/>{command}"),
            Role::Server,
            Role::Server,
            Some(Twin::Listens),
        ),
        (
            format!("{command}<recv request=\"A\"/>"),
            Role::Client,
            Role::Server,
            Some(Twin::Connects),
        ),
    ];
    for (elements, role, sends_as, twin) in cases {
        let found = scenario(&elements);
        assert_eq!(
            (found.role, found.sends_as, found.twin),
            (role, sends_as, twin),
            "{elements}"
        );
    }
}

#[test]
fn labels_take_no_index() {
    let found = scenario(
        "<label id=\"start\"/><recv request=\"A\" next=\"3\"/><label id=\"3\"/><label id=\"x\"/>\
         <nop next=\"end\" ontimeout=\"start\"/><label id=\"end\"/>",
    );
    let target = |step: usize| found.steps[step].jump.expect("a jump").to;
    assert_eq!((target(0), target(1)), (1, 2));
    assert_eq!(found.steps[1].on_timeout, Some(0));
    assert_eq!(found.steps.len(), 2);
}

#[test]
fn responses_belong_to_what_was_sent_outside_of_transactions() {
    let found = scenario(
        "<recv response=\"100\" optional=\"true\"/><recv response=\"200\"/>\
         <send><![CDATA[INVITE x SIP/2.0]]></send><send><![CDATA[ACK x SIP/2.0]]></send>\
         <send start_txn=\"t\"><![CDATA[INFO x SIP/2.0]]></send>\
         <send><![CDATA[INVITE x SIP/2.0]]></send>\
         <recv response=\"200\" response_txn=\"t\"/><recv request=\"BYE\"/>",
    );
    let methods = |step: usize| {
        let StepKind::Receive(receive) = &found.steps[step].kind else {
            panic!("no receive");
        };
        receive.methods.join(" ")
    };
    assert_eq!(methods(1), "");
    assert_eq!(methods(6), "INVITE ACK");
    assert_eq!(methods(7), "");
}

#[test]
fn receives_have_many_forms() {
    let receive = |attributes: &str| {
        let found = scenario(&format!("<recv {attributes}/>{SEND}").replace(
            "optional=\"true\"/>",
            "optional=\"true\"/><recv response=\"200\"/>",
        ));
        let StepKind::Receive(receive) = found.steps[0].kind.clone() else {
            panic!("no receive");
        };
        receive
    };
    assert!(matches!(
        receive("response=\"0xc8\"").wanted,
        Wanted::Response(200)
    ));
    assert!(matches!(
        receive("request=\".*\" regexp_match=\"true\"").wanted,
        Wanted::RequestLike(regex) if regex.pattern() == b".*"
    ));
    let both = receive("request=\"BYE\" response=\"200\"");
    assert!(matches!(both.wanted, Wanted::Request(method) if &*method == "BYE"));
    assert!(matches!(receive("").wanted, Wanted::Request(method) if method.is_empty()));
    let optional = receive("request=\"A\" advance_state=\"0\" optional=\"true\"");
    assert_eq!(
        (optional.optional, optional.advances),
        (Optional::Yes, false)
    );
    let timeout = receive("request=\"A\" timeout=\"0\" rrs=\"TRUE\" auth=\"1\"");
    assert_eq!(timeout.timeout_ms, None);
    assert!(timeout.keeps_routes && timeout.keeps_challenge);
}

#[test]
fn pauses_have_many_forms() {
    let length = |attributes: &str| {
        let found = scenario(&format!("{SEND}<pause {attributes}/>"));
        let StepKind::Pause(pause) = &found.steps[1].kind else {
            panic!("no pause");
        };
        pause.length
    };
    let cases = [
        ("", PauseLength::Default),
        (
            "milliseconds=\"1.5\"",
            PauseLength::Drawn(Distribution::Fixed { value: 1.5 }),
        ),
        (
            "distribution=\"fixed\" value=\"7\"",
            PauseLength::Drawn(Distribution::Fixed { value: 7.0 }),
        ),
        (
            "min=\"1\" max=\"2\"",
            PauseLength::Drawn(Distribution::Uniform { min: 1.0, max: 2.0 }),
        ),
        (
            "normal=\"true\" mean=\"9\" stdev=\"2\"",
            PauseLength::Drawn(Distribution::Normal {
                mean: 9.0,
                stdev: 2.0,
            }),
        ),
        (
            "distribution=\"gpareto\" shape=\"1\" scale=\"2\" location=\"3\"",
            PauseLength::Drawn(Distribution::GPareto {
                shape: 1.0,
                scale: 2.0,
                location: 3.0,
            }),
        ),
        (
            "milliseconds=\"9999999999\" sanity_check=\"false\"",
            PauseLength::Drawn(Distribution::Fixed {
                value: 9_999_999_999.0,
            }),
        ),
    ];
    for (attributes, expected) in cases {
        assert_eq!(length(attributes), expected, "{attributes}");
    }
}

#[test]
fn steps_are_hidden_one_by_one_or_from_one_on() {
    let found = scenario(&format!(
        "{SEND}<nop hide=\"true\"/><nop/><nop hiderest=\"1\"/><nop hide=\"false\"/><nop/>\
         <nop hiderest=\"false\"/>"
    ));
    let hidden: Vec<bool> = found.steps.iter().map(|step| step.shown.hidden).collect();
    assert_eq!(hidden, [false, true, false, true, false, true, false]);
}

#[test]
fn response_times_have_names_and_the_classes_that_come_after_them() {
    let found = scenario(&format!(
        "<ResponseTimeRepartition value=\"1\"/>{SEND}<recv response=\"200\" rtd=\"true\"/>\
         <nop rtd=\"false\" start_rtd=\"false\"/><nop start_rtd=\"x\"/>\
         <ResponseTimeRepartition value=\"20, 10 ,30\"/><nop rtd=\"x\"/><nop rtd=\"y\"/>"
    ));
    assert_eq!(found.timers, ["1", "x", "y"]);
    assert_eq!(
        found.timer_bounds_ms,
        [vec![10, 20, 30], vec![10, 20, 30], Vec::new()]
    );
    assert_eq!(found.steps[2].stop_timer, None);
}

fn scopes(found: &Scenario) -> Vec<(&str, Scope, u16)> {
    let all = found.variables.iter();
    all.map(|variable| (variable.name.as_str(), variable.scope, variable.number))
        .collect()
}

#[test]
fn variables_have_scopes_and_those_of_other_scenarios_come_first() {
    let text = format!(
        "<scenario><Global variables=\"g,known\"/><User variables=\"u\"/>{SEND}<nop><action>\
         <add assign_to=\"c\" variable=\"g\"/><add assign_to=\"u\" variable=\"c\"/>\
         <assign assign_to=\"_\" value=\"1\"/></action></nop></scenario>"
    );
    let options = Options {
        globals: vec!["first".to_owned(), "known".to_owned()],
        user_variables: vec!["v".to_owned()],
        ..Options::default()
    };
    let found = read(text.as_bytes(), &options);
    assert_eq!(
        scopes(&found),
        [
            ("first", Scope::Global, 0),
            ("known", Scope::Global, 1),
            ("v", Scope::User, 0),
            ("g", Scope::Global, 2),
            ("u", Scope::User, 1),
            ("c", Scope::Call, 0),
            ("_", Scope::Call, 1),
        ]
    );
    assert_eq!(found.variables_in(Scope::Global), 3);
}

#[test]
fn unexpected_messages_have_a_handler() {
    let found = scenario(&format!(
        "{SEND}<recv response=\"200\"/><label id=\"_unexp.main\"/><nop><action>\
         <jump variable=\"_unexp.retaddr\"/></action></nop>"
    ));
    let handler = found.unexpected.expect("a handler");
    assert_eq!((handler.main, handler.paused_until), (2, None));
    assert_eq!(handler.return_to, found.variable("_unexp.retaddr"));
}

#[test]
fn commands_end_their_header() {
    let found = scenario(&format!(
        "{SEND}<sendCmd dest=\"s\"><![CDATA[\n  Call-ID: x\n  From: m\n\n]]></sendCmd>\
         <recvCmd src=\"t\" optional=\"true\"/><recvCmd/>"
    ));
    let StepKind::SendCommand(command) = &found.steps[1].kind else {
        panic!("no command");
    };
    assert_eq!(
        command.text.as_fixed(),
        Some(&b"Call-ID: x\r\nFrom: m\r\n\r\n"[..])
    );
    let StepKind::ReceiveCommand(command) = &found.steps[2].kind else {
        panic!("no command");
    };
    assert_eq!(command.optional, Optional::Yes);
    assert_eq!(command.from.as_deref(), Some("t"));
}
