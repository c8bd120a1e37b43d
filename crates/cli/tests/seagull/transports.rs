//! Sockets of all kinds: TCP, connections of each call, IPv6, sources, connections made again.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::harness::{CALLEE, CALLER, Conf, Folder, Peer, Player, caller_with, free_port, until};

/// Plays ten calls between `client` and `server`; all end well.
#[track_caller]
fn ten_calls(client: Conf, server: Conf, scenario: &str) {
    let folder = Folder::new()
        .with("client", &client.calls(10, 200), scenario)
        .with("server", &server.calls(10, 0).statistics("server"), CALLEE);
    let mut server = folder.run("server", "").ready();
    let mut client = folder.run("client", "");
    client.wait().expect(0, &["10 successful, 0 failed"]);
    server.wait().expect(0, &["10 successful, 0 failed"]);
}

#[test]
fn calls_over_one_tcp_connection() {
    let port = free_port();
    ten_calls(Conf::client(port).tcp(), Conf::server(port).tcp(), CALLER);
}

#[test]
fn calls_over_ipv6() {
    for tcp in [false, true] {
        let port = free_port();
        let client = Conf::of(&format!("mode=client;dest=[::1]:{port}"));
        let server = Conf::of(&format!("mode=server;source=[::1]:{port}"));
        if tcp {
            ten_calls(client.tcp(), server.tcp(), CALLER);
        } else {
            ten_calls(client, server, CALLER);
        }
    }
}

#[test]
fn calls_to_a_name() {
    let port = free_port();
    // Whatever family the name has first.
    let client = Conf::of(&format!("mode=client;dest=localhost:{port}"));
    let server = Conf::of(&format!("mode=server;source=localhost:{port}"));
    ten_calls(client, server, CALLER);
}

#[test]
fn each_call_has_a_connection_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = Folder::new().with("a", &local(port).calls(3, 100), &opening());
    let mut client = folder.run("a", "");
    for _ in 0..3 {
        let (mut connection, _) = listener.accept().unwrap();
        let mut bytes = [0; 2048];
        for (request, statuses) in [
            ("INVITE ", vec!["180 Ringing", "200 OK"]),
            ("ACK ", vec![]),
            ("BYE ", vec!["200 OK"]),
        ] {
            let mut text = String::new();
            while !text.contains(request) || !text.ends_with("\r\n\r\n") {
                let length = connection.read(&mut bytes).unwrap();
                assert_ne!(length, 0, "closed after {text}");
                text.push_str(&String::from_utf8_lossy(&bytes[..length]));
                if request == "ACK " && text.contains("BYE ") {
                    break;
                }
            }
            let line = text
                .lines()
                .find(|line| line.starts_with("Call-ID:"))
                .unwrap();
            let statuses = if text.contains("BYE ") {
                vec!["200 OK"]
            } else {
                statuses
            };
            for status in statuses {
                let answer = format!("SIP/2.0 {status}\r\n{line}\r\ncontent-length: 0\r\n\r\n");
                connection.write_all(answer.as_bytes()).unwrap();
            }
            if text.contains("BYE ") {
                break;
            }
        }
        // The call closes what it opened.
        assert_eq!(connection.read(&mut bytes).unwrap(), 0);
    }
    client.wait().expect(0, &["3 successful, 0 failed"]);
}

/// A client whose channel is opened by each call.
fn local(port: u16) -> Conf {
    let args = format!("global=\"no\" open-args=\"mode=client;dest=127.0.0.1:{port}\"");
    // Closed with an orderly end, which a peer sees as such.
    Conf::client(port).channel("one", &args).linger("off").tcp()
}

/// [`CALLER`] that opens its channel before its INVITE and closes it at the end.
fn opening() -> String {
    let text = caller_with("BEFORE", "<open args=\"\"></open>");
    let end = "Call-ID: 1]]></message></receive>\n</traffic>";
    assert!(text.contains(end));
    text.replace(
        end,
        "Call-ID: 1]]></message><action><close></close></action></receive>\n</traffic>",
    )
}

