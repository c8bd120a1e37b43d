//! What the machine or the network refuses: exit code 3, what and where and what to do.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use crate::bench::{Bench, feature};

#[test]
fn a_port_in_use_is_named_with_its_holder() {
    let holder = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    Bench::new().run(&format!("pbx --bind {address}")).expect(
        3,
        &[
            "cannot start the embedded server",
            &format!("cannot listen on udp {address}: address already in use"),
            "choose another port",
        ],
    );
}

#[test]
fn an_address_of_another_machine_cannot_be_used() {
    let bench = Bench::new().with("f.feature", &feature(&["Alice registers"]));
    let run = bench.run("test f.feature --bind 192.0.2.1");
    run.expect(3, &["no interface of this machine has that address"]);
}

#[test]
fn a_server_that_does_not_answer_is_given_up_in_time() {
    // It takes everything and answers nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let bench = Bench::new()
        .with("f.feature", &feature(&["Alice registers"]))
        .with("gannet.toml", "[timeouts]\nsignalling = \"400 ms\"\n");
    let began = Instant::now();
    let server = format!("test f.feature --server sip:{address} --user Alice=a:b");
    bench.run(&server).expect(
        3,
        &[
            &format!("no answer from server {address} at {address} over UDP after 0.4 s"),
            "is it running?",
        ],
    );
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_closed_port_is_noticed_at_once() {
    let free = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let bench = Bench::new().with("f.feature", &feature(&["Alice registers"]));
    for transport in ["udp", "tcp"] {
        let server = format!("sip:{free};transport={transport}");
        let run = bench.run_words(&[
            "test",
            "f.feature",
            "--server",
            &server,
            "--user",
            "Alice=a:b",
        ]);
        run.expect(3, &["no answer from server", "could not be delivered"]);
    }
}

#[test]
fn a_name_that_nobody_knows_is_told() {
    let bench = Bench::new().with("f.feature", &feature(&["Alice registers"]));
    let run = bench.run("test f.feature --server sip:nobody.invalid --user Alice=a:b");
    run.expect(3, &["cannot find the address of `nobody.invalid`"]);
}

#[test]
fn results_that_cannot_be_written_are_told_before_the_run() {
    let bench = Bench::new()
        .with("f.feature", &feature(&["fail"]))
        .with("file", "");
    let run = bench.run("test f.feature --out file/out");
    run.expect(3, &["cannot write to `file/out`"]);
    assert!(!run.out.contains("Feature"), "{}", run.out);
}
