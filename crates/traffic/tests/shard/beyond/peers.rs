//! Peers, large datagrams, and random hold times.

use std::net::SocketAddr;

use gannet_traffic::shard::PortKey;

use crate::bench::{MS, Script, section, send, server, value_of, wait};

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

#[test]
fn each_call_of_a_udp_server_is_answered_where_it_comes_from() {
    let ring = [send("server", "180 INVITE").text(), wait(100)];
    let mut calls = Script::new(&server(&ring)).player();
    let peers = [
        address("10.0.0.2:5060"),
        address("10.0.0.2:5061"),
        address("[2001:db8::7]:5060"),
    ];
    let ids = ["a", "b", "c"];
    for (peer, id) in peers.iter().zip(ids) {
        calls.peer_at(*peer, &format!("INVITE|Call-ID: {id}"));
    }
    // The 200 of the first goes out when the last datagram came from another peer.
    calls.pass_ms(200);
    for id in ids.iter().rev() {
        let at = ids.iter().position(|other| other == id).expect("an id");
        calls.peer_at(peers[at], &format!("ACK|Call-ID: {id}"));
        calls.peer_at(peers[at], &format!("BYE|Call-ID: {id}"));
    }
    let mut sent = 0;
    while let Some(message) = calls.next_sent() {
        let text = message.text();
        let id = value_of(&text, "Call-ID").expect("a Call-ID");
        let at = ids.iter().position(|other| *other == id).expect("an id");
        assert_eq!(message.way.to, Some(peers[at]), "{text}");
        sent += 1;
    }
    assert_eq!((sent, calls.tally().as_str()), (9, "traffic 3"));
}

#[test]
fn a_peer_that_moves_is_answered_where_it_is() {
    let mut call = Script::new(&server(&[])).player();
    call.peer_at(address("10.0.0.2:1"), "INVITE|Call-ID: 1")
        .sends("200");
    call.peer_at(address("10.0.0.2:2"), "ACK|Call-ID: 1");
    let bye = call
        .peer_at(address("10.0.0.2:2"), "BYE|Call-ID: 1")
        .sends("200");
    assert_eq!(bye.way.to, Some(address("10.0.0.2:2")));
}

#[test]
fn each_call_of_a_tcp_server_is_answered_on_its_connection() {
    let traffic = server(&[wait(100)]).replace("\"server\"", "\"tcp-server\"");
    let mut calls = Script::new(&traffic).player();
    let ports = [PortKey(50), PortKey(51)];
    for (port, id) in ports.iter().zip(["a", "b"]) {
        calls.accepted("tcp-server", *port);
        calls.peer_by(*port, &format!("INVITE|Call-ID: {id}"));
    }
    calls.pass_ms(200);
    for (port, id) in ports.iter().zip(["a", "b"]) {
        let sent = calls.sends("200");
        assert_eq!(
            (sent.way.port, value_of(&sent.text(), "Call-ID")),
            (*port, Some(id))
        );
    }
    // A connection that is lost takes no call with it that may go on by another one.
    calls.closed(ports[0]);
    calls
        .peer_by(ports[1], "ACK|Call-ID: a")
        .peer_by(ports[1], "BYE|Call-ID: a");
    assert_eq!(calls.sends("200").way.port, ports[1]);
    assert_eq!(calls.tally(), "open 1, traffic 1");
}

#[test]
fn datagrams_up_to_64_kib_are_taken_and_sent() {
    const LARGEST: usize = 65_507;
    let big = "x".repeat(60_000);
    let ring = [send("server", "180 INVITE")
        .before(r#"<restore name="body" entity="o"></restore>"#)
        .body("o=y")
        .text()];
    let traffic = server(&ring).replacen(
        "<store name=\"id\"",
        "<store name=\"body\" entity=\"o\"></store><store name=\"id\"",
        1,
    );
    let mut call = Script::new(&traffic).player();
    call.peer(&format!("INVITE||o={big}|"));
    let sent = call.sends("180");
    assert!(sent.bytes.len() > 60_000 && sent.bytes.len() < LARGEST);
    assert!(sent.text().ends_with(&format!("o={big}\r\n")));
    let length = (big.len() + 4).to_string();
    assert_eq!(
        value_of(&sent.text(), "content-length"),
        Some(length.as_str())
    );

    let mut header = crate::bench::message("INVITE", "2", "");
    header.truncate(header.len() - 2);
    header.extend_from_slice(b"X-Long: ");
    header.resize(LARGEST - 4, b'x');
    header.extend_from_slice(b"\r\n\r\n");
    call.datagram(crate::bench::PEER, &header);
    assert_eq!(call.figures().incoming_calls, 2);
    assert_eq!(call.figures().malformed, 0);
}

#[test]
fn hold_times_are_drawn_for_each_call_and_again_from_the_same_seed() {
    let traffic = section(
        "traffic",
        &[
            send("client", "BYE").opens().text(),
            r#"<wait-ms distribution="uniform" min="100" max="300"></wait-ms>"#.to_owned(),
            send("client", "ACK").text(),
        ],
    );
    let hold_times = |seed: u64| -> Vec<u64> {
        let mut calls = Script::new(&traffic)
            .param("max-simultaneous-calls", "1000")
            .player_with(|settings| settings.seed = seed);
        (0..200)
            .map(|_| {
                calls.begin().sends("BYE");
                let start_ns = calls.now_ns();
                calls.pass_ms(400);
                calls.sends("ACK").at_ns - start_ns
            })
            .collect()
    };
    let times = hold_times(1);
    assert!(
        times.iter().all(|ns| (100 * MS..=301 * MS).contains(ns)),
        "{times:?}"
    );
    let mean = times.iter().sum::<u64>() / 200 / MS;
    assert!((185..=215).contains(&mean), "{mean}");
    assert_eq!(times, hold_times(1));
    assert_ne!(times, hold_times(2));
}
