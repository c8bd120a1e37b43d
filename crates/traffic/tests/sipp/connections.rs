//! Sockets and connections.

use gannet_events::sipp::Failure;
use gannet_traffic::shard::PortKey;
use gannet_traffic::sipp::{Protocol, Sockets};

use crate::bench::{FIRST_OWN_PORT, MAIN, MS, PEER, Script, Side, message, send};

const FIRST: PortKey = PortKey(FIRST_OWN_PORT);
const SECOND: PortKey = PortKey(FIRST_OWN_PORT + 1);

fn client(protocol: Protocol, sockets: Sockets) -> Script {
    Script::new(&format!(
        "{}<recv response=\"200\"/>{}<recv response=\"200\"/>",
        send("OPTIONS", ""),
        send("INFO", "")
    ))
    .with(|settings| {
        settings.protocol = protocol;
        settings.sockets = sockets;
    })
}

fn server() -> Script {
    Script::new(&format!(
        "<recv request=\"INVITE\"/>{}<recv request=\"BYE\"/>{}",
        send("200", ""),
        send("202", "")
    ))
}

#[test]
fn messages_of_a_stream_come_in_any_pieces() {
    let mut side = server()
        .with(|settings| settings.protocol = Protocol::Tcp)
        .side();
    let port = PortKey(9);
    side.player.handle_accepted(port);
    let mut bytes = message("INVITE||body", "1@peer", "");
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend(message("BYE", "1@peer", ""));
    for byte in &bytes {
        side.stream(port, std::slice::from_ref(byte));
    }
    let sent = side.sends("200");
    assert_eq!((sent.way.port, sent.way.to), (port, None));
    side.sends("202");
    assert_eq!(side.tally(), "in 1, good 1");
    side.stream(port, &[bytes.clone(), bytes].concat().repeat(1));
    assert_eq!(side.figures().dead_call, 4);
}

#[test]
fn a_stream_may_be_cut_anywhere_in_long_and_short_messages() {
    let long = "x".repeat(3_000);
    let mut bytes = Vec::new();
    for call in ["1@peer", "2@peer", "3@peer"] {
        bytes.extend(message(&format!("INVITE||{long}"), call, ""));
        bytes.extend(message("BYE", call, ""));
    }
    for (first, second) in [
        (0, 0),
        (1, 900),
        (50, 3_200),
        (2_000, 2_500),
        (3_100, 6_700),
    ] {
        for shift in (0..bytes.len() - second).step_by(97) {
            let mut side = server()
                .with(|settings| settings.protocol = Protocol::Tcp)
                .side();
            let port = PortKey(9);
            side.player.handle_accepted(port);
            let (first, second) = (first + shift, second + shift);
            for piece in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                side.stream(port, piece);
            }
            assert_eq!(side.tally(), "in 3, good 3", "{first}, {second}");
        }
    }
}

#[test]
fn a_server_answers_where_a_call_came_from_or_where_it_is_told() {
    let mut side = server().side();
    let other = "10.0.0.9:5099".parse().expect("an address");
    assert_eq!(
        side.peer_at(other, "INVITE").sends("200").way.to,
        Some(other)
    );
    // Later messages change nothing.
    assert_eq!(side.peer("BYE").sends("202").way.to, Some(other));
    let mut side = server()
        .with(|settings| settings.send_to = Some(PEER))
        .side();
    assert_eq!(
        side.peer_at(other, "INVITE").sends("200").way.to,
        Some(PEER)
    );
}

#[test]
fn a_call_in_its_timewait_ends_well_and_silently_with_its_connection() {
    let mut side = Script::new(&format!(
        "<recv request=\"BYE\"/>{}<timewait milliseconds=\"4000\"/>",
        send("200", "")
    ))
    .with(|settings| settings.protocol = Protocol::Tcp)
    .side();
    let port = PortKey(9);
    side.player.handle_accepted(port);
    side.stream(port, &message("BYE", "1@peer", ""));
    side.sends("200");
    side.closed(port);
    assert_eq!(side.tally(), "in 1, good 1");
    assert_eq!(side.figures().warnings, 0);
}

#[test]
fn calls_of_a_connection_that_is_closed_fail_and_the_run_goes_on() {
    let mut side = client(Protocol::Tcp, Sockets::Shared).side();
    side.begin().begin();
    let call = side.sends("OPTIONS").text();
    side.peer_by(MAIN, "200|CSeq: 5 OPTIONS");
    assert!(call.contains("SIP/2.0/TCP"), "{call}");
    side.closed(MAIN);
    assert_eq!(side.tally(), "out 2, failed 2, TcpClosed 2");
    side.begin();
    assert_eq!(side.tally(), "out 3, failed 3, TcpConnect 1, TcpClosed 2");
}

