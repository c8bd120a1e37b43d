//! How a run ends, and what is known of it then.

use crate::process::{
    client_words, control_address, load, load_words, server, start, wait_for_calls,
};

#[test]
fn the_first_interrupt_lets_open_calls_finish() {
    let (server, address) = server("");
    let control = control_address();
    let options = format!("--rate 50 --control {control}");
    let mut client = start(&load_words(&client_words(&address, &options)));
    client.wait_for("sending from");
    // No call takes less than 200 ms.
    wait_for_calls(control);
    client.interrupt();
    client.wait_for("no more calls; waits for");
    let client = client.end();
    client.expect(0, &["0 failed", "passed"]);
    assert!(!client.out.contains("still open"), "{}", client.out);
    server.interrupt();
    server.end().expect(0, &["0 failed", "passed"]);
}

#[test]
fn the_second_interrupt_ends_now_and_still_tells_everything() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut client = start(&load_words(&client_words(&address, "--calls 5 --rate 100")));
    client.wait_for("no more calls; waits for 5 open");
    client.interrupt();
    client.interrupt();
    client.end().expect(
        1,
        &[
            "5 still open",
            "failed: 5 calls still open when the run was ended",
        ],
    );
}

#[test]
fn calls_that_outlive_the_grace_are_lost() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let client = load(&client_words(
        &address,
        "--rate 20 --duration 200ms --grace 300ms",
    ));
    client.expect(1, &["still open when the run was ended"]);
}

#[test]
fn calls_that_were_wanted_and_never_begun_are_a_failure() {
    let (server, address) = server("");
    let mut client = start(&load_words(&client_words(
        &address,
        "--calls 1000 --rate 1",
    )));
    client.wait_for("sending from");
    client.interrupt();
    client
        .end()
        .expect(1, &["calls not begun before the run was stopped"]);
    server.interrupt();
    // Its one call may or may not have come.
    assert!(matches!(server.end().code, Some(0 | 1 | 4)));
}

#[test]
fn a_run_without_calls_is_no_success() {
    let (server, _) = server("");
    server.interrupt();
    server
        .end()
        .expect(4, &["0 calls in", "failed: no call was made"]);
}
