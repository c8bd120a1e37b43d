//! Connections with TLS, between two ends of ours.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use gannet_net::load::{
    CloseReason, PortEvent, PortId, PortOptions, Ports, TlsClient, TlsError, TlsInfo, TlsServer,
    TlsSettings, TlsVersions,
};

use crate::certificates::Pair;
use crate::end::{End, LOOPBACK, skip, until};

/// A client that takes any certificate.
fn any_client() -> TlsClient {
    TlsClient::new(&TlsSettings::default()).expect("good settings")
}

fn server_settings() -> TlsSettings {
    Pair::self_signed("sip.example").settings()
}

/// A connection of two ends: the server's, the client's.
fn connected(server: &mut End, client: &mut End, settings: &TlsSettings) -> (PortId, PortId) {
    let (_, address) = server.listen_tls(settings);
    let port = client.connect_tls(address, &any_client());
    let done = |server: &End, client: &End| server.accepted().is_some() && client.connected(port);
    until("a connection", [server, client], done);
    (server.accepted().expect("accepted"), port)
}

fn closed_text(end: &End, port: PortId) -> Option<String> {
    let reason = end.closed(port)?;
    let cause = std::error::Error::source(reason).map(ToString::to_string);
    Some(format!("{reason}: {}", cause.unwrap_or_default()))
}

#[test]
fn octets_go_both_ways_and_the_end_is_told() {
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let (mut server, mut client) = (End::new(), End::new());
        let settings = TlsSettings {
            versions,
            ..server_settings()
        };
        let (there, here) = connected(&mut server, &mut client, &settings);
        assert_eq!(client.ports.peer_addr(here), server.ports.local_addr(there));
        client.ports.send(here, None, &[b"ques", b"tion"]);
        let done = |server: &End, _: &End| server.received == b"question";
        until("the question", [&mut server, &mut client], done);
        let expected = match versions {
            TlsVersions::Only12 => ("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            _ => ("TLSv1.3", "TLS13_AES_128_GCM_SHA256"),
        };
        for (end, port) in [(&server, there), (&client, here)] {
            let info = end.ports.tls_info(port).expect("agreed on");
            assert_eq!((info.version, info.cipher), expected);
            assert!(!info.resumed);
            assert_eq!(end.ports.counters().tls_handshakes, 1);
        }
        server.ports.send(there, None, &[b"answer"]);
        server.ports.close(there);
        let done = |_: &End, client: &End| client.closed(here).is_some();
        until("the end", [&mut server, &mut client], done);
        assert_eq!(client.received, b"answer");
        assert!(matches!(client.closed(here), Some(CloseReason::ByPeer)));
        assert!(server.closed(there).is_none(), "closed by its owner");
        let counters = client.ports.counters();
        let connections = (counters.connections_opened, counters.connections_closed);
        assert_eq!(connections, (1, 1));
    }
}

#[test]
fn ipv6_is_no_different() {
    let (mut server, mut client) = (End::new(), End::new());
    let context = TlsServer::new(&server_settings()).expect("good settings");
    let bind: SocketAddr = "[::1]:0".parse().expect("an address");
    let options = PortOptions::default();
    let Ok(listener) = server.ports.listen_tls(bind, &context, &options) else {
        skip("no IPv6");
        return;
    };
    let address = server.ports.local_addr(listener).expect("open");
    let here = client.connect_tls(address, &any_client());
    client.ports.send(here, None, &[b"hello"]);
    let done = |server: &End, _: &End| server.received == b"hello";
    until("what was sent early", [&mut server, &mut client], done);
}

#[test]
fn more_than_the_socket_takes_arrives_in_order() {
    const BYTES: usize = 12 << 20;
    let (mut server, mut client) = (End::new(), End::new());
    let (there, here) = connected(&mut server, &mut client, &server_settings());
    let message: Vec<u8> = (0..BYTES).map(|index| (index / 3) as u8).collect();
    for piece in message.chunks(100_000) {
        client.ports.send(here, None, &[piece]);
    }
    client.ports.flush();
    assert!(client.ports.counters().would_block > 0);
    // Closing does not lose what waits.
    client.ports.close(here);
    let done = |server: &End, _: &End| server.closed(there).is_some();
    until("the end", [&mut server, &mut client], done);
    assert!(server.received == message);
    assert!(matches!(server.closed(there), Some(CloseReason::ByPeer)));
    assert_eq!(client.ports.counters().send_failures.total(), 0);
}

