//! What goes through the codecs and what comes out.

use super::*;
use crate::level_dbfs;

const ALL: [Codec; 6] = [
    Codec::Pcmu,
    Codec::Pcma,
    Codec::G722,
    Codec::L16 {
        sample_rate: 44_100,
        channels: 1,
    },
    Codec::L16 {
        sample_rate: 16_000,
        channels: 2,
    },
    Codec::Opus,
];

fn encoded(codec: Codec, sample: i16) -> u8 {
    let mut out = Vec::new();
    Encoder::new(codec).encode(&[sample], &mut out);
    out[0]
}

fn decoded(codec: Codec, octet: u8) -> i16 {
    let mut out = Vec::new();
    assert!(Decoder::new(codec).decode(&[octet], &mut out));
    out[0]
}

fn sine(hz: f64, level_dbfs: f64, rate: u32, count: usize) -> Vec<i16> {
    let amplitude = f64::from(i16::MAX) * 10.0_f64.powf(level_dbfs / 20.0);
    let step = std::f64::consts::TAU * hz / f64::from(rate);
    (0..count)
        .map(|n| (amplitude * (step * n as f64).sin()).round() as i16)
        .collect()
}

/// One second in packets of 20 ms there and back: what comes out, and octets for each packet.
fn there_and_back(codec: Codec, samples: &[i16]) -> (Vec<i16>, usize) {
    let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
    let (mut heard, mut longest) = (Vec::new(), 0);
    for packet in samples.chunks_exact(codec.sample_rate() as usize / 50) {
        let mut payload = Vec::new();
        encoder.encode(packet, &mut payload);
        longest = longest.max(payload.len());
        assert!(decoder.decode(&payload, &mut heard));
    }
    (heard, longest)
}

/// Power of one frequency and of all, of the middle of `samples`.
fn purity(samples: &[i16], hz: f64, rate: u32) -> f64 {
    let middle = &samples[samples.len() / 2..][..rate as usize / 5];
    let step = std::f64::consts::TAU * hz / f64::from(rate);
    let (mut real, mut imaginary, mut total) = (0.0, 0.0, 0.0);
    for (n, &sample) in middle.iter().enumerate() {
        let (sin, cos) = (step * n as f64).sin_cos();
        real += f64::from(sample) * cos;
        imaginary += f64::from(sample) * sin;
        total += f64::from(sample).powi(2);
    }
    2.0 * (real.powi(2) + imaginary.powi(2)) / (total * middle.len() as f64)
}

#[test]
fn known_values_of_both_laws() {
    // Decision and quantised values of ITU-T G.711 tables 1 and 2, scaled to 16 bits.
    for (octet, sample) in [
        (0xff, 0),
        (0x7f, 0),
        (0x80, 32124),
        (0x00, -32124),
        (0xfe, 8),
        (0xf0, 120),
        (0x8f, 16764),
    ] {
        assert_eq!(decoded(Codec::Pcmu, octet), sample, "mu-law {octet:#x}");
    }
    for (octet, sample) in [
        (0xd5, 8),
        (0x55, -8),
        (0xaa, 32256),
        (0x2a, -32256),
        (0xd4, 24),
        (0xc5, 264),
    ] {
        assert_eq!(decoded(Codec::Pcma, octet), sample, "A-law {octet:#x}");
    }
    assert_eq!(encoded(Codec::Pcmu, 0), 0xff);
    assert_eq!(encoded(Codec::Pcma, 0), 0xd5);
    assert_eq!(encoded(Codec::Pcmu, i16::MAX), 0x80);
    assert_eq!(encoded(Codec::Pcma, i16::MAX), 0xaa);
    assert_eq!(encoded(Codec::Pcmu, i16::MIN), 0x00);
    assert_eq!(encoded(Codec::Pcma, i16::MIN), 0x2a);
}

#[test]
fn every_octet_survives_decoding_and_encoding() {
    for octet in 0..=255 {
        assert_eq!(encoded(Codec::Pcma, decoded(Codec::Pcma, octet)), octet);
        // Negative zero of mu-law has no sample of its own.
        let expected = if octet == 0x7f { 0xff } else { octet };
        assert_eq!(encoded(Codec::Pcmu, decoded(Codec::Pcmu, octet)), expected);
    }
}

#[test]
fn quantisation_error_stays_within_the_step() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        for sample in (i16::MIN..i16::MAX).step_by(7) {
            let error = i32::from(decoded(codec, encoded(codec, sample))) - i32::from(sample);
            let allowed = i32::from(sample.unsigned_abs() / 16).max(16);
            // The top step clips: 32635 is the largest input of mu-law.
            assert!(error.abs() <= allowed.max(700 * i32::from(sample.unsigned_abs() > 31_000)));
        }
    }
}

