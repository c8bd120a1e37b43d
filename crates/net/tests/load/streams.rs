//! TCP connections.

use std::io::ErrorKind;
use std::net::SocketAddr;

use gannet_net::load::{CloseReason, PortId, PortLimits, PortOptions, SendFailure, TcpClose};

use crate::end::{End, LOOPBACK, Seen, until};

fn closing(close: TcpClose) -> PortOptions {
    PortOptions {
        close,
        ..PortOptions::default()
    }
}

/// A server that listens, a client that is connected to it, and both ends of the connection.
fn connected(server: &mut End, client: &mut End, options: PortOptions) -> (PortId, PortId) {
    let (_, address) = server.listen(LOOPBACK, options);
    let port = client.connect(address, options);
    let done = |server: &End, client: &End| server.accepted().is_some() && client.connected(port);
    until("a connection", [server, client], done);
    (server.accepted().expect("accepted"), port)
}

#[test]
fn octets_go_both_ways_and_the_end_is_told() {
    let (mut server, mut client) = (End::new(), End::new());
    let (there, here) = connected(&mut server, &mut client, PortOptions::default());
    assert_eq!(client.ports.peer_addr(here), server.ports.local_addr(there));
    assert_eq!(server.ports.peer_addr(there), client.ports.local_addr(here));
    client.ports.send(here, None, &[b"ques", b"tion"]);
    let done = |server: &End, _: &End| server.received == b"question";
    until("the question", [&mut server, &mut client], done);
    server.ports.send(there, None, &[b"answer"]);
    server.ports.close(there);
    assert_eq!(server.ports.local_addr(there), None);
    let done = |_: &End, client: &End| client.closed(here).is_some();
    until("the end", [&mut server, &mut client], done);
    assert_eq!(client.received, b"answer");
    assert!(matches!(client.closed(here), Some(CloseReason::ByPeer)));
    assert!(server.closed(there).is_none(), "closed by its owner");
    assert_eq!(client.ports.local_addr(here), None);
    let counters = client.ports.counters();
    assert_eq!(
        (counters.connections_opened, counters.connections_closed),
        (1, 1)
    );
}

#[test]
fn what_is_sent_before_the_connection_waits_for_it() {
    let (mut server, mut client) = (End::new(), End::new());
    let (_, address) = server.listen(LOOPBACK, PortOptions::default());
    let port = client.connect(address, PortOptions::default());
    client.ports.send(port, None, &[b"early"]);
    let done = |server: &End, _: &End| server.received == b"early";
    until("what was sent early", [&mut server, &mut client], done);
}

#[test]
fn a_refused_connection_is_told() {
    let mut client = End::new();
    let dead = {
        let socket = std::net::TcpListener::bind(LOOPBACK).expect("a free port");
        socket.local_addr().expect("bound")
    };
    let port = client.connect(dead, PortOptions::default());
    client.ports.send(port, None, &[b"never"]);
    client.until("the refusal", |client| client.closed(port).is_some());
    match client.closed(port) {
        Some(CloseReason::Connect(error)) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
        other => panic!("{other:?}"),
    }
    assert_eq!(client.seen.len(), 1);
    assert_eq!(client.ports.counters().send_failures.at_close, 1);
}

#[test]
fn the_source_is_bound() {
    let (mut server, mut client) = (End::new(), End::new());
    let (_, address) = server.listen(LOOPBACK, PortOptions::default());
    let source: SocketAddr = "127.0.0.9:0".parse().expect("an address");
    let begun = client
        .ports
        .connect_tcp(Some(source), address, &PortOptions::default());
    begun.expect("all of 127/8 is ours");
    let done = |server: &End, _: &End| server.accepted().is_some();
    until("a connection", [&mut server, &mut client], done);
    let is_from_source =
        |seen: &Seen| matches!(seen, Seen::Accepted(_, from) if from.ip() == source.ip());
    assert!(server.seen.iter().any(is_from_source));
}

