//! Sessions in each codec: what is heard, changes of the codec, comfort noise, recordings.

mod bench;

use std::time::Duration;

use bench::{Bench, DYNAMIC, LEFT, RIGHT, ms, negotiated, rtp_address, secs};
use gannet_media::{
    Codec, LISTEN_DELAY, Mark, RtpSessionConfig, SharedMixer, Sound, Source, level_dbfs, read_audio,
};
use gannet_rtp::RtpPacket;

const WIDE: [Codec; 4] = [
    Codec::G722,
    Codec::Opus,
    Codec::L16 {
        sample_rate: 44_100,
        channels: 1,
    },
    Codec::L16 {
        sample_rate: 16_000,
        channels: 2,
    },
];

/// The share of the time up to now, without the first 200 ms since `from`, in which a sound was heard.
fn share(bench: &Bench, end: usize, sound: Sound, from: std::time::Instant) -> f64 {
    let to = bench.ago(LISTEN_DELAY);
    let heard = bench.ends[end].listener().heard(sound, from + ms(200), to);
    heard.share()
}

/// A change of the configuration to packets of a time.
fn packets_of(time: Duration) -> impl Fn(usize, &mut RtpSessionConfig) {
    move |_, config| config.negotiated.ptime = time
}

#[test]
fn marks_are_heard_in_every_codec_and_as_no_other_mark() {
    for codec in WIDE {
        for sent in (0..Mark::COUNT).step_by(23) {
            let mut bench = Bench::new(codec);
            bench.ends[LEFT].set_source(Source::Mark(Mark::nth(sent)), bench.start);
            bench.run(ms(900));
            for asked in 0..Mark::COUNT {
                let found = share(&bench, RIGHT, Sound::Mark(Mark::nth(asked)), bench.start);
                let expected = if asked == sent { 1.0 } else { 0.0 };
                assert!(
                    (found - expected).abs() < 1e-9,
                    "{codec} {sent} as {asked}: {found}"
                );
            }
        }
    }
}

#[test]
fn marks_are_heard_with_losses_and_jitter() {
    for codec in WIDE {
        let mut bench = Bench::new(codec);
        bench.loss = 0.1;
        bench.delay.1 = ms(30);
        let mark = Sound::Mark(Mark::nth(5));
        bench.ends[LEFT].set_source(Source::Mark(Mark::nth(5)), bench.start);
        bench.run(secs(5));
        let found = share(&bench, RIGHT, mark, bench.start);
        assert!(found > 0.97, "{codec}: {found}");
        let report = bench.ends[RIGHT].report();
        let stream = report.main_stream().expect("a stream");
        assert!((5.0..15.0).contains(&stream.lost_percent), "{codec}");
        // Of 30 ms that are evenly spread, whatever clock the codec has.
        assert!(
            (ms(3)..ms(20)).contains(&stream.jitter),
            "{codec}: {:?}",
            stream.jitter
        );
        assert_eq!((stream.undecodable, stream.unexpected_payload_type), (0, 0));
    }
}

#[test]
fn timestamps_count_in_the_clock_of_the_codec() {
    for (codec, ptime, units, octets) in [
        (Codec::G722, 20, 160, Some(160)),
        (Codec::Opus, 20, 960, None),
        (Codec::Opus, 60, 2880, None),
        (WIDE[2], 10, 441, Some(882)),
        (WIDE[3], 20, 320, Some(1280)),
    ] {
        let mut bench = Bench::with(packets_of(ms(ptime)), codec);
        bench.ends[LEFT].set_source(Source::tone(440.0), bench.start);
        let (mut datagram, mut last) = (Vec::new(), None);
        for _ in 0..10 {
            while bench.ends[LEFT]
                .poll_transmit(bench.now, &mut datagram)
                .is_some()
            {
                let packet = RtpPacket::parse(&datagram).expect("RTP");
                if let Some(last) = last.replace(packet.timestamp()) {
                    assert_eq!(packet.timestamp().wrapping_sub(last), units, "{codec}");
                }
                let expected = octets.unwrap_or(packet.payload().len());
                assert_eq!(packet.payload().len(), expected, "{codec}");
            }
            bench.now += ms(ptime);
        }
        assert!(last.is_some());
    }
}

