//! Faults by name, quality and SSRC collisions, on a virtual clock.

mod bench;
mod foreign;

use std::net::SocketAddr;
use std::time::Duration;

use bench::{Bench, LEFT, RIGHT, ms, negotiated, rtp_address, secs};
use gannet_media::impair::{ImpairedLine, Impairments, Loss, SenderFaults, Way};
use gannet_media::judge::{FaultLimits, MediaFault, media_faults, quality};
use gannet_media::{Channel, Codec, Mark, RtpSession, RtpSessionConfig, Source};
use gannet_rtp::{RtcpPacket, RtpPacketBuilder, parse_rtcp};
use gannet_sdp::Direction;

/// What is wrong at the right end.
fn names(bench: &Bench) -> Vec<&'static str> {
    let session = &bench.ends[RIGHT];
    let faults = media_faults(session, bench.start, bench.now, &FaultLimits::default());
    faults.iter().map(MediaFault::name).collect()
}

/// A bench in which the left end speaks, and its line does what it is told.
struct Bad {
    bench: Bench,
    line: ImpairedLine,
}

impl Bad {
    fn new(impairments: Impairments) -> Self {
        let mut bench = Bench::new(Codec::Pcmu);
        bench.ends[LEFT].set_source(Source::Mark(Mark::nth(1)), bench.start);
        let mut line = ImpairedLine::new(5);
        line.set(impairments);
        Self { bench, line }
    }

    /// Lets time pass in steps of a millisecond.
    fn run(&mut self, time: Duration) -> &Bench {
        let end = self.bench.now + time;
        let mut out = Vec::new();
        while self.bench.now < end {
            let now = self.bench.now;
            while let Some(transmit) = self.bench.ends[LEFT].poll_transmit(now, &mut out) {
                if let Some(transmit) = self.line.send(now, transmit, &mut out) {
                    deliver(&mut self.bench, transmit.channel, &out);
                }
            }
            while let Some(transmit) = self.line.poll_sent(now, &mut out) {
                deliver(&mut self.bench, transmit.channel, &out);
            }
            let back = &mut self.bench.ends[RIGHT];
            while back.poll_transmit(now, &mut out).is_some() {}
            self.bench.now += ms(1);
        }
        &self.bench
    }
}

fn deliver(bench: &mut Bench, channel: Channel, datagram: &[u8]) {
    let mut from = rtp_address(LEFT);
    if channel == Channel::Rtcp {
        from.set_port(from.port() + 1);
    }
    let now = bench.now;
    bench.ends[RIGHT].handle_datagram(now, from, datagram);
}

fn way(way: Way) -> Impairments {
    Impairments {
        sent: way,
        ..Impairments::default()
    }
}

fn broken(faults: SenderFaults) -> Impairments {
    Impairments {
        faults,
        ..Impairments::default()
    }
}

#[test]
fn nothing_is_wrong_with_a_clean_call() {
    let mut bad = Bad::new(Impairments::default());
    assert_eq!(names(bad.run(secs(5))), [""; 0]);
    // With the delay of packet time and jitter buffer only: the best that G.711 can have.
    let session = &bad.bench.ends[RIGHT];
    let quality = quality(&session.report(), session.negotiated()).expect("PCMU came");
    assert!((quality.mos - 4.41).abs() < 0.01, "{quality:?}");
}

#[test]
fn every_wrong_situation_is_told_by_its_name() {
    let loss = |loss| {
        way(Way {
            loss,
            ..Way::default()
        })
    };
    let cases = [
        (loss(Loss::Random(0.03)), "packet loss"),
        (
            way(Way {
                jitter: ms(60),
                ..Way::default()
            }),
            "jitter",
        ),
        (
            way(Way {
                reorder: 0.05,
                ..Way::default()
            }),
            "packets out of order",
        ),
        (
            way(Way {
                duplicate: 0.05,
                ..Way::default()
            }),
            "packets twice",
        ),
        (loss(Loss::Random(1.0)), "one-way audio"),
        (
            broken(SenderFaults {
                payload_type: Some(8),
                ..SenderFaults::default()
            }),
            "wrong codec",
        ),
        (
            broken(SenderFaults {
                payload_type: Some(99),
                ..SenderFaults::default()
            }),
            "wrong payload type",
        ),
        (
            broken(SenderFaults {
                other_port: true,
                ..SenderFaults::default()
            }),
            "stream from another address",
        ),
        (
            broken(SenderFaults {
                frozen_timestamp: true,
                ..SenderFaults::default()
            }),
            "frozen timestamp",
        ),
    ];
    for (impairments, name) in cases {
        let mut bad = Bad::new(impairments.clone());
        let found = names(bad.run(secs(6)));
        assert!(found.contains(&name), "{name}: {found:?}");
        // No fault is taken for one that it has nothing to do with.
        let other = ["silence instead of speech", "SSRC collision", "late start"];
        assert!(!other.iter().any(|it| found.contains(it)) || name == "wrong payload type");
    }
}

