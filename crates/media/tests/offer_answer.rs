//! Offers and answers as tables: what is written, what is agreed, what is refused.

mod text;

use std::time::Duration;

use gannet_media::offer_answer::{
    Answer, AttributeSlot, DirectionPlace, FmtpPlace, Format, LocalMedia, MediaCapabilities,
    Negotiated, OfferAnswerError, SdpLayout, Security, TelephoneEventTypes, apply_answer,
    build_answer, build_offer,
};
use gannet_media::{Codec, OpusWishes};
use gannet_sdp::{Direction, SessionDescription};
use text::{address, local, remote};

fn caps(formats: Vec<Format>) -> MediaCapabilities {
    MediaCapabilities {
        formats,
        ..MediaCapabilities::default()
    }
}

fn answer(media: &str) -> Result<Answer, OfferAnswerError> {
    build_answer(&remote(media), &MediaCapabilities::default(), &local())
}

/// The lines of a description from the first `m=` on.
fn media_lines(sdp: &SessionDescription) -> Vec<String> {
    assert_eq!(sdp.problems(), []);
    let lines = sdp.lines().iter().map(|line| line.text().to_owned());
    lines.skip_while(|line| !line.starts_with("m=")).collect()
}

#[test]
fn the_plain_offer() {
    let offer = build_offer(&MediaCapabilities::default(), &local());
    assert_eq!(offer.problems(), []);
    assert_eq!(
        offer.to_string(),
        "v=0\r\no=- 100 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn layouts_of_devices_are_followed() {
    let formats = vec![
        Format::new(9, "G722", 8000),
        Format::pcmu(),
        Format::new(18, "G729", 8000).with_fmtp("annexb=no"),
        Format::telephone_event(101),
    ];
    let mut caps = caps(formats);
    caps.layout = SdpLayout {
        username: "user".to_owned(),
        session_name: "A Phone".to_owned(),
        direction_place: DirectionPlace::Session,
        telephone_event_fmtp: FmtpPlace::BeforeRtpmap,
        fmtp: FmtpPlace::AfterAllRtpmaps,
        attributes: vec![
            AttributeSlot::FirstFormat,
            AttributeSlot::Ptime,
            AttributeSlot::Formats,
            AttributeSlot::Direction,
            AttributeSlot::Rtcp,
            AttributeSlot::Text("silenceSupp:off - - - -".to_owned()),
        ],
        session_attributes: vec!["tool:x".to_owned()],
        ..SdpLayout::default()
    };
    let offer = build_offer(&caps, &local().with_direction(Direction::SendOnly));
    assert_eq!(
        offer.to_string(),
        "v=0\r\no=user 100 1 IN IP4 192.0.2.1\r\ns=A Phone\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         a=sendonly\r\na=tool:x\r\nm=audio 4000 RTP/AVP 9 0 18 101\r\na=rtpmap:9 G722/8000\r\n\
         a=ptime:20\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\na=fmtp:101 0-15\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:18 annexb=no\r\na=rtcp:4001\r\n\
         a=silenceSupp:off - - - -\r\n"
    );
    caps.layout.connection_at_media = true;
    caps.layout.writes_sendrecv = false;
    let offer = build_offer(
        &caps,
        &LocalMedia {
            zero_address: true,
            ..local()
        },
    );
    assert_eq!(offer.connection(), None);
    let connection = offer
        .audio()
        .and_then(|audio| audio.connection())
        .expect("at the media");
    assert_eq!(connection.to_string(), "IN IP4 0.0.0.0");
    assert_eq!(offer.direction(), None);
}

#[test]
fn ipv6_addresses_are_written_and_read() {
    let local = LocalMedia::new(address("[2001:db8::1]:4000"), "1", 1);
    let offer = build_offer(&MediaCapabilities::default(), &local);
    assert!(offer.to_string().contains("c=IN IP6 2001:db8::1\r\n"));
    let other = LocalMedia::new(address("[2001:db8::2]:6000"), "2", 1);
    let answer = build_answer(&offer, &MediaCapabilities::default(), &other).expect("agreed");
    assert_eq!(answer.negotiated.remote, address("[2001:db8::1]:4000"));
    assert_eq!(answer.negotiated.remote_rtcp, address("[2001:db8::1]:4001"));
}

#[test]
fn codecs_are_chosen_in_the_order_and_with_the_numbers_of_the_offer() {
    let cases: &[(&str, &str, Codec, u8)] = &[
        ("m=audio 5000 RTP/AVP 8 0", "8 0", Codec::Pcma, 8),
        ("m=audio 5000 RTP/AVP 9 18 0", "0", Codec::Pcmu, 0),
        (
            "m=audio 5000 RTP/AVP 96 8\na=rtpmap:96 pcmu/8000",
            "96 8",
            Codec::Pcmu,
            96,
        ),
        (
            "m=audio 5000 RTP/AVP 0 97\na=rtpmap:97 telephone-event/8000",
            "0 97",
            Codec::Pcmu,
            0,
        ),
        (
            "m=audio 5000 RTP/AVPF 8 98\na=rtpmap:98 telephone-event/16000",
            "8",
            Codec::Pcma,
            8,
        ),
    ];
    for (media, formats, codec, payload_type) in cases {
        let Answer {
            description,
            negotiated,
        } = answer(media).expect(media);
        let line = description
            .audio()
            .and_then(|audio| audio.line())
            .expect("audio");
        assert_eq!(line.formats.join(" "), *formats, "{media}");
        assert_eq!(
            (negotiated.codec, negotiated.payload_type),
            (*codec, *payload_type),
            "{media}"
        );
        assert_eq!(description.problems(), []);
    }
    let first_only = MediaCapabilities {
        answers_all_codecs: false,
        ..MediaCapabilities::default()
    };
    let offer = remote("m=audio 5000 RTP/AVP 8 0 101\na=rtpmap:101 telephone-event/8000");
    let answer = build_answer(&offer, &first_only, &local()).expect("agreed");
    assert!(media_lines(&answer.description)[0].ends_with("RTP/AVP 8 101"));
    assert_eq!(answer.negotiated.receive_payload_types, [(8, Codec::Pcma)]);
}

#[test]
fn directions_are_answered_from_our_view() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    let cases = [
        // offered, wanted by us, answered
        ("a=sendrecv", SendRecv, SendRecv),
        ("a=ptime:20", SendRecv, SendRecv),
        ("a=sendonly", SendRecv, RecvOnly),
        ("a=recvonly", SendRecv, SendOnly),
        ("a=inactive", SendRecv, Inactive),
        ("a=sendonly", SendOnly, Inactive),
        ("a=sendrecv", SendOnly, SendOnly),
        ("a=sendrecv", Inactive, Inactive),
        ("c=IN IP4 0.0.0.0", SendRecv, RecvOnly),
        ("c=IN IP4 0.0.0.0\na=sendonly", SendRecv, RecvOnly),
        ("c=IN IP4 0.0.0.0\na=inactive", SendRecv, Inactive),
    ];
    for (offered, wanted, answered) in cases {
        let offer = remote(&format!("m=audio 5000 RTP/AVP 0\n{offered}"));
        let local = local().with_direction(wanted);
        let answer = build_answer(&offer, &MediaCapabilities::default(), &local).expect("agreed");
        assert_eq!(answer.negotiated.direction, answered, "{offered} {wanted}");
        let audio = answer.description.audio().expect("audio").direction();
        assert_eq!(audio, answered, "{offered} {wanted}");
        assert_eq!(
            answer.negotiated.is_held_by_peer(),
            !answered.sends(),
            "{offered} {wanted}"
        );
    }
}

