//! Which call and which step takes a message.

use crate::bench::{MS, Script, Side, send};
use gannet_events::sipp::Failure;

/// INVITE, optional provisional responses, 200, ACK, then what is said.
fn client(then: &str) -> Script {
    let provisional: String = [100, 180, 183]
        .map(|code| format!("<recv response=\"{code}\" optional=\"true\"/>"))
        .concat();
    Script::new(&format!(
        "{}{provisional}<recv response=\"200\"/>{}{then}",
        send("INVITE", "retrans=\"500\""),
        send("ACK", ""),
    ))
}

fn called(then: &str) -> Side {
    let mut side = client(then).side();
    side.begin().sends("INVITE");
    side
}

#[test]
fn optional_messages_come_in_any_order_and_any_number() {
    let mut side = called("");
    side.peer("180")
        .peer("183")
        .peer("100")
        .peer("180|X: again");
    assert_eq!(side.sent_names(), "");
    side.peer("200").sends("ACK");
    assert_eq!(side.tally(), "out 1, good 1");
    let taken: Vec<_> = side
        .figures()
        .steps
        .iter()
        .map(|step| step.messages)
        .collect();
    assert_eq!(taken, [1, 1, 2, 1, 1, 1]);
}

#[test]
fn a_response_must_be_one_to_a_method_that_was_sent() {
    for (cseq, tally) in [
        ("1 INVITE", "out 1, good 1"),
        ("1 VITE", "out 1, failed 1, UnexpectedMessage 1"),
        ("1 OPTIONS", "out 1, failed 1, UnexpectedMessage 1"),
        // One that does not say it may be any, as with SIPp.
        ("1", "out 1, good 1"),
        ("", "out 1, good 1"),
    ] {
        let mut side = called("");
        side.peer(&format!("200|CSeq: {cseq}"));
        assert_eq!(side.tally(), tally, "{cseq}");
    }
}

#[test]
fn a_global_optional_message_moves_the_call_back_unless_it_does_not_advance() {
    let server = |attribute: &str| {
        let side = Script::new(&format!(
            "<recv request=\"INVITE\"/>
            <recv request=\"INFO\" optional=\"global\" {attribute}/>
            <recv request=\"UPDATE\"/>{}
            <recv request=\"OPTIONS\"/>{}",
            send("201", ""),
            send("203", "")
        ));
        let mut side = side.side();
        side.peer("INVITE").peer("UPDATE").sends("201");
        side.peer("INFO");
        side
    };
    let mut side = server("");
    side.peer("UPDATE|X: 2").sends("201");
    side.peer("OPTIONS").sends("203");
    assert_eq!(side.tally(), "in 1, good 1");
    let mut side = server("advance_state=\"false\"");
    side.peer("OPTIONS").sends("203");
    assert_eq!(side.tally(), "in 1, good 1");
}

#[test]
fn a_late_final_response_of_an_invite_is_acknowledged_again() {
    let mut side = called(&format!(
        "{}<recv response=\"200\"/>",
        send("BYE", "retrans=\"500\"")
    ));
    side.peer("180").peer("200");
    assert_eq!(side.sent_names(), "ACK BYE");
    // The very same message, and one that differs.
    side.peer("200|CSeq: 1 INVITE");
    assert_eq!(side.sent_names(), "ACK");
    side.peer("180|CSeq: 1 INVITE|X: late");
    assert_eq!(side.sent_names(), "");
    side.peer("200|CSeq: 9 BYE");
    assert_eq!(side.tally(), "out 1, good 1, repeats 1");
}

#[test]
fn named_transactions_tell_their_responses_apart() {
    let branch = |sent: &crate::bench::Sent| {
        let text = sent.text();
        let at = text.find("branch=").expect("a branch");
        text[at + 7..].lines().next().unwrap_or_default().to_owned()
    };
    let script = Script::new(&format!(
        "{}{}<recv response=\"200\" response_txn=\"second\"/>
        <recv response=\"200\" response_txn=\"first\"/>{}<recv request=\"BYE\"/>",
        send("INVITE", "start_txn=\"first\""),
        send("OPTIONS", "start_txn=\"second\""),
        send("ACK", "ack_txn=\"first\""),
    ));
    let mut side = script.side();
    side.begin();
    let (first, second) = (
        branch(&side.sends("INVITE")),
        branch(&side.sends("OPTIONS")),
    );
    let answer = |code: u16, branch: &str, more: &str| {
        format!("{code}|Via: SIP/2.0/UDP h;branch={branch};x|CSeq: 1 INVITE{more}")
    };
    side.peer(&answer(200, &second, ""));
    side.peer(&answer(200, &first, "")).sends("ACK");
    side.peer(&answer(200, &first, "|X: late")).sends("ACK");
    side.peer(&answer(200, &second, "|X: late"));
    assert_eq!(side.sent_names(), "");
    side.peer("BYE");
    assert_eq!(side.tally(), "out 1, good 1, repeats 1");
    let mut side = script.side();
    side.begin();
    side.peer(&answer(200, "z9hG4bK-other", ""));
    assert_eq!(side.figures().failed, 1);
}