#[test]
fn the_messages_of_a_turn_share_records() {
    let (mut server, mut client) = (End::new(), End::new());
    let (_, here) = connected(&mut server, &mut client, &server_settings());
    let before = client.ports.counters();
    for _ in 0..300 {
        client.ports.send(here, None, &[&[b'x'; 100]]);
    }
    client.ports.flush();
    let after = client.ports.counters();
    assert_eq!(after.send_calls - before.send_calls, 1);
    // Two records: 16 KiB and the rest, each with a head of 5, a kind of 1 and a tag of 16 octets.
    assert_eq!(after.bytes_sent - before.bytes_sent, 30_000 + 2 * 22);
    let done = |server: &End, _: &End| server.received.len() == 30_000;
    until("all of them", [&mut server, &mut client], done);
}

#[test]
fn later_connections_resume_sessions() {
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        for full_handshakes in [false, true] {
            let (mut server, mut client) = (End::new(), End::new());
            let (_, address) = server.listen_tls(&TlsSettings {
                versions,
                ..server_settings()
            });
            let context = TlsClient::new(&TlsSettings {
                full_handshakes,
                ..TlsSettings::default()
            });
            let context = context.expect("good settings");
            let mut infos: Vec<TlsInfo> = Vec::new();
            for number in 1..=3 {
                let port = client.connect_tls(address, &context);
                client.ports.send(port, None, &[b"x"]);
                let done = |server: &End, client: &End| {
                    server.received.len() == number && client.connected(port)
                };
                until("a message", [&mut server, &mut client], done);
                // The ticket of TLS 1.3 comes after the handshake.
                client.poll();
                infos.push(client.ports.tls_info(port).expect("agreed on"));
                client.ports.close(port);
            }
            let resumed: Vec<bool> = infos.iter().map(|info| info.resumed).collect();
            assert_eq!(resumed, [false, !full_handshakes, !full_handshakes]);
            let expected = if full_handshakes { 0 } else { 2 };
            assert_eq!(client.ports.counters().tls_resumed, expected);
            assert_eq!(server.ports.counters().tls_resumed, expected);
        }
    }
}

#[test]
fn a_callback_may_answer_flush_and_close() {
    let (mut server, mut client) = (End::new(), End::new());
    let (there, here) = connected(&mut server, &mut client, &server_settings());
    client.ports.send(here, None, &[b"question"]);
    client.ports.flush();
    let mut answer = |ports: &mut Ports, event: PortEvent<'_>| {
        if let PortEvent::Received { port, bytes } = event {
            assert_eq!((port, bytes), (there, &b"question"[..]));
            ports.send(port, None, &[b"answer"]);
            ports.flush();
            ports.close(port);
            assert_eq!(ports.tls_info(port), None);
        }
    };
    while server.ports.local_addr(there).is_some() {
        server.ports.poll_with(None, &mut answer).expect("can wait");
    }
    client.until("the end", |client| client.closed(here).is_some());
    assert_eq!(client.received, b"answer");
    assert!(matches!(client.closed(here), Some(CloseReason::ByPeer)));
}

#[test]
fn a_server_that_closes_in_the_handshake_is_told() {
    let listener = TcpListener::bind(LOOPBACK).expect("a free port");
    let mut client = End::new();
    let port = client.connect_tls(listener.local_addr().expect("bound"), &any_client());
    client.ports.send(port, None, &[b"never"]);
    let (mut peer, _) = listener.accept().expect("a connection");
    client.poll();
    let mut hello = [0; 5];
    peer.read_exact(&mut hello).expect("a record");
    assert_eq!(hello[..2], [22, 3], "a handshake");
    drop(peer);
    client.until("the end", |client| client.closed(port).is_some());
    let text = closed_text(&client, port).expect("closed");
    // Octets that nobody read turn the end into a reset.
    assert!(text.starts_with("TLS handshake failed: "), "{text}");
    let counters = client.ports.counters();
    assert_eq!(
        (counters.tls_failures, counters.send_failures.at_close),
        (1, 1)
    );
    assert_eq!(counters.connections_opened, 0);
}

