//! When packets go out, and with which numbers.

mod bench;

use std::time::{Duration, Instant};

use bench::{Bench, LEFT, RIGHT, ms, negotiated, rtp_address, secs};
use gannet_media::{
    Channel, Codec, LISTEN_DELAY, Mark, RtpSession, RtpSessionConfig, Sound, Source, Tone, render,
};
use gannet_rtp::RtpPacket;
use gannet_sdp::Direction;

/// A session that is alone, without RTCP, and its start.
fn alone(ptime: Duration) -> (RtpSession, Instant) {
    let start = Bench::new(Codec::Pcmu).start;
    let mut rng = fastrand::Rng::with_seed(1);
    let mut agreed = negotiated(Codec::Pcmu, rtp_address(RIGHT));
    agreed.ptime = ptime;
    let mut config = RtpSessionConfig::new(agreed, 0, &mut rng);
    config.first_sequence = 65_000;
    config.first_timestamp = u32::MAX - 10_000;
    config.ssrc = 0xabcd;
    config.rtcp_interval = None;
    (RtpSession::new(config, start), start)
}

/// Everything that is due: sequence number, timestamp, marker, payload length.
fn drain(session: &mut RtpSession, now: Instant) -> Vec<(u16, u32, bool, usize)> {
    let mut out = Vec::new();
    let mut packets = Vec::new();
    while let Some(transmit) = session.poll_transmit(now, &mut out) {
        assert_eq!(transmit.channel, Channel::Rtp);
        let packet = RtpPacket::parse(&out).expect("our own packet");
        packets.push((
            packet.sequence_number(),
            packet.timestamp(),
            packet.marker_bit(),
            packet.payload().len(),
        ));
    }
    packets
}

#[test]
fn an_hour_of_packets_is_on_time_to_the_nanosecond() {
    for ptime in [10, 20, 30] {
        let (mut session, start) = alone(ms(ptime));
        let mut rng = fastrand::Rng::with_seed(5);
        let count = 3_600_000 / ptime;
        for n in 0..count {
            let due = start + ms(ptime * n);
            assert_eq!(session.next_deadline(), Some(due), "packet {n}");
            // Every poll is late by up to 9 ms, as on a busy machine.
            let packets = drain(&mut session, due + ms(rng.u64(0..9)));
            let samples = ptime * 8;
            let timestamp = (u32::MAX - 10_000).wrapping_add((n * samples) as u32);
            let sequence = 65_000_u16.wrapping_add(n as u16);
            assert_eq!(packets, [(sequence, timestamp, n == 0, samples as usize)]);
        }
        let sent = session.report().sent;
        assert_eq!((sent.packets, sent.skipped), (count, 0));
    }
}

#[test]
fn a_late_poll_catches_up_and_a_very_late_one_leaves_out() {
    let (mut session, start) = alone(ms(20));
    assert_eq!(drain(&mut session, start).len(), 1);
    assert_eq!(drain(&mut session, start + ms(80)).len(), 4);
    // Due: ticks 5 to 50. Those overdue by more than 100 ms are left out.
    let packets = drain(&mut session, start + secs(1));
    assert_eq!(packets.len(), 5);
    assert_eq!(packets[0].0, 65_005);
    assert_eq!(packets[4].1, (u32::MAX - 10_000).wrapping_add(50 * 160));
    assert_eq!(session.report().sent.skipped, 41);
    assert_eq!(session.next_deadline(), Some(start + ms(1020)));
}

#[test]
fn time_goes_on_while_nothing_is_sent() {
    let (mut session, start) = alone(ms(20));
    drain(&mut session, start);
    session.set_direction(Direction::RecvOnly, start + ms(5));
    assert_eq!(session.next_deadline(), None);
    assert_eq!(drain(&mut session, start + ms(500)), []);
    session.set_direction(Direction::SendRecv, start + ms(990));
    assert_eq!(session.next_deadline(), Some(start + secs(1)));
    let packets = drain(&mut session, start + secs(1));
    let timestamp = (u32::MAX - 10_000).wrapping_add(8000);
    assert_eq!(packets, [(65_001, timestamp, true, 160)]);
    assert_eq!(session.report().sent.skipped, 0);
}

