//! Calls: how many, how fast, and what becomes of them.

use crate::process::{client_words, load, server};

#[test]
fn both_sides_end_after_the_calls_that_were_asked_for() {
    let (server, address) = server("--calls 20");
    let client = load(&client_words(&address, "--calls 20 --rate 200"));
    client.expect(
        0,
        &[
            "20 calls in",
            "20 successful, 0 failed",
            "60 messages sent, 60 received",
            "p50",
            "p99.9",
            "passed",
        ],
    );
    server
        .end()
        .expect(0, &["20 successful, 0 failed", "passed"]);
}

#[test]
fn options_go_before_the_configuration() {
    let (server, address) = server("");
    // The file says 10 calls/s and no end.
    let options = "--rate 100 --duration 1s --grace 5s --open-max 50 --seed 1 --model uniform";
    let client = load(&client_words(&address, options));
    client.expect(0, &["passed"]);
    let begun = figure(&client.out, " calls in");
    assert!((90..=110).contains(&begun), "{}", client.out);
    server.interrupt();
    server.end().expect(0, &[&format!("{begun} successful")]);
}

#[test]
fn a_rate_that_is_not_reached_is_told_with_its_reason() {
    let (server, address) = server("");
    // Each call takes more than 200 ms, so 2 at once make less than 10 calls/s.
    let client = load(&client_words(
        &address,
        "--rate 100 --duration 1500ms --open-max 2",
    ));
    client.expect(
        0,
        &[
            "wanted 100 calls/s, reached ",
            "all 2 call contexts were in use; --open-max allows more",
            "begun late for want of a call context",
        ],
    );
    server.interrupt();
    server.end().expect(0, &["passed"]);
}

#[test]
fn a_ramp_ends_at_its_rate() {
    let (server, address) = server("");
    // 0, then 20 and 40 calls/s, a second each.
    let client = load(&client_words(
        &address,
        "--rate 0 --ramp 40/2s --duration 2900ms",
    ));
    client.expect(0, &["passed"]);
    let begun = figure(&client.out, " calls in");
    assert!((40..=70).contains(&begun), "{}", client.out);
    server.interrupt();
    server.end().expect(0, &["passed"]);
}

#[test]
fn lost_calls_have_a_place_a_cause_and_an_exit_code() {
    // A socket that hears and says nothing.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let client = load(&client_words(
        &address,
        "--calls 3 --rate 100 --timeout 300ms",
    ));
    client.expect(
        1,
        &[
            "0 successful, 3 failed",
            "Traffic step 2, waiting for 180: 3 calls failed; nothing came 3 times",
            "3 × no message came in time",
            "failed: 3 calls failed",
        ],
    );
}

#[test]
fn what_came_instead_is_told() {
    let (server, address) = server("--calls 2");
    let words = format!(
        "sip.xml robust/client.conf.xml robust/client.scen.xml --source 127.0.0.1:0 \
         --dest {address} --calls 2 --rate 50"
    );
    load(&words).expect(0, &["passed"]);
    server.end().expect(0, &["passed"]);
    // The busy callee answers 486, which the basic caller does not wait for.
    let busy = crate::process::start(&crate::process::load_words(
        "sip.xml robust/server.conf.xml robust/busy.scen.xml --source 127.0.0.1:0 --timeout 500ms",
    ));
    let mut busy = busy;
    let line = busy.wait_for("listening on ");
    let address = line.split(' ').nth(2).unwrap();
    load(&client_words(address, "--calls 2 --rate 50")).expect(
        1,
        &["waiting for 180: 2 calls failed", "2 × 486 came instead"],
    );
    busy.interrupt();
    busy.end()
        .expect(1, &["waiting for ACK", "no message came in time"]);
}

#[test]
fn several_shards_share_the_calls() {
    let (server, address) = server("--calls 41");
    let client = load(&client_words(&address, "--shards 2 --calls 41 --rate 400"));
    client.expect(0, &["41 successful, 0 failed"]);
    assert_eq!(
        client.err.matches("sending from").count(),
        2,
        "{}",
        client.err
    );
    server.end().expect(0, &["41 successful, 0 failed"]);
    let words =
        "sip.xml basic/server.conf.xml basic/server.scen.xml --source 127.0.0.1:0 --shards 2";
    load(words).expect(2, &["port 0, which would be another port for each shard"]);
}

/// The number before a text.
fn figure(text: &str, after: &str) -> u64 {
    let at = text
        .find(after)
        .unwrap_or_else(|| panic!("no `{after}` in {text}"));
    let number = text[..at].rsplit(' ').next().unwrap_or_default();
    number
        .replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{number}"))
}
