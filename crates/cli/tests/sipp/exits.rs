//! Exit codes (SIPP.md 1.23).

use std::collections::HashSet;
use std::net::UdpSocket;

use nix::sys::signal::Signal;

use crate::harness::{Ended, Folder, LIMIT, free_port};

const STOPS: &str = r#"<scenario name="s"><send><![CDATA[
OPTIONS sip:a@[remote_ip] SIP/2.0
Call-ID: [call_id]
Content-Length: 0

]]></send><nop><action><exec int_cmd="stop_now"/></action></nop><recv response="200"/></scenario>"#;

#[test]
fn what_keeps_a_run_from_beginning_has_its_code_and_is_named() {
    let taken = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let cases = [
        ("-v", 99, "SIPp 3.7.7"),
        ("-h", 99, "-trace_stat"),
        ("-help exit", 99, "Exit codes"),
        ("", 99, "usage:"),
        ("-sd uas", 99, "<scenario name="),
        ("-sd uax", 1, "did you mean uac?"),
        (
            "-sn uax 127.0.0.1",
            1,
            "there is no built-in scenario \"uax\"",
        ),
        (
            "-sf nowhere.xml 127.0.0.1",
            1,
            "scenario nowhere.xml cannot be read",
        ),
        (
            "-sn uac -inf nowhere.csv 127.0.0.1",
            1,
            "injection file nowhere.csv",
        ),
        (
            "-sn uac -sf a.xml 127.0.0.1",
            1,
            "a scenario is named already",
        ),
        ("-trace_mgs", 1, "did you mean -trace_msg?"),
        ("-trace_mgs -r abc -sn uax", 1, "3 errors; nothing was sent"),
        ("-plugin x.so", 1, "-plugin is not supported by gannet"),
        ("-sn uac", 255, "name the host to call"),
        (
            "-sn uac nobody.invalid",
            255,
            "\"nobody.invalid\" has no address",
        ),
        (
            "-sn uac -t t1 127.0.0.1:9",
            255,
            "no connection to 127.0.0.1:9",
        ),
        (
            "-sn uas -i 203.0.113.7",
            255,
            "no interface of this machine",
        ),
        (
            "-sn 3pcc-C-A -3pcc 127.0.0.1:9 127.0.0.1",
            255,
            "no connection to the twin",
        ),
        ("-sn 3pcc-C-A 127.0.0.1", 1, "-3pcc"),
        ("-sn uac_pcap 127.0.0.1 -m 0 -l", 1, "-l needs CALLS"),
    ];
    let folder = Folder::new();
    for (arguments, code, text) in cases {
        folder.run("run", arguments).wait().expect(code, &[text]);
    }
    let arguments = format!("-sn uas -p {port}");
    let text = format!("udp 0.0.0.0:{port}: address already in use");
    folder.run("run", &arguments).wait().expect(254, &[&text]);
}

#[test]
fn a_run_that_its_time_ends() {
    let folder = Folder::new();
    let nobody = format!("127.0.0.1:{}", free_port());
    folder
        .run("idle", "-sn uas -i 127.0.0.1 -timeout 200ms")
        .wait()
        .expect(97, &[]);
    let arguments = format!("-sn uac -m 1 -timeout 200ms -timeout_error {nobody}");
    folder
        .run("error", &arguments)
        .wait()
        .expect(255, &["-timeout"]);
}

#[test]
fn a_failed_call_is_told() {
    let folder = Folder::new();
    let nobody = format!("127.0.0.1:{}", free_port());
    let arguments = format!("-sn uac -m 1 -recv_timeout 100 -nr {nobody}");
    let ended = folder.run("caller", &arguments).wait();
    ended.expect(1, &["Failed call"]);
    assert_eq!(ended.figure("Failed call"), 1);
}

#[test]
fn the_scenario_ends_the_run() {
    let folder = Folder::new().with("stops.xml", STOPS);
    let nobody = format!("127.0.0.1:{}", free_port());
    let arguments = format!("-sf stops.xml -m 5 {nobody}");
    folder.run("stops", &arguments).wait().expect(97, &[]);
}

#[test]
fn signals_end_a_run() {
    let folder = Folder::new();
    for (signal, code) in [
        (Signal::SIGUSR1, 0),
        (Signal::SIGTERM, 0),
        (Signal::SIGINT, 0),
    ] {
        let port = free_port();
        let arguments = format!("-sn uas -i 127.0.0.1 -p {port}");
        let mut idle = folder.run("idle", &arguments).listening(port);
        idle.signal(signal);
        idle.wait().expect(code, &["Test Terminated"]);
    }
}

/// Calls nobody who answers, and ends by a signal when all calls are open.
fn ended_with_open_calls(folder: &Folder, more: &str) -> Ended {
    let silent = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    silent.set_read_timeout(Some(LIMIT)).unwrap();
    let at = silent.local_addr().unwrap();
    let arguments =
        format!("-sn uac -i 127.0.0.1 -r 100 -m 2 -trace_stat -stf cut.csv {more} {at}");
    let mut caller = folder.run("cut", &arguments);
    let mut names = HashSet::new();
    let mut octets = [0; 4096];
    while names.len() < 2 {
        let (length, _) = silent.recv_from(&mut octets).expect("an INVITE");
        let text = String::from_utf8_lossy(&octets[..length]).into_owned();
        let name = text.lines().find(|line| line.starts_with("Call-ID:"));
        names.insert(name.expect("a Call-ID").to_owned());
    }
    caller.signal(Signal::SIGTERM);
    caller.wait()
}

/// A figure of the last line of the statistics.
fn last_figure(folder: &Folder, name: &str) -> String {
    let text = folder.read("cut.csv");
    let mut lines = text.lines();
    let mut names = lines.next().expect("a header").split(';');
    let column = names.position(|column| column == name).expect("a column");
    let last = lines.next_back().expect("a line");
    last.split(';').nth(column).expect("a value").to_owned()
}

#[test]
fn calls_that_sigterm_cuts_off_have_not_failed() {
    let folder = Folder::new();
    ended_with_open_calls(&folder, "").expect(0, &["Test Terminated"]);
    let columns = ["FailedCall(C)", "SuccessfulCall(C)", "CurrentCall"];
    let found = columns.map(|name| last_figure(&folder, name));
    assert_eq!(found, ["0", "0", "2"]);
    // Whoever wants a verdict on the whole run gets one.
    ended_with_open_calls(&folder, "-strict_exit").expect(1, &[]);
}

#[test]
fn a_strict_run_must_reach_its_number_of_calls() {
    let folder = Folder::new();
    let at = free_port();
    let mut callee = folder
        .run("callee", &format!("-sn uas -i 127.0.0.1 -p {at}"))
        .listening(at);
    let caller = format!("-sn uac -i 127.0.0.1 -r 20 -m 100000 -timeout 500ms 127.0.0.1:{at}");
    folder.run("lax", &caller).wait().expect(0, &[]);
    let strict = format!("{caller} -strict_exit");
    folder.run("strict", &strict).wait().expect(1, &[]);
    callee.signal(Signal::SIGTERM);
    callee.wait();
}
