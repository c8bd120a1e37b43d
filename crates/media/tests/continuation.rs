//! Later descriptions in a session, and descriptions of any kind.

mod text;

use gannet_media::offer_answer::{
    ContinuationProblem, LocalMedia, MediaCapabilities, apply_answer, build_answer, build_offer,
    build_reoffer, check_continuation, continue_session,
};
use gannet_sdp::{Direction, SessionDescription};
use text::{address, local, remote};

#[test]
fn a_later_offer_keeps_the_session_and_its_lines() {
    let caps = MediaCapabilities::default();
    let video_first = remote("m=video 5004 RTP/AVP 31\nm=audio 5000 RTP/AVP 0");
    let answered = build_answer(&video_first, &caps, &local())
        .expect("agreed")
        .description;
    let same = LocalMedia::new(address("192.0.2.1:4000"), "999", 77);
    let hold = build_reoffer(
        &answered,
        &caps,
        &same.clone().with_direction(Direction::SendOnly),
    );
    let origin = hold.origin().expect("valid");
    assert_eq!(
        (origin.session_id.as_str(), origin.session_version),
        ("100", 2)
    );
    assert_eq!(hold.media().count(), 2);
    assert_eq!(
        hold.audio().expect("audio").direction(),
        Direction::SendOnly
    );
    assert_eq!(check_continuation(&answered, &hold), []);
    let again = build_reoffer(&hold, &caps, &same.with_direction(Direction::SendOnly));
    assert_eq!(again, hold);
}

#[test]
fn breaches_of_the_version_rule_are_named() {
    let first = remote("m=audio 5000 RTP/AVP 0");
    let version = |version: u64, media: &str| {
        let mut sdp = remote(media);
        sdp.replace_first('o', &format!("- 5 {version} IN IP4 192.0.2.9"));
        sdp
    };
    assert_eq!(check_continuation(&first, &first), []);
    assert_eq!(
        check_continuation(&first, &version(8, "m=audio 5002 RTP/AVP 0")),
        []
    );
    assert_eq!(
        check_continuation(&first, &version(7, "m=audio 5002 RTP/AVP 0")),
        [ContinuationProblem::Version {
            expected: 8,
            received: 7
        }]
    );
    assert_eq!(
        check_continuation(&first, &version(8, "m=audio 5000 RTP/AVP 0")),
        [ContinuationProblem::VersionOfUnchanged {
            expected: 7,
            received: 8
        }]
    );
    let mut other = first.clone();
    other.replace_first('o', "- 6 8 IN IP4 192.0.2.9");
    let problems = check_continuation(&first, &other);
    assert!(
        matches!(problems[..], [ContinuationProblem::OtherSession { .. }]),
        "{problems:?}"
    );
    let none = SessionDescription::parse(b"v=0\r\n");
    assert_eq!(
        check_continuation(&first, &none),
        [
            ContinuationProblem::FewerMedia {
                expected: 1,
                received: 0
            },
            ContinuationProblem::NoOrigin
        ]
    );
    let mut next = version(1, "m=audio 5002 RTP/AVP 0");
    continue_session(&first, &mut next);
    assert_eq!(next.origin().expect("valid").session_version, 8);
}

#[test]
fn random_descriptions_never_panic() {
    let words = [
        "m=audio 5000 RTP/AVP 0 8\n",
        "m=audio 70000 RTP/AVP x\n",
        "m=\n",
        "c=IN IP4 h\n",
        "o=\n",
        "c=IN IP6 ::1\n",
        "a=rtpmap:0 PCMU/8000\n",
        "a=rtpmap:\n",
        "a=sendonly\n",
        "a=ptime:-1\n",
        "a=rtcp:70000\n",
        "m=audio 65535 RTP/AVP 255 8\n",
        "a=rtcp-mux\n",
        "\n",
        "x",
    ];
    let caps = MediaCapabilities::default();
    let own = build_offer(&caps, &local());
    let mut rng = fastrand::Rng::with_seed(11);
    for _ in 0..20_000 {
        let text: String = (0..rng.usize(..8))
            .map(|_| words[rng.usize(..words.len())])
            .collect();
        let sdp = remote(&text);
        let _ = (
            build_answer(&sdp, &caps, &local()),
            apply_answer(&own, &caps, &sdp),
        );
        let _ = (
            build_reoffer(&sdp, &caps, &local()),
            check_continuation(&own, &sdp),
        );
    }
}
