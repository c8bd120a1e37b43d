//! Calls with baresip in each codec that both have: heard both ways, with plausible figures.

use std::time::Duration;

use crate::harness::{Baresip, FeatureRun, ForeignPhone, HeardTone, Server, ServerKind, Site};

/// What baresip plays.
const FOREIGN_TONE_HZ: u16 = 880;
const RUN_LIMIT: Duration = Duration::from_mins(1);
/// How much of gannet's voice baresip hears before Alice hangs up.
const HEARS_S: f32 = 2.0;

#[test]
fn baresip_in_both_laws_of_g711() {
    call_in(
        "baresip_in_both_laws_of_g711",
        &[("PCMA", "PCMA"), ("PCMU", "PCMU")],
    );
}

#[test]
fn baresip_in_g722() {
    call_in("baresip_in_g722", &[("G722", "G722")]);
}

#[test]
fn baresip_in_opus() {
    call_in("baresip_in_opus", &[("opus", "opus/48000/2")]);
}

#[test]
fn baresip_in_l16() {
    let codecs = [("L16/16000/1", "L16/16000"), ("L16/48000/2", "L16/48000/2")];
    call_in("baresip_in_l16", &codecs);
}

/// For each codec, as baresip and as gannet calls it: Alice, who has no other, calls.
fn call_in(name: &'static str, codecs: &[(&str, &str)]) {
    let programs = [ServerKind::Embedded.programs(), &["baresip", "python3"]].concat();
    let Some(site) = Site::open(name, &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let bob = server.account("bob");
    for (index, (theirs, ours)) in codecs.iter().enumerate() {
        let setting = format!("codecs={theirs}");
        let mut phone = Baresip::start(&site, &bob, FOREIGN_TONE_HZ, &[&setting]);
        let text = format!(
            "Feature: F\n  Scenario: S\n\
             \x20   Given Alice uses generic phone with sdp.codecs \"['{ours}']\"\n\
             \x20   When Alice calls \"bob\"\n\
             \x20   Then Alice hears a {FOREIGN_TONE_HZ} Hz tone\n\
             \x20   And the call uses codec {ours}\n\
             \x20   And wait 3 seconds\n\
             \x20   And Alice loses at most 1%\n\
             \x20   And Alice has jitter below 60 ms\n\
             \x20   When Alice hangs up\n\
             \x20   Then Alice receives 200 to BYE\n"
        );
        let feature = site.write(&format!("codec-{index}.feature"), &text);
        FeatureRun::of_file(&site, &format!("codec-{index}"), feature)
            .with_config(&server.gannet_toml())
            .run(RUN_LIMIT)
            .assert_passed();
        let heard = HeardTone::of(&site, &phone.finished_recording());
        assert!(
            heard.is_a_mark() && heard.seconds >= HEARS_S,
            "in {theirs} baresip heard {heard:?}, which is no phone of gannet"
        );
    }
}
