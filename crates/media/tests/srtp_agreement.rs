//! SRTP in offers and answers (RFC 4568): offered, answered, refused.

mod text;

use gannet_media::offer_answer::{
    Keyring, LocalMedia, MediaCapabilities, OfferAnswerError, OfferForm, Security, SrtpPolicy,
    SrtpStyle, apply_answer, build_answer, build_offer, build_reoffer,
};
use gannet_media::srtp::Suite;
use gannet_sdp::SessionDescription;
use text::{address, local, remote};

/// 30 octets in base64.
const KEY: &str = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

fn device(policy: SrtpPolicy, form: OfferForm, suites: &[Suite]) -> MediaCapabilities {
    let srtp = SrtpStyle {
        policy,
        form,
        suites: suites.to_vec(),
        ..SrtpStyle::default()
    };
    MediaCapabilities {
        srtp,
        ..MediaCapabilities::default()
    }
}

fn keyed(seed: u64) -> LocalMedia {
    let mut rng = fastrand::Rng::with_seed(seed);
    local().with_keys(Keyring::random(&mut rng))
}

fn media_lines(description: &SessionDescription) -> Vec<String> {
    let text = description.to_string();
    let wanted = |line: &&str| line.starts_with("m=") || line.starts_with("a=crypto:");
    text.lines()
        .filter(wanted)
        .map(|line| line.split(" inline:").next().unwrap_or(line).to_owned())
        .collect()
}

/// What both sides think of a call between two devices.
fn agree(
    caller: &MediaCapabilities,
    callee: &MediaCapabilities,
) -> Result<(Security, Security, SessionDescription), OfferAnswerError> {
    let offer = build_offer(caller, &keyed(1));
    let answer = build_answer(&offer, callee, &keyed(2))?;
    let applied = apply_answer(&offer, caller, &answer.description)?;
    Ok((
        applied.security,
        answer.negotiated.security,
        answer.description,
    ))
}

fn suite_of(security: &Security) -> Option<Suite> {
    match security {
        Security::Sdes { local, remote } => {
            assert_eq!(local.suite, remote.suite);
            Some(local.suite)
        }
        _ => None,
    }
}

#[test]
fn each_form_offers_and_both_sides_have_the_keys_of_the_other() {
    let suites = [Suite::Aes256Gcm, Suite::AesCm32];
    for (form, expected) in [
        (OfferForm::Profile, &["m=audio 4000 RTP/SAVP 0 8 101"][..]),
        (OfferForm::Attribute, &["m=audio 4000 RTP/AVP 0 8 101"]),
        (OfferForm::TwoLines, &["m=audio 4000 RTP/SAVP 0 8 101"]),
    ] {
        let caller = device(SrtpPolicy::Offered, form, &suites);
        let mut lines = media_lines(&build_offer(&caller, &keyed(1)));
        if form == OfferForm::TwoLines {
            assert_eq!(lines.pop().as_deref(), Some("m=audio 4000 RTP/AVP 0 8 101"));
        }
        let offered = [
            "a=crypto:1 AEAD_AES_256_GCM",
            "a=crypto:2 AES_CM_128_HMAC_SHA1_32",
        ];
        assert_eq!(lines, [expected, &offered].concat());

        let callee = device(SrtpPolicy::Accepted, form, &[Suite::AesCm32]);
        let (ours, theirs, answer) = agree(&caller, &callee).expect("agreed");
        assert_eq!(
            media_lines(&answer)[1],
            "a=crypto:2 AES_CM_128_HMAC_SHA1_32"
        );
        let (
            Security::Sdes { local, remote },
            Security::Sdes {
                local: l,
                remote: r,
            },
        ) = (&ours, &theirs)
        else {
            panic!("{ours:?} {theirs:?}");
        };
        assert_eq!((local, remote), (r, l));
        assert_ne!(local.master, remote.master);
    }
}

#[test]
fn policies_decide_who_can_talk_to_whom() {
    use SrtpPolicy::{Accepted, Off, Offered, Required};
    let suites = [Suite::AesCm80];
    let plain = Ok(None);
    let secure = Ok(Some(Suite::AesCm80));
    // By the form of the offer: RTP/SAVP, RTP/AVP with keys, both.
    let cases = [
        (Off, Off, [&plain, &plain, &plain]),
        (Accepted, Accepted, [&plain, &plain, &plain]),
        (Offered, Accepted, [&secure, &secure, &secure]),
        (Required, Accepted, [&secure, &secure, &secure]),
        (Required, Required, [&secure, &secure, &secure]),
        (
            Offered,
            Off,
            [&Err("offer has no audio over RTP/AVP"), &plain, &plain],
        ),
        (
            Required,
            Off,
            [
                &Err("offer has no audio over RTP/AVP"),
                &Err("SRTP is required"),
                &Err("SRTP is required"),
            ],
        ),
        (Off, Required, [&Err("SRTP is required"); 3]),
        (Accepted, Required, [&Err("SRTP is required"); 3]),
    ];
    for (caller, callee, expected) in cases {
        let forms = [
            OfferForm::Profile,
            OfferForm::Attribute,
            OfferForm::TwoLines,
        ];
        for (form, expected) in forms.into_iter().zip(expected) {
            let caller = device(caller, form, &suites);
            let callee = device(callee, form, &suites);
            let found = agree(&caller, &callee).map(|(ours, theirs, _)| {
                assert_eq!(suite_of(&ours), suite_of(&theirs));
                suite_of(&ours)
            });
            match (&found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{form:?}"),
                (Err(error), Err(start)) => {
                    assert!(error.to_string().starts_with(start), "{error}");
                }
                _ => panic!("{form:?}: {found:?}, expected {expected:?}"),
            }
        }
    }
}

