//! What one session hears of another: marks, tones, silence, gaps, with loss.

mod bench;

use bench::{Bench, LEFT, RIGHT, ms, secs};
use gannet_media::{Codec, Heard, LISTEN_DELAY, Mark, Sound, Source, Tone, render_dtmf};
use gannet_sdp::Direction;

fn heard(bench: &Bench, sound: Sound) -> Heard {
    bench.ends[RIGHT]
        .listener()
        .heard(sound, bench.start + ms(100), bench.ago(LISTEN_DELAY))
}

#[test]
fn every_mark_is_heard_through_both_laws_and_as_no_other_mark() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        for sent in 0..Mark::COUNT {
            let mut bench = Bench::new(codec);
            bench.ends[LEFT].set_source(Source::Mark(Mark::nth(sent)), bench.start);
            bench.run(ms(800));
            for asked in 0..Mark::COUNT {
                let share = heard(&bench, Sound::Mark(Mark::nth(asked))).share();
                let expected = if asked == sent { 1.0 } else { 0.0 };
                assert!(
                    (share - expected).abs() < 1e-9,
                    "{codec:?} {sent} as {asked}: {share}"
                );
            }
        }
    }
}

#[test]
fn with_a_fifth_lost_a_mark_is_still_heard_and_as_no_other_mark() {
    for sent in 0..Mark::COUNT {
        let mut bench = Bench::new(Codec::Pcma);
        bench.loss = 0.2;
        bench.delay.1 = ms(30);
        bench.ends[LEFT].set_source(Source::Mark(Mark::nth(sent)), bench.start);
        bench.run(secs(5));
        let own = heard(&bench, Sound::Mark(Mark::nth(sent)));
        assert!(own.share() > 0.97, "{sent}: {own:?}");
        assert!(own.longest_gap < ms(200), "{sent}: {own:?}");
        for asked in (0..Mark::COUNT).filter(|&asked| asked != sent) {
            let other = heard(&bench, Sound::Mark(Mark::nth(asked)));
            assert!(other.share() < 0.01, "{sent} as {asked}: {other:?}");
        }
    }
}

#[test]
fn keys_are_heard_in_order_and_marks_are_no_keys() {
    let keys: Vec<char> = "1234567890*#ABCD11".chars().collect();
    for (codec, tone, pause) in [(Codec::Pcmu, 100, 100), (Codec::Pcma, 80, 80)] {
        for offset in 0..40 {
            let mut bench = Bench::new(codec);
            bench.run(ms(offset));
            let samples = render_dtmf(&keys, ms(tone), ms(pause)).expect("keys");
            bench.ends[LEFT].set_source(Source::once(samples), bench.now);
            bench.run(secs(4));
            let came = bench.ends[RIGHT].listener().dtmf_keys();
            let text: String = came.iter().map(|key| key.key).collect();
            assert_eq!(text, "1234567890*#ABCD11", "{codec:?} after {offset} ms");
            assert!(came.iter().all(|key| key.length <= ms(tone + 80)));
        }
    }
    for mark in 0..Mark::COUNT {
        let mut bench = Bench::new(Codec::Pcmu);
        bench.ends[LEFT].set_source(Source::Mark(Mark::nth(mark)), bench.start);
        bench.run(ms(500));
        let came = bench.ends[RIGHT].listener().dtmf_keys();
        assert!(came.is_empty(), "mark {mark}: {came:?}");
    }
    assert!(render_dtmf(&['x'], ms(100), ms(100)).is_none());
}

#[test]
fn marks_that_are_mixed_are_all_heard() {
    let tones: Vec<Tone> = [0, 3, 6]
        .into_iter()
        .flat_map(|n| Mark::nth(n).tones())
        .collect();
    let mut bench = Bench::new(Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::Tones(tones[..4].to_vec()), bench.start);
    bench.run(secs(1));
    for n in 0..8 {
        let share = heard(&bench, Sound::Mark(Mark::nth(n))).share();
        assert_eq!(share > 0.5, [0, 3].contains(&n), "mark {n}: {share}");
    }
}