#[test]
fn clients_that_close_or_talk_otherwise_stop_nobody() {
    let (mut server, mut client) = (End::new(), End::new());
    let (_, address) = server.listen_tls(&server_settings());
    let mut plain = TcpStream::connect(address).expect("listening");
    plain
        .write_all(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n")
        .expect("taken");
    drop(TcpStream::connect(address).expect("listening"));
    let here = client.connect_tls(address, &any_client());
    client.ports.send(here, None, &[b"x"]);
    let done = |server: &End, _: &End| {
        server.received == b"x" && server.ports.counters().tls_failures == 2
    };
    until(
        "two failures and a message",
        [&mut server, &mut client],
        done,
    );
    let mut texts: Vec<String> = server
        .accepted_all()
        .filter_map(|port| closed_text(&server, port))
        .collect();
    texts.sort();
    assert_eq!(
        texts,
        [
            "TLS handshake failed: the other end closed the connection",
            "TLS handshake failed: the other end does not speak TLS",
        ]
    );
    let mut alert = Vec::new();
    // A reset may overtake it: it is for whoever listens.
    let _ = plain.read_to_end(&mut alert);
    assert!(alert.is_empty() || alert.starts_with(&[21, 3]), "{alert:?}");
}

#[test]
fn ends_without_a_common_version_say_so() {
    let (mut server, mut client) = (End::new(), End::new());
    let (_, address) = server.listen_tls(&TlsSettings {
        versions: TlsVersions::Only13,
        ..server_settings()
    });
    let context = TlsClient::new(&TlsSettings {
        versions: TlsVersions::Only12,
        ..TlsSettings::default()
    });
    let here = client.connect_tls(address, &context.expect("good settings"));
    let done = |server: &End, client: &End| {
        client.closed(here).is_some() && server.ports.counters().tls_failures == 1
    };
    until("the refusal", [&mut server, &mut client], done);
    let text = closed_text(&client, here).expect("closed");
    assert!(
        text.contains("no version of TLS that both ends speak"),
        "{text}"
    );
    let there = server.accepted().expect("accepted");
    let text = closed_text(&server, there).expect("closed");
    assert!(text.contains("no version of TLS in common"), "{text}");
}

/// Checks that a server is refused these settings, with a text that says why.
fn refuse(settings: &TlsSettings, expected: &str) {
    let text = TlsServer::new(settings).expect_err(expected).to_string();
    assert!(text.contains(expected), "{text}");
}

#[test]
fn certificates_and_keys_that_cannot_be_used_are_refused_by_reason() {
    const ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n\
                             -----END ENCRYPTED PRIVATE KEY-----\n";
    const BROKEN: &str = "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n";
    refuse(&TlsSettings::default(), "no certificate");
    let certificates = [
        ("nonsense", "no certificate in PEM"),
        (BROKEN, "the certificate file cannot be read"),
    ];
    for (certificates, expected) in certificates {
        let settings = TlsSettings {
            certificates: certificates.as_bytes().to_vec(),
            ..server_settings()
        };
        refuse(&settings, expected);
    }
    let keys = [
        (Vec::new(), "the key file has no key"),
        (ENCRYPTED.as_bytes().to_vec(), "take the pass phrase off"),
        (
            server_settings().key,
            "does not belong to the first certificate",
        ),
    ];
    for (key, expected) in keys {
        let settings = TlsSettings {
            key,
            ..server_settings()
        };
        refuse(&settings, expected);
    }
}

#[test]
fn other_settings_that_cannot_be_used_are_refused_by_reason() {
    let cases = [
        (
            TlsSettings {
                revocations: Some(Vec::new()),
                ..server_settings()
            },
            "needs the CA",
        ),
        (
            TlsSettings {
                authorities: Some(Vec::new()),
                ..server_settings()
            },
            "the CA file has no CA",
        ),
        (
            TlsSettings {
                key_log: Some("/nowhere/keys".into()),
                ..server_settings()
            },
            "cannot write the key log /nowhere/keys",
        ),
    ];
    for (settings, expected) in cases {
        refuse(&settings, expected);
    }
    let named = TlsSettings {
        server_name: Some("no host".to_owned()),
        ..TlsSettings::default()
    };
    let refused = TlsClient::new(&named).expect_err("no host name");
    assert!(matches!(refused, TlsError::ServerName { .. }), "{refused}");
}

#[test]
fn secrets_are_written_for_those_who_read_captures() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys");
    let (mut server, mut client) = (End::new(), End::new());
    let settings = TlsSettings {
        key_log: Some(path.clone()),
        ..server_settings()
    };
    connected(&mut server, &mut client, &settings);
    let text = std::fs::read_to_string(path).expect("written");
    let mut labels: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    labels.sort_unstable();
    for expected in ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"] {
        assert!(labels.contains(&expected), "{text}");
    }
    let widths = text
        .lines()
        .map(|line| line.split(' ').nth(1).map_or(0, str::len));
    assert!(widths.into_iter().all(|width| width == 64), "{text}");
}
