//! Calls with baresip over SRTP: heard both ways, under each way of getting keys that both have.

use std::time::Duration;

use crate::harness::{
    Baresip, FeatureRun, ForeignPhone, HeardTone, Server, ServerKind, Site, until,
};

/// What baresip plays.
const FOREIGN_TONE_HZ: u16 = 880;
const RUN_LIMIT: Duration = Duration::from_mins(1);
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const TALK_LIMIT: Duration = Duration::from_secs(20);
/// How much of gannet's voice baresip hears before somebody hangs up.
const HEARS: Duration = Duration::from_millis(1500);

/// Keys in descriptions (RFC 4568): baresip takes them with RTP/AVP, or insists on RTP/SAVP.
#[test]
fn baresip_with_keys_in_descriptions() {
    let cases = [
        ("srtp", "avp", "AES_CM_128_HMAC_SHA1_80"),
        ("srtp-mand", "savp", "AES_CM_128_HMAC_SHA1_32"),
        ("srtp-mand", "both", "AEAD_AES_256_GCM"),
    ];
    calls_with("baresip_with_keys_in_descriptions", &cases);
}

/// Baresip calls, and insists on SRTP. As caller its first packet of RTCP leaves before it has the keys, and
/// when it hangs up the last one after it has forgotten them: both plain, which is told.
#[test]
fn baresip_calls_with_keys_in_descriptions() {
    let programs = [ServerKind::Embedded.programs(), &["baresip", "python3"]].concat();
    let Some(site) = Site::open("baresip_calls_with_keys_in_descriptions", &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let bob = server.account("bob");
    let mut phone = Baresip::start(&site, &bob, FOREIGN_TONE_HZ, &["mediaenc=srtp-mand"]);
    let text = format!(
        "Feature: F\n  Scenario: S\n\
         \x20   Given Alice accepts SRTP\n\
         \x20   When Alice answers the call within 20 seconds\n\
         \x20   Then Alice hears a {FOREIGN_TONE_HZ} Hz tone\n\
         \x20   And the media of Alice has the fault \"SRTP not authentic\"\n\
         \x20   And Alice loses at most 0%\n\
         \x20   And Alice receives BYE within 20 seconds\n"
    );
    let feature = site.write("called.feature", &text);
    let run = FeatureRun::of_file(&site, "called", feature);
    let alice = run.with_config(&server.gannet_toml()).start();
    server.wait_for_contact("alice", REGISTERED_LIMIT);
    phone.dial(&Server::uri("alice"));
    let heard_by: &dyn ForeignPhone = &phone;
    until("baresip to hear Alice", TALK_LIMIT, || {
        (heard_by.hears_for() >= HEARS).then_some(())
    });
    phone.hang_up();
    alice.wait(RUN_LIMIT).assert_passed();
    let heard = HeardTone::of(&site, &phone.finished_recording());
    assert!(
        heard.is_a_mark(),
        "baresip heard {heard:?}, which is no phone of gannet"
    );
}

/// Keys from a handshake (RFC 5763), with baresip's certificate of RSA.
#[test]
fn baresip_with_keys_from_dtls() {
    calls_with(
        "baresip_with_keys_from_dtls",
        &[("dtls_srtp", "savp", "AES_CM_128_HMAC_SHA1_80")],
    );
}

/// For each: what baresip is told, the form of Alice's offer, and the suite. Alice calls baresip.
fn calls_with(name: &'static str, cases: &[(&str, &str, &str)]) {
    let programs = [ServerKind::Embedded.programs(), &["baresip", "python3"]].concat();
    let Some(site) = Site::open(name, &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let bob = server.account("bob");
    for (index, (theirs, form, suite)) in cases.iter().enumerate() {
        let setting = format!("mediaenc={theirs}");
        let keys = if theirs.starts_with("dtls") {
            "dtls"
        } else {
            "sdes"
        };
        let mut phone = Baresip::start(&site, &bob, FOREIGN_TONE_HZ, &[&setting]);
        let text = format!(
            "Feature: F\n  Scenario: S\n\
             \x20   Given the following phones:\n\
             \x20     | name | profile | sdp.srtp | sdp.srtp-offer | sdp.srtp-keys | sdp.srtp-suites |\n\
             \x20     | Alice | generic | required | {form} | {keys} | ['{suite}'] |\n\
             \x20   When Alice calls \"bob\"\n\
             \x20   Then Alice hears a {FOREIGN_TONE_HZ} Hz tone\n\
             \x20   And the call uses SRTP {suite}\n\
             \x20   And wait 2 seconds\n\
             \x20   And Alice loses at most 1%\n\
             \x20   When Alice hangs up\n\
             \x20   Then Alice receives 200 to BYE\n"
        );
        let feature = site.write(&format!("encrypted-{index}.feature"), &text);
        FeatureRun::of_file(&site, &format!("encrypted-{index}"), feature)
            .with_config(&server.gannet_toml())
            .run(RUN_LIMIT)
            .assert_passed();
        let heard = HeardTone::of(&site, &phone.finished_recording());
        assert!(
            heard.is_a_mark() && heard.seconds >= HEARS.as_secs_f32(),
            "with {theirs} and {suite} baresip heard {heard:?}, which is no phone of gannet"
        );
    }
}