#[test]
fn a_mark_is_heard_beside_a_much_louder_tone() {
    let mark = Mark::nth(1);
    let loud = Tone::new(880.0).with_level(-6.0);
    let tones = [&mark.tones()[..], &[loud]].concat();
    let mut bench = Bench::new(Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::Tones(tones), bench.start);
    bench.run(secs(1));
    for n in 0..8 {
        let share = heard(&bench, Sound::Mark(Mark::nth(n))).share();
        assert_eq!(share > 0.9, n == 1, "mark {n}: {share}");
    }
}

#[test]
fn muted_audio_is_not_heard_but_its_packets_come() {
    let mut bench = Bench::new(Codec::Pcma);
    bench.ends[LEFT].set_source(Source::Mark(Mark::nth(1)), bench.start);
    bench.ends[LEFT].set_muted(true);
    bench.run(secs(3));
    assert!(heard(&bench, Sound::Mark(Mark::nth(1))).covered.is_zero());
    assert!(heard(&bench, Sound::Any).covered.is_zero());
    assert!(heard(&bench, Sound::Stream).share() > 0.99);
    let quiet = bench.ends[RIGHT]
        .listener()
        .silence(bench.start, bench.ago(LISTEN_DELAY));
    assert_eq!(quiet.quiet, quiet.total);
    assert!(quiet.longest_sound.is_zero());
    assert!(
        quiet.loudest_dbfs.is_some_and(|level| level < -69.0),
        "{quiet:?}"
    );
}

#[test]
fn without_packets_nothing_is_heard() {
    let mut bench = Bench::new(Codec::Pcma);
    bench.ends[LEFT].set_source(Source::Mute, bench.start);
    bench.run(secs(2));
    let stream = heard(&bench, Sound::Stream);
    assert_eq!((stream.covered, stream.first_heard_at), (ms(0), None));
    assert_eq!(stream.longest_gap, stream.total);
    let quiet = bench.ends[RIGHT].listener().silence(bench.start, bench.now);
    assert_eq!((quiet.quiet, quiet.received), (secs(2), ms(0)));
    assert_eq!(bench.ends[RIGHT].report().received, []);
}

#[test]
fn a_gap_is_found_where_it_was() {
    let mark = Mark::nth(5);
    let mut bench = Bench::new(Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::Mark(mark), bench.start);
    bench.run(secs(2));
    bench.ends[LEFT].set_muted(true);
    bench.run(ms(500));
    bench.ends[LEFT].set_muted(false);
    bench.run(secs(2));
    let own = heard(&bench, Sound::Mark(mark));
    assert!(
        own.longest_gap > ms(440) && own.longest_gap < ms(560),
        "{own:?}"
    );
    let missing = own.total.saturating_sub(own.covered);
    assert!(missing > ms(440) && missing < ms(620), "{own:?}");
}

#[test]
fn the_first_and_last_moment_of_a_sound_are_told() {
    let mut bench = Bench::new(Codec::Pcmu);
    bench.run(secs(1));
    let (mark, begin) = (Mark::nth(2), bench.now);
    bench.ends[LEFT].set_source(Source::Mark(mark), begin);
    bench.run(secs(1));
    let end = bench.now;
    bench.ends[LEFT].set_source(Source::Silence, end);
    bench.run(secs(1));
    let own = heard(&bench, Sound::Mark(mark));
    let first = own.first_heard_at.expect("heard") - begin;
    let last = own.last_heard_at.expect("heard");
    assert!(first < ms(60), "{first:?}");
    assert!(
        last + ms(60) > end && last < end + ms(60),
        "{:?}",
        last - begin
    );
    assert!(
        (own.level_dbfs.expect("heard") + 13.0).abs() < 1.0,
        "{own:?}"
    );
}