#[test]
fn a_lost_connection_is_made_again_as_often_as_it_may() {
    let mut side = client(Protocol::Tcp, Sockets::Shared)
        .with(|settings| settings.reconnect.max = Some(1))
        .side();
    side.closed(MAIN).pass_ms(1_000).begin();
    assert_eq!(side.tally(), "out 1, open 1");
    assert_eq!(side.world.opened[0].1.remote, Some(PEER));
    assert_eq!(side.sent_names(), "");
    side.connected(FIRST);
    assert_eq!(side.sends("OPTIONS").way.port, FIRST);
    side.peer_by(FIRST, "200|CSeq: 5 OPTIONS").closed(FIRST);
    side.pass_ms(2_000).begin();
    assert_eq!(side.tally(), "out 2, failed 2, TcpConnect 1, TcpClosed 1");
}

#[test]
fn each_call_has_its_own_socket() {
    for protocol in [Protocol::Udp, Protocol::Tcp] {
        let mut side = client(protocol, Sockets::PerCall).side();
        side.begin().begin();
        if protocol == Protocol::Tcp {
            assert_eq!(side.sent_names(), "");
            side.connected(FIRST).connected(SECOND);
        }
        for port in [FIRST, SECOND] {
            let sent = side.sends("OPTIONS");
            assert_eq!(sent.way.port, port);
            let expected = format!("Via: SIP/2.0/{} 10.0.0.1:{};", protocol.name(), port.0);
            assert!(sent.text().contains(&expected), "{}", sent.text());
        }
        for cseq in ["5 OPTIONS", "5 INFO"] {
            let text = format!("200|CSeq: {cseq}");
            if protocol == Protocol::Tcp {
                side.peer_by(SECOND, &text);
            } else {
                side.peer(&text);
            }
        }
        assert_eq!(side.world.closed, [SECOND]);
        assert_eq!(side.tally(), "out 2, open 1, good 1");
    }
}

#[test]
fn sockets_that_are_there_are_shared_when_there_may_be_no_more() {
    let mut side = client(Protocol::Udp, Sockets::PerCall).side();
    side.world.room = 2;
    for _ in 0..4 {
        side.begin();
    }
    let ports: Vec<_> = std::iter::from_fn(|| side.next_sent())
        .map(|sent| sent.way.port)
        .collect();
    assert_eq!(ports[..2], [FIRST, SECOND]);
    assert!(ports[2] != ports[3] && ports[2..].iter().all(|port| ports[..2].contains(port)));
    for call in 1..=4 {
        for cseq in ["5 OPTIONS", "5 INFO"] {
            side.peer(&format!("200|CSeq: {cseq}|Call-ID: {call}-77@10.0.0.1"));
        }
    }
    side.world.closed.sort_unstable();
    assert_eq!(side.world.closed, [FIRST, SECOND]);
    assert_eq!(side.figures().successful, 4);
}

#[test]
fn a_call_without_socket_fails_alone() {
    let mut side = client(Protocol::Udp, Sockets::PerCall).side();
    side.world.room = 0;
    side.begin();
    assert_eq!(side.tally(), "out 1, failed 1, OutboundCongestion 1");
    let mut side = client(Protocol::Tcp, Sockets::PerCall).side();
    side.begin().closed(FIRST);
    assert_eq!(side.tally(), "out 1, failed 1, TcpConnect 1");
}

#[test]
fn calls_of_one_source_address_share_its_socket() {
    let mut side = client(Protocol::Udp, Sockets::PerAddress)
        .injects("SEQUENTIAL\n10.0.0.7\n10.0.0.8\n")
        .side();
    for _ in 0..3 {
        side.begin();
    }
    let ports: Vec<_> = std::iter::from_fn(|| side.next_sent())
        .map(|sent| sent.way.port)
        .collect();
    assert_eq!(ports, [FIRST, SECOND, FIRST]);
    let locals: Vec<_> = side
        .world
        .opened
        .iter()
        .map(|(_, request)| request.local.map(|local| local.to_string()))
        .collect();
    assert_eq!(locals, [Some("10.0.0.7".into()), Some("10.0.0.8".into())]);
}

#[test]
fn sending_waits_no_longer_than_it_may() {
    for (attributes, run, ms) in [("timeout=\"50\"", None, 50), ("", Some(80), 80)] {
        let script = Script::new(&send("OPTIONS", attributes)).with(|settings| {
            settings.protocol = Protocol::Tcp;
            settings.sockets = Sockets::PerCall;
            settings.send_timeout_ns = run.map(|ms: u64| ms * MS);
        });
        let mut side = script.side();
        side.begin().pass_ms(ms - 1);
        assert_eq!(side.figures().failed, 0);
        side.pass_ms(2);
        assert_eq!(side.tally(), "out 1, failed 1, TimeoutOnSend 1");

        let later = format!("<pause milliseconds=\"1\"/>{}", send("OPTIONS", attributes));
        let mut side = Script::new(&later)
            .with(|settings| {
                settings.protocol = Protocol::Tcp;
                settings.send_timeout_ns = run.map(|ms: u64| ms * MS);
            })
            .side();
        side.begin();
        side.world.takes = false;
        side.pass_ms(ms - 10);
        assert_eq!(
            (side.figures().failed, side.sent_names()),
            (0, String::new())
        );
        side.pass_ms(13);
        assert_eq!(side.figures().failures.of(Failure::TimeoutOnSend), 1);
    }
}