#[test]
fn lines_that_cannot_be_used_are_told() {
    let caps = device(SrtpPolicy::Accepted, OfferForm::Profile, &[Suite::AesCm80]);
    let refused = |lines: &str| {
        let lines = lines.replace("KEY", KEY);
        let offer = remote(&format!("m=audio 5000 RTP/SAVP 0\n{lines}"));
        build_answer(&offer, &caps, &keyed(2))
            .expect_err("unusable")
            .to_string()
    };
    for (lines, told) in [
        ("a=sendrecv", "offered []"),
        (
            "a=crypto:1 F8_128_HMAC_SHA1_80 KEY",
            "F8_128_HMAC_SHA1_80\\\" is not known",
        ),
        (
            "a=crypto:1 AES_CM_128_HMAC_SHA1_32 KEY",
            "1 AES_CM_128_HMAC_SHA1_32",
        ),
        (
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 KEY;KEY|2^20|2:1",
            "with several keys",
        ),
        (
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 KEY UNENCRYPTED_SRTCP",
            "weakened by session parameters",
        ),
        ("a=crypto:1 AEAD_AES_256_GCM KEY", "44 octets"),
        ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 KEY KDR=4", "KDR=4"),
    ] {
        let text = refused(lines);
        assert!(text.contains(told), "{text}, expected {told}");
    }
    // A later line will do, and identifier and lifetime are kept.
    let offer = remote(&format!(
        "m=audio 5000 RTP/SAVP 0\na=crypto:1 x {KEY}\na=crypto:7 AES_CM_128_HMAC_SHA1_80 {KEY}|2^20|3:2"
    ));
    let answer = build_answer(&offer, &caps, &keyed(2)).expect("the second");
    let Security::Sdes { local, remote } = answer.negotiated.security else {
        panic!("SRTP");
    };
    assert_eq!((local.tag, remote.tag), (7, 7));
    assert_eq!(remote.lifetime, Some(1 << 20));
    assert_eq!(remote.protection.identifier, Some((3, 2)));
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let caps = device(SrtpPolicy::Required, OfferForm::Profile, &[Suite::AesCm80]);
    let offer = build_offer(&caps, &keyed(1));
    let refused = |media: &str| {
        let answer = remote(&media.replace("KEY", KEY));
        apply_answer(&offer, &caps, &answer).expect_err("does not fit")
    };
    let refusal = refused("m=audio 1 RTP/SAVP 0");
    assert_eq!(refusal, OfferAnswerError::AnswerWithoutKey);
    for lines in [
        "a=crypto:2 AES_CM_128_HMAC_SHA1_80 KEY",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_32 KEY",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 KEY UNENCRYPTED_SRTP",
    ] {
        let refusal = refused(&format!("m=audio 1 RTP/SAVP 0\n{lines}"));
        assert!(
            matches!(refusal, OfferAnswerError::CryptoNotOffered { .. }),
            "{lines}: {refusal}"
        );
    }
}

#[test]
fn a_later_offer_keeps_the_line_the_protocol_and_the_key() {
    let caps = device(SrtpPolicy::Offered, OfferForm::TwoLines, &[Suite::AesCm80]);
    let (first, ours) = (build_offer(&caps, &keyed(1)), keyed(1));
    // The other side knows no SRTP: the second line is agreed on, and stays.
    let answer = remote("m=audio 0 RTP/SAVP 0\nm=audio 6000 RTP/AVP 0");
    let agreed = apply_answer(&first, &caps, &answer).expect("plain");
    assert_eq!(
        (agreed.media_index, agreed.remote),
        (1, address("192.0.2.9:6000"))
    );
    let again = LocalMedia {
        media_index: Some(1),
        ..ours.clone()
    };
    let lines = media_lines(&build_reoffer(&first, &caps, &again));
    assert_eq!(
        lines,
        ["m=audio 0 RTP/SAVP 0 8 101", "m=audio 4000 RTP/AVP 0 8 101"]
    );

    let caps = device(SrtpPolicy::Offered, OfferForm::Profile, &[Suite::AesCm80]);
    let first = build_offer(&caps, &ours);
    assert_eq!(build_reoffer(&first, &caps, &ours), first);
    let other = build_reoffer(&first, &caps, &keyed(9));
    assert_ne!(other.to_string(), first.to_string());
    // Who only takes SRTP goes on with it where it is asked to go on with such a session.
    let service = MediaCapabilities::every_codec();
    let moved = media_lines(&build_reoffer(&first, &service, &keyed(3)));
    assert!(moved[0].starts_with("m=audio 4000 RTP/SAVP "), "{moved:?}");
    assert_eq!(moved.len(), 7, "{moved:?}");
}

#[test]
fn lifetime_and_identifier_of_the_device_are_written() {
    let mut caps = device(SrtpPolicy::Offered, OfferForm::Profile, &[Suite::AesCm80]);
    caps.srtp.lifetime = Some(1 << 31);
    caps.srtp.identifier = Some((1, 4));
    let offer = build_offer(&caps, &keyed(1)).to_string();
    assert!(offer.contains("|2^31|1:4\r\n"), "{offer}");
    caps.srtp.lifetime = Some(1000);
    caps.srtp.identifier = None;
    let offer = build_offer(&caps, &keyed(1)).to_string();
    assert!(offer.contains("|1000\r\n"), "{offer}");
}