#[test]
fn several_lines_are_answered_in_their_order() {
    let answer = answer(
        "m=video 5004 RTP/AVP 31\nm=audio 5006 RTP/SAVP 0\nm=audio 5008/2 RTP/AVP 9\n\
         m=audio 5010 RTP/AVP 0\nc=IN IP4 192.0.2.77\nm=image 5012 udptl t38",
    )
    .expect("agreed");
    let lines = media_lines(&answer.description);
    let media: Vec<&String> = lines.iter().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        media,
        [
            "m=video 0 RTP/AVP 31",
            "m=audio 0 RTP/SAVP 0",
            "m=audio 0 RTP/AVP 9",
            "m=audio 4000 RTP/AVP 0",
            "m=image 0 udptl t38"
        ]
    );
    assert_eq!(answer.negotiated.media_index, 3);
    assert_eq!(answer.negotiated.remote, address("192.0.2.77:5010"));
}

#[test]
fn offers_without_common_ground_are_refused() {
    assert!(matches!(
        answer("m=audio 5000 RTP/AVP 9 18"),
        Err(OfferAnswerError::NoCommonCodec { offered, supported })
            if offered == ["G722", "G729"] && supported == ["PCMU", "PCMA"]
    ));
    for media in [
        "m=video 5000 RTP/AVP 31",
        "m=audio 0 RTP/AVP 0",
        "m=audio 5000 RTP/SAVP 0",
        "m=x",
    ] {
        let refused = answer(media);
        assert!(
            matches!(refused, Err(OfferAnswerError::NoAudio { .. })),
            "{media}: {refused:?}"
        );
    }
    assert_eq!(
        answer("m=audio 5000 RTP/AVP 0\nc=IN IP4 host.example").map(|a| a.negotiated.remote),
        Err(OfferAnswerError::NoConnection { line: 6 })
    );
    let empty = SessionDescription::parse(b"");
    assert!(build_answer(&empty, &MediaCapabilities::default(), &local()).is_err());
}