#[test]
fn received_audio_is_as_long_as_the_packets_say() {
    for codec in WIDE {
        let mut bench = Bench::new(codec);
        bench.run(ms(1015));
        let report = bench.ends[RIGHT].report();
        let stream = report.main_stream().expect("a stream");
        assert_eq!((stream.decoded, stream.audio), (51, ms(1020)), "{codec}");
    }
}

#[test]
fn keys_last_as_long_in_every_clock() {
    for codec in WIDE {
        let mut bench = Bench::new(codec);
        assert!(bench.ends[LEFT].send_dtmf('7', ms(160)));
        bench.run(secs(1));
        let [event] = bench.ends[RIGHT].received_events() else {
            panic!("{codec}: one key")
        };
        assert_eq!(
            (event.key, event.duration, event.ended),
            (Some('7'), ms(160), true)
        );
    }
}

#[test]
fn a_sender_may_go_on_in_another_of_the_agreed_codecs() {
    let all = vec![(0, Codec::Pcmu), (9, Codec::G722), (DYNAMIC, Codec::Opus)];
    let change = |_: usize, config: &mut RtpSessionConfig| {
        config.negotiated.receive_payload_types.clone_from(&all);
    };
    let mut bench = Bench::with(change, Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::Mark(Mark::nth(3)), bench.start);
    bench.ends[RIGHT].start_recording(secs(60), bench.now);
    bench.run(secs(1));
    // Only the sender is told: the other side learns of it from the payload types.
    for codec in [Codec::Opus, Codec::G722, Codec::Pcmu] {
        let from = bench.now;
        let mut agreed = negotiated(codec, rtp_address(RIGHT));
        agreed.receive_payload_types.clone_from(&all);
        bench.ends[LEFT].renegotiate(agreed, bench.now);
        bench.run(secs(1));
        let found = share(&bench, RIGHT, Sound::Mark(Mark::nth(3)), from);
        assert!(found > 0.999, "{codec}: {found}");
    }
    let report = bench.ends[RIGHT].report();
    let stream = report.main_stream().expect("a stream");
    assert_eq!(stream.payload_types, [0, DYNAMIC, 9]);
    assert_eq!((stream.lost, stream.undecodable), (0, 0));
    assert!(stream.jitter_max < ms(2), "{:?}", stream.jitter_max);
    // The recording has the rate with which it began, and no gap.
    let audio = read_audio(&bench.ends[RIGHT].wav_bytes()).expect("our own file");
    assert_eq!(audio.rate, 8000);
    assert!(
        audio.samples.len().abs_diff(32_000) <= 320,
        "{}",
        audio.samples.len()
    );
    for (index, part) in audio.samples[400..].chunks_exact(400).enumerate() {
        let level = level_dbfs(part);
        assert!((level + 13.0).abs() < 2.5, "{index}: {level}");
    }
}

#[test]
fn an_echo_comes_back_in_every_codec() {
    for codec in WIDE {
        let mut bench = Bench::new(codec);
        bench.ends[LEFT].set_source(Source::tone(3100.0), bench.start);
        bench.ends[RIGHT].set_source(Source::Echo, bench.start);
        bench.run(secs(1));
        let tone = bench.ends[LEFT]
            .listener()
            .dominant_tone(bench.start + ms(300), bench.ago(LISTEN_DELAY))
            .expect("a tone");
        assert!(
            (tone.frequency_hz - 3100.0).abs() < 3.0,
            "{codec}: {tone:?}"
        );
        assert!((tone.level_dbfs + 13.0).abs() < 1.5, "{codec}: {tone:?}");
    }
}

