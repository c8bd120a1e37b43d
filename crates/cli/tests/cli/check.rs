//! `gannet check`.

use crate::bench::{Bench, feature};

#[test]
fn features_configurations_and_profiles_are_checked_together() {
    let bench = Bench::new()
        .with("good.feature", &feature(&["fail"]))
        .with("bad.feature", &feature(&["Alice cals Bob"]))
        .with("gannet.toml", "[timeouts]\nmedia = \"10 s\"\n")
        .with("etc/gannet.toml", "[timeots]\n")
        .with("Mine.toml", "inherits = \"generic\"\n");
    bench
        .run("check good.feature gannet.toml Mine.toml")
        .expect(0, &["nothing found"]);
    let run = bench.run("check bad.feature etc/gannet.toml");
    run.expect(
        2,
        &[
            "bad.feature:3:7",
            "etc/gannet.toml:1:2",
            "  timeouts",
            "2 errors",
        ],
    );
}

#[test]
fn deviations_of_a_message_are_shown_with_their_section() {
    let message = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
                   From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
                   Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    let bench = Bench::new()
        .with("bad.sip", message)
        .with("good.txt", &message.replace("1 INVITE", "1 OPTIONS"))
        .with("notes.txt", "nothing of this kind");
    bench
        .run("check bad.sip")
        .expect(2, &["bad.sip:6:", "RFC 3261"]);
    bench.run("check good.txt").expect(0, &["nothing found"]);
    bench
        .run("check notes.txt")
        .expect(2, &["is nothing that can be checked"]);
}
