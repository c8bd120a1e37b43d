//! Twins: 3PCC.

use gannet_events::sipp::Failure;

use crate::bench::{Script, Side, send};

const COMMAND: &str = "<sendCmd><![CDATA[
    Call-ID: [call_id]
    X-Say: hello
    ]]></sendCmd>";

fn connects(then: &str) -> Side {
    let mut side = Script::new(&format!(
        "{}<recv response=\"200\"/>{COMMAND}<recvCmd/>{then}",
        send("INVITE", "")
    ))
    .side();
    side.begin().sends("INVITE");
    side
}

fn listens() -> Side {
    Script::new(&format!(
        "<recvCmd><action><ereg regexp=\"X-Say: (.*)\" search_in=\"msg\" assign_to=\"all,said\"/><log message=\"[$said][$all]\"/></action></recvCmd>{}<recv response=\"200\"/>{COMMAND}",
        send("INVITE", "")
    ))
    .side()
}

#[test]
fn commands_go_to_the_twin_and_its_answer_goes_on() {
    let mut side = connects(&send("ACK", ""));
    side.peer("200");
    let (to, text) = side.world.commands[0].clone();
    assert_eq!(to, None);
    assert!(text.starts_with("Call-ID: 1-77@10.0.0.1\r\n"), "{text:?}");
    side.twin("Call-ID: 1-77@10.0.0.1\r\n\r\n").sends("ACK");
    assert_eq!(side.tally(), "out 1, good 1");
    let taken: Vec<_> = side
        .figures()
        .steps
        .iter()
        .map(|step| step.messages)
        .collect();
    assert_eq!(taken, [1, 1, 1, 1, 1]);
}

#[test]
fn a_command_begins_a_call_of_the_same_name() {
    let mut side = listens();
    side.pass_ms(100);
    assert_eq!(side.tally(), "");
    side.twin("call-id: abc@a\r\nX-Say: hello\r\n\r\n");
    let invite = side.sends("INVITE").text();
    assert!(invite.contains("Call-ID: abc@a\r\n"), "{invite}");
    assert!(
        side.world.log[0].starts_with("user hello"),
        "{:?}",
        side.world.log
    );
    side.peer("200");
    assert_eq!(side.tally(), "out 1, good 1");
}

#[test]
fn a_command_that_cannot_be_sent_fails_the_call() {
    let mut side = connects("");
    side.world.has_twin = false;
    side.peer("200");
    assert_eq!(side.figures().failures.of(Failure::CmdNotSent), 1);
}

#[test]
fn a_command_at_the_wrong_time_fails_the_call() {
    let mut side = connects("");
    side.twin("Call-ID: 1-77@10.0.0.1\r\n");
    assert_eq!(side.tally(), "out 1, failed 1, CallRejected 1");
    side.twin("Call-ID: unknown@a\r\n").twin("X: y");
    assert_eq!(side.figures().out_of_call, 1);
}

#[test]
fn an_end_on_one_side_is_told_to_the_other() {
    let mut side = connects("");
    side.peer("486");
    assert_eq!(side.sent_names(), "ACK");
    let (_, text) = &side.world.commands[0];
    assert!(text.contains("internal-cmd: abort_call"), "{text}");
    assert!(text.contains("1-77@10.0.0.1"), "{text}");

    let mut other = connects("");
    other.peer("180|X: none");
    let mut other = connects("");
    other.peer("200");
    other.twin("call-id: 1-77@10.0.0.1\r\ninternal-cmd: abort_call\r\n\r\n");
    assert_eq!(other.sent_names(), "ACK BYE");
    assert_eq!(other.figures().failed, 1);
}

#[test]
fn a_command_must_come_from_the_peer_that_is_waited_for() {
    let script = Script::new(&format!(
        "<recvCmd src=\"m\"/>{}<sendCmd dest=\"s2\"><![CDATA[
        Call-ID: [call_id]
        From: s1
        ]]></sendCmd>",
        send("INVITE", "")
    ));
    let mut side = script.side();
    side.twin("Call-ID: a@a\r\nFrom: m\r\n");
    assert_eq!(side.world.commands[0].0.as_deref(), Some("s2"));
    assert_eq!(side.tally(), "out 1, good 1");
    let mut side = script.side();
    side.twin("Call-ID: a@a\r\nFrom: other\r\n");
    assert_eq!(side.tally(), "out 1, failed 1, CallRejected 1");
}