#[test]
fn a_mixer_lets_narrow_and_wide_phones_hear_each_other() {
    let codecs = [Codec::Pcmu, Codec::Opus, Codec::G722];
    let mut benches = codecs.map(Bench::new);
    let mixer = SharedMixer::new(benches[0].start);
    for (index, bench) in benches.iter_mut().enumerate() {
        let (start, feed) = (bench.start, mixer.join());
        bench.ends[LEFT].set_source(Source::Mark(Mark::nth(index)), start);
        bench.ends[RIGHT].set_source(Source::Live(feed), start);
    }
    for _ in 0..2000 {
        for bench in &mut benches {
            bench.run(ms(1));
        }
    }
    for (listener, bench) in benches.iter().enumerate() {
        for speaker in 0..3 {
            let mark = Sound::Mark(Mark::nth(speaker));
            let found = share(bench, LEFT, mark, bench.start + ms(500));
            let expected = f64::from(u8::from(speaker != listener));
            assert!(
                (found - expected).abs() < 0.1,
                "{speaker} at {listener}: {found}"
            );
        }
    }
}

#[test]
fn payload_that_is_none_of_its_codec_is_counted_and_not_heard() {
    let mut bench = Bench::new(WIDE[3]);
    let mut datagram = Vec::new();
    for number in 0..50_u16 {
        datagram.clear();
        gannet_rtp::RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(DYNAMIC)
            .sequence_number(number)
            .timestamp(u32::from(number) * 320)
            .ssrc(1)
            .payload(&[1, 2, 3][..])
            .write_into_vec(&mut datagram)
            .expect("valid");
        let now = bench.now;
        bench.ends[LEFT].handle_datagram(now, rtp_address(RIGHT), &datagram);
        bench.now += ms(20);
    }
    let report = bench.ends[LEFT].report();
    let stream = report.main_stream().expect("a stream");
    assert_eq!(
        (stream.packets, stream.undecodable, stream.decoded),
        (50, 50, 0)
    );
    assert!(share(&bench, LEFT, Sound::Stream, bench.start) < 1e-9);
}

#[test]
fn silence_is_described_where_comfort_noise_is_agreed() {
    let agree = |_: usize, config: &mut RtpSessionConfig| {
        config.negotiated.comfort_noise = Some(13);
        config.rtcp_interval = None;
    };
    let mut bench = Bench::with(agree, Codec::Pcmu);
    bench.ends[RIGHT].set_source(Source::Mute, bench.start);
    bench.ends[LEFT].set_source(Source::tone(440.0), bench.start);
    bench.run(ms(990));
    bench.ends[LEFT].set_source(Source::Silence, bench.now);
    bench.run(secs(2));
    let from = bench.now;
    bench.ends[LEFT].set_source(Source::tone(440.0), from);
    bench.run(secs(1));
    let report = bench.ends[RIGHT].report();
    let stream = report.main_stream().expect("a stream");
    // 50 of sound, 5 of silence, 4 that describe it (one each half second), 50 of sound.
    assert_eq!(stream.comfort_noise, 4);
    assert_eq!((stream.packets, stream.lost), (109, 0));
    assert_eq!(stream.unexpected_payload_type, 0);
    assert!(share(&bench, RIGHT, Sound::Tone(440.0), from) > 0.99);
    // Where it is not agreed, silence is audio.
    let mut plain = Bench::new(Codec::Pcmu);
    plain.run(secs(1));
    let report = plain.ends[RIGHT].report();
    let stream = report.main_stream().expect("a stream");
    assert_eq!((stream.packets, stream.comfort_noise), (50, 0));
}

#[test]
fn recordings_have_the_rate_of_the_codec() {
    for codec in WIDE {
        let mut bench = Bench::new(codec);
        bench.ends[LEFT].set_source(Source::tone(3000.0), bench.start);
        bench.ends[RIGHT].start_recording(secs(10), bench.now);
        bench.run(secs(1));
        let audio = read_audio(&bench.ends[RIGHT].wav_bytes()).expect("our own file");
        assert_eq!(audio.rate, codec.sample_rate());
        let seconds = audio.samples.len() as f64 / f64::from(audio.rate);
        assert!((0.9..=1.02).contains(&seconds), "{codec}: {seconds}");
        let level = level_dbfs(&audio.samples[audio.samples.len() / 2..]);
        assert!((level + 13.0).abs() < 1.0, "{codec}: {level}");
    }
}