#[test]
fn more_than_the_socket_takes_arrives_in_order() {
    const BYTES: usize = 12 << 20;
    let (mut server, mut client) = (End::new(), End::new());
    let (_, here) = connected(&mut server, &mut client, PortOptions::default());
    let message: Vec<u8> = (0..BYTES).map(|index| (index / 3) as u8).collect();
    for piece in message.chunks(100_000) {
        client.ports.send(here, None, &[piece]);
    }
    client.ports.flush();
    assert!(client.ports.counters().would_block > 0);
    // Closing does not lose what waits.
    client.ports.close(here);
    let done = |server: &End, _: &End| server.received.len() == BYTES;
    until("all of it", [&mut server, &mut client], done);
    assert!(server.received == message);
    let there = server.accepted().expect("accepted");
    let done = |server: &End, _: &End| server.closed(there).is_some();
    until("the end", [&mut server, &mut client], done);
    assert!(matches!(server.closed(there), Some(CloseReason::ByPeer)));
    assert_eq!(client.ports.counters().send_failures.total(), 0);
}

#[test]
fn what_waits_is_bounded_and_messages_are_refused_whole() {
    let limits = PortLimits {
        unsent_bytes_max: 100_000,
        ..PortLimits::default()
    };
    let (mut server, mut client) = (End::new(), End::with(limits));
    let (_, here) = connected(&mut server, &mut client, PortOptions::default());
    let piece = vec![5; 60_000];
    let mut sent = 0;
    while client.ports.counters().send_failures.queue_full == 0 {
        client.ports.send(here, None, &[&piece]);
        client.ports.flush();
        sent += 1;
    }
    let taken = (sent - 1) * piece.len();
    let done =
        |server: &End, client: &End| server.received.len() == taken && client.seen.len() == 2;
    until(
        "what was taken, and the refusal",
        [&mut server, &mut client],
        done,
    );
    let refused = SendFailure::QueueFull { limit: 100_000 };
    match &client.seen[1] {
        Seen::SendFailed(port, failure) => {
            assert_eq!((*port, failure.to_string()), (here, refused.to_string()));
        }
        other => panic!("{other:?}"),
    }
    client.ports.send(here, None, &[b"goes on"]);
    let done = |server: &End, _: &End| server.received.ends_with(b"goes on");
    until("what came later", [&mut server, &mut client], done);
}

#[test]
fn a_reset_is_told_as_one() {
    let (mut server, mut client) = (End::new(), End::new());
    let (there, here) = connected(&mut server, &mut client, closing(TcpClose::Reset));
    client.ports.close(here);
    let done = |server: &End, _: &End| server.closed(there).is_some();
    until("the reset", [&mut server, &mut client], done);
    match server.closed(there) {
        Some(CloseReason::Lost(error)) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_came_before_a_broken_connection_is_read() {
    let (mut server, mut client) = (End::new(), End::new());
    let (there, here) = connected(&mut server, &mut client, PortOptions::default());
    server.ports.send(there, None, &[b"last words"]);
    server.ports.flush();
    server.ports.close(there);
    // The second write meets the reset that the first has caused.
    for _ in 0..2 {
        client.ports.send(here, None, &[b"too late"]);
        client.ports.flush();
    }
    client.until("the end", |client| client.closed(here).is_some());
    assert_eq!(client.received, b"last words");
}

#[test]
fn hundreds_of_connections_are_served_and_more_than_the_limit_are_refused() {
    const COUNT: usize = 300;
    let limits = PortLimits {
        ports_max: COUNT + 1,
        ..PortLimits::default()
    };
    let (mut server, mut client) = (End::with(limits), End::new());
    let (_, address) = server.listen(LOOPBACK, PortOptions::default());
    let ports: Vec<PortId> = (0..COUNT)
        .map(|_| client.connect(address, PortOptions::default()))
        .collect();
    for &port in &ports {
        client.ports.send(port, None, &[b"12345678"]);
    }
    let done = |server: &End, _: &End| server.received.len() == COUNT * 8;
    until("all", [&mut server, &mut client], done);
    let surplus = client.connect(address, PortOptions::default());
    let done = |_: &End, client: &End| client.closed(surplus).is_some();
    until("the refusal", [&mut server, &mut client], done);
    let counters = server.ports.counters();
    assert_eq!(
        (counters.connections_opened, counters.connections_refused),
        (COUNT as u64, 1)
    );
}
