//! DTMF keys to and from programs that nobody here wrote: telephone-events and INFO.

use std::time::Duration;

use crate::harness::{Baresip, FeatureRun, Ports, Program, Server, ServerKind, Site};

const FOREIGN_TONE_HZ: u16 = 880;
const RUN_LIMIT: Duration = Duration::from_mins(1);
const KEY_LIMIT: Duration = Duration::from_secs(20);
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);

/// baresip tells each key that came, by RFC 4733 or by INFO (`application/dtmf-relay`), and presses some
/// itself.
#[test]
fn keys_to_and_from_baresip_both_ways() {
    let name = "keys_to_and_from_baresip_both_ways";
    let Some(site) = Site::open(name, &["baresip", "python3"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let mut phone = Baresip::start(&site, &server.account("bob"), FOREIGN_TONE_HZ, &[]);
    let text = format!(
        "Feature: F\n  Scenario: S\n\
         \x20   When Alice calls \"bob\"\n\
         \x20   Then Alice hears a {FOREIGN_TONE_HZ} Hz tone\n\
         \x20   When Alice sends DTMF \"15*#D\" by RFC 4733 with 160 ms tones\n\
         \x20   And Alice sends DTMF \"42\" by INFO with 160 ms tones\n\
         \x20   Then Alice receives DTMF \"73*\" by RFC 4733 within 25 s\n\
         \x20   When Alice hangs up\n\
         \x20   Then Alice receives 200 to BYE\n"
    );
    let feature = site.write("keys.feature", &text);
    let run = FeatureRun::of_file(&site, "keys", feature)
        .with_config(&server.gannet_toml())
        .start();
    let heard: Vec<_> = (0..7)
        .map(|_| phone.next("CALL_DTMF_START", KEY_LIMIT))
        .collect();
    assert_eq!(heard, ["1", "5", "*", "#", "D", "4", "2"]);
    for key in ["7", "3", "*"] {
        phone.press(key);
    }
    run.wait(RUN_LIMIT).assert_passed();
}

/// The keys that SIPp plays are 200 ms long; INFO comes with both kinds of bodies.
#[test]
fn keys_of_sipp_are_received_with_their_lengths() {
    let name = "keys_of_sipp_are_received_with_their_lengths";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let text = "Feature: F\n  Scenario: S\n\
                \x20   Given Alice registers\n\
                \x20   When Alice answers the call within 20 s\n\
                \x20   Then Alice receives DTMF \"19*#A\" by RFC 4733 with 200 ms tones within 15 s\n\
                \x20   And Alice receives DTMF \"5\" by INFO with 160 ms tones within 15 s\n\
                \x20   And Alice receives DTMF \"#\" by INFO\n\
                \x20   And Alice receives BYE within 20 s\n";
    let feature = site.write("keys.feature", text);
    let run = FeatureRun::of_file(&site, "keys", feature)
        .with_config(&server.gannet_toml())
        .start();
    server.wait_for_contact("alice", REGISTERED_LIMIT);
    site.write("keys.xml", include_str!("sipp/keys.xml"));
    let words = format!("-sf keys.xml -s alice -m 1 {}", server.address());
    let caller = Program::Sipp.start(&site, &Ports::free(), &words).wait();
    run.wait(RUN_LIMIT).assert_passed();
    caller.assert_all_passed(1);
}