#[test]
fn tones_of_other_phones_are_told_apart() {
    for hz in [300.0_f32, 425.0, 440.0, 880.0, 1004.0, 2100.0] {
        let mut bench = Bench::new(Codec::Pcma);
        bench.ends[LEFT].set_source(Source::tone(hz), bench.start);
        bench.loss = 0.1;
        bench.run(secs(2));
        assert!(heard(&bench, Sound::Tone(hz)).share() > 0.95, "{hz}");
        for other in [360.0, 500.0, 800.0, 1200.0] {
            assert!(
                heard(&bench, Sound::Tone(other)).share() < 0.05,
                "{hz} as {other}"
            );
        }
        let listener = bench.ends[RIGHT].listener();
        let tone = listener
            .dominant_tone(bench.start, bench.now)
            .expect("a tone");
        assert!((tone.frequency_hz - hz).abs() < 5.0, "{tone:?}");
        assert!(
            tone.share > 0.9 && (tone.level_dbfs + 13.0).abs() < 1.0,
            "{tone:?}"
        );
        for n in 0..Mark::COUNT {
            assert!(
                heard(&bench, Sound::Mark(Mark::nth(n))).covered.is_zero(),
                "{hz} as mark {n}"
            );
        }
    }
}

#[test]
fn noise_and_dtmf_are_heard_but_as_no_mark() {
    let mut rng = fastrand::Rng::with_seed(3);
    let noise: Vec<i16> = (0..16_000).map(|_| rng.i16(-8000..8000)).collect();
    let digits = [697.0, 770.0, 852.0, 941.0_f32]
        .into_iter()
        .flat_map(|low| {
            [1209.0, 1336.0, 1477.0, 1633.0]
                .map(|high| Source::Tones([low, high].map(Tone::new).into()))
        });
    for source in [Source::repeated(noise)].into_iter().chain(digits) {
        let mut bench = Bench::new(Codec::Pcmu);
        bench.ends[LEFT].set_source(source.clone(), bench.start);
        bench.loss = 0.2;
        bench.run(secs(2));
        assert!(heard(&bench, Sound::Any).share() > 0.95);
        for n in 0..Mark::COUNT {
            let share = heard(&bench, Sound::Mark(Mark::nth(n))).share();
            assert!(share < 0.03, "{source:?} as mark {n}: {share}");
        }
    }
}

#[test]
fn a_session_that_does_not_receive_does_not_hear() {
    let mut bench = Bench::new(Codec::Pcma);
    bench.ends[LEFT].set_source(Source::Mark(Mark::nth(1)), bench.start);
    bench.ends[RIGHT].set_direction(Direction::SendOnly, bench.start);
    bench.run(secs(1));
    assert!(heard(&bench, Sound::Stream).covered.is_zero());
    assert!(bench.ends[RIGHT].report().received[0].packets > 40);
    let now = bench.now;
    bench.ends[RIGHT].set_direction(Direction::SendRecv, now);
    bench.run(secs(1));
    assert!(heard(&bench, Sound::Mark(Mark::nth(1))).covered > ms(800));
}

#[test]
fn an_echo_comes_back_and_is_heard_as_the_own_mark() {
    let mark = Mark::nth(9);
    let mut bench = Bench::new(Codec::Pcma);
    bench.loss = 0.05;
    bench.delay.1 = ms(15);
    bench.ends[RIGHT].set_source(Source::Echo, bench.start);
    bench.ends[LEFT].set_source(Source::Mark(mark), bench.start);
    bench.run(secs(5));
    let back = bench.ends[LEFT].listener().heard(
        Sound::Mark(mark),
        bench.start + ms(500),
        bench.ago(LISTEN_DELAY),
    );
    assert!(back.share() > 0.8, "{back:?}");
}

#[test]
fn what_was_heard_can_be_asked_for_half_an_hour() {
    let mut bench = Bench::with(|_, config| config.timeline_kept = secs(60), Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::Mark(Mark::nth(0)), bench.start);
    bench.run(secs(90));
    let listener = bench.ends[RIGHT].listener();
    let early = listener.heard(Sound::Stream, bench.start, bench.start + secs(20));
    assert!(early.covered.is_zero());
    let late = listener.heard(Sound::Stream, bench.ago(secs(55)), bench.ago(LISTEN_DELAY));
    assert!(late.share() > 0.999, "{late:?}");
    assert!(listener.received_duration() > secs(89));
}
