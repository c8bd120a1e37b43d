//! Codecs in sentences: what is agreed, what is caught, and files at their own rate.
//! `features/rfc/3551-codecs.feature` has the calls that go well.

use crate::bench::{Bench, feature};

const G722: &str = "Alice uses generic phone with sdp.codecs \"['G722', 'PCMU']\"";

/// A WAV file of a tone, 16 bits, mono.
fn tone(rate: u32, hertz: f64, seconds: u32) -> Vec<u8> {
    let sample = |n: u32| {
        let phase = std::f64::consts::TAU * hertz * f64::from(n) / f64::from(rate);
        (6000.0 * phase.sin()) as i16
    };
    gannet_media::write_wav_at(&(0..rate * seconds).map(sample).collect::<Vec<_>>(), rate)
}

#[test]
fn a_wrong_codec_is_caught_by_name() {
    let call = ["Alice calls Bob", "Bob answers the call"];
    let agreed = [
        G722,
        "Bob uses generic phone with sdp.codecs \"['G722']\"",
        call[0],
        call[1],
        "the call uses codec opus",
    ];
    let narrow = [
        G722,
        "Bob uses generic phone with sdp.codecs \"['PCMU']\"",
        call[0],
        call[1],
        "the call uses codec G722/8000",
    ];
    let rate = [
        "Alice uses generic phone with sdp.codecs \"['L16/16000']\"",
        "Bob uses generic phone with sdp.codecs \"['L16/16000']\"",
        call[0],
        call[1],
        "the call uses codec L16/8000",
    ];
    let nothing_common = [
        "Alice uses generic phone with sdp.codecs \"['L16/16000']\"",
        "Bob uses generic phone with sdp.codecs \"['L16/8000', 'opus']\"",
        call[0],
        call[1],
    ];
    let bench = Bench::new()
        .with("agreed.feature", &feature(&agreed))
        .with("narrow.feature", &feature(&narrow))
        .with("rate.feature", &feature(&rate))
        .with("nothing.feature", &feature(&nothing_common));
    bench
        .run("test agreed.feature narrow.feature rate.feature nothing.feature")
        .expect(
            1,
            &[
                "4 scenarios: 4 failed",
                "Alice sends G722, expected opus",
                "Alice sends PCMU/8000, expected G722/8000",
                "Alice sends L16/16000, expected L16/8000",
                "488",
            ],
        );
}

#[test]
fn audio_that_is_not_in_its_codec_is_not_heard_and_told() {
    // The capture's payload type 0 is sent as the agreed codec; 97 is what Bob takes for Opus.
    let steps = [
        "Alice uses generic phone with sdp.codecs \"[{ name = 'opus', payload-type = 97 }]\"",
        "Bob uses generic phone with sdp.codecs \"['opus']\"",
        "Alice calls Bob",
        "Bob answers the call",
        "Alice plays \"foreign.pcap\"",
        "Bob hears Alice within 1 s",
    ];
    let bench = Bench::new()
        .with("f.feature", &feature(&steps))
        .with_bytes("foreign.pcap", &capture(97, &[0xff; 3], 960));
    bench
        .run("test f.feature")
        .expect(1, &["1 scenario: 1", "Bob"]);
}

/// A capture of half a second of RTP over UDP in IPv4, without link layer.
fn capture(payload_type: u8, payload: &[u8], units: u32) -> Vec<u8> {
    let mut octets = Vec::new();
    // Magic, version 2.4, zone, accuracy, snap length, LINKTYPE_RAW.
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 101] {
        octets.extend(word.to_le_bytes());
    }
    for number in 0..25_u32 {
        let mut rtp = vec![0x80, payload_type, 0, number as u8];
        rtp.extend((number * units).to_be_bytes());
        rtp.extend([0, 0, 0, 9]);
        rtp.extend(payload);
        let (udp, ip) = (rtp.len() as u16 + 8, rtp.len() as u16 + 28);
        let mut packet = vec![0x45, 0];
        packet.extend(ip.to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        packet.extend([0x0f, 0xa0, 0x0f, 0xa0]);
        packet.extend(udp.to_be_bytes());
        packet.extend([0, 0]);
        packet.extend(rtp);
        for word in [0, number * 20_000, packet.len() as u32, packet.len() as u32] {
            octets.extend(word.to_le_bytes());
        }
        octets.extend(packet);
    }
    octets
}

