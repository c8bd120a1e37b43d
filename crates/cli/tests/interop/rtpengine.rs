//! Calls whose media rtpengine relays, with Kamailio.

use std::fmt::Write as _;
use std::time::Duration;

use crate::harness::{
    Baresip, FeatureRun, ForeignPhone, HeardTone, Rtpengine, Server, ServerKind, Site, Tshark,
};

const FOREIGN_TONE_HZ: u16 = 880;
const RUN_LIMIT: Duration = Duration::from_mins(1);
/// How much of gannet's voice baresip hears before Alice hangs up.
const HEARS_S: f32 = 1.5;
/// The codecs that it has, as gannet calls them, and their names in baresip.
const CODECS: [(&str, &str); 4] = [
    ("PCMU", "PCMU"),
    ("PCMA", "PCMA"),
    ("G722", "G722/16000/1"),
    ("opus/48000/2", "opus/48000/2"),
];

#[test]
fn calls_in_each_codec_through_rtpengine() {
    let name = "calls_in_each_codec_through_rtpengine";
    let programs = ["rtpengine", "baresip", "python3", "tshark"];
    let programs = [ServerKind::Kamailio.programs(), &programs].concat();
    let Some(site) = Site::open(name, &programs) else {
        return;
    };
    let _relay = Rtpengine::start(&site);
    let server = Server::kamailio(&site, &["WITH_RTPE"]);
    let bob = server.account("bob");
    let theirs = CODECS.map(|(_, theirs)| theirs).join(",");
    let setting = format!("codecs={theirs}");
    let mut phone = Baresip::start(&site, &bob, FOREIGN_TONE_HZ, &[&setting]);
    let mut text = String::from("Feature: F\n");
    for (ours, _) in CODECS {
        writeln!(
            text,
            "  Scenario: {ours}\n\
             \x20   Given Alice uses generic phone with sdp.codecs \"['{ours}']\"\n\
             \x20   When Alice calls \"bob\"\n\
             \x20   Then Alice hears a {FOREIGN_TONE_HZ} Hz tone\n\
             \x20   And the call uses codec {ours}\n\
             \x20   And the call is relayed through 127.0.0.1\n\
             \x20   And wait 2 seconds\n\
             \x20   And Alice loses at most 1%\n\
             \x20   And Alice has jitter below 60 ms\n\
             \x20   And Alice has MOS at least 3.5\n\
             \x20   When Alice hangs up\n\
             \x20   Then Alice receives 200 to BYE"
        )
        .expect("to memory");
    }
    let out = site.file("out");
    let feature = site.write("relayed.feature", &text);
    FeatureRun::of_file(&site, "relayed", feature)
        .with_config(&server.gannet_toml())
        .with("--jobs", "1")
        .with("--out", out.to_string_lossy())
        .run(RUN_LIMIT)
        .assert_passed();
    for (ours, _) in CODECS {
        let heard = HeardTone::of(&site, &phone.finished_recording());
        assert!(
            heard.is_a_mark() && heard.seconds >= HEARS_S,
            "in {ours} baresip heard {heard:?}, which is no phone of gannet"
        );
    }
    // The descriptions that Alice got name ports of rtpengine, and baresip's are others.
    for capture in super::captures::captures_below(&out) {
        let tshark = Tshark::of(&site, &capture);
        let answers = tshark.fields("sip.Status-Code == 200 && sdp", "sdp.media.port");
        assert!(!answers.is_empty(), "{}", capture.display());
        for port in answers {
            let port: u16 = port.parse().expect("a port");
            assert!(Rtpengine::PORTS.contains(&port), "{port}");
        }
    }
}
