//! Default sections that give the call back.

use gannet_traffic::shard::PortKey;

use crate::bench::{MS, Script, client, receive, section, send, server, wait};

const RETURN: &str = "default behaviour=\"return\"";

/// A section that answers a request, after a while and a question if there are any.
fn on(method: &str, between: &[String]) -> String {
    let mut commands = vec![receive("client", method).text()];
    commands.extend_from_slice(between);
    commands.push(send("client", &format!("200 {method}")).text());
    section(RETURN, &commands)
}

#[test]
fn a_call_goes_on_where_it_was() {
    let traffic = client(&[receive("client", "180 INVITE").text()]);
    let mut call = Script::new(&format!("{}{traffic}", on("INFO", &[]))).player();
    call.begin().sends("INVITE");
    call.peer("INFO").sends("200");
    call.peer("180").peer("INFO").sends("200");
    call.peer("200|CSeq: 1 INVITE");
    assert_eq!(call.sent_names(), "ACK BYE");
    call.peer("INFO").sends("200");
    call.peer("200|CSeq: 9 BYE");
    assert_eq!(call.tally(), "traffic 1");
    assert_eq!(call.figures().sections[1][0].messages, 3);
}

#[test]
fn a_pause_keeps_its_end() {
    let traffic = client(&[wait(1_000), receive("client", "180 INVITE").text()]).replacen(
        &receive("client", "180 INVITE").text(),
        "",
        1,
    );
    for (row, between, expected) in [
        ("a short section", vec![], 1_000),
        (
            "a section that pauses less than is left",
            vec![wait(300)],
            1_000,
        ),
        (
            "a section that pauses beyond the end",
            vec![wait(900)],
            1_300,
        ),
    ] {
        let traffic = traffic.replacen(
            "<receive channel=\"client\"",
            &format!(
                "{}<receive channel=\"client\"",
                send("client", "OPTIONS").text()
            ),
            1,
        );
        let mut call = Script::new(&format!("{}{traffic}", on("INFO", &between))).player();
        call.begin().sends("INVITE");
        let start_ns = call.now_ns();
        call.pass_ms(400).peer("INFO").pass_ms(5_000);
        call.sends("200");
        let sent = call.sends("OPTIONS");
        assert_eq!((sent.at_ns - start_ns) / MS, expected, "{row}");
    }
}

#[test]
fn a_wait_for_a_message_keeps_its_deadline() {
    let mut call = Script::new(&format!("{}{}", on("INFO", &[]), client(&[])))
        .param("call-timeout-ms", "500")
        .player();
    call.begin().sends("INVITE");
    call.pass_ms(400).peer("INFO").sends("200");
    call.pass_ms(99);
    assert_eq!(call.tally(), "open 1");
    call.pass_ms(2);
    assert_eq!(call.tally(), "failed 1, timeout 1");
}

