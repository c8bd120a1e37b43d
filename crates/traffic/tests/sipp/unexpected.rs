//! Messages that a call does not wait for, and how calls are given up.

use gannet_events::sipp::{Command, Failure};
use gannet_events::traffic::Phase;

use crate::bench::{Script, Side, send};

/// A call that has come so far.
fn client(then: &str) -> Side {
    script(then).side()
}

fn script(then: &str) -> Script {
    Script::new(&format!("{}{then}", send("INVITE", "")))
}

fn answered() -> String {
    format!("<recv response=\"200\"/>{}", send("ACK", ""))
}

const RINGS: &str = "<recv response=\"180\"/>";

#[test]
fn an_ack_without_an_invite_is_one_that_no_step_waits_for() {
    let mut side = Script::new("<recv request=\"MESSAGE\"/>").side();
    side.peer("ACK|Call-ID: a@peer|CSeq: 5 ACK");
    assert_eq!(side.tally(), "in 1, failed 1, UnexpectedMessage 1");
    assert_eq!(side.figures().steps[0].unexpected, 1);
}

#[test]
fn a_call_that_is_given_up_is_taken_back_as_far_as_it_has_come() {
    let wait = "<recv request=\"MESSAGE\"/>";
    let established = format!("{}{wait}", answered());
    let not_acknowledged = format!(
        "<recv response=\"200\"/><pause milliseconds=\"100\"/>{}",
        send("ACK", "")
    );
    for (then, messages, expected) in [
        (RINGS, &["486"][..], "ACK"),
        (RINGS, &["500"], "ACK"),
        (RINGS, &["202"], "CANCEL"),
        (RINGS, &["183"], "CANCEL"),
        (RINGS, &["302"], "CANCEL"),
        (&not_acknowledged, &["200", "MESSAGE"], "ACK BYE"),
        (&established, &["200", "SUBSCRIBE"], "ACK BYE"),
        (&established, &["200", "404|X: other"], "ACK BYE"),
        (&established, &["200", "BYE"], "ACK 200"),
        (RINGS, &["CANCEL"], "200"),
    ] {
        let mut side = client(then);
        side.begin().sends("INVITE");
        for message in messages {
            side.peer(message);
        }
        assert_eq!(side.sent_names(), expected, "{then} {messages:?}");
        assert_eq!(side.tally(), "out 1, failed 1, UnexpectedMessage 1");
    }
}

#[test]
fn the_messages_of_the_end_are_those_of_the_dialog() {
    let mut side = client(RINGS);
    let invite = side.begin().sends("INVITE").text();
    let ack = side
        .peer("486|To: <sip:service@peer>;tag=theirs")
        .sends("ACK")
        .text();
    for line in [
        "To: <sip:service@peer>;tag=theirs",
        "CSeq: 1 ACK",
        "Call-ID: ",
    ] {
        assert!(ack.contains(line), "{line} in {ack}");
    }
    assert!(ack.starts_with("ACK sip:service@peer SIP/2.0\r\n"), "{ack}");
    assert!(ack.ends_with("Content-Length: 0\r\n\r\n"), "{ack}");
    let call_id = crate::bench::value_of(&invite, "Call-ID").expect("present");
    assert_eq!(crate::bench::value_of(&ack, "Call-ID"), Some(call_id));

    let mut side = client(&format!("{}<recv request=\"BYE\"/>", answered()));
    side.begin();
    side.peer("200|To: <sip:x@peer>;tag=theirs|Contact: <sip:there@peer>");
    assert_eq!(side.sent_names(), "INVITE ACK");
    let bye = side
        .peer("200|CSeq: 7 INFO|To: <sip:x@peer>;tag=theirs")
        .sends("BYE")
        .text();
    for line in [
        "To: <sip:x@peer>;tag=theirs",
        "CSeq: 8 BYE",
        "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=",
    ] {
        assert!(bye.contains(line), "{line} in {bye}");
    }
    assert!(!bye.contains("\r\n\r\nFrom"), "{bye}");
}

#[test]
fn scenarios_may_have_their_own_messages_for_it() {
    let own = "<DefaultMessage id=\"ack\"><![CDATA[
        ACK sip:own SIP/2.0
        Call-ID: [call_id]
        X-Own: yes
        ]]></DefaultMessage>";
    let mut side = client(&format!("{RINGS}{own}"));
    side.begin().peer("486");
    assert_eq!(side.sent_names(), "INVITE ACK");
}

#[test]
fn a_server_says_nothing_when_it_gives_up_a_call() {
    let mut side = Script::new(&format!(
        "<recv request=\"INVITE\"/>{}<recv request=\"ACK\"/>",
        send("180", "")
    ))
    .side();
    side.peer("INVITE").peer("INFO");
    assert_eq!(side.sent_names(), "180");
    assert_eq!(side.tally(), "in 1, failed 1, UnexpectedMessage 1");
}

#[test]
fn each_behaviour_can_be_left_out() {
    let mut side = script(RINGS)
        .with(|settings| settings.behaviours.bye = false)
        .side();
    side.begin().peer("486");
    assert_eq!(side.sent_names(), "INVITE");
    assert_eq!(side.figures().failed, 1);

    let mut side = script(RINGS)
        .with(|settings| settings.behaviours.abort_unexpected = false)
        .side();
    side.begin().peer("486").peer("BYE");
    assert_eq!(side.tally(), "out 1, open 1");
    assert_eq!(side.figures().steps[1].unexpected, 2);
    side.peer("180");
    assert_eq!(side.tally(), "out 1, good 1");
}

