//! Bytes of all kinds, beside calls that must not notice.

use std::net::SocketAddr;

use crate::bench::{MS, PEER, Player, Script, message, send, server, wire};

/// A server that has everything switched on that looks at messages.
fn script() -> Script {
    Script::new(&server(&[send("server", "180 INVITE").text()]))
        .param("call-timeout-ms", "500")
        .param("max-simultaneous-calls", "100000")
        .param("absorb-retransmissions", "true")
        .param("skip-trying", "true")
        .param("answer-background", "INFO NOTIFY OPTIONS")
}

fn random(rng: &mut fastrand::Rng, length_max: usize) -> Vec<u8> {
    let length = rng.usize(..length_max);
    (0..length).map(|_| rng.u8(..)).collect()
}

/// Something that is sent to harm.
fn hostile(rng: &mut fastrand::Rng, number: u32) -> Vec<u8> {
    let id = format!("hostile-{number}");
    let names = [
        "INVITE", "ACK", "BYE", "INFO", "OPTIONS", "100", "200", "MESSAGE", "999",
    ];
    let name = names[rng.usize(..names.len())];
    let body = if rng.bool() { "||v=0|o=x|" } else { "" };
    let mut bytes = message(&format!("{name}{body}"), &id, "1 INVITE");
    match rng.u32(..9) {
        0 => random(rng, 2_000),
        1 => b"\r\n\r\n".to_vec(),
        2 => b"\r\n".repeat(rng.usize(1..40)),
        3 => {
            bytes.truncate(rng.usize(..bytes.len()));
            bytes
        }
        4 => {
            for _ in 0..rng.usize(1..20) {
                let at = rng.usize(..bytes.len());
                // The Call-ID stays, or it might become that of a good call.
                if !bytes[at].is_ascii_lowercase() && !bytes[at].is_ascii_digit() {
                    bytes[at] = rng.u8(..);
                }
            }
            bytes
        }
        5 => {
            let at = rng.usize(..bytes.len());
            bytes.splice(at..at, random(rng, 50));
            bytes
        }
        6 => {
            let lengths = [
                "-1",
                "99999999999999999999",
                "65536",
                "x",
                "",
                "0x10",
                "4294967296",
            ];
            let length = lengths[rng.usize(..lengths.len())];
            let text = String::from_utf8_lossy(&bytes)
                .replace("\r\nCSeq", &format!("\r\nContent-Length: {length}\r\nCSeq"));
            text.into_bytes()
        }
        7 => String::from_utf8_lossy(&bytes)
            .replace("\r\n", "\n")
            .into_bytes(),
        _ => bytes.repeat(rng.usize(1..5)),
    }
}

/// Plays good calls beside hostile datagrams from `enemy`; each call must complete.
fn serves_all(seed: u64, enemy: SocketAddr) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut calls = script().player();
    let mut number = 0;
    let mut harm = |calls: &mut Player, rng: &mut fastrand::Rng| {
        for _ in 0..rng.u32(..6) {
            number += 1;
            let bytes = hostile(rng, number);
            calls.datagram(enemy, &bytes);
        }
        calls.pass_ms(rng.u64(..3));
    };
    for id in 0..200 {
        for (text, answers) in [
            ("INVITE", vec!["180", "200"]),
            ("ACK", vec![]),
            ("BYE", vec!["200"]),
        ] {
            harm(&mut calls, &mut rng);
            calls.world.sent.clear();
            let bytes = message(text, &format!("good-{id}"), "");
            calls.datagram(PEER, &bytes);
            let sent: Vec<String> = std::iter::from_fn(|| calls.next_sent())
                .map(|sent| sent.text())
                .collect();
            let names: Vec<&str> = sent
                .iter()
                .map(|text| crate::bench::name_of(text))
                .collect();
            assert_eq!(names, answers, "seed {seed}, call {id}, {text}: {sent:?}");
        }
    }
    let verdicts = calls
        .world
        .log
        .iter()
        .filter(|entry| entry.starts_with("passed good-"))
        .count();
    assert_eq!(verdicts, 200, "seed {seed}");
    calls.pass_ms(40_000);
    let figures = calls.figures();
    assert_eq!(figures.calls_open, 0, "seed {seed}");
    assert_eq!(
        figures.calls_started(),
        figures.calls_ended(),
        "seed {seed}"
    );
    assert!(
        figures.malformed > 50 && figures.keep_alives > 50,
        "seed {seed}: {}",
        calls.tally()
    );
}

