//! The examples with `gannet load` and `gannet check`.

use crate::process::{Running, examples, load, load_words, start};

const CALLS: &str = "--calls 5 --rate 50";

/// Starts a side that waits, on a free port; gives its address.
fn waiting(files: &str, options: &str) -> (Running, String) {
    waiting_at(files, "127.0.0.1:0", options)
}

fn waiting_at(files: &str, source: &str, options: &str) -> (Running, String) {
    let words = format!("sip.xml {files} --source {source} --calls 5 {options}");
    let mut running = start(&load_words(&words));
    let line = running.wait_for("listening on ");
    let address = line.split(' ').nth(2).unwrap_or_default().to_owned();
    (running, address)
}

/// Both sides make five calls, and none is lost.
fn pair(server: &str, client: &str) {
    let (server, address) = waiting(server, "");
    let words = format!("sip.xml {client} --source 127.0.0.1:0 --dest {address} {CALLS}");
    load(&words).expect(0, &["5 successful, 0 failed", "passed"]);
    server
        .end()
        .expect(0, &["5 successful, 0 failed", "passed"]);
}

#[test]
fn basic() {
    pair(
        "basic/server.conf.xml basic/server.scen.xml",
        "basic/client.conf.xml basic/client.scen.xml",
    );
}

#[test]
fn params() {
    pair(
        "params/server.conf.xml params/server.scen.xml",
        "params/client.conf.xml params/client.scen.xml",
    );
}

#[test]
fn data() {
    pair(
        "basic/server.conf.xml basic/server.scen.xml",
        "data/client.conf.xml data/client.scen.xml",
    );
}

#[test]
fn tcp() {
    let (server, address) = waiting("tcp/server.conf.xml tcp/server.scen.xml", "");
    let words = format!("sip.xml tcp/client.conf.xml tcp/client.scen.xml --dest {address} {CALLS}");
    load(&words).expect(0, &["5 successful, 0 failed", "passed"]);
    server
        .end()
        .expect(0, &["5 successful, 0 failed", "passed"]);
}

#[test]
#[expect(clippy::print_stderr, reason = "says that nothing was tested")]
fn ipv6() {
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        eprintln!("skipped: no IPv6 here");
        return;
    }
    let files = "ipv6/server.conf.xml ipv6/server.scen.xml";
    let (server, address) = waiting_at(files, "[::1]:0", "");
    let words = format!(
        "sip.xml ipv6/client.conf.xml ipv6/client.scen.xml --source [::1]:0 --dest {address} {CALLS}"
    );
    load(&words).expect(0, &["5 successful, 0 failed", "passed"]);
    server
        .end()
        .expect(0, &["5 successful, 0 failed", "passed"]);
}

#[test]
fn aka_in_both_forms_and_not_mixed() {
    let server = |form: &str| format!("aka/server{form}.conf.xml aka/server.scen.xml");
    let client = |form: &str| format!("aka/client{form}.conf.xml aka/client.scen.xml");
    pair(&server(""), &client(""));
    pair(&server("-rfc3310"), &client("-rfc3310"));
    let (challenger, address) = waiting(&server("-rfc3310"), "");
    let client = client("");
    let options = "--calls 5 --rate 50 --timeout 300ms";
    load(&format!(
        "sip.xml {client} --source 127.0.0.1:0 --dest {address} {options}"
    ))
    .expect(1, &["waiting for 200: 5 calls failed"]);
    challenger.end().expect(
        1,
        &[
            "field \"authorization-response\" is",
            "97895cc8aebde081e5247c8248f865ab",
        ],
    );
}

#[test]
fn correlation_of_three_processes() {
    let (callee, address) = waiting("basic/server.conf.xml basic/server.scen.xml", "");
    let words = format!(
        "sip.xml correlation/middle.conf.xml correlation/middle.scen.xml --source in=127.0.0.1:0 \
         --source out=127.0.0.1:0 --dest out={address} --calls 5"
    );
    let mut middle = start(&load_words(&words));
    let line = middle.wait_for("listening on ");
    let address = line.split(' ').nth(2).unwrap();
    let words = format!(
        "sip.xml correlation/caller.conf.xml correlation/caller.scen.xml --source 127.0.0.1:0 \
         --dest {address} {CALLS}"
    );
    load(&words).expect(0, &["5 successful, 0 failed"]);
    middle.end().expect(
        0,
        &["5 successful, 0 failed", "30 messages sent, 30 received"],
    );
    callee.end().expect(0, &["5 successful, 0 failed"]);
}

#[test]
fn robust_caller_with_a_difficult_callee() {
    let (server, address) = waiting("robust/server.conf.xml robust/server.scen.xml", "");
    let words = format!(
        "sip.xml robust/client.conf.xml robust/client.scen.xml --source 127.0.0.1:0 \
         --dest {address} {CALLS} --seed 7"
    );
    load(&words).expect(
        0,
        &[
            "5 successful, 0 failed",
            "received again",
            "5 answered in the background",
            "5 provisional passed over",
        ],
    );
    server.end().expect(0, &["5 successful, 0 failed"]);
}

#[test]
fn robust_caller_with_a_busy_callee() {
    pair(
        "robust/server.conf.xml robust/busy.scen.xml",
        "robust/client.conf.xml robust/client.scen.xml",
    );
}

#[test]
fn registration_with_both_algorithms() {
    let users = examples().join("register/users.toml");
    let mut registrar = start(&[
        "pbx",
        "--users",
        users.to_str().unwrap(),
        "--bind",
        "127.0.0.1:0",
    ]);
    let address = registrar.first_line();
    let address = address.split(' ').nth(2).unwrap();
    for scenario in ["md5", "sha256"] {
        let words = format!(
            "sip.xml register/client.conf.xml register/{scenario}.scen.xml --source 127.0.0.1:0 \
             --dest {address} {CALLS}"
        );
        load(&words).expect(0, &["5 successful, 0 failed"]);
    }
    registrar.interrupt();
    registrar
        .end()
        .expect(0, &["10 registrations granted, 0 refused"]);
}

#[test]
fn all_files_are_without_fault() {
    let mut words = vec!["check".to_owned()];
    for folder in std::fs::read_dir(examples()).unwrap() {
        let path = folder.unwrap().path();
        let files = if path.is_dir() {
            std::fs::read_dir(&path)
                .unwrap()
                .map(|file| file.unwrap().path())
                .collect()
        } else {
            vec![path]
        };
        let xml = files
            .iter()
            .filter(|file| file.extension().is_some_and(|it| it == "xml"));
        words.extend(xml.map(|file| file.display().to_string()));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    start(&words)
        .end()
        .expect(0, &["arguments checked, nothing found"]);
}