#[test]
fn packet_time_follows_the_peer_within_its_limits() {
    for (attributes, expected) in [
        ("a=ptime:30", 30),
        ("a=sendrecv", 20),
        ("a=ptime:60\na=maxptime:40", 40),
        ("a=ptime:0", 5),
        ("a=ptime:100000", 200),
        ("a=ptime:x", 20),
    ] {
        let answer = answer(&format!("m=audio 5000 RTP/AVP 0\n{attributes}")).expect("agreed");
        assert_eq!(
            answer.negotiated.ptime,
            Duration::from_millis(expected),
            "{attributes}"
        );
    }
}

#[test]
fn an_answer_gives_the_agreement_of_the_offerer() {
    let caps = caps(vec![
        Format::new(3, "GSM", 8000),
        Format::pcma(),
        Format::pcmu(),
        Format::telephone_event(101),
    ]);
    let offer = build_offer(&caps, &local());
    let answer = remote(
        "m=audio 7000 RTP/AVP 3 0 8 96\na=rtpmap:96 telephone-event/8000\na=ptime:30\na=rtcp:7005",
    );
    assert_eq!(
        apply_answer(&offer, &caps, &answer),
        Ok(Negotiated {
            media_index: 0,
            remote: address("192.0.2.9:7000"),
            remote_rtcp: address("192.0.2.9:7005"),
            rtcp_mux: false,
            codec: Codec::Pcmu,
            payload_type: 0,
            receive_payload_types: vec![(8, Codec::Pcma), (0, Codec::Pcmu)],
            direction: Direction::SendRecv,
            ptime: Duration::from_millis(30),
            telephone_event: Some(TelephoneEventTypes {
                send: 96,
                receive: 101
            }),
            comfort_noise: None,
            opus_wishes: OpusWishes::default(),
            security: Security::None,
        })
    );
}

#[test]
fn hold_is_seen_by_both_sides() {
    use Direction::{Inactive, RecvOnly, SendOnly};
    let caps = MediaCapabilities::default();
    for (wanted, theirs) in [(SendOnly, RecvOnly), (Inactive, Inactive)] {
        let offer = build_offer(&caps, &local().with_direction(wanted));
        let other = LocalMedia::new(address("192.0.2.2:6000"), "2", 1);
        let answer = build_answer(&offer, &caps, &other).expect("agreed");
        assert_eq!(answer.negotiated.direction, theirs);
        let ours = apply_answer(&offer, &caps, &answer.description).expect("agreed");
        assert_eq!(ours.direction, wanted);
    }
}

#[test]
fn answers_that_do_not_fit_the_offer_are_refused() {
    let caps = MediaCapabilities::default();
    let offer = build_offer(&caps, &local());
    let cases = [
        ("m=audio 0 RTP/AVP 0", OfferAnswerError::Rejected),
        (
            "m=audio 1 RTP/AVP 0\nm=video 0 RTP/AVP 31",
            OfferAnswerError::MediaCount {
                expected: 1,
                received: 2,
            },
        ),
        (
            "m=audio 1 RTP/SAVP 0",
            OfferAnswerError::MediaChanged {
                index: 0,
                expected: "audio RTP/AVP".to_owned(),
                received: "audio RTP/SAVP".to_owned(),
            },
        ),
        (
            "m=audio 1 RTP/AVP 18",
            OfferAnswerError::NoCommonCodec {
                offered: vec!["G729".to_owned()],
                supported: vec!["PCMU".to_owned(), "PCMA".to_owned()],
            },
        ),
    ];
    for (media, error) in cases {
        assert_eq!(
            apply_answer(&offer, &caps, &remote(media)),
            Err(error),
            "{media}"
        );
    }
    let no_audio = remote("m=video 1 RTP/AVP 31");
    assert_eq!(
        apply_answer(&no_audio, &caps, &no_audio),
        Err(OfferAnswerError::OwnOfferWithoutAudio)
    );
}

#[test]
fn rtcp_is_multiplexed_only_when_both_want_it() {
    let mut mux = MediaCapabilities::default();
    mux.layout.attributes.push(AttributeSlot::RtcpMux);
    let plain = MediaCapabilities::default();
    for (ours, theirs, agreed) in [
        (&mux, &mux, true),
        (&mux, &plain, false),
        (&plain, &mux, false),
    ] {
        let offer = build_offer(ours, &local());
        let other = LocalMedia::new(address("192.0.2.2:6000"), "2", 1);
        let answer = build_answer(&offer, theirs, &other).expect("agreed");
        let applied = apply_answer(&offer, ours, &answer.description).expect("agreed");
        assert_eq!(
            (answer.negotiated.rtcp_mux, applied.rtcp_mux),
            (agreed, agreed)
        );
        let port = if agreed { 6000 } else { 6001 };
        assert_eq!(applied.remote_rtcp.port(), port);
        let port = if agreed { 4000 } else { 4001 };
        assert_eq!(answer.negotiated.remote_rtcp.port(), port);
    }
}