#[test]
fn calls_complete_beside_another_peer_that_sends_anything() {
    for seed in 1..=5 {
        serves_all(seed, "10.6.6.6:666".parse().expect("an address"));
    }
}

#[test]
fn calls_complete_though_their_own_peer_sends_anything_between() {
    for seed in 1..=5 {
        serves_all(seed, PEER);
    }
}

#[test]
fn a_client_completes_its_calls_whatever_else_comes_to_its_socket() {
    for seed in 1..=5 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut calls = Script::new(&crate::bench::client(&[]))
            .param("absorb-retransmissions", "true")
            .player();
        for number in 0..300 {
            calls.begin().sends("INVITE");
            let id = format!("{}@me", number + 1);
            for (answer, expected) in [("1 INVITE", vec!["ACK", "BYE"]), ("9 BYE", vec![])] {
                for _ in 0..rng.u32(..5) {
                    let bytes = hostile(&mut rng, number);
                    calls.datagram(PEER, &bytes);
                }
                calls.world.sent.clear();
                let bytes = message(&format!("200|Call-ID: {id}|CSeq: {answer}"), "", "");
                calls.datagram(PEER, &bytes);
                let names = calls.sent_names();
                assert_eq!(names, expected.join(" "), "seed {seed}, call {number}");
            }
        }
        assert_eq!(calls.figures().traffic_successful, 300, "seed {seed}");
        assert_eq!(calls.figures().failed, 0, "seed {seed}");
    }
}

#[test]
fn connections_survive_anything_too() {
    for seed in 1..=5 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let traffic = server(&[]).replace("\"server\"", "\"tcp-server\"");
        let mut calls = Script::new(&traffic)
            .param("call-timeout-ms", "500")
            .player();
        let (good, bad) = (
            gannet_traffic::shard::PortKey(50),
            gannet_traffic::shard::PortKey(51),
        );
        calls
            .accepted("tcp-server", good)
            .accepted("tcp-server", bad);
        for id in 0..100 {
            for text in ["INVITE", "ACK", "BYE"] {
                for _ in 0..rng.u32(..5) {
                    let bytes = hostile(&mut rng, id);
                    calls.stream(bad, &bytes);
                }
                let bytes = message(text, &format!("good-{id}"), "");
                calls.stream(good, &bytes);
            }
        }
        let verdicts = calls
            .world
            .log
            .iter()
            .filter(|entry| entry.starts_with("passed good-"))
            .count();
        assert_eq!(verdicts, 100, "seed {seed}");
        assert!(calls.figures().malformed > 0, "seed {seed}");
        calls.closed(bad).pass_ms(1_000);
        assert_eq!(calls.figures().calls_open, 0, "seed {seed}");
    }
}

#[test]
fn a_connection_that_sends_rubbish_is_in_step_again_with_the_next_message() {
    let traffic = server(&[]).replace("\"server\"", "\"tcp-server\"");
    let mut call = Script::new(&traffic).player();
    let port = gannet_traffic::shard::PortKey(50);
    call.accepted("tcp-server", port);
    call.stream(port, b"\r\n\r\n")
        .stream(port, b"this is no message\r\n\r\n");
    call.peer_by(port, "INVITE|Call-ID: 1").sends("200");
    assert_eq!(call.tally(), "open 1, malformed 1, blank 1");
    // A header without end is given up after 64 KiB.
    call.stream(port, &vec![b'x'; 66_000]);
    assert_eq!(call.figures().malformed, 2);
    call.peer_by(port, "ACK|Call-ID: 1")
        .peer_by(port, "BYE|Call-ID: 1")
        .sends("200");
    assert_eq!(call.figures().traffic_successful, 1);
}

#[test]
fn a_port_that_nobody_knows_and_a_call_that_is_gone_are_no_matter() {
    let mut call = Script::new(&server(&[])).player();
    let port = gannet_traffic::shard::PortKey(4_711);
    let bytes = wire("INVITE sip:a SIP/2.0|Call-ID: 1");
    call.datagram_to(port, PEER, &bytes)
        .stream(port, &bytes)
        .closed(port);
    assert_eq!(call.tally(), "");
    assert!(call.now_ns() < MS);
}
