//! Sending again while nothing comes.

use gannet_events::sipp::Failure;
use gannet_traffic::sipp::Protocol;

use crate::bench::{Script, Side, send};

/// A request that is sent again, and what follows.
fn client(method: &str, attributes: &str, then: &str) -> Script {
    Script::new(&format!("{}{then}", send(method, attributes)))
}

/// When the message was sent again after its first time, in milliseconds.
fn again_ms(side: &mut Side) -> Vec<u64> {
    let times = side.sent_ms();
    times[1..].iter().map(|time| time - times[0]).collect()
}

const OK: &str = "<recv response=\"200\"/>";

#[test]
fn intervals_double_to_t2_but_for_an_invite() {
    for (method, t1, expected) in [
        (
            "OPTIONS",
            200,
            &[
                200, 600, 1_400, 3_000, 6_200, 10_200, 14_200, 18_200, 22_200,
            ][..],
        ),
        ("INVITE", 100, &[100, 300, 700, 1_500, 3_100]),
        ("INVITE", 2_000, &[2_000, 6_000, 14_000, 30_000, 62_000]),
        (
            "BYE",
            5_000,
            &[
                5_000, 9_000, 13_000, 17_000, 21_000, 25_000, 29_000, 33_000, 37_000,
            ],
        ),
    ] {
        let mut side = client(method, &format!("retrans=\"{t1}\""), OK).side();
        side.begin().pass_ms(300_000);
        assert_eq!(again_ms(&mut side), expected, "{method} {t1}");
        let repeats = expected.len();
        assert_eq!(
            side.tally(),
            format!("out 1, failed 1, repeats {repeats}, MaxUdpRetrans 1")
        );
        let step = side.figures().steps[0];
        assert_eq!((step.messages, step.timeouts), (1, 1));
        assert_eq!(step.retransmissions, repeats as u64);
    }
}

#[test]
fn the_smaller_limit_counts() {
    for (max, invite, other, expected) in [(2, 5, 9, [2, 2]), (9, 1, 4, [1, 4]), (0, 5, 9, [0, 0])]
    {
        let repeats = ["INVITE", "OPTIONS"].map(|method| {
            let mut side = client(method, "retrans=\"100\"", OK)
                .with(|settings| {
                    settings.retransmission.max = max;
                    settings.retransmission.max_invite = invite;
                    settings.retransmission.max_non_invite = other;
                })
                .side();
            side.begin().pass_ms(100_000);
            side.figures().retransmissions
        });
        assert_eq!(repeats, expected);
    }
}

#[test]
fn responses_stop_it() {
    for (method, response, expected) in [
        ("INVITE", "100", &[100][..]),
        ("INVITE", "200", &[100]),
        // After a provisional response others go on at T2.
        ("OPTIONS", "100", &[100, 4_150, 8_150]),
        ("OPTIONS", "200", &[100]),
    ] {
        let then = "<recv response=\"100\" optional=\"true\"/><recv response=\"200\"/><recv request=\"BYE\"/>";
        let mut side = client(method, "retrans=\"100\"", then).side();
        side.begin().pass_ms(150);
        let cseq = if method == "INVITE" { 1 } else { 5 };
        side.peer(&format!("{response}|CSeq: {cseq} {method}"));
        side.pass_ms(10_000);
        assert_eq!(again_ms(&mut side), expected, "{method} {response}");
    }
}

#[test]
fn requests_that_follow_stop_the_response_before() {
    for (method, stops) in [
        ("ACK", true),
        ("BYE", true),
        ("PRACK", true),
        ("INFO", false),
    ] {
        let mut side = Script::new(&format!(
            "<recv request=\"INVITE\"/>{}<recv request=\"{method}\"/><recv request=\"OPTIONS\"/>",
            send("200", "retrans=\"100\"")
        ))
        .side();
        side.peer("INVITE").peer(method).pass_ms(150);
        assert_eq!(side.figures().retransmissions == 0, stops, "{method}");
    }
}

#[test]
fn the_next_message_waits_until_the_last_one_is_answered() {
    let mut side = Script::new(&format!(
        "<recv request=\"INVITE\"/><recv request=\"PRACK\" optional=\"true\"/><recv request=\"UPDATE\"/>{}{}",
        send("200", "retrans=\"100\""),
        send("202", "")
    ))
    .side();
    side.peer("INVITE").peer("UPDATE");
    side.pass_ms(350);
    assert_eq!(side.sent_names(), "200 200 200");
    assert_eq!(side.tally(), "in 1, open 1, repeats 2");
}

#[test]
fn a_label_takes_a_call_on_whose_message_is_not_answered() {
    let script = client(
        "OPTIONS",
        "retrans=\"100\" ontimeout=\"on\"",
        &format!("{OK}<label id=\"on\"/>{}", send("INFO", "")),
    )
    .with(|settings| settings.retransmission.max = 1);
    let mut side = script.side();
    side.begin().pass_ms(1_000);
    assert_eq!(side.sent_names(), "OPTIONS OPTIONS INFO");
    assert_eq!(side.tally(), "out 1, good 1, repeats 1");
    let mut side = client(
        "OPTIONS",
        "retrans=\"100\" ontimeout=\"end\"",
        &format!("{OK}<label id=\"end\"/>"),
    )
    .with(|settings| settings.retransmission.max = 1)
    .side();
    side.begin().pass_ms(1_000);
    assert_eq!(side.figures().failures.of(Failure::MaxUdpRetrans), 1);
}

