//! Messages in pieces, and several at once.

use gannet_traffic::shard::PortKey;

use crate::bench::{PEER, Player, Script, message, server};

fn dialogue() -> [Vec<u8>; 3] {
    [
        message("INVITE||v=0|o=x|", "1", ""),
        message("ACK|Content-Length: 0", "1", ""),
        message("BYE||o=y|", "1", ""),
    ]
}

#[test]
fn several_messages_in_one_datagram() {
    let mut call = Script::new(&server(&[])).player();
    call.datagram(PEER, &dialogue().concat());
    assert_eq!(
        (call.tally().as_str(), call.sent_names().as_str()),
        ("traffic 1", "200 200")
    );
    // With blank lines between them, as keep-alives.
    let mut call = Script::new(&server(&[])).player();
    call.datagram(PEER, &dialogue().join(&b"\r\n\r\n"[..]));
    assert_eq!(
        (call.tally().as_str(), call.sent_names().as_str()),
        ("traffic 1, blank 2", "200 200")
    );
}

/// A server to which a message may come in pieces, as to Seagull.
fn joining() -> Player {
    Script::new(&server(&[])).player_with(|settings| settings.joins_datagrams = true)
}

#[test]
fn each_datagram_stands_alone() {
    let [invite, ..] = dialogue();
    for cut in 1..invite.len() {
        for rest in [&b"\r\n\r\n"[..], &invite[cut..], &[b'x'; 600]] {
            let mut call = Script::new(&server(&[])).player();
            call.datagram(PEER, &invite[..cut]).datagram(PEER, rest);
            assert_eq!(call.figures().calls_open, 0, "cut at {cut}");
            assert!(call.figures().malformed > 0, "cut at {cut}");
        }
    }
}

#[test]
fn with_the_option_one_message_over_two_datagrams_wherever_it_is_cut_after_its_first_line() {
    let [invite, ..] = dialogue();
    let first_line = invite
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a line")
        + 1;
    for cut in first_line..invite.len() {
        let mut call = joining();
        call.datagram(PEER, &invite[..cut]);
        // Another peer between them does not matter.
        let other = "10.7.7.7:5060".parse().expect("an address");
        call.peer_at(other, "INVITE|Call-ID: other").sends("200");
        call.pass_ms(10).datagram(PEER, &invite[cut..]);
        assert_eq!(call.sent_names(), "200", "cut at {cut}");
        assert_eq!(call.figures().malformed, 0, "cut at {cut}");
        assert_eq!(call.figures().calls_open, 2, "cut at {cut}");
    }
}

#[test]
fn the_rest_of_a_message_that_never_comes_keeps_nobody_waiting() {
    let [invite, ack, bye] = dialogue();
    for (row, wait_ms) in [
        ("the next message follows at once", 0),
        ("after a while", 5_000),
    ] {
        let mut call = joining();
        call.datagram(PEER, &invite[..60]).pass_ms(wait_ms);
        for bytes in [&invite, &ack, &bye] {
            call.datagram(PEER, bytes);
        }
        assert_eq!(call.tally(), "traffic 1, malformed 1", "{row}");
    }
    // Many peers that all begin something: the oldest is given up.
    let mut call = joining();
    for port in 1..=100 {
        let from = format!("10.8.8.8:{port}").parse().expect("an address");
        call.datagram(from, &invite[..60]);
    }
    assert_eq!(call.tally(), "malformed 36");
}

#[test]
fn a_connection_may_be_cut_at_every_byte() {
    let traffic = server(&[]).replace("\"server\"", "\"tcp-server\"");
    let script = Script::new(&traffic);
    let port = PortKey(50);
    let all = dialogue().concat();
    for cut in 0..=all.len() {
        let mut call = script.player();
        call.accepted("tcp-server", port);
        call.stream(port, &all[..cut]).stream(port, &all[cut..]);
        assert_eq!(call.tally(), "traffic 1", "cut at {cut}");
        assert_eq!(call.sent_names(), "200 200", "cut at {cut}");
    }
    let mut call = script.player();
    call.accepted("tcp-server", port);
    for byte in &all {
        call.stream(port, std::slice::from_ref(byte));
    }
    assert_eq!(
        (call.tally().as_str(), call.sent_names().as_str()),
        ("traffic 1", "200 200")
    );
}

#[test]
fn a_large_body_comes_over_a_connection_in_pieces() {
    let traffic = server(&[]).replace("\"server\"", "\"tcp-server\"");
    let mut call = Script::new(&traffic).player();
    let port = PortKey(50);
    call.accepted("tcp-server", port);
    let body = "x".repeat(700_000);
    let bytes = message(&format!("INVITE||o={body}|"), "1", "");
    for piece in bytes.chunks(30_000) {
        call.stream(port, piece);
    }
    assert_eq!(
        (call.tally().as_str(), call.sent_names().as_str()),
        ("open 1", "200")
    );
}

#[test]
fn a_connection_that_closes_in_the_middle_of_a_message_leaves_nothing_behind() {
    let traffic = server(&[]).replace("\"server\"", "\"tcp-server\"");
    let mut call = Script::new(&traffic).player();
    let port = PortKey(50);
    let [invite, ..] = dialogue();
    call.accepted("tcp-server", port)
        .stream(port, &invite[..100])
        .closed(port);
    call.stream(port, &invite[100..]);
    assert_eq!(call.tally(), "");
    call.accepted("tcp-server", PortKey(51))
        .stream(PortKey(51), &invite);
    assert_eq!(call.tally(), "open 1");
}