#[test]
fn a_gap_silence_and_a_late_start_are_told_from_one_another() {
    let mut gap = Bad::new(Impairments::default());
    gap.run(secs(2));
    gap.line.set(way(Way {
        paused_until: Some(gap.bench.now + ms(500)),
        ..Way::default()
    }));
    let found = names(gap.run(secs(2)));
    assert!(found.contains(&"gap"), "{found:?}");

    let mut silent = Bad::new(Impairments::default());
    silent.bench.ends[LEFT].set_source(Source::Silence, silent.bench.start);
    assert_eq!(names(silent.run(secs(3))), ["silence instead of speech"]);

    let now = silent.bench.now;
    silent.bench.ends[LEFT].set_source(Source::Mark(Mark::nth(1)), now);
    assert_eq!(names(silent.run(secs(2))), ["late start"]);

    // A stream that ended before the call did is a gap too, and no packets on hold are none.
    let mut ended = Bad::new(Impairments::default());
    ended.run(secs(2));
    let now = ended.bench.now;
    ended.bench.ends[LEFT].set_source(Source::Mute, now);
    assert_eq!(names(ended.run(secs(2))), ["gap"]);
    let mut held = Bad::new(Impairments::default());
    held.run(secs(2));
    for step in [Direction::Inactive, Direction::SendRecv] {
        let now = held.bench.now;
        for end in [LEFT, RIGHT] {
            let remote = rtp_address(1 - end);
            let mut changed = negotiated(Codec::Pcmu, remote);
            changed.direction = step;
            held.bench.ends[end].renegotiate(changed, now);
        }
        assert_eq!(names(held.run(secs(2))), [""; 0]);
    }
}

#[test]
fn loss_and_jitter_lower_the_score() {
    let score = |impairments: Impairments| {
        let mut bad = Bad::new(impairments);
        bad.run(secs(8));
        let session = &bad.bench.ends[RIGHT];
        quality(&session.report(), session.negotiated())
            .expect("PCMU came")
            .mos
    };
    let random = score(way(Way {
        loss: Loss::Random(0.05),
        ..Way::default()
    }));
    assert!((3.5..4.2).contains(&random), "{random}");
    // Three times as late as the jitter buffer is long: most packets come too late.
    let late = score(way(Way {
        jitter: ms(180),
        ..Way::default()
    }));
    assert!(late < 2.5, "{late}");
}

#[test]
fn delay_shows_in_where_packets_are_on_the_timeline() {
    let mut bad = Bad::new(Impairments::default());
    bad.run(secs(2));
    bad.line.set(way(Way {
        delay: ms(150),
        ..Way::default()
    }));
    bad.run(secs(2));
    let session = &bad.bench.ends[RIGHT];
    let late = session
        .arrival_delay(bad.bench.ago(ms(800)), bad.bench.ago(ms(300)))
        .expect("packets came");
    assert!((149..=152).contains(&late.as_millis()), "{late:?}");
}

fn rtp_of(ssrc: u32, sequence: u16, timestamp: u32) -> Vec<u8> {
    RtpPacketBuilder::<&[u8], &[u8]>::new()
        .payload_type(0)
        .sequence_number(sequence)
        .timestamp(timestamp)
        .ssrc(ssrc)
        .payload(&[0xd5; 160])
        .write_vec()
        .expect("fits")
}

#[test]
fn whose_ssrc_is_taken_by_another_says_bye_and_takes_another() {
    let mut bench = Bench::new(Codec::Pcmu);
    bench.run(secs(1));
    let before = bench.ends[LEFT].report().sent;
    let foreign = rtp_of(before.ssrc, 0x1234, 0x5678_9abc);
    let now = bench.now;
    bench.ends[LEFT].handle_datagram(now, rtp_address(RIGHT), &foreign);
    let mut out = Vec::new();
    let mut farewells = 0;
    while let Some(transmit) = bench.ends[LEFT].poll_transmit(now, &mut out) {
        if transmit.channel == Channel::Rtcp {
            let packets = parse_rtcp(&out).expect("well-formed");
            let sources = vec![before.ssrc];
            let bye = RtcpPacket::Bye {
                sources,
                reason: None,
            };
            farewells += packets.iter().filter(|packet| **packet == bye).count();
        }
    }
    assert_eq!(farewells, 1);
    bench.run(secs(6));
    let after = bench.ends[LEFT].report().sent;
    assert_ne!(after.ssrc, before.ssrc);
    // The other end hears the new one, and what it reports counts packets of the new one.
    let streams = bench.ends[RIGHT].report().received;
    let ssrcs: Vec<_> = streams.iter().map(|stream| stream.ssrc).collect();
    assert_eq!(ssrcs, [before.ssrc, after.ssrc]);
    let remote = bench.ends[LEFT].report().remote.expect("RR came");
    assert_eq!(remote.cumulative_lost, 0);
}

