//! Session timers: sentences, the server's settings, and what is told when nobody refreshes.
//!
//! Between the refresh at half of six seconds and the end at two thirds a busy machine has a second.

use crate::bench::{Bench, feature};

#[test]
fn the_server_refreshes_each_side_as_it_was_agreed() {
    let config = "[pbx]\nsession_expires = \"6 s\"\nsession_min_se = \"2 s\"\n";
    let steps = [
        "Alice uses session timer 8 refreshed by uac",
        "Bob uses session timer 6 refreshed by uas",
        "Alice calls Bob",
        "Bob receives INVITE with header Session-Expires equal to \"6\"",
        "Bob answers the call",
        "Alice receives 200 to INVITE with header Session-Expires equal to \"6;refresher=uac\"",
        "Bob sends 200 to INVITE with header Session-Expires equal to \"6;refresher=uas\"",
        "Alice sends UPDATE within 6 seconds",
        "Bob sends UPDATE within 6 seconds",
        "Alice and Bob talk for 4 seconds",
        "the session is refreshed within 1 second",
        "Bob does not receive UPDATE within 10 ms",
    ];
    let bench = Bench::new()
        .with("gannet.toml", config)
        .with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn the_server_refreshes_by_reinvite_who_takes_no_update() {
    let config = "[pbx]\nsession_min_se = \"2 s\"\n";
    let steps = [
        "Alice uses generic phone with lists.allow \"['INVITE', 'ACK', 'BYE', 'CANCEL']\"",
        "Alice uses session timer 6 refreshed by uas",
        "Alice calls Bob",
        "Bob answers the call",
        "Bob receives ACK",
        "Alice receives 200 to INVITE with header Session-Expires equal to \"6;refresher=uas\"",
        "the session is refreshed within 6 seconds",
        "Alice receives INVITE with header Session-Expires equal to \"6;refresher=uac\"",
        "Alice hears Bob",
        "Bob hears Alice",
        "Bob does not receive INVITE within 10 ms",
    ];
    let bench = Bench::new()
        .with("gannet.toml", config)
        .with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_server_without_session_timers_says_nothing_about_them() {
    let config = "[pbx]\nsession_timers = false\n";
    let steps = [
        "Alice uses session timer 90 refreshed by uac",
        "Alice calls Bob",
        "Bob receives INVITE without header Session-Expires",
        "Bob answers the call",
        "Alice receives 200 to INVITE without header Session-Expires",
        "the session is refreshed within 100 ms",
    ];
    let bench = Bench::new()
        .with("gannet.toml", config)
        .with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(
        1,
        &["the session of Alice was not refreshed: no session timer was agreed on"],
    );
}

#[test]
fn what_is_wrong_with_a_session_timer_is_told() {
    let direct = ["Alice calls Bob directly", "Bob answers the call"];
    let early = [
        "Alice uses session timer 90 refreshed by uac",
        direct[0],
        direct[1],
        "the session is refreshed within 100 ms",
    ];
    let over = [
        "Alice uses session timer 90",
        direct[0],
        direct[1],
        "Bob hangs up",
        "the session is refreshed within 5 seconds",
    ];
    let who = ["Alice uses session timer 90 refreshed by her"];
    let none = ["Alice uses session timer 0"];
    let how = ["Alice refreshes sessions by INFO"];
    let mut bench = Bench::new();
    for (name, steps) in [
        ("early", &early[..]),
        ("over", &over),
        ("who", &who),
        ("none", &none),
        ("how", &how),
    ] {
        bench = bench.with(&format!("{name}.feature"), &feature(steps));
    }
    bench
        .run("test early.feature over.feature who.feature none.feature how.feature")
        .expect(
            1,
            &[
                "it lasts 90 s, this phone is to refresh it, and 0 refreshes came so far",
                "the session of Alice was not refreshed: the call is over",
                "a session is refreshed by uac or uas, not by \"her\"",
                "a session lasts 1 to 4294967295 seconds, not 0",
                "a session is refreshed by UPDATE or INVITE, not by INFO",
            ],
        );
}

#[test]
fn a_profile_says_what_its_device_does_about_session_timers() {
    let steps = [
        "Alice uses generic phone with session-timers.expires 100",
        "Bob uses generic phone with session-timers.support false",
        "Alice calls Bob directly",
        "Bob receives INVITE with header Session-Expires equal to \"100\"",
        "Bob answers the call",
        "Alice receives 200 to INVITE with header Supported equal to \"replaces, norefersub\"",
    ];
    let bench = Bench::new()
        .with("f.feature", &feature(&steps))
        .with(
            "listed.toml",
            "inherits = \"generic\"\n[lists]\nsupported = [\"timer\"]\n",
        )
        .with("gannet.toml", "[devices]\nfolders = [\".\"]\n")
        .with("g.feature", &feature(&["Alice uses listed phone"]));
    bench.run("test f.feature").expect(0, &["1 passed"]);
    let run = bench.run("test g.feature");
    let text = format!("{}{}", run.out, run.err);
    assert!(
        text.contains("timer is listed where session-timers.support is true"),
        "{text}"
    );
}
