//! Sessions with SRTP on a virtual clock: heard, re-keyed, and what is wrong told by name.

#[expect(dead_code, reason = "the bench is made for the other tests too")]
mod bench;

use std::time::Duration;

use bench::{Bench, LEFT, RIGHT, ms, negotiated, rtp_address, secs};
use gannet_media::judge::{FaultLimits, MediaFault, media_faults};
use gannet_media::offer_answer::Security;
use gannet_media::srtp::{CryptoLine, MasterKey, Suite};
use gannet_media::{Codec, Mark, Sound, Source, SrtpFault};

/// The key of an end, of its first description or a later one.
fn line(end: usize, suite: Suite, generation: u64) -> CryptoLine {
    let mut rng = fastrand::Rng::with_seed(2 * generation + end as u64);
    CryptoLine::new(1, suite, MasterKey::random(suite, &mut rng))
}

fn sdes(end: usize, suite: Suite, generations: [u64; 2]) -> Security {
    Security::Sdes {
        local: Box::new(line(end, suite, generations[end])),
        remote: Box::new(line(1 - end, suite, generations[1 - end])),
    }
}

/// Both ends speak; the left one does with SRTP what it is told.
fn secured(suite: Suite, fault: Option<SrtpFault>) -> Bench {
    let mut bench = Bench::with(
        |end, config| {
            config.negotiated.security = sdes(end, suite, [0, 0]);
            config.srtp_fault = fault.filter(|_| end == LEFT);
            config.rtcp_interval = Some(ms(500));
        },
        Codec::Pcma,
    );
    speak(&mut bench);
    bench
}

fn speak(bench: &mut Bench) {
    for end in [LEFT, RIGHT] {
        let start = bench.start;
        bench.ends[end].set_source(Source::Mark(Mark::nth(end)), start);
    }
}

/// How much of the other's voice an end heard in the last time.
fn heard(bench: &Bench, end: usize, time: Duration) -> Duration {
    let from = bench.ago(time);
    let mark = Sound::Mark(Mark::nth(1 - end));
    let heard = bench.ends[end].listener().heard(mark, from, bench.now);
    heard.covered
}

fn faults(bench: &Bench, end: usize) -> Vec<&'static str> {
    let limits = FaultLimits::default();
    let found = media_faults(&bench.ends[end], bench.start, bench.now, &limits);
    found.iter().map(MediaFault::name).collect()
}

fn rekey(bench: &mut Bench, end: usize, suite: Suite, generations: [u64; 2]) {
    let mut next = negotiated(Codec::Pcma, rtp_address(1 - end));
    next.security = sdes(end, suite, generations);
    let now = bench.now;
    bench.ends[end].renegotiate(next, now);
}

#[test]
fn both_are_heard_and_reports_come_with_every_suite() {
    for suite in Suite::ALL {
        let mut bench = secured(suite, None);
        bench.run(secs(3));
        for end in [LEFT, RIGHT] {
            assert!(heard(&bench, end, secs(3)) > secs(2), "{}", suite.name());
            assert_eq!(faults(&bench, end), [""; 0], "{}", suite.name());
            let report = bench.ends[end].report();
            assert_eq!(
                (report.srtp.sends, report.srtp.takes),
                (Some(suite), Some(suite))
            );
            assert!(report.rtcp_received > 2, "{report:?}");
            assert!(report.remote.is_some_and(|it| it.lost_percent == 0.0));
        }
    }
}

#[test]
fn keys_change_without_a_gap() {
    let suite = Suite::AesCm80;
    let mut bench = secured(suite, None);
    bench.run(secs(1));
    // The answerer changes first, the offerer when the answer is there.
    rekey(&mut bench, RIGHT, suite, [1, 1]);
    bench.run(ms(3));
    rekey(&mut bench, LEFT, suite, [1, 1]);
    bench.run(secs(2));
    // Held and taken back with the same keys: the numbers go on.
    for end in [LEFT, RIGHT] {
        rekey(&mut bench, end, suite, [1, 1]);
    }
    bench.run(secs(2));
    for end in [LEFT, RIGHT] {
        assert!(heard(&bench, end, secs(5)) > ms(4500), "{end}");
        let report = bench.ends[end].report();
        assert_eq!(report.srtp.replayed, 0);
        // At most one packet was on its way under a key that was not known yet.
        assert!(report.srtp.not_authentic <= 1, "{report:?}");
    }
}

