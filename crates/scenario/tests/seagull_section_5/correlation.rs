//! Correlations and labels.

use gannet_scenario::dump;

use crate::seagull_files::{Set, receive, send, traffic};
use crate::shown::{actions, complaints, invite, ok};

const CORRELATED: &str = r#"
    <correlation>
      <channel name="one">
        <retrieve><search-in-map name="call-id"></search-in-map></retrieve>
        <command name="first">
          <pre-action><log format="c1"></log></pre-action>
          <post-action><store name="sid" entity="call-id"></store>INSERT</post-action>
        </command>
      </channel>
      <channel name="two">
        <retrieve><search-in-map name="subject"></search-in-map>
          <search-in-map name="session-method-open-id"></search-in-map></retrieve>
      </channel>
    </correlation>"#;

fn correlated(insert: &str, label: &str) -> String {
    let first = send(
        "one",
        "INVITE",
        "<log format=\"own1\"></log>",
        "<log format=\"own2\"></log>",
    )
    .replacen("<send ", &format!("<send {label} "), 1);
    let second = receive("channel=\"two\"", "SIP/2.0 200 OK", "");
    traffic(&[first, second]).replace(
        "<traffic>",
        &format!("{}<traffic>", CORRELATED.replace("INSERT", insert)),
    )
}

#[test]
fn correlation_actions_come_before_the_commands_own() {
    let insert = r#"<insert-in-map channel="two" name="sid"></insert-in-map>"#;
    let set = Set::new(&correlated(insert, "label=\"first\""));
    assert_eq!(
        actions(&set),
        [
            "before log \"c1\"",
            "before log \"own1\"",
            "after store sid from call-id",
            "after key on two is variable sid",
            "after log \"own2\"",
        ]
    );
    let text = dump(&set.run().scenario);
    assert!(
        text.contains("channel one sip Udp of the run opened once, calls found by field call-id\n")
    );
    assert!(text.contains("calls found by field subject else the connection\n"));
}

#[test]
fn the_first_command_inserts_the_session_if_its_correlation_inserts_nothing() {
    let set = Set::new(&correlated("", "label=\"first\""));
    assert_eq!(
        actions(&set),
        [
            "before log \"c1\"",
            "before log \"own1\"",
            "after store sid from call-id",
            "after key on one is the session",
            "after log \"own2\"",
        ]
    );
}

#[test]
fn labels_exist_once_and_are_known() {
    assert_eq!(
        complaints(&correlated("", "label=\"frist\"")),
        ["error unknown-label: no command has the label `first`"]
    );
    let twice = traffic(&[
        invite().replacen("<send ", "<send label=\"a\" ", 1),
        ok().replacen("<receive ", "<receive label=\"a\" ", 1),
    ]);
    assert_eq!(
        complaints(&twice),
        ["error duplicate-label: the label `a` stands twice in the scenario"]
    );
}