#[test]
fn a_message_that_comes_again_is_answered_again() {
    let mut side = Script::new(&format!(
        "<recv request=\"INVITE\"/>{}{}<recv request=\"ACK\"/><recv request=\"BYE\"/>{}<timewait milliseconds=\"4000\"/>",
        send("180", ""),
        send("200", "retrans=\"500\""),
        send("202", "")
    ))
    .side();
    side.peer("INVITE");
    assert_eq!(side.sent_names(), "180 200");
    side.peer("INVITE");
    assert_eq!(side.sent_names(), "200");
    side.peer("ACK");
    side.peer("ACK").peer("INVITE");
    assert_eq!(side.sent_names(), "");
    side.peer("BYE").sends("202");
    side.peer("BYE").sends("202");
    side.peer("ACK|X: late");
    side.pass_ms(4_000);
    assert_eq!(side.tally(), "in 1, good 1, repeats 2");
    let again: Vec<_> = side
        .figures()
        .steps
        .iter()
        .map(|step| step.retransmissions)
        .collect();
    assert_eq!(again, [2, 0, 1, 2, 1, 1, 0]);
}

#[test]
fn retransmissions_are_told_by_the_whole_text_or_by_its_main_parts() {
    for (all, answers) in [(true, "200"), (false, "200 200")] {
        let mut side = Script::new(&format!(
            "<recv request=\"INFO\"/>{}<recv request=\"INFO\"/>",
            send("200", "")
        ))
        .with(|settings| settings.retransmission.compares_all = all)
        .side();
        side.peer("INFO|X: 1").peer("INFO|X: 2");
        assert_eq!(side.sent_names(), answers);
    }
}

#[test]
fn without_retransmission_every_message_is_a_new_one() {
    let mut side = Script::new("<recv request=\"INFO\"/><recv request=\"INFO\"/>")
        .with(|settings| settings.retransmission.enabled = false)
        .side();
    side.peer("INFO").peer("INFO");
    assert_eq!(side.tally(), "in 1, good 1");
}

#[test]
fn messages_of_no_call_are_outside_of_a_client() {
    let mut side = client("").side();
    for text in ["INVITE", "200", "ACK", "OPTIONS"] {
        side.peer(text);
    }
    assert_eq!(side.tally(), "outside 4");
    assert_eq!(side.figures().warnings, 4);
    side.datagram(
        crate::bench::PEER,
        b"OPTIONS sip:a SIP/2.0\r\nTo: x\r\n\r\n",
    );
    assert_eq!(side.tally(), "outside 5");
}

#[test]
fn messages_of_no_call_may_have_a_scenario_of_their_own() {
    let mut side = client("")
        .out_of_call(&format!(
            "<recv request=\".*\" regexp_match=\"true\"/>{}",
            send("200", "")
        ))
        .side();
    side.peer("NOTIFY").sends("200");
    side.peer("183");
    side.peer("ACK|Call-ID: 2@peer");
    assert_eq!(side.tally(), "outside 2, auto 1", "SIPp counts them so");
    let figures = side.player.out_of_call_figures().expect("a scenario");
    assert_eq!((figures.incoming, figures.successful), (1, 1));
}

#[test]
fn requests_of_no_call_are_answered_with_aa() {
    let mut side = client("")
        .with(|settings| settings.behaviours.auto_answer = true)
        .side();
    for method in ["INFO", "NOTIFY", "OPTIONS", "UPDATE"] {
        let text = side.peer(method).sends("200").text();
        assert!(text.contains(&format!("CSeq: 5 {method}")), "{text}");
    }
    side.peer("MESSAGE");
    assert_eq!(side.tally(), "outside 1, auto 4");
}

#[test]
fn a_second_scenario_takes_received_calls() {
    let mut side = client("")
        .received(&format!("<recv request=\"INVITE\"/>{}", send("200", "")))
        .side();
    side.peer("INVITE").sends("200");
    side.begin().sends("INVITE");
    side.peer("200").sends("ACK");
    assert_eq!(side.tally(), "out 1, good 1");
    let figures = side.player.received_figures().expect("a scenario");
    assert_eq!((figures.incoming, figures.successful), (1, 1));
}

#[test]
fn late_messages_of_calls_that_are_over_are_known_for_a_while() {
    let mut side = called("");
    side.peer("200");
    side.pass_ms(32_000).peer("200");
    assert_eq!(side.tally(), "out 1, good 1, dead 1");
    side.pass_ms(2_000).peer("200");
    assert_eq!(side.tally(), "out 1, good 1, outside 1, dead 1");
}

