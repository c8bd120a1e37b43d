//! Offers and answers with codecs of several clocks: what is written and what is agreed.

mod text;

use std::time::Duration;

use gannet_media::offer_answer::{
    Answer, Format, LocalMedia, MediaCapabilities, OfferAnswerError, apply_answer, build_answer,
    build_offer,
};
use gannet_media::{Codec, OpusWishes};
use text::{address, local, remote};

fn caps(formats: Vec<Format>) -> MediaCapabilities {
    MediaCapabilities {
        formats,
        ..MediaCapabilities::default()
    }
}

fn opus(payload_type: u8) -> Format {
    Format::of(Codec::Opus, payload_type)
}

fn l16(sample_rate: u32, channels: u8, payload_type: u8) -> Format {
    let codec = Codec::L16 {
        sample_rate,
        channels,
    };
    Format::of(codec, payload_type)
}

fn rich() -> MediaCapabilities {
    caps(vec![
        opus(111).with_fmtp("useinbandfec=1;stereo=0;sprop-stereo=0"),
        Format::of(Codec::G722, 0),
        l16(16_000, 1, 113),
        l16(44_100, 2, 0),
        Format::pcmu(),
        Format::comfort_noise(),
        Format::telephone_event(101),
        Format::telephone_event_at(110, 48_000),
    ])
}

fn answer(media: &str) -> Result<Answer, OfferAnswerError> {
    build_answer(&remote(media), &rich(), &local())
}