#[test]
fn captures_are_brought_to_the_agreed_codec() {
    // 500 Hz in A-law: 16 samples to a period, the first and the last half of which are equal.
    let mut encoder = gannet_media::Encoder::new(gannet_media::Codec::Pcma);
    let sample = |n: u32| (6000.0 * (std::f64::consts::TAU * f64::from(n) / 16.0).sin()) as i16;
    let mut payload = Vec::new();
    encoder.encode(&(0..160).map(sample).collect::<Vec<_>>(), &mut payload);
    let pair = |codecs: &str| {
        [
            format!("Alice uses generic phone with sdp.codecs \"[{codecs}]\""),
            format!("Bob uses generic phone with sdp.codecs \"[{codecs}]\""),
        ]
    };
    let mut bench = Bench::new().with_bytes("tone.pcap", &capture(8, &payload, 160));
    for (name, codecs) in [
        ("g722", "'G722'"),
        ("opus", "'opus'"),
        ("l16", "'L16/44100'"),
    ] {
        let [alice, bob] = pair(codecs);
        let steps = [
            &alice,
            &bob,
            "Alice calls Bob",
            "Bob answers the call",
            "Alice plays \"tone.pcap\"",
            "Bob hears a 500 Hz tone",
            "Bob has jitter below 60 ms",
        ];
        bench = bench.with(&format!("{name}.feature"), &feature(&steps));
    }
    let run = bench.run("test g722.feature opus.feature l16.feature");
    run.expect(0, &["3 scenarios: 3 passed"]);
}

#[test]
fn files_keep_what_is_above_a_narrow_codec() {
    let wide = [
        "Alice uses generic phone with sdp.codecs \"['opus']\"",
        "Bob uses generic phone with sdp.codecs \"['opus']\"",
        "Alice calls Bob",
        "Bob answers the call",
        "Bob records to \"heard.wav\"",
        "Alice plays \"wide.wav\"",
        "Bob hears a 9000 Hz tone",
        "Bob stops recording",
    ];
    let bench = Bench::new()
        .with("wide.feature", &feature(&wide))
        .with_bytes("wide.wav", &tone(44_100, 9000.0, 20));
    bench.run("test wide.feature").expect(0, &["1 passed"]);
    let recorded = std::fs::read(bench.path().join("heard.wav")).expect("a recording");
    let audio = gannet_media::read_audio(&recorded).expect("a WAV file");
    assert_eq!(audio.rate, 48_000);
    // Where nothing is lost, the tone is there with its level.
    let levels: Vec<_> = audio
        .samples
        .chunks(4800)
        .map(gannet_media::level_dbfs)
        .collect();
    let is_right = |level: &f32| (level + 14.7).abs() < 1.0;
    assert!(levels.iter().any(is_right), "{levels:?}");
}

#[test]
fn tones_end_where_the_codec_does() {
    let steps = |codec: &str, hertz: u32| {
        feature(&[
            &format!("Alice uses generic phone with sdp.codecs \"['{codec}']\""),
            "Alice calls echo",
            &format!("Alice plays a {hertz} Hz tone"),
            &format!("Alice hears a {hertz} Hz tone"),
        ])
    };
    let bench = Bench::new()
        .with("inside.feature", &steps("G722", 6500))
        .with("beyond.feature", &steps("G722", 8000));
    bench.run("test inside.feature").expect(0, &["1 passed"]);
    bench.run("test beyond.feature").expect(
        1,
        &["plays tones from 1 to 7999 Hz, not 8000 Hz", "G722/8000"],
    );
}

#[test]
fn a_codec_that_is_not_there_is_told_with_those_that_are() {
    let unknown = feature(&["Alice uses generic phone with sdp.codecs \"['G729']\""]);
    let events = feature(&["Alice uses generic phone with sdp.codecs \"['telephone-event']\""]);
    let twice = feature(&[
        "Alice uses generic phone with sdp.codecs \"['opus', { name = 'L16/8000', payload-type = 111 }]\"",
    ]);
    let bench = Bench::new()
        .with("unknown.feature", &unknown)
        .with("events.feature", &events)
        .with("twice.feature", &twice);
    let told = bench.run("test unknown.feature events.feature twice.feature");
    told.expect(
        2,
        &[
            "codec G729 does not work yet",
            "these do: PCMU, PCMA, G722, opus, L16/16000",
            "expected at least one codec for audio",
            "payload type 111 is used twice",
        ],
    );
}

#[test]
fn voicemail_is_left_in_one_codec_and_heard_in_another() {
    let steps = [
        "Alice uses generic phone with sdp.codecs \"['G722']\"",
        "Bob uses generic phone with sdp.codecs \"['opus', 'telephone-event']\"",
        "Bob is busy",
        "Alice calls Bob",
        "Alice leaves a voicemail of 4 seconds",
        "Bob has 1 new and 0 old messages",
        "Bob calls *97",
        "Bob hears Alice",
        "Bob listens to voicemail \"7\"",
        "Bob has 0 new and 0 old messages",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}