#[test]
fn codes_of_unexpected_responses_are_kept() {
    let mut side = script(RINGS)
        .with(|settings| settings.behaviours.abort_unexpected = false)
        .side();
    side.begin().peer("486").peer("199").peer("BYE");
    assert_eq!(side.figures().unexpected_codes, [486, 199]);
}

#[test]
fn a_ping_ends_a_call_without_failure() {
    for (replies, names, tally) in [
        (true, "INVITE 200", "out 1, auto 1"),
        (false, "INVITE", "out 1, open 1"),
    ] {
        let mut side = script(RINGS)
            .with(|settings| settings.behaviours.ping_reply = replies)
            .side();
        side.begin().peer("PING");
        assert_eq!(side.sent_names(), names);
        assert_eq!(side.tally(), tally);
    }
}

#[test]
fn requests_beside_a_call_are_answered_with_aa_and_change_nothing() {
    let mut side = script(&format!(
        "{RINGS}<recv response=\"200\"/>{}",
        send("ACK", "")
    ))
    .with(|settings| settings.behaviours.auto_answer = true)
    .side();
    side.begin().sends("INVITE");
    side.peer("180|X-Mine: kept");
    for method in ["INFO", "NOTIFY", "OPTIONS", "UPDATE"] {
        let answer = side.peer(method).sends("200").text();
        assert!(answer.contains(&format!(" {method}\r\n")), "{answer}");
    }
    side.peer("200").sends("ACK");
    assert_eq!(side.tally(), "out 1, good 1, auto 4");
}

#[test]
fn the_scenarios_handler_takes_what_is_unexpected_and_returns() {
    let mut side = Script::new(&format!(
        "<recv request=\"INVITE\"/><pause milliseconds=\"1000\"/>{ok}<recv request=\"BYE\" next=\"end\"/>
        <label id=\"_unexp.main\"/>
        <recv request=\"INFO\" optional=\"true\" next=\"info\"/>
        <recv request=\"UPDATE\"/>
        <label id=\"info\"/>{answer}
        <nop><action>
          <pauserestore variable=\"_unexp.pausedaddr\"/>
          <jump variable=\"_unexp.retaddr\"/>
        </action></nop>
        <nop><action><assign assign_to=\"_unexp.retaddr\" value=\"0\"/></action></nop>
        <label id=\"end\"/>{end}",
        ok = send("200", ""),
        answer = send("202", ""),
        end = send("203", ""),
    ))
    .side();
    side.peer("INVITE").pass_ms(400).peer("INFO").sends("202");
    side.pass_ms(500);
    assert_eq!(side.sent_names(), "");
    side.pass_ms(100).sends("200");
    side.peer("BYE").sends("203");
    assert_eq!(side.tally(), "in 1, good 1");
}

#[test]
fn the_handler_is_not_entered_twice() {
    let mut side = Script::new(
        "<nop/><recv request=\"INVITE\"/><recv request=\"BYE\"/>
        <label id=\"_unexp.main\"/><recv request=\"INFO\"/>
        <nop><action><jump variable=\"_unexp.retaddr\"/></action></nop>
        <nop><action><log message=\"[$_unexp.retaddr]\"/></action></nop>",
    )
    .side();
    side.peer("INVITE").peer("UPDATE");
    assert_eq!(side.tally(), "in 1, failed 1, UnexpectedMessage 1");
}

#[test]
fn a_second_stop_ends_open_calls() {
    let mut side = client(&format!("{RINGS}<recv response=\"200\"/>"));
    side.begin().begin().sends("INVITE");
    side.sends("INVITE");
    side.peer("180").command(Command::Stop);
    assert_eq!((side.phase(), side.figures().open), (Phase::Stopping, 2));
    side.command(Command::Stop);
    assert_eq!(side.sent_names(), "CANCEL");
    assert_eq!(side.phase(), Phase::Ended);
    assert_eq!(side.tally(), "out 2, failed 2, CallRejected 2");
}

#[test]
fn nothing_in_time_ends_a_call() {
    let mut side = client(&format!("{RINGS}<recv response=\"200\" timeout=\"500\"/>"));
    side.begin().peer("180").pass_ms(499);
    assert_eq!(side.figures().failed, 0);
    side.pass_ms(1);
    assert_eq!(side.sent_names(), "INVITE CANCEL");
    assert_eq!(side.tally(), "out 1, failed 1, TimeoutOnRecv 1");
    assert_eq!(side.figures().steps[2].timeouts, 1);
    assert_eq!(side.figures().failures_at[2].of(Failure::TimeoutOnRecv), 1);
}

#[test]
fn a_check_outside_of_a_recv_only_warns() {
    let check = "<action><assign assign_to=\"a\" value=\"1\"/>\
         <test variable=\"a\" compare=\"equal\" value=\"2\" check_it=\"true\"/></action>";
    let mut side = Script::new(&format!("<nop>{check}</nop>{}", send("OPTIONS", ""))).side();
    side.begin();
    assert_eq!(side.figures().successful, 1);
    assert_eq!(side.figures().warnings, 1);
}