#[test]
fn sections_that_return_nest() {
    let sections = format!(
        "{}{}{}",
        on("INFO", &[wait(100)]),
        on("NOTIFY", &[wait(100)]),
        client(&[wait(50), receive("client", "180 INVITE").text()])
    );
    let mut call = Script::new(&sections).player();
    call.begin().sends("INVITE");
    // INFO during the pause, NOTIFY during the INFO's, another INFO during the NOTIFY's.
    call.pass_ms(20).peer("INFO|Subject: 1");
    call.pass_ms(20).peer("NOTIFY");
    call.pass_ms(20).peer("INFO|Subject: 2");
    assert_eq!(call.tally(), "open 1");
    call.pass_ms(99);
    assert_eq!(call.sent_names(), "");
    // The innermost ends first; the pauses of the others have passed meanwhile.
    call.pass_ms(5);
    let answered: Vec<String> = std::iter::from_fn(|| call.next_sent())
        .map(|sent| {
            crate::bench::value_of(&sent.text(), "CSeq")
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert_eq!(answered.len(), 3);
    call.peer("180").peer("200|CSeq: 1 INVITE");
    assert_eq!(call.sent_names(), "ACK BYE");
}

#[test]
fn sections_that_interrupt_each_other_for_ever_end_the_call() {
    let sections = format!("{}{}", on("INFO", &[wait(10_000)]), client(&[]));
    let mut call = Script::new(&sections).player();
    call.begin().sends("INVITE");
    for number in 0..16 {
        call.peer(&format!("INFO|Subject: {number}"));
    }
    assert_eq!(call.tally(), "open 1");
    // No room to come back: the section takes over for good.
    call.peer("INFO|Subject: more").pass_ms(10_000);
    assert_eq!(call.tally(), "default 1, unexpected 1");
}

#[test]
fn a_section_that_fails_fails_the_call_and_the_next_call_begins_afresh() {
    let failing = section(
        RETURN,
        &[receive("client", "INFO")
            .after(r#"<store name="v" entity="other-id"></store>"#)
            .text()],
    );
    let mut calls = Script::new(&format!("{failing}{}", client(&[]))).player();
    calls.begin().sends("INVITE");
    calls.peer("INFO");
    assert_eq!(calls.tally(), "failed 1");
    calls.begin().sends("INVITE");
    calls.peer("INFO|Other-ID: x").peer("200");
    assert_eq!(calls.sent_names(), "ACK BYE");
}

#[test]
fn a_timeout_within_the_section_fails_the_call() {
    let asking = section(
        RETURN,
        &[
            receive("client", "INFO").text(),
            send("client", "OPTIONS").text(),
            receive("client", "200 OPTIONS").text(),
        ],
    );
    let mut call = Script::new(&format!("{asking}{}", client(&[])))
        .param("call-timeout-ms", "500")
        .player();
    call.begin().sends("INVITE");
    call.peer("INFO").pass_ms(501);
    assert_eq!(call.tally(), "failed 1, timeout 1");
}

#[test]
fn without_a_call_the_section_is_a_call_of_its_own() {
    let section = on("INFO", &[]).replace("client", "server");
    let mut call = Script::new(&format!("{section}{}", server(&[]))).player();
    call.peer("INFO|Call-ID: 9").sends("200");
    assert_eq!(call.tally(), "default 1");
    assert_eq!(call.figures().incoming_calls, 1);
}

#[test]
fn a_response_that_the_interrupted_section_may_do_without_disturbs_nothing() {
    let optional = receive("client", "180 INVITE")
        .attributes("optional=\"true\"")
        .text();
    let sections = format!("{}{}", on("INFO", &[wait(100)]), client(&[optional]));
    let mut call = Script::new(&sections).player();
    call.begin().sends("INVITE");
    call.peer("INFO").peer("180").pass_ms(100).sends("200");
    call.peer("200|CSeq: 1 INVITE");
    assert_eq!(call.sent_names(), "ACK BYE");
}

#[test]
fn an_interrupted_opening_goes_on_with_what_became_of_it() {
    let correlation = r#"<correlation><channel name="client"><command name="first"><post-action>
        <insert-in-map channel="client" entity="call-id"></insert-in-map></post-action></command></channel></correlation>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes("label=\"first\"")
                .text(),
            send("own-tcp", "OPTIONS")
                .before(r#"<open args=""></open>"#)
                .text(),
        ],
    );
    let script = Script::new(&format!(
        "{correlation}{}{traffic}",
        on("INFO", &[wait(100)])
    ))
    .param("call-open-timeout-ms", "1000");
    let port = PortKey(100);
    for (row, news, expected) in [
        ("opened during the section", Some(true), "traffic 1"),
        ("closed during the section", Some(false), "failed 1"),
        (
            "neither: it is waited for as long as before",
            None,
            "failed 1",
        ),
    ] {
        let mut call = script.player();
        call.begin().sends("INVITE");
        let start_ns = call.now_ns();
        call.pass_ms(500).peer("INFO");
        match news {
            Some(true) => call.connected(port),
            Some(false) => call.closed(port),
            None => &mut call,
        };
        assert_eq!(call.tally(), "open 1", "{row}");
        call.pass_ms(100).sends("200");
        if news.is_none() {
            call.pass_until(start_ns + 999 * MS);
            assert_eq!(call.tally(), "open 1", "{row}");
            call.pass_ms(2);
        }
        assert_eq!(call.tally(), expected, "{row}");
        assert_eq!(
            call.sent_names(),
            if expected == "traffic 1" {
                "OPTIONS"
            } else {
                ""
            },
            "{row}"
        );
    }
}

#[test]
fn a_retransmitted_request_of_the_section_is_answered_again() {
    let sections = format!("{}{}", on("INFO", &[]), client(&[]));
    let mut call = Script::new(&sections)
        .param("absorb-retransmissions", "true")
        .player();
    call.begin().sends("INVITE");
    call.peer("INFO").peer("INFO");
    assert_eq!(call.sent_names(), "200 200");
    assert_eq!(call.tally(), "open 1, absorbed 1");
}

#[test]
fn the_message_of_the_call_is_sent_again_while_the_section_works() {
    let traffic = client(&[]).replacen("<send ", "<send retrans=\"rfc3261\" ", 1);
    let mut call = Script::new(&format!("{}{traffic}", on("INFO", &[wait(5_000)]))).player();
    call.begin().sends("INVITE");
    call.peer("INFO").pass_ms(4_000);
    assert_eq!(call.sent_names(), "INVITE INVITE INVITE");
}

#[test]
fn the_call_keeps_its_line_of_external_data() {
    let line = |entity: &str| {
        format!("<restore-from-external field=\"0\" entity=\"{entity}\"></restore-from-external>")
    };
    let on_info = section(
        RETURN,
        &[
            receive("client", "INFO").text(),
            send("client", "200 INFO").before(&line("subject")).text(),
        ],
    );
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .before(&line("subject"))
                .text(),
            receive("client", "200 INVITE").text(),
            send("client", "ACK").before(&line("subject")).text(),
        ],
    );
    let mut call = Script::new(&format!("{on_info}{traffic}"))
        .external("\"string\";\n\"one\";\n\"two\";\n")
        .player();
    let subject = |call: &mut crate::bench::Player, name: &str| {
        let text = call.sends(name).text();
        crate::bench::value_of(&text, "Subject").map(str::to_owned)
    };
    call.begin();
    assert_eq!(subject(&mut call, "INVITE").as_deref(), Some("one"));
    call.peer("INFO");
    assert_eq!(subject(&mut call, "200").as_deref(), Some("two"));
    call.peer("200|CSeq: 1 INVITE");
    assert_eq!(subject(&mut call, "ACK").as_deref(), Some("one"));
}