#[test]
fn own_packets_that_come_back_are_a_loop_and_no_collision() {
    let mut bench = Bench::new(Codec::Pcmu);
    let mut out = Vec::new();
    let ssrc = bench.ends[LEFT].report().sent.ssrc;
    for _ in 0..100 {
        let now = bench.now;
        while bench.ends[LEFT].poll_transmit(now, &mut out).is_some() {
            let echo = out.clone();
            bench.ends[LEFT].handle_datagram(now, rtp_address(RIGHT), &echo);
        }
        bench.now += ms(20);
    }
    let report = bench.ends[LEFT].report();
    assert_eq!(report.sent.ssrc, ssrc);
    assert!(report.looped >= 100, "{}", report.looped);
    assert_eq!(report.received[0].packets, report.sent.packets);
}

#[test]
fn a_second_sender_with_the_same_ssrc_is_not_heard_while_the_first_one_speaks() {
    let mut bench = Bench::new(Codec::Pcmu);
    let stranger = SocketAddr::from(([203, 0, 113, 9], 5000));
    for n in 0..100_u16 {
        let now = bench.now;
        let first = rtp_of(7, 1000 + n, u32::from(n) * 160);
        bench.ends[RIGHT].handle_datagram(now, rtp_address(LEFT), &first);
        // Two at a time: that alone would look like a new start (RFC 3550 A.1).
        for more in 0..2 {
            let second = rtp_of(7, 40_000 + 2 * n + more, u32::from(n) * 320);
            bench.ends[RIGHT].handle_datagram(now, stranger, &second);
        }
        bench.now += ms(20);
    }
    let report = bench.ends[RIGHT].report();
    let stream = &report.received[0];
    assert_eq!((stream.packets, stream.lost, stream.restarts), (100, 0, 0));
    assert_eq!(stream.watched.collisions, 200);
    assert_eq!(stream.source, rtp_address(LEFT));
    // Whoever goes on from another address is the same sender.
    let moved = rtp_of(7, 1100, 16_000);
    let now = bench.now;
    bench.ends[RIGHT].handle_datagram(now, stranger, &moved);
    assert_eq!(bench.ends[RIGHT].report().received[0].packets, 101);
}

#[test]
fn sessions_speak_over_ipv6_and_with_rtcp_on_the_same_port() {
    let address = |end: u16| SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, end], 4000));
    let mut rng = fastrand::Rng::with_seed(3);
    let mut bench = Bench::new(Codec::Pcma);
    let start = bench.start;
    let mut ends = [1, 2].map(|end| {
        let mut agreed = negotiated(Codec::Pcma, address(3 - end));
        agreed.remote_rtcp = agreed.remote;
        agreed.rtcp_mux = true;
        let mut config = RtpSessionConfig::new(agreed, 0xe000_0000 << 32, &mut rng);
        config.rtcp_interval = Some(ms(500));
        RtpSession::new(config, start)
    });
    let mut out = Vec::new();
    while bench.now < start + secs(4) {
        let now = bench.now;
        for (from, to) in [(0, 1), (1, 0)] {
            while let Some(transmit) = ends[from].poll_transmit(now, &mut out) {
                assert_eq!(transmit.channel, Channel::Rtp);
                assert_eq!(transmit.destination, address(to as u16 + 1));
                let packet = out.clone();
                ends[to].handle_datagram(now + ms(15), address(from as u16 + 1), &packet);
            }
        }
        bench.now += ms(20);
    }
    for end in &ends {
        let report = end.report();
        assert!(report.rtcp_received >= 4 && report.rtcp_sent >= 4);
        assert!(report.received[0].packets >= 190);
        // 15 ms there; the answer comes as soon as the next poll.
        let remote = report.remote.expect("reports came");
        let round_trip = remote.round_trip.expect("of a sender report of ours");
        assert!(round_trip <= ms(60), "{round_trip:?}");
    }
}
