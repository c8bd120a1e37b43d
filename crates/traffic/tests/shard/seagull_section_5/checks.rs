//! Checks and branches.

use crate::bench::{Script, client, receive, section, send};

const ABORT: &str = r#"<abort><send channel="client"><action><restore name="id" entity="call-id"></restore></action>
  <message><![CDATA[OPTIONS sip:abort SIP/2.0
    Call-ID: 0@me
    CSeq: 5 OPTIONS]]></message></send></abort>"#;

/// A name, a check on the 200 (the scenario's own has `Subject: own`), the 200 that comes, and what is
/// counted then.
const CHECKS: &[(&str, &str, &str, &str)] = &[
    (
        "check-presence, there",
        r#"check-presence name="subject" behaviour="error""#,
        "200|Subject: x",
        "traffic 1",
    ),
    (
        "check-presence behaviour=warning",
        r#"check-presence name="subject" behaviour="warning""#,
        "200",
        "traffic 1",
    ),
    (
        "check-presence behaviour=error",
        r#"check-presence name="subject" behaviour="error""#,
        "200",
        "failed 1, unexpected 1",
    ),
    (
        "check-presence behaviour=abort",
        r#"check-presence name="subject" behaviour="abort""#,
        "200",
        "abort 1",
    ),
    (
        "check-value, the same",
        r#"check-value name="subject" behaviour="error""#,
        "200|Subject: own",
        "traffic 1",
    ),
    (
        "check-value behaviour=warning",
        r#"check-value name="subject" behaviour="warning""#,
        "200|Subject: x",
        "traffic 1",
    ),
    (
        "check-value behaviour=error",
        r#"check-value name="subject" behaviour="error""#,
        "200|Subject: x",
        "failed 1, unexpected 1",
    ),
    (
        "check-value behaviour=abort",
        r#"check-value name="subject" behaviour="abort""#,
        "200|Subject: x",
        "abort 1",
    ),
    (
        "check-value, missing in what came",
        r#"check-value name="subject" behaviour="error""#,
        "200",
        "failed 1, unexpected 1",
    ),
    (
        "check-value, missing in the scenario's own",
        r#"check-value name="line" behaviour="error""#,
        "200|X-Line: x",
        "failed 1, unexpected 1",
    ),
];

#[test]
fn rows_of_checks() {
    for &(row, check, message, expected) in CHECKS {
        let (name, _) = check.split_once(' ').expect("a name");
        let traffic = section(
            "traffic",
            &[
                send("client", "INVITE").opens().text(),
                receive("client", "200 INVITE")
                    .after(&format!("<{check}></{name}>"))
                    .text(),
                send("client", "ACK").text(),
            ],
        );
        let mut call = Script::new(&format!("{ABORT}{traffic}")).player();
        call.begin().sends("INVITE");
        call.peer(message);
        assert_eq!(call.tally(), expected, "{row}: {:?}", call.world.log);
        let sent = match expected {
            "traffic 1" => "ACK",
            "abort 1" => "OPTIONS",
            _ => "",
        };
        assert_eq!(call.sent_names(), sent, "{row}");
        let warns = call
            .world
            .log
            .iter()
            .any(|entry| entry.starts_with("warning"));
        let should_warn = row.ends_with("warning") || expected == "abort 1";
        assert_eq!(warns, should_warn, "{row}: {:?}", call.world.log);
    }
}

#[test]
fn behaviour_abort_without_an_abort_section_or_within_it_fails_and_says_why() {
    let check = r#"<check-presence name="subject" behaviour="abort"></check-presence>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "200 INVITE").after(check).text(),
        ],
    );
    let within = section(
        "abort",
        &[
            send("client", "OPTIONS").text(),
            receive("client", "200 OPTIONS").after(check).text(),
        ],
    );
    for (sections, messages) in [(traffic.clone(), 1), (format!("{within}{traffic}"), 2)] {
        let mut call = Script::new(&sections).player();
        call.begin().sends("INVITE");
        for _ in 0..messages {
            call.peer("200");
        }
        assert_eq!(call.tally(), "failed 1");
        let cause = "by FieldAbsent { field: \"subject\" }";
        assert!(
            call.world
                .log
                .iter()
                .any(|entry| entry.starts_with("call failed") && entry.ends_with(cause))
        );
    }
}

