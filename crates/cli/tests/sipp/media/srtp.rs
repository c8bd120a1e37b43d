//! SRTP with keys from descriptions.

use super::rig::{Heard, Rig};

const PATTERN: &str = r#"<exec rtp_stream="apattern,3,8,PCMA/8000"/>"#;
const ECHO: &str = r#"<exec rtp_echo="startaudio,8,PCMA/8000"/>"#;
const STRICT: &str = "-m 2 -r 100 -audiotolerance 0.1 -videotolerance 0.5";

/// `a=crypto` of a slot of audio, with what stands behind its key.
fn line(slot: u8, suite: &str, behind: &str) -> String {
    format!(
        "a=crypto:[cryptotag{slot}audio] [cryptosuite{suite}{slot}audio] inline:[cryptokeyparams{slot}audio]{behind}"
    )
}

#[test]
fn each_suite_protects_calls_that_run_at_once() {
    for (suite, behind) in [
        ("aescm128sha180", ""),
        ("aescm128sha132", ""),
        ("nullsha180", ""),
        ("nullsha132", ""),
        ("aescm128sha180", " [ueaescm128sha1801audio]"),
        ("aescm128sha132", "|2^20|5:2"),
    ] {
        let mut rig = Rig::new();
        rig.describe(&line(1, suite, behind));
        rig.answer(&line(1, suite, behind));
        rig.call_echo(PATTERN, ECHO, 400, STRICT).expect(0, &["2"]);
    }
}

#[test]
fn the_answer_chooses_one_of_two_lines_and_video_has_its_own() {
    let video = "m=video [rtpstream_video_port] RTP/SAVP 99\n\
        a=crypto:[cryptotag1video] [cryptosuitenullsha1801video] inline:[cryptokeyparams1video]";
    let mut rig = Rig::new();
    let (first, second) = (line(1, "aescm128sha180", ""), line(2, "aescm128sha132", ""));
    rig.describe(&format!("{first}\n{second}\n{video}"));
    rig.answer(&format!("{second}\n{video}"));
    let both = format!(r#"{PATTERN}<exec rtp_stream="vpattern,2,99,H264/90000"/>"#);
    let echo = format!(r#"{ECHO}<exec rtp_echo="startvideo,99,H264/90000"/>"#);
    rig.call_echo(&both, &echo, 900, STRICT).expect(0, &["2"]);
}

#[test]
fn packets_are_encrypted_on_the_way() {
    for (suite, tag_octets, is_plain) in [("aescm128sha180", 10, false), ("nullsha132", 4, true)] {
        let mut rig = Rig::new();
        rig.describe(&line(1, suite, ""));
        std::fs::write(rig.path("speech.raw"), [0x55; 1_600]).unwrap();
        rig.call(r#"<exec rtp_stream="speech.raw,1,8"/>"#, 300, "")
            .expect(0, &[]);
        let heard = rig.heard();
        assert_eq!(heard.len(), 10);
        let lengths = heard.iter().map(|one| one.payload().len());
        assert!(lengths.into_iter().all(|length| length == 160 + tag_octets));
        let plain = |one: &Heard| one.payload()[..160].iter().all(|octet| *octet == 0x55);
        assert!(heard.iter().all(|one| plain(one) == is_plain), "{suite}");
    }
}

#[test]
fn another_key_is_noticed() {
    // Without keywords of SDES the callee sends back what it cannot read.
    let key = "A".repeat(40);
    let mut rig = Rig::new();
    rig.describe(&line(1, "aescm128sha180", ""));
    rig.answer(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}"));
    rig.call_echo(PATTERN, ECHO, 400, "-m 2 -r 100")
        .expect(253, &["2 failed RTP checks", "not authentic"]);
    // The suite of the answer is not the one that was offered.
    let mut rig = Rig::new();
    rig.describe(&line(1, "aescm128sha180", ""));
    rig.answer(&line(1, "nullsha180", ""));
    rig.call_echo(PATTERN, ECHO, 400, "-m 2 -r 100")
        .expect(253, &["2 failed RTP checks", "SRTP is not agreed"]);
}

#[test]
fn a_peer_without_srtp_fails_the_check() {
    let mut rig = Rig::new();
    rig.describe(&line(1, "aescm128sha180", ""));
    rig.call_echo(PATTERN, ECHO, 400, "-m 1")
        .expect(253, &["1 failed RTP checks", "SRTP is not agreed"]);
}