#[test]
fn connections_of_calls_work_with_a_server_of_seagull() {
    let port = free_port();
    ten_calls(local(port), Conf::server(port).tcp(), &opening());
}

#[test]
fn a_call_whose_connection_is_refused_fails_alone() {
    let port = free_port();
    let folder = Folder::new().with("a", &local(port).calls(2, 100), &opening());
    let ended = folder.run("a", "").wait();
    ended.expect(1, &["0 successful, 2 failed"]);
    let log = folder.log("a");
    assert!(log.contains("channel \"one\" has no connection"), "{log}");
}

#[test]
fn a_server_that_refuses_the_connection_at_the_beginning_is_told() {
    let port = free_port();
    let folder = Folder::new().with("a", &Conf::client(port).tcp().calls(2, 100), CALLER);
    let peer = format!("127.0.0.1:{port}");
    folder.run("a", "").wait().expect(
        255,
        &["channel \"one\": no connection to", &peer, "refused"],
    );
}

#[test]
fn the_source_of_a_udp_client_is_where_it_sends_from() {
    let (peer, source) = (Peer::at(0), free_port());
    let conf = Conf::of(&format!(
        "mode=client;source=127.0.0.1:{source};dest=127.0.0.1:{}",
        peer.port()
    ));
    let folder = Folder::new().with("a", &conf.calls(1, 100), CALLER);
    let _client = folder.run("a", "");
    assert_eq!(peer.receive().1.port(), source);
}

/// A server on TCP whose calls are taken until it is stopped.
fn server(folder: &Folder, name: &str) -> Player {
    folder.run(name, "").ready()
}

#[test]
fn a_lost_connection_is_made_again() {
    let port = free_port();
    let again = format!("reconnect=\"yes\" open-args=\"mode=client;dest=127.0.0.1:{port}\"");
    let client = Conf::client(port)
        .channel("one", &again)
        .param("call-rate", 50)
        .param("call-timeout-ms", 300)
        .param("reconnect-lag", 1)
        .tcp()
        .statistics("client");
    let folder = Folder::new().with("client", &client, CALLER).with(
        "server",
        &Conf::server(port).tcp().statistics("server"),
        CALLEE,
    );
    // It may even begin before there is a server.
    let mut client = folder.run("client", "");
    let calls = |least: u64| {
        until("calls", || {
            let calls = folder.counted("server", "TrafficSuccessfulCall(C)");
            (calls >= least).then_some(())
        });
    };
    for _ in 0..2 {
        let mut server = server(&folder, "server");
        calls(5);
        server.signal(nix::sys::signal::Signal::SIGKILL);
        server.wait();
    }
    client.stop();
    client.wait();
    let log = folder.log("client");
    assert!(log.contains("|E|channel \"one\": "), "{log}");
}

#[test]
fn the_standby_takes_over() {
    let (first, second) = (free_port(), free_port());
    let args = format!(
        "reconnect=\"yes\" open-args=\"mode=client;dest=127.0.0.1:{first};standby=127.0.0.1:{second}\""
    );
    let client = Conf::client(first)
        .channel("one", &args)
        .param("call-rate", 50)
        .param("call-timeout-ms", 300)
        .param("reconnect-lag", 0)
        .tcp()
        .statistics("client");
    let folder = Folder::new()
        .with("client", &client, CALLER)
        .with(
            "first",
            &Conf::server(first).tcp().statistics("first"),
            CALLEE,
        )
        .with(
            "second",
            &Conf::server(second).tcp().statistics("second"),
            CALLEE,
        );
    let mut one = server(&folder, "first");
    let mut two = server(&folder, "second");
    let mut client = folder.run("client", "").ready();
    let successful = |name: &str| folder.counted(name, "TrafficSuccessfulCall(C)");
    until("calls at the first", || {
        (successful("first") > 0).then_some(())
    });
    assert_eq!(successful("second"), 0);
    one.signal(nix::sys::signal::Signal::SIGKILL);
    one.wait();
    until("calls at the second", || {
        (successful("second") > 0).then_some(())
    });
    client.stop();
    client.wait();
    two.stop();
    two.wait().expect(0, &[]);
}