/// A client that branches where it waits for the 200, and the steps that it can go to.
fn branching(branch: &str, then: &str) -> String {
    let branch =
        format!(r#"<check-value name="subject" {branch} behaviour="error"></check-value>{then}"#);
    section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "180 INVITE").text(),
            receive("client", "200 INVITE").after(&branch).text(),
            send("client", "ACK").text(),
            send("client", "BYE").text(),
            receive("client", "200 BYE").text(),
        ],
    )
}

/// A name, the branch, the messages that come, the names of what is sent, and what is counted then.
const BRANCHES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "look_ahead=0: stays on the same receive",
        r#"branch_on="183" look_ahead="0""#,
        "180 183 183 200 200",
        "ACK BYE",
        "traffic 1",
    ),
    (
        "look_ahead=1: the next",
        r#"branch_on="486" look_ahead="1""#,
        "180 486 200",
        "ACK BYE",
        "traffic 1",
    ),
    (
        "look_ahead=2",
        r#"branch_on="486" look_ahead="2""#,
        "180 486 200",
        "BYE",
        "traffic 1",
    ),
    (
        "look_ahead to the end of the section",
        r#"branch_on="486" look_ahead="4""#,
        "180 486",
        "",
        "traffic 1",
    ),
    (
        "look_back=1",
        r#"branch_on="183" look_back="1""#,
        "180 183 180 200 200",
        "ACK BYE",
        "traffic 1",
    ),
    (
        "only look_ahead if both are given",
        r#"branch_on="486" look_ahead="1" look_back="2""#,
        "180 486 200",
        "ACK BYE",
        "traffic 1",
    ),
    (
        "an expected message branches too",
        r#"branch_on="200" look_ahead="2""#,
        "180 200 200",
        "BYE",
        "traffic 1",
    ),
    (
        "another type is unexpected",
        r#"branch_on="486" look_ahead="1""#,
        "180 500",
        "",
        "failed 1, unexpected 1",
    ),
    (
        "an unknown type does not branch",
        r#"branch_on="486" look_ahead="1""#,
        "180 606",
        "",
        "failed 1, unexpected 1",
    ),
    (
        "only where the call waits",
        r#"branch_on="486" look_ahead="1""#,
        "486",
        "",
        "failed 1, unexpected 1",
    ),
];

#[test]
fn rows_of_branches() {
    for &(row, branch, messages, sent, expected) in BRANCHES {
        let mut call = Script::new(&branching(branch, "")).player();
        call.begin().sends("INVITE");
        for message in messages.split(' ') {
            call.peer(message);
        }
        assert_eq!(call.tally(), expected, "{row}");
        assert_eq!(call.sent_names(), sent, "{row}");
    }
}

#[test]
fn actions_after_a_branch_run_for_the_branching_message_and_those_before_do_not() {
    let branch = r#"<log format="before"></log>
        <check-value name="subject" branch_on="486" look_ahead="1" behaviour="error"></check-value>
        <log format="after"></log>"#;
    let traffic = client(&[receive("client", "183 INVITE").after(branch).text()]);
    for (message, expected) in [
        ("183", vec!["user before", "user after"]),
        ("486", vec!["user after"]),
    ] {
        let mut call = Script::new(&traffic).player();
        call.begin().sends("INVITE");
        call.peer(message);
        assert_eq!(call.world.log, expected, "{message}");
        call.peer("200");
        assert_eq!(call.sent_names(), "ACK BYE");
    }
}

#[test]
fn seagulls_fault_with_a_branch_as_the_last_action_is_kept_when_asked_for() {
    for (exact, then, expected) in [
        (false, "", "open 1"),
        (true, "", "failed 1"),
        (true, r#"<log format="harmless"></log>"#, "open 1"),
    ] {
        let script = Script::new(&branching(r#"branch_on="486" look_ahead="1""#, then));
        let script = if exact { script.exact() } else { script };
        let mut call = script.player();
        call.begin().sends("INVITE");
        call.peer("180").peer("200");
        assert_eq!(call.tally(), expected, "{exact} {then}");
    }
}

#[test]
fn execute_check_action_false_takes_checks_and_branches_away() {
    let traffic = branching(
        r#"branch_on="486" look_ahead="1""#,
        r#"<check-presence name="line" behaviour="error"></check-presence>"#,
    );
    let script = Script::new(&traffic).param("execute-check-action", "false");
    let mut call = script.player();
    call.begin().sends("INVITE");
    call.peer("180").peer("200");
    assert_eq!(call.tally(), "open 1");
    let mut call = script.player();
    call.begin().sends("INVITE");
    call.peer("180").peer("486");
    assert_eq!(call.tally(), "failed 1, unexpected 1");
}