#[test]
fn every_codec_is_written_as_its_payload_format_says() {
    let offer = build_offer(&rich(), &local()).to_string();
    let (_, media) = offer.split_once("m=").expect("audio");
    assert_eq!(
        media,
        "audio 4000 RTP/AVP 111 9 113 10 0 13 101 110\r\n\
         a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1;stereo=0;sprop-stereo=0\r\n\
         a=rtpmap:9 G722/8000\r\na=rtpmap:113 L16/16000\r\na=rtpmap:10 L16/44100/2\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:13 CN/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
         a=rtpmap:110 telephone-event/48000\r\na=fmtp:110 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn answers_follow_the_numbers_of_the_offer_and_the_clock_of_the_codec() {
    let events = "a=rtpmap:100 telephone-event/8000\na=rtpmap:102 telephone-event/48000";
    let cases: &[(&str, &str, Codec, u8, Option<u8>)] = &[
        (
            "m=audio 5000 RTP/AVP 96 0 100 102\na=rtpmap:96 opus/48000/2",
            "96 0 102",
            Codec::Opus,
            96,
            Some(102),
        ),
        (
            "m=audio 5000 RTP/AVP 0 96 100 102\na=rtpmap:96 opus/48000/2",
            "0 96 100",
            Codec::Pcmu,
            0,
            Some(100),
        ),
        // Events of another clock than the audio's do not go with it.
        (
            "m=audio 5000 RTP/AVP 96 100\na=rtpmap:96 opus/48000/2",
            "96",
            Codec::Opus,
            96,
            None,
        ),
        (
            "m=audio 5000 RTP/AVP 9 100",
            "9 100",
            Codec::G722,
            9,
            Some(100),
        ),
        // Static without a name, and the same under a number of its own.
        ("m=audio 5000 RTP/AVP 10 11", "10", stereo(), 10, None),
        (
            "m=audio 5000 RTP/AVP 98\na=rtpmap:98 l16/44100/2",
            "98",
            stereo(),
            98,
            None,
        ),
        ("m=audio 5000 RTP/AVP 0 13", "0 13", Codec::Pcmu, 0, None),
    ];
    for (media, formats, codec, payload_type, event) in cases {
        let Answer {
            description,
            negotiated,
        } = answer(&format!("{media}\n{events}")).expect(media);
        let line = description.audio().and_then(|audio| audio.line());
        assert_eq!(line.expect("audio").formats.join(" "), *formats, "{media}");
        assert_eq!(
            (negotiated.codec, negotiated.payload_type),
            (*codec, *payload_type),
            "{media}"
        );
        let types = negotiated.telephone_event.map(|types| types.send);
        assert_eq!(types, *event, "{media}");
        assert_eq!(description.problems(), []);
    }
}

fn stereo() -> Codec {
    Codec::L16 {
        sample_rate: 44_100,
        channels: 2,
    }
}

#[test]
fn other_rates_and_channels_are_other_codecs() {
    for media in [
        "m=audio 5000 RTP/AVP 11",
        "m=audio 5000 RTP/AVP 98\na=rtpmap:98 L16/16000/2",
        "m=audio 5000 RTP/AVP 98\na=rtpmap:98 L16/11025",
        "m=audio 5000 RTP/AVP 98\na=rtpmap:98 G722/16000",
        "m=audio 5000 RTP/AVP 98\na=rtpmap:98 opus/16000/2",
    ] {
        let found = answer(media);
        let refused = matches!(found, Err(OfferAnswerError::NoCommonCodec { .. }));
        assert!(refused, "{media}: {found:?}");
    }
}

#[test]
fn both_sides_agree_whatever_numbers_each_has() {
    let ours = caps(vec![
        opus(98).with_fmtp("maxaveragebitrate=20000;cbr=1"),
        Format::pcmu(),
        Format::telephone_event_at(99, 48_000),
    ]);
    let theirs = caps(vec![
        opus(120).with_fmtp("useinbandfec=1"),
        Format::telephone_event_at(121, 48_000),
    ]);
    let offer = build_offer(&ours, &local());
    let other = LocalMedia::new(address("192.0.2.2:6000"), "2", 1);
    let answer = build_answer(&offer, &theirs, &other).expect("agreed");
    let applied = apply_answer(&offer, &ours, &answer.description).expect("agreed");
    for agreed in [&answer.negotiated, &applied] {
        assert_eq!((agreed.codec, agreed.payload_type), (Codec::Opus, 98));
        let types = agreed.telephone_event.expect("events");
        assert_eq!((types.send, types.receive), (99, 99));
        assert_eq!(agreed.ptime, Duration::from_millis(20));
    }
    // Each sends as the other wishes.
    let sent_to_us = answer.negotiated.opus_wishes;
    assert_eq!(
        (sent_to_us.bitrate_max, sent_to_us.constant_rate),
        (Some(20_000), true)
    );
    assert!(applied.opus_wishes.inband_fec);
    assert!(
        answer
            .description
            .to_string()
            .contains("a=fmtp:98 useinbandfec=1\r\n")
    );
}

#[test]
fn an_answerer_with_numbers_of_its_own_is_sent_these() {
    let ours = caps(vec![opus(98), Format::telephone_event_at(99, 48_000)]);
    let offer = build_offer(&ours, &local());
    let answer = remote(
        "m=audio 7000 RTP/AVP 105 106\na=rtpmap:105 opus/48000/2\na=rtpmap:106 telephone-event/48000",
    );
    let agreed = apply_answer(&offer, &ours, &answer).expect("agreed");
    assert_eq!(agreed.payload_type, 105);
    assert_eq!(agreed.receive_payload_types, [(98, Codec::Opus)]);
    let types = agreed.telephone_event.expect("events");
    assert_eq!((types.send, types.receive), (106, 99));
    assert_eq!(agreed.opus_wishes, OpusWishes::default());
}

#[test]
fn packets_have_a_length_that_the_codec_has() {
    for (media, expected) in [
        (
            "m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=ptime:30",
            20,
        ),
        (
            "m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=ptime:60",
            60,
        ),
        (
            "m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=maxptime:10",
            10,
        ),
        ("m=audio 5000 RTP/AVP 9\na=ptime:30", 30),
        ("m=audio 5000 RTP/AVP 10\na=ptime:20", 10),
        (
            "m=audio 5000 RTP/AVP 98\na=rtpmap:98 L16/16000\na=ptime:40",
            40,
        ),
    ] {
        let agreed = answer(media).expect(media).negotiated;
        assert_eq!(agreed.ptime, Duration::from_millis(expected), "{media}");
    }
}

#[test]
fn comfort_noise_is_sent_beside_narrow_codecs_that_both_know_it_with() {
    for (media, expected) in [
        ("m=audio 5000 RTP/AVP 0 13", Some(13)),
        ("m=audio 5000 RTP/AVP 9 13", Some(13)),
        ("m=audio 5000 RTP/AVP 0", None),
        ("m=audio 5000 RTP/AVP 96 13\na=rtpmap:96 opus/48000/2", None),
    ] {
        let agreed = answer(media).expect(media).negotiated;
        assert_eq!(agreed.comfort_noise, expected, "{media}");
    }
    let without = caps(vec![Format::pcmu()]);
    let offer = remote("m=audio 5000 RTP/AVP 0 13");
    let agreed = build_answer(&offer, &without, &local()).expect("agreed");
    assert_eq!(agreed.negotiated.comfort_noise, None);
    assert!(!agreed.description.to_string().contains("CN"));
}
