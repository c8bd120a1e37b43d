//! The sentences about FreeSWITCH's event socket, against the embedded server's and against a peer
//! that misbehaves.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::bench::{Bench, feature};

#[test]
fn info_is_sent_to_the_caller() {
    let steps = [
        "connect to server \"UC\" event socket",
        "\"Bob\" expects a call",
        "\"Alice\" calls \"Bob\"",
        "\"Bob\" answers the call",
        "get channel info for current calls",
        "get SIP call info for \"Alice\"",
        "send 2 INFO to caller",
        "Alice receives INFO with header Content-Type equal to \"text/plain\"",
        "body of INFO matches /^\\d{4}-\\d\\d-\\d\\dT/",
        "Alice receives INFO within 3 seconds",
        "stop event background task",
        "\"Bob\" hangs up",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn what_goes_wrong_is_told() {
    for (steps, expected) in [
        (
            &["get channel info for current calls"][..],
            "no event socket is open",
        ),
        (
            &[
                "Alice registers",
                "connect to server \"UC\" event socket",
                "get channel info for current calls",
            ],
            "UC has no channel: no call goes through it now",
        ),
        (
            &[
                "Alice registers",
                "connect to server \"UC\" event socket",
                "send 3 INFO to caller",
            ],
            "no channel is known",
        ),
        (
            &[
                "connect to server \"UC\" event socket",
                "Alice calls Bob",
                "Bob answers the call",
                "get channel info for current calls",
                "Bob hangs up",
                "Alice is idle",
                "send 5 INFO to caller",
                "wait 500 ms",
                "stop event background task",
            ],
            "-ERR No such channel!",
        ),
    ] {
        let bench = Bench::new().with("f.feature", &feature(steps));
        bench.run("test f.feature").expect(1, &[expected]);
    }
}

#[test]
fn a_server_that_is_no_freeswitch_is_told() {
    let refusing = scripted("Content-Type: auth/request\n\n", "-ERR invalid");
    let other = scripted("SIP/2.0 400 Bad Request\r\n\r\n", "");
    let silent = scripted("", "");
    for (port, code, expected) in [
        (refusing, 3, "refused the password: -ERR invalid"),
        (
            other,
            1,
            "expected auth/request, received `SIP/2.0 400 Bad Request`",
        ),
        (silent, 1, "sent no auth/request within"),
    ] {
        let toml = format!(
            "[server.UC]\naddress = \"127.0.0.1\"\nprobe = false\nevent_socket = \"127.0.0.1:{port}\"\n"
        );
        let steps = ["connect to server \"UC\" event socket within 300 ms"];
        let bench = Bench::new()
            .with("gannet.toml", &toml)
            .with("f.feature", &feature(&steps));
        bench
            .run("test f.feature --server embedded")
            .expect(code, &[expected]);
    }
}

/// A peer that says these things, and its port.
fn scripted(greeting: &'static str, reply: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(greeting.as_bytes()).unwrap();
        answer(&mut stream, reply);
        while stream.read(&mut [0; 256]).unwrap_or(0) > 0 {}
    });
    port
}

fn answer(stream: &mut TcpStream, reply: &str) {
    let mut octets = [0; 256];
    if !reply.is_empty() && stream.read(&mut octets).unwrap_or(0) > 0 {
        let text = format!("Content-Type: command/reply\nReply-Text: {reply}\n\n");
        let _ = stream.write_all(text.as_bytes());
    }
}
