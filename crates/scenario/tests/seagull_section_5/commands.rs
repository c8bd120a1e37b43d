//! Commands and their messages.

use gannet_scenario::dump;

use crate::seagull_files::{Set, receive, send, traffic};
use crate::shown::{RECEIVE, actions, complaints, invite, ok, sections};

#[test]
fn commands_blocks_and_bodies() {
    let scenario = traffic(&[
        "<send channel=\"one\" label=\"first\" retrans=\"500\"><action><log format=\"1\"></log></action>
           <message><![CDATA[INVITE sip:a@b SIP/2.0]]><![CDATA[v=0
             o=me]]></message><action><log format=\"2\"></log></action></send>"
            .to_owned(),
        "<wait-ms value=\"2000\"></wait-ms>".to_owned(),
        "<receive channel=\"one\"><action><log format=\"3\"></log></action>
           <message><![CDATA[SIP/2.0 200 OK]]></message><action><log format=\"4\"></log></action></receive>"
            .to_owned(),
        "<send channel=\"one\"><message><![CDATA[ACK sip:a@b SIP/2.0]]></message></send>".to_owned(),
    ]);
    let enabled = r#"<define entity="traffic-param" name="retrans-enabled" value="true"></define>
      <define entity="traffic-param" name="max-retrans" value="2"></define>"#;
    let mut set = Set::new(&scenario).params(enabled);
    set.dictionaries[0] =
        set.dictionaries[0].replace(r#"filter="lib=l.so;function=filter_xml""#, "");
    insta::assert_snapshot!(sections(&set), @r#"
    section Traffic, end Success
      0 send INVITE on one again every 500 ms label first
        header "INVITE sip:a@b SIP/2.0"
        body "v=0\n"
        body "             o=me"
        before log "1"
        after log "2"
        after key on one is the session
      1 wait Fixed { value: 2000.0 }
      2 receive 200 on one
        then log "3"
        then log "4"
      3 send ACK on one
        header "ACK sip:a@b SIP/2.0"
    "#);
}

#[test]
fn a_second_block_after_the_message_is_done_too() {
    let scenario = traffic(&[
        "<send channel=\"one\"><message><![CDATA[INVITE sip:a@b SIP/2.0]]></message>
        <action><log format=\"1\"></log></action><action><log format=\"2\"></log></action></send>"
            .to_owned(),
    ]);
    assert_eq!(
        complaints(&scenario),
        [
            "warning several-action-blocks: there is already a block of actions for after the message: both are done, but Seagull would drop the first"
        ]
    );
    let run = Set::new(&scenario).load().run.expect("only a warning");
    assert!(dump(&run.scenario).contains("after log \"1\"\n    after log \"2\"\n"));
}

#[test]
fn each_first_command_on_a_channel_registers_the_session() {
    let scenario = traffic(&[
        invite(),
        ok(),
        send("two", "INVITE", "", "<log format=\"x\"></log>"),
        receive("channel=\"two\"", "SIP/2.0 200 OK", ""),
    ]);
    assert_eq!(
        actions(&Set::new(&scenario)),
        [
            "after key on one is the session",
            "after log \"x\"",
            "after key on two is the session",
        ]
    );
}

#[test]
fn a_second_channel_begins_with_receiving_only_when_there_is_a_correlation() {
    let second = receive("channel=\"two\"", "SIP/2.0 200 OK", "");
    assert_eq!(
        complaints(&traffic(&[invite(), second])),
        [
            "error second-channel: a second channel may not begin with receiving when there is no `<correlation>`"
        ]
    );
}

#[test]
fn config_params_are_filled_into_texts_and_unknown_ones_stay() {
    let text = "INVITE sip:a@$(host) SIP/2.0\n Subject: $(none) $(host $ $(host)\n";
    let scenario = traffic(&[format!(
        "<send channel=\"one\"><message><![CDATA[{text}]]></message></send>"
    )]);
    let host = r#"<define entity="config-param" name="host" value="h.example"></define>"#;
    insta::assert_snapshot!(sections(&Set::new(&scenario).params(host)), @r#"
    section Traffic, end Success
      0 send INVITE on one
        header "INVITE sip:a@h.example SIP/2.0\r\n"
        header "Subject: $(none) $(host $ h.example\r\n"
        after key on one is the session
    "#);
}

#[test]
fn a_message_type_is_known_once_the_dictionary_lists_it() {
    let notify = traffic(&[invite(), receive(RECEIVE, "NOTIFY sip:a@b SIP/2.0", "")]);
    assert_eq!(
        complaints(&notify),
        ["error unknown-message: message not in dictionary: `NOTIFY`"]
    );
    let set = Set::new(&notify).dictionary("MESSAGES", "<message name=\"NOTIFY\"></message>");
    assert_eq!(set.run().scenario.sections[0].steps[1].name, "NOTIFY");
}