#[test]
fn mute_as_a_source_stops_the_packets() {
    let (mut session, start) = alone(ms(20));
    session.set_source(Source::Mute, start);
    assert_eq!(
        (
            session.next_deadline(),
            drain(&mut session, start + ms(300))
        ),
        (None, vec![])
    );
    session.set_source(Source::Silence, start + ms(300));
    assert_eq!(drain(&mut session, start + ms(300)).len(), 1);
}

#[test]
fn a_renegotiation_keeps_the_numbers_going() {
    let (mut session, start) = alone(ms(20));
    drain(&mut session, start + ms(20));
    let mut next = negotiated(Codec::Pcma, rtp_address(RIGHT));
    next.ptime = ms(30);
    session.renegotiate(next, start + ms(30));
    let packets = drain(&mut session, start + ms(70));
    let base = (u32::MAX - 10_000).wrapping_add(320);
    assert_eq!(
        packets,
        [
            (65_002, base, false, 240),
            (65_003, base.wrapping_add(240), false, 240)
        ]
    );
}

#[test]
fn nothing_goes_to_a_peer_that_holds_by_the_zero_address() {
    let (mut session, start) = alone(ms(20));
    let mut held = negotiated(Codec::Pcmu, "0.0.0.0:4000".parse().expect("valid"));
    held.direction = Direction::SendRecv;
    session.renegotiate(held, start);
    assert_eq!(drain(&mut session, start + ms(100)), []);
}

#[test]
fn after_stop_one_bye_is_left() {
    let mut bench = Bench::new(Codec::Pcmu);
    bench.run(secs(1));
    let now = bench.now;
    bench.ends[LEFT].stop(now);
    assert_eq!(bench.ends[LEFT].next_deadline(), Some(now));
    bench.run(secs(1));
    assert!(bench.ends[LEFT].is_stopped());
    assert_eq!(bench.ends[LEFT].next_deadline(), None);
    assert!(bench.ends[RIGHT].report().received[0].bye);
    let sent = bench.ends[LEFT].report().sent;
    assert!(sent.last_at.expect("sent") <= now);
}

#[test]
fn audio_played_once_ends() {
    let greeting = render(&[Tone::new(700.0)], ms(300));
    let mut bench = Bench::new(Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::once(greeting), bench.start);
    bench.run(ms(200));
    assert!(!bench.ends[LEFT].source_ended());
    bench.run(secs(1));
    assert!(bench.ends[LEFT].source_ended());
    let listener = bench.ends[RIGHT].listener();
    let tone = listener.heard(Sound::Tone(700.0), bench.start, bench.ago(LISTEN_DELAY));
    assert!(tone.covered > ms(260) && tone.covered < ms(340), "{tone:?}");
    let any_mark = listener.heard(Sound::Mark(Mark::nth(0)), bench.start, bench.now);
    assert!(any_mark.covered.is_zero());
}

#[test]
fn who_is_shut_out_is_neither_heard_nor_answered() {
    let mut bench = Bench::with(|_, config| config.symmetric = true, Codec::Pcmu);
    let loser = "203.0.113.7:9000".parse().expect("valid");
    let mut datagram = Vec::new();
    bench.ends[RIGHT]
        .poll_transmit(bench.start, &mut datagram)
        .expect("due");
    let now = bench.start;
    let session = &mut bench.ends[LEFT];
    session.handle_datagram(now, loser, &datagram);
    assert_eq!(session.destination(), loser);
    session.shut_out(vec![loser]);
    assert_eq!(session.destination(), rtp_address(RIGHT));
    session.handle_datagram(now + ms(20), loser, &datagram);
    assert_eq!(session.destination(), rtp_address(RIGHT));
    let report = session.report();
    assert_eq!(
        (report.received[0].packets, report.ignored_datagrams),
        (1, 1)
    );
    session.shut_out(Vec::new());
    session.handle_datagram(now + ms(40), loser, &datagram);
    assert_eq!(session.destination(), loser);
}