#[test]
fn a_connection_that_takes_nothing_takes_it_later() {
    let later = format!("<pause milliseconds=\"1\"/>{}", send("OPTIONS", ""));
    let mut side = Script::new(&later)
        .with(|settings| settings.protocol = Protocol::Tcp)
        .side();
    side.begin();
    side.world.takes = false;
    side.pass_ms(100);
    assert_eq!(side.sent_names(), "");
    side.world.takes = true;
    side.pass_ms(10);
    assert_eq!(side.sent_names(), "OPTIONS");
}

#[test]
fn no_call_begins_while_the_connection_of_all_takes_nothing() {
    let mut side = client(Protocol::Tcp, Sockets::Shared)
        .with(|settings| {
            settings.pacing.calls_per_s = 100.0;
            settings.calls_wanted = Some(5);
        })
        .side();
    side.world.takes = false;
    side.pass_ms(900);
    assert_eq!((side.figures().outgoing, side.figures().warnings), (0, 0));
    side.pass_ms(300);
    assert_eq!((side.figures().outgoing, side.figures().warnings), (0, 1));
    side.world.takes = true;
    side.pass_ms(100);
    assert_eq!((side.figures().outgoing, side.figures().warnings), (5, 1));
}

#[test]
fn setdest_sends_the_rest_elsewhere() {
    let elements = |protocol: &str| {
        format!(
            "{}<nop><action><setdest host=\"10.0.0.5\" port=\"5099\" protocol=\"{protocol}\"/></action></nop>{}",
            send("OPTIONS", ""),
            send("INFO", "")
        )
    };
    let mut side = Script::new(&elements("udp")).side();
    side.begin().sends("OPTIONS");
    let there = "10.0.0.5:5099".parse().ok();
    assert_eq!(side.sends("INFO").way.to, there);

    let mut side = Script::new(&elements("tcp"))
        .with(|settings| {
            settings.protocol = Protocol::Tcp;
            settings.sockets = Sockets::PerCall;
        })
        .side();
    side.begin().connected(FIRST).sends("OPTIONS");
    assert_eq!(side.world.closed, [FIRST]);
    assert_eq!(side.world.opened[1].1.remote, there);
    side.connected(SECOND).sends("INFO");
    assert_eq!(side.tally(), "out 1, good 1");

    let mut side = Script::new(&elements("tcp")).side();
    side.begin();
    assert!(side.player.fatal().is_some());
}

#[test]
fn many_calls_leave_a_connection_in_any_order() {
    let mut side: Side = server()
        .with(|settings| settings.protocol = Protocol::Tcp)
        .side();
    let port = PortKey(9);
    side.player.handle_accepted(port);
    for call in 0..20 {
        side.stream(port, &message("INVITE", &format!("{call}@peer"), ""));
    }
    for call in [3, 0, 19, 7, 8, 9, 18] {
        side.stream(port, &message("BYE", &format!("{call}@peer"), ""));
    }
    assert_eq!(side.tally(), "in 20, open 13, good 7");
    side.closed(port);
    assert_eq!(side.tally(), "in 20, good 7, failed 13, TcpClosed 13");
}

#[test]
fn messages_go_by_rfc3261_if_that_is_wanted() {
    let elements = format!(
        "<recv request=\"INVITE\" rrs=\"true\"/>{}<recv request=\"ACK\"/>{}",
        send("200", ""),
        send("BYE", "")
    );
    for (by_rfc, answer, request) in [
        (false, "10.0.0.2:5060", "10.0.0.2:5060"),
        (true, "10.0.0.2:5099", "10.0.0.6:5066"),
    ] {
        let mut side = Script::new(&elements)
            .with(|settings| settings.strictness.routes_by_rfc = by_rfc)
            .side();
        let via = "Via: SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bK-p";
        let to = side
            .peer(&format!(
                "INVITE|{via}|Contact: <sip:b@10.0.0.5>|Record-Route: <sip:10.0.0.6:5066;lr>"
            ))
            .sends("200")
            .way
            .to;
        assert_eq!(to.map(|to| to.to_string()).as_deref(), Some(answer));
        let to = side.peer(&format!("ACK|{via}")).sends("BYE").way.to;
        assert_eq!(to.map(|to| to.to_string()).as_deref(), Some(request));
    }
}