#[test]
fn an_unanswered_invite_is_given_up_in_silence_and_an_answered_one_is_not() {
    let mut side = client("INVITE", "retrans=\"100\"", OK).side();
    side.begin().pass_ms(20_000);
    assert_eq!(
        side.sent_names(),
        "INVITE INVITE INVITE INVITE INVITE INVITE"
    );
    // Something came, so there is something to take back.
    let mut side = client(
        "OPTIONS",
        "",
        &format!("{OK}{}{OK}", send("INFO", "retrans=\"100\"")),
    )
    .with(|settings| settings.retransmission.max = 1)
    .side();
    side.begin().peer("200|CSeq: 5 OPTIONS").pass_ms(1_000);
    assert_eq!(side.sent_names(), "OPTIONS INFO INFO BYE");
}

#[test]
fn nothing_is_sent_again_without_a_timer_or_over_a_connection() {
    for (attributes, protocol, enabled) in [
        ("", Protocol::Udp, true),
        ("retrans=\"0\"", Protocol::Udp, true),
        ("retrans=\"100\"", Protocol::Udp, false),
        ("retrans=\"100\"", Protocol::Tcp, true),
        ("retrans=\"100\"", Protocol::Tls, true),
        ("retrans=\"100\"", Protocol::Sctp, true),
    ] {
        let mut side = client("OPTIONS", attributes, OK)
            .with(|settings| {
                settings.protocol = protocol;
                settings.retransmission.enabled = enabled;
            })
            .side();
        side.begin().pass_ms(60_000);
        assert_eq!(side.sent_names(), "OPTIONS", "{attributes} {protocol:?}");
    }
}

#[test]
fn lost_messages_are_neither_sent_nor_taken() {
    let mut side = Script::new(&format!(
        "{}<recv response=\"100\" optional=\"true\" lost=\"100\"/>{OK}",
        send("OPTIONS", "lost=\"100\" retrans=\"100\"")
    ))
    .side();
    side.begin().pass_ms(350);
    assert_eq!(side.sent_names(), "");
    let step = side.figures().steps[0];
    assert_eq!((step.messages, step.lost, step.retransmissions), (1, 3, 2));
    side.peer("100|Call-ID: 1-77@10.0.0.1|CSeq: 5 OPTIONS");
    let step = side.figures().steps[1];
    assert_eq!((step.messages, step.lost), (0, 1));
}

#[test]
fn the_loss_of_the_command_line_holds_for_steps_without_their_own() {
    let mut side = Script::new(&format!(
        "{}{}",
        send("OPTIONS", ""),
        send("INFO", "lost=\"0\"")
    ))
    .with(|settings| settings.lost_percent = 100.0)
    .side();
    side.begin();
    assert_eq!(side.sent_names(), "INFO");
    let mut side = Script::new(&send("OPTIONS", ""))
        .with(|settings| {
            settings.lost_percent = 30.0;
            settings.pacing.calls_per_s = 1_000.0;
            settings.calls_wanted = Some(1_000);
        })
        .side();
    side.pass_ms(1_100);
    let lost = side.figures().steps[0].lost;
    assert!((250..350).contains(&lost), "{lost}");
}

#[test]
fn a_request_whose_200_was_the_last_act_of_its_call_is_answered_again() {
    let mut side = Script::new(&format!("<recv request=\"BYE\"/>{}", send("200", ""))).side();
    let bye = "BYE|To: a;tag=1|CSeq: 2 BYE";
    side.peer(bye).sends("200");
    let again = side.peer(bye).sends("200").text();
    assert!(again.contains("CSeq: 2 BYE"), "{again}");
    // Another request of that call, and the same without a dialog, have no such answer.
    side.peer("BYE|To: a;tag=1|CSeq: 3 BYE");
    assert_eq!(side.sent_names(), "");
    assert_eq!(side.tally(), "in 1, good 1, dead 2");
    side.pass_ms(40_000);
    side.peer(bye);
    assert_eq!(side.tally(), "in 2, good 2, dead 2");

    let mut side = Script::new(&format!("<recv request=\"BYE\"/>{}", send("481", ""))).side();
    side.peer(bye).sends("481");
    side.peer(bye);
    assert_eq!(side.sent_names(), "");
}

#[test]
fn messages_may_be_lost_where_anything_is_said_of_it() {
    for (attributes, percent, may) in [
        ("", 0.0, false),
        ("lost=\"0\"", 0.0, true),
        ("lost=\"5\"", 0.0, true),
        ("", 0.5, true),
    ] {
        let script = client("OPTIONS", attributes, "");
        let layout = script
            .with(|settings| settings.lost_percent = percent)
            .layout();
        assert_eq!(layout.steps[0].may_be_lost, may, "{attributes} {percent}");
    }
}
