//! Options that Seagull has not.

use crate::harness::{CALLEE, CALLER, Conf, Folder, Peer, free_port};

/// A call in which the peer does what Seagull's manual says it cannot take: it retransmits, sends an
/// INFO, a NOTIFY and a provisional response that nobody waits for.
fn awkward_call(more: &str) -> (i32, String) {
    let peer = Peer::at(0);
    let conf = Conf::client(peer.port())
        .calls(1, 100)
        .param("call-timeout-ms", 2_000);
    let folder = Folder::new().with("a", &conf, CALLER);
    let mut client = folder.run("a", more);
    let (invite, from) = peer.receive();
    let request = |method: &str, number: u32| {
        format!(
            "{method} sip:caller@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{method}\r\n\
             From: <sip:callee@127.0.0.1>;tag=2\r\nTo: <sip:caller@127.0.0.1>;tag=1\r\n\
             Call-ID: call-1@caller\r\nCSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n"
        )
    };
    for status in ["100 Trying", "180 Ringing", "180 Ringing"] {
        peer.answer(&invite, status, from);
    }
    peer.send(request("INFO", 1), from);
    peer.send(request("NOTIFY", 2), from);
    for _ in 0..2 {
        peer.answer(&invite, "200 OK", from);
    }
    // Whoever takes all this sends ACKs, answers both requests and ends the call; whoever does not
    // fails the call, which the exit code says.
    while let Some((message, from)) = (client.is_running())
        .then(|| peer.receive_within(std::time::Duration::from_millis(500)))
        .flatten()
    {
        if message.starts_with("BYE ") {
            peer.answer(&message, "200 OK", from);
            peer.answer(&message, "200 OK", from);
        }
    }
    let ended = client.wait();
    (ended.code.unwrap(), ended.err)
}

#[test]
fn what_seagull_cannot_take_fails_the_call_unless_robust_is_asked_for() {
    let (code, err) = awkward_call("");
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("1 failed"), "{err}");
    for options in [
        "-robust",
        "-absorb-retransmissions -answer INFO,NOTIFY -skip-trying",
    ] {
        let (code, err) = awkward_call(options);
        assert_eq!(code, 0, "{options}: {err}");
        assert!(err.contains("2 answered in the background"), "{err}");
        assert!(err.contains("1 successful, 0 failed"), "{err}");
    }
}

#[test]
fn several_shards_share_the_calls() {
    let port = free_port();
    let folder = Folder::new()
        .with("client", &Conf::client(port).calls(101, 500), CALLER)
        .with("server", &Conf::server(port).statistics("server"), CALLEE);
    let mut server = folder.run("server", "-shards 2").ready();
    let ended = folder.run("client", "-shards 2").wait();
    ended.expect(0, &["101 successful, 0 failed"]);
    server.stop();
    server.wait().expect(0, &["101 successful, 0 failed"]);
}

#[test]
fn a_scenario_that_cannot_be_divided_says_why() {
    let peer = Peer::at(0);
    let source = free_port();
    let conf = Conf::of(&format!(
        "mode=client;source=127.0.0.1:{source};dest=127.0.0.1:{}",
        peer.port()
    ));
    let folder = Folder::new().with("a", &conf.calls(1, 1), CALLER);
    let why = [
        "cannot be divided among 2 shards",
        "channel \"one\" has one source port",
    ];
    folder.run("a", "-shards 2").wait().expect(255, &why);
    peer.expect_nothing();
}
