//! Calls between two runs.

use std::fmt::Write as _;
use std::net::UdpSocket;

use crate::harness::{Folder, LIMIT, answer, free_port, until};

/// A callee and a caller with these scenarios and options, 40 calls; both must say that all went well.
#[track_caller]
fn calls(callee: &str, caller: &str) {
    let folder = Folder::new();
    let (at, from) = (free_port(), free_port());
    let callee = format!("{callee} -i 127.0.0.1 -p {at} -m 40");
    let caller = format!("{caller} -i 127.0.0.1 -p {from} -m 40 -r 200 127.0.0.1:{at}");
    let mut callee = folder.run("callee", &callee).listening(at);
    folder.run("caller", &caller).wait().all_successful(40);
    callee.wait().all_successful(40);
}

#[test]
fn a_built_in_caller_calls_a_built_in_callee() {
    calls("-sn uas", "-sn uac");
}

#[test]
fn each_call_may_have_a_socket_of_its_own() {
    calls("-sn uas", "-sn uac -t un");
}

#[test]
fn calls_share_a_connection() {
    calls("-sn uas -t t1", "-sn uac -t t1");
}

#[test]
fn each_call_may_have_a_connection_of_its_own() {
    calls("-sn uas -t t1", "-sn uac -t tn");
}

#[test]
fn a_caller_looks_into_the_answer() {
    calls("-sn uas", "-sn regexp -d 100");
}

#[test]
fn both_speak_ipv6() {
    let folder = Folder::new();
    let at = free_port();
    let mut callee = folder.run("callee", &format!("-sn uas -i ::1 -p {at} -m 5"));
    let caller = format!("-sn uac -i [::1] -m 5 [::1]:{at} -trace_msg -message_file m.log");
    folder.run("caller", &caller).wait().all_successful(5);
    callee.wait().all_successful(5);
    let messages = folder.read("m.log");
    assert!(messages.contains("c=IN IP6 [::1]") || messages.contains("c=IN IP6 ::1"));
    assert!(messages.contains(&format!("INVITE sip:service@[::1]:{at} SIP/2.0")));
}

#[test]
fn users_keep_as_many_calls_open() {
    let folder = Folder::new();
    let at = free_port();
    let mut callee = folder
        .run("callee", &format!("-sn uas -i 127.0.0.1 -p {at} -m 30"))
        .listening(at);
    let caller = format!("-sn uac -i 127.0.0.1 -users 5 -m 30 -d 50 127.0.0.1:{at} -trace_stat");
    let mut ended = folder.run("caller", &caller);
    ended.wait().all_successful(30);
    callee.wait().all_successful(30);
    let statistics = folder.one("uac_", "_.csv");
    let last = statistics.lines().last().unwrap();
    assert_eq!(last.split(';').nth(5), Some("5"), "TargetRate: {last}");
}

#[test]
fn a_scenario_for_calls_that_come_stands_beside_one_that_makes_calls() {
    let folder = Folder::new();
    let (own, peer) = (free_port(), free_port());
    let run =
        |name: &str, arguments: String| folder.run(name, &format!("{arguments} -i 127.0.0.1"));
    let mut callee = run("callee", format!("-sn uas -p {peer} -m 20")).listening(peer);
    let both = format!("-sn uac -rxsn uas -p {own} -m 20 -r 10 127.0.0.1:{peer}");
    let mut both = run("both", both).listening(own);
    let caller = format!("-sn uac -m 5 -r 1000 127.0.0.1:{own}");
    run("caller", caller).wait().all_successful(5);
    both.wait().all_successful(20);
    callee.wait().all_successful(20);
}

/// A message from somewhere, and the first line of the answer.
fn answer_to(at: u16, method: &str) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let own = socket.local_addr().unwrap();
    let message = format!(
        "{method} sip:a@127.0.0.1:{at} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK1\r\n\
         From: <sip:b@{own}>;tag=1\r\nTo: <sip:a@127.0.0.1:{at}>\r\nCall-ID: {method}@{own}\r\n\
         CSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
    );
    socket
        .send_to(message.as_bytes(), ("127.0.0.1", at))
        .unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    let mut bytes = [0; 2_000];
    let length = socket.recv(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn requests_of_no_call_are_answered_where_that_is_wanted() {
    let refuses = format!(
        "<scenario name=\"o\"><recv request=\".*\" regexp_match=\"true\"/>{}</scenario>",
        answer("603 Decline")
    );
    let folder = Folder::new().with("ooc.xml", &refuses).with(
        "holds.xml",
        &pauses().replace("<nop>", "<pause milliseconds=\"60000\"/><nop>"),
    );
    for (options, method, expected) in [
        ("-aa", "NOTIFY", "SIP/2.0 200 OK"),
        ("-aa", "OPTIONS", "SIP/2.0 200 OK"),
        ("-oocsf ooc.xml", "MESSAGE", "SIP/2.0 603 Decline"),
        ("-aa -oocsf ooc.xml", "INFO", "SIP/2.0 603 Decline"),
    ] {
        let (own, peer) = (free_port(), free_port());
        let arguments =
            format!("-sf holds.xml -r 1 -i 127.0.0.1 -p {own} {options} 127.0.0.1:{peer}");
        let run = folder.run("holds", &arguments).listening(own);
        assert_eq!(answer_to(own, method), expected, "{options} {method}");
        drop(run);
    }
}

#[test]
fn times_of_a_call_repeat_with_a_seed() {
    let folder = Folder::new().with("pauses.xml", &pauses());
    let lengths = |name: &str| {
        let arguments =
            format!("-sf pauses.xml -m 5 -r 1000 -seed 7 127.0.0.1:9 -trace_logs -log_file {name}");
        folder.run("pauses", &arguments).wait().expect(0, &[]);
        folder.read(name)
    };
    let first = lengths("first.log");
    assert_eq!(first.lines().count(), 5);
    assert_eq!(first, lengths("second.log"));
}

fn pauses() -> String {
    let mut text = String::from("<scenario name=\"draws\"><send><![CDATA[\n");
    let _ = write!(
        text,
        "OPTIONS sip:a@[remote_ip] SIP/2.0\nCall-ID: [call_id]\nContent-Length: 0\n\n]]></send>\
         <nop><action><sample assign_to=\"x\" distribution=\"uniform\" min=\"0\" max=\"1\"/>\
         <log message=\"[$x]\"/></action></nop></scenario>"
    );
    text
}

#[test]
fn one_connection_for_all_calls_comes_from_the_own_port() {
    let folder = Folder::new();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let (at, own) = (listener.local_addr().unwrap(), free_port());
    let arguments = format!("-sn uac -t t1 -i 127.0.0.1 -p {own} -m 1 {at}");
    let mut caller = folder.run("caller", &arguments);
    let (stream, from) = until("a connection", || listener.accept().ok());
    assert_eq!(from, ([127, 0, 0, 1], own).into());
    // Its only call is lost with it.
    drop((stream, listener));
    caller.wait().expect(1, &[]);
}