#[test]
fn tones_keep_their_frequency_and_level() {
    for codec in ALL {
        let rate = codec.sample_rate();
        for (hz, level) in [
            (300.0, -20.0),
            (1000.0, -10.0),
            (1000.0, -40.0),
            (3000.0, -16.0),
        ] {
            let sent = sine(hz, level, rate, rate as usize);
            let (heard, _) = there_and_back(codec, &sent);
            assert_eq!(heard.len(), sent.len(), "{codec}");
            let change = level_dbfs(&heard[heard.len() / 2..]) - level_dbfs(&sent);
            assert!(change.abs() < 1.0, "{codec} {hz} Hz {level} dB: {change}");
            let noise = 1.0 - purity(&heard, hz, rate);
            assert!(
                noise < 0.01,
                "{codec} {hz} Hz {level} dB: {noise} is no tone"
            );
        }
    }
}

#[test]
fn wide_codecs_carry_what_narrow_ones_cannot() {
    for (codec, hz) in [
        (Codec::G722, 6000.0),
        (Codec::Opus, 12_000.0),
        (ALL[3], 18_000.0),
    ] {
        let rate = codec.sample_rate();
        let sent = sine(hz, -16.0, rate, rate as usize);
        let (heard, _) = there_and_back(codec, &sent);
        let change = level_dbfs(&heard[heard.len() / 2..]) - level_dbfs(&sent);
        assert!(change.abs() < 1.5, "{codec} {hz} Hz: {change}");
        assert!(purity(&heard, hz, rate) > 0.9, "{codec} {hz} Hz");
    }
}

#[test]
fn payloads_are_as_long_as_the_formats_say() {
    for (codec, octets) in [
        (Codec::Pcmu, 160),
        (Codec::G722, 160),
        (ALL[3], 1764),
        (ALL[4], 1280),
    ] {
        let silence = vec![0; codec.sample_rate() as usize];
        assert_eq!(there_and_back(codec, &silence).1, octets, "{codec}");
    }
    let tone = sine(440.0, -13.0, 48_000, 48_000);
    let octets = there_and_back(Codec::Opus, &tone).1;
    // 64 kbit/s, with what a variable rate may take more for a packet.
    assert!((20..640).contains(&octets), "{octets}");
}

#[test]
fn opus_has_the_lengths_that_can_be_agreed_and_no_others() {
    for (milliseconds, known) in [
        (5, true),
        (10, true),
        (40, true),
        (60, true),
        (120, true),
        (30, false),
    ] {
        let samples = vec![100; 48 * milliseconds];
        let mut payload = Vec::new();
        Encoder::new(Codec::Opus).encode(&samples, &mut payload);
        assert_eq!(!payload.is_empty(), known, "{milliseconds} ms");
        let mut heard = Vec::new();
        let decoded = Decoder::new(Codec::Opus).decode(&payload, &mut heard);
        assert_eq!(
            (decoded, heard.len()),
            (known, if known { samples.len() } else { 0 })
        );
    }
}

#[test]
fn a_receiver_of_opus_says_how_it_wants_it() {
    let wishes = OpusWishes::parse("useinbandfec=1; stereo=0;MaxAverageBitrate=16000 ;cbr=1;x");
    assert_eq!(
        wishes,
        OpusWishes {
            inband_fec: true,
            constant_rate: true,
            bitrate_max: Some(16_000),
        }
    );
    assert_eq!(OpusWishes::parse("0-15"), OpusWishes::default());
    let mut encoder = Encoder::as_wished(Codec::Opus, wishes);
    let tone = sine(440.0, -13.0, 48_000, 48_000);
    for packet in tone.chunks_exact(960) {
        let mut payload = Vec::new();
        encoder.encode(packet, &mut payload);
        assert_eq!(payload.len(), 40, "16 kbit/s in 20 ms");
    }
}

#[test]
fn what_is_no_payload_gives_nothing_and_does_no_harm() {
    let mut rng = fastrand::Rng::with_seed(3);
    for codec in ALL {
        let mut decoder = Decoder::new(codec);
        let mut out = Vec::new();
        for _ in 0..2000 {
            let octets: Vec<u8> = (0..rng.usize(0..200)).map(|_| rng.u8(..)).collect();
            let before = out.len();
            if !decoder.decode(&octets, &mut out) {
                assert_eq!(out.len(), before, "{codec}");
            }
            out.truncate(1000);
        }
    }
    let mut out = Vec::new();
    assert!(!Decoder::new(ALL[3]).decode(&[1, 2, 3], &mut out));
    assert!(!Decoder::new(ALL[4]).decode(&[1, 2], &mut out));
    assert!(!Decoder::new(Codec::Opus).decode(&[], &mut out));
    assert!(Decoder::new(ALL[4]).decode(&[0, 100, 0, 50], &mut out));
    assert_eq!(out, [75]);
}
