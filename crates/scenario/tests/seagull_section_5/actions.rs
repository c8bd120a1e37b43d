//! Actions.

use crate::seagull_files::{Set, receive, send, traffic};
use crate::shown::{RECEIVE, actions, complaints};

/// An action, and what it is compiled to.
const ACTIONS: &[(&str, &str)] = &[
    (r#"<inc-counter name="n"></inc-counter>"#, "count n"),
    (r#"<inc-var name="v"></inc-var>"#, "add 1 to v"),
    (r#"<inc-var name="v" value="5"></inc-var>"#, "add 5 to v"),
    (
        r#"<set-value name="subject" format="x" fill-pattern="0" fill-size="8"></set-value>"#,
        r#"set subject to "x", filled with "0" to 8"#,
    ),
    (
        r#"<set-value name="subject" format="0x41" fill-pattern="0x00ff" fill-size="8"></set-value>"#,
        r#"set subject to "0x41", filled with "\x00\xff" to 8"#,
    ),
    (
        r#"<store name="v" entity="call-id" begin="1" end="3"></store>"#,
        "store v from call-id bytes 1..3",
    ),
    (
        r#"<store name="v" entity="o"><regexp expr="c=(.*)" nbexpr="2" subexpr="1"></regexp></store>"#,
        r#"store v from the Body by group 1 of 2 of "c=(.*)""#,
    ),
    (
        r#"<restore name="w" entity="call-id"></restore>"#,
        "restore w to call-id",
    ),
    (
        r#"<restore name="w" entity="call-id" begin="0" end="2"></restore>"#,
        "restore w to call-id bytes 0..2",
    ),
    (
        r#"<check-presence name="subject" behaviour="warning"></check-presence>"#,
        "check that subject is there, else warn",
    ),
    (
        r#"<check-value name="call-id" behaviour="error"></check-value>"#,
        r#"check that call-id is "1@b", else fail"#,
    ),
    (
        r#"<check-value name="call-id" behaviour="abort"></check-value>"#,
        r#"check that call-id is "1@b", else abort"#,
    ),
    ("<start-timer></start-timer>", "start the timer"),
    ("<stop-timer></stop-timer>", "stop the timer"),
    (r#"<log format="n is $(n)"></log>"#, r#"log "n is $(n)""#),
    (
        r#"<set-new-session-id name="w" entity="call-id"></set-new-session-id>"#,
        "key becomes field call-id instead of variable w",
    ),
    (
        r#"<insert-in-map channel="two" name="w"></insert-in-map>"#,
        "key on two is variable w",
    ),
    (
        r#"<insert-in-map channel="two" entity="call-id"></insert-in-map>"#,
        "key on two is field call-id",
    ),
    (
        r#"<insert-in-map channel="one" name="default-session-id"></insert-in-map>"#,
        "key on one is the session",
    ),
    (r#"<open args=""></open>"#, "open"),
    (r"<close></close>", "close"),
    (r#"<close name="x"></close>"#, "close"),
    (
        r#"<set-bit name="w" entity="call-id" position="9" value="1"></set-bit>"#,
        "bit 9 of w becomes 1",
    ),
    (
        r#"<set-value-bit entity="call-id" position="0" value="0"></set-value-bit>"#,
        "bit 0 of field call-id becomes 0",
    ),
];

#[test]
fn formats() {
    for (format, expected) in [
        ("a$(n)b", Ok("a$(n)b")),
        ("$(v)$(n)", Ok("$(v)$(n)")),
        ("5$ and $$(n) and $x)", Ok("5$ and $$(n) and $x)")),
        ("$", Ok("$")),
        (
            "$(x)",
            Err("error unknown-variable: there is neither a counter nor a variable `x`"),
        ),
        (
            "$(later)",
            Err("error variable-too-early: no value can be in the variable `later` here"),
        ),
        ("a $(n", Err("error unclosed-name: `$(` without `)`")),
    ] {
        let before = format!(
            "<store name=\"v\" entity=\"call-id\"></store><set-value name=\"subject\" format=\"{format}\"></set-value>"
        );
        let scenario = traffic(&[send(
            "one",
            "INVITE",
            &before,
            "<store name=\"later\" entity=\"call-id\"></store>",
        )]);
        match expected {
            Ok(expected) => assert_eq!(
                actions(&Set::new(&scenario))[1],
                format!("before set subject to \"{expected}\"")
            ),
            Err(expected) => assert_eq!(complaints(&scenario), [expected], "{format}"),
        }
    }
}

#[test]
fn every_action_with_every_attribute() {
    for (action, expected) in ACTIONS.iter().copied() {
        let scenario = traffic(&[
            send(
                "one",
                "INVITE",
                "",
                "<store name=\"w\" entity=\"call-id\"></store>",
            ),
            send("one", "ACK", "", action),
        ]);
        assert_eq!(
            actions(&Set::new(&scenario)).last().map(String::as_str),
            Some(format!("after {expected}").as_str())
        );
    }
}

#[test]
fn open_takes_arguments_of_its_own() {
    let open = r#"<open args="mode=client;dest=[::1]:5062"></open>"#;
    let set = Set::new(&traffic(&[send("one", "INVITE", open, "")]));
    assert!(actions(&set)[0].contains("[::1]:5062"));
}

#[test]
fn external_data_are_picked_before_their_first_use_in_a_section() {
    let column = r#"<restore-from-external field="1" name="v"></restore-from-external>"#;
    let field = r#"<restore-from-external field="0" entity="call-id" begin="0" end="2"></restore-from-external>"#;
    let scenario = traffic(&[
        send(
            "one",
            "INVITE",
            "<start-timer></start-timer>",
            &[column, field].concat(),
        ),
        receive(RECEIVE, "SIP/2.0 200 OK", field),
    ]);
    let named =
        r#"<define entity="traffic-param" name="external-data-file" value="d.csv"></define>"#;
    let mut set = Set::new(&scenario).params(named);
    set.external = Some("\"string\";\"number\";\n\"a\";\"1\";\n".to_owned());
    assert_eq!(
        actions(&set),
        [
            "before start the timer",
            "after pick a line of external data",
            "after store v from column 1",
            "after set call-id from column 0 bytes 0..2",
            "after key on one is the session",
            "then set call-id from column 0 bytes 0..2",
        ]
    );
    assert!(set.run().external.is_some());
    set.external = None;
    assert_eq!(
        set.complaints(),
        ["conf.xml:9:67 error missing-file: the external data `d.csv` could not be read"]
    );
}