#[test]
fn what_stands_before_three_slashes_is_no_part_of_the_name() {
    for (keeps, tally) in [(false, "out 1, good 1"), (true, "out 1, open 1, outside 1")] {
        let mut side = client("")
            .with(|settings| settings.keeps_slashes = keeps)
            .side();
        side.begin().sends("INVITE");
        let call_id = side.world.call_id.clone();
        side.peer(&format!("200|Call-ID: xyz///{call_id}"));
        assert_eq!(side.tally(), tally);
    }
}

#[test]
fn what_keeps_a_way_open_is_no_message() {
    let mut side = client("").side();
    for bytes in [&b"\r\n\r\n"[..], b"\r\n", b"", b"\0\0\0\0"] {
        side.datagram(crate::bench::PEER, bytes);
    }
    assert_eq!((side.figures().warnings, side.tally()), (0, String::new()));
    side.datagram(crate::bench::PEER, b"rubbish");
    assert_eq!(side.figures().warnings, 1);
}

#[test]
fn a_message_without_to_is_unexpected() {
    let mut side = Script::new("<recv request=\"INVITE\"/><recv request=\"INFO\"/>").side();
    side.peer("INVITE").peer("INFO|To: -");
    assert_eq!(side.figures().failures.of(Failure::UnexpectedMessage), 1);
}

#[test]
fn the_ack_has_the_number_of_the_invite() {
    for (checks, tally) in [
        (true, "in 1, failed 1, UnexpectedMessage 1"),
        (false, "in 1, good 1"),
    ] {
        let mut side = Script::new("<recv request=\"INVITE\"/><recv request=\"ACK\"/>")
            .with(|settings| settings.behaviours.check_cseq = checks)
            .side();
        side.peer("INVITE").peer("ACK|CSeq: 2 ACK");
        assert_eq!(side.tally(), tally);
    }
}

#[test]
fn a_message_in_a_pause_is_unexpected_or_dropped() {
    let server = "<recv request=\"INVITE\"/><pause milliseconds=\"100\"/><recv request=\"INFO\"/>";
    let mut side = Script::new(server).side();
    side.peer("INVITE").peer("INFO");
    assert_eq!(side.tally(), "in 1, failed 1, UnexpectedMessage 1");
    let mut side = Script::new(server)
        .with(|settings| settings.ignores_messages_in_pause = true)
        .side();
    side.peer("INVITE").peer("INFO");
    assert_eq!(side.tally(), "in 1, open 1");
    side.pass_ms(100).peer("INFO");
    assert_eq!(side.tally(), "in 1, good 1");
}

#[test]
fn what_stands_before_the_first_message_of_a_server_is_done_first() {
    let mut side = Script::new(
        "<nop><action><log message=\"first\"/></action></nop><recv request=\"INVITE\"/><recv request=\"BYE\"/>",
    )
    .side();
    side.peer("INVITE").peer("BYE");
    assert_eq!(side.tally(), "in 1, good 1");
    assert_eq!(side.world.log, ["user first"]);
}

#[test]
fn an_optional_message_leads_elsewhere_only_if_its_test_holds() {
    let server = |value: &str| {
        Script::new(&format!(
            "<nop><action><assign assign_to=\"a\" value=\"{value}\"/></action></nop>
            <recv request=\"INVITE\"/>
            <recv request=\"INFO\" optional=\"true\" next=\"end\" test=\"a\"/>
            <recv request=\"BYE\"/>{}
            <label id=\"end\"/><recv request=\"OPTIONS\"/>",
            send("200", "")
        ))
        .side()
    };
    let mut side = server("1");
    side.peer("INVITE").peer("INFO").peer("OPTIONS");
    assert_eq!(side.tally(), "in 1, good 1");
    let mut side = server("0");
    side.peer("INVITE").peer("INFO").peer("BYE").sends("200");
    side.peer("OPTIONS");
    assert_eq!(side.tally(), "in 1, good 1");
}

#[test]
fn a_call_may_take_its_own_messages_in_a_loop() {
    // What came in the first round is not taken for the same in the second.
    let mut side = Script::new(&format!(
        "<label id=\"again\"/>{}<recv response=\"200\"/>{}<recv response=\"200\" next=\"again\"/>",
        send("OPTIONS", ""),
        send("INFO", "")
    ))
    .side();
    side.begin();
    for _ in 0..3 {
        side.sends("OPTIONS");
        side.peer("200|CSeq: 5 OPTIONS").sends("INFO");
        side.peer("200|CSeq: 5 INFO");
    }
    assert_eq!(side.figures().failed, 0);
    assert!(side.now_ns() < 10 * MS);
}