/// Of two forks that both send, the one that answered last is heard, and the other for a moment.
#[test]
fn a_fork_that_was_answered_for_is_known_again() {
    let suite = Suite::AesCm80;
    let mut bench = secured(suite, None);
    bench.run(secs(1));
    rekey(&mut bench, RIGHT, suite, [7, 0]);
    bench.run(secs(1));
    assert!(
        heard(&bench, RIGHT, secs(1)) > ms(700),
        "the first one goes on for a while"
    );
    bench.run(secs(3));
    let wrong = bench.ends[RIGHT].report().srtp.not_authentic;
    assert!(wrong > 50, "{wrong}");
    rekey(&mut bench, RIGHT, suite, [0, 0]);
    bench.run(secs(2));
    assert!(
        heard(&bench, RIGHT, secs(2)) > ms(1500),
        "the first one answered"
    );
    assert_eq!(bench.ends[RIGHT].report().srtp.not_authentic, wrong);
}

#[test]
fn wrong_situations_have_names() {
    let wrong = |fault, expected: &[&str]| {
        let mut bench = secured(Suite::AesCm80, Some(fault));
        bench.run(secs(2));
        assert_eq!(faults(&bench, RIGHT), expected);
        assert!(heard(&bench, RIGHT, secs(2)).is_zero());
        assert_eq!(faults(&bench, LEFT), [""; 0]);
    };
    // The first plain packet has none before it to compare with.
    wrong(
        SrtpFault::SendsPlain,
        &[
            "one-way audio",
            "SRTP not authentic",
            "plain RTP instead of SRTP",
        ],
    );
    wrong(
        SrtpFault::OtherKey,
        &["one-way audio", "SRTP not authentic"],
    );

    let mut bench = Bench::with(
        |end, config| {
            config.srtp_fault = Some(SrtpFault::SendsProtected).filter(|_| end == LEFT);
        },
        Codec::Pcma,
    );
    speak(&mut bench);
    bench.run(secs(2));
    let found = faults(&bench, RIGHT);
    assert!(found.contains(&"SRTP instead of plain RTP"), "{found:?}");
    assert_eq!(faults(&bench, LEFT), [""; 0]);
}

#[test]
fn what_comes_again_is_not_taken_again() {
    let mut bench = secured(Suite::Aes128Gcm, None);
    let mut datagram = Vec::new();
    for _ in 0..50 {
        let now = bench.now;
        while bench.ends[LEFT].poll_transmit(now, &mut datagram).is_some() {
            for _ in 0..2 {
                bench.ends[RIGHT].handle_datagram(now, rtp_address(LEFT), &datagram);
            }
        }
        bench.now += ms(20);
    }
    let report = bench.ends[RIGHT].report();
    assert!(report.srtp.replayed >= 50, "{report:?}");
    let stream = report.main_stream().expect("a stream");
    assert_eq!((stream.packets, stream.duplicates), (50, 0));
    assert!(faults(&bench, RIGHT).contains(&"SRTP replayed"));
}

#[test]
fn a_key_that_lives_too_long_is_told() {
    let mut bench = Bench::with(
        |end, config| {
            config.negotiated.security = sdes(end, Suite::AesCm80, [0, 0]);
            if let Security::Sdes { remote, .. } = &mut config.negotiated.security {
                remote.lifetime = Some(60);
            }
        },
        Codec::Pcma,
    );
    speak(&mut bench);
    bench.run(secs(1));
    assert_eq!(faults(&bench, RIGHT), [""; 0]);
    bench.run(secs(1));
    assert_eq!(faults(&bench, RIGHT), ["SRTP key beyond its lifetime"]);
}
