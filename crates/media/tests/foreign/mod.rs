//! Streams of senders that are not ours: odd ones with which nothing is wrong, and faults at their
//! limits.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_media::judge::{FaultLimits, MediaFault, media_faults};
use gannet_media::{Codec, RtpSession, RtpSessionConfig};
use gannet_rtp::{RtcpPacket, RtpPacketBuilder, write_rtcp};
use gannet_sdp::Direction;

use crate::bench::{LEFT, RIGHT, ms, negotiated, rtp_address, secs};

/// A session that hears a sender whose every packet is up to the test.
struct Foreign {
    session: RtpSession,
    start: Instant,
    now: Instant,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload_type: u8,
    /// Octets of a packet, and how long it lasts.
    packet: (usize, Duration),
    from: SocketAddr,
    marker: bool,
}

impl Foreign {
    fn new() -> Self {
        Self::of(Codec::Pcmu)
    }

    fn of(codec: Codec) -> Self {
        let bench = crate::bench::Bench::new(codec);
        let mut rng = fastrand::Rng::with_seed(3);
        let agreed = negotiated(codec, rtp_address(LEFT));
        let payload_type = agreed.payload_type;
        let config = RtpSessionConfig::new(agreed, 0xe000_0000 << 32, &mut rng);
        Self {
            session: RtpSession::new(config, bench.start),
            start: bench.start,
            now: bench.start,
            sequence: 1000,
            timestamp: 5000,
            ssrc: 7,
            payload_type,
            packet: (160, ms(20)),
            from: rtp_address(LEFT),
            marker: false,
        }
    }

    /// Time passes; the session does what it does.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        let mut out = Vec::new();
        while self.now < end {
            while self.session.poll_transmit(self.now, &mut out).is_some() {}
            self.now += ms(5).min(end - self.now);
        }
    }

    /// Sends a packet with this payload.
    fn send(&mut self, payload: &[u8]) {
        let packet = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(self.payload_type)
            .sequence_number(self.sequence)
            .timestamp(self.timestamp)
            .ssrc(self.ssrc)
            .marker_bit(std::mem::take(&mut self.marker))
            .payload(payload)
            .write_vec()
            .expect("fits");
        self.session.handle_datagram(self.now, self.from, &packet);
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// Time goes on by a packet.
    fn tick(&mut self) {
        let (octets, length) = self.packet;
        self.timestamp = self.timestamp.wrapping_add(octets as u32);
        self.pass(length);
    }

    /// Speaks for a time; `change` may do anything before each packet, and keep it back.
    fn speak_with(&mut self, time: Duration, mut change: impl FnMut(&mut Self, u32) -> bool) {
        let end = self.now + time;
        let payload = [0x00, 0x80].repeat(self.packet.0 / 2);
        let mut index = 0;
        while self.now < end {
            if change(self, index) {
                self.send(&payload);
            } else {
                self.sequence = self.sequence.wrapping_add(1);
            }
            self.tick();
            index += 1;
        }
    }

    fn speak(&mut self, time: Duration) {
        self.speak_with(time, |_, _| true);
    }

    fn renegotiate(&mut self, codec: Codec, direction: Direction) {
        let mut agreed = negotiated(codec, self.session.negotiated().remote);
        agreed.direction = direction;
        self.session.renegotiate(agreed, self.now);
    }

    fn faults_by(&self, limits: &FaultLimits) -> Vec<MediaFault> {
        media_faults(&self.session, self.start, self.now, limits)
    }

    #[track_caller]
    fn expect(&self, names: &[&str]) {
        let faults = self.faults_by(&FaultLimits::default());
        let found: Vec<_> = faults.iter().map(MediaFault::name).collect();
        assert_eq!(found, names, "{faults:#?}");
    }
}

#[test]
fn packets_of_any_length_and_numbers_that_wrap_are_no_fault() {
    for length in [10_u64, 20, 30, 40, 60] {
        let mut foreign = Foreign::new();
        foreign.packet = (8 * length as usize, ms(length));
        foreign.sequence = u16::MAX - 30;
        foreign.timestamp = u32::MAX - 8000;
        foreign.speak(secs(5));
        foreign.expect(&[]);
    }
}

#[test]
fn who_goes_on_with_another_ssrc_is_judged_as_a_whole() {
    let mut foreign = Foreign::new();
    foreign.speak(secs(3));
    (foreign.ssrc, foreign.sequence, foreign.timestamp) = (8, 40_000, 77);
    foreign.speak(secs(4));
    foreign.expect(&[]);
    foreign.pass(ms(500));
    foreign.expect(&["gap"]);

    // What the second one loses, and a pause between the two.
    let mut foreign = Foreign::new();
    foreign.speak(secs(4));
    (foreign.ssrc, foreign.sequence) = (8, 40_000);
    foreign.speak_with(secs(2), |_, index| index % 10 != 3);
    foreign.expect(&["packet loss"]);
    let mut foreign = Foreign::new();
    foreign.speak(secs(3));
    foreign.pass(ms(600));
    (foreign.ssrc, foreign.sequence) = (8, 40_000);
    foreign.speak(secs(1));
    foreign.expect(&["gap"]);
}

#[test]
fn who_says_bye_may_be_silent() {
    let mut foreign = Foreign::new();
    foreign.speak(secs(3));
    let bye = RtcpPacket::Bye {
        sources: vec![7],
        reason: None,
    };
    let report = RtcpPacket::ReceiverReport {
        ssrc: 7,
        blocks: Vec::new(),
    };
    let mut datagram = Vec::new();
    write_rtcp(&[report, bye], &mut datagram).expect("fits");
    let mut from = foreign.from;
    from.set_port(from.port() + 1);
    foreign
        .session
        .handle_datagram(foreign.now, from, &datagram);
    foreign.pass(secs(2));
    foreign.expect(&[]);
    (foreign.ssrc, foreign.sequence) = (8, 1);
    foreign.speak(secs(1));
    foreign.expect(&[]);
}

#[test]
fn pauses_that_were_agreed_or_announced_are_no_gaps() {
    // Held, whoever is still sending a little; resumed with the first packet a while later.
    let mut foreign = Foreign::new();
    foreign.speak(secs(2));
    foreign.renegotiate(Codec::Pcmu, Direction::SendOnly);
    foreign.speak(ms(100));
    foreign.pass(secs(3));
    foreign.timestamp = foreign.timestamp.wrapping_add(24_000);
    foreign.renegotiate(Codec::Pcmu, Direction::SendRecv);
    foreign.expect(&[]);
    foreign.pass(ms(200));
    foreign.speak(secs(1));
    foreign.expect(&[]);
    foreign.pass(ms(450));
    foreign.expect(&["gap"]);

    // Comfort noise now and then, sound again without a marker, and comfort noise at the end.
    let mut foreign = Foreign::new();
    foreign.speak(secs(1));
    for _ in 0..3 {
        foreign.payload_type = 13;
        foreign.send(&[60]);
        foreign.timestamp = foreign.timestamp.wrapping_add(4000);
        foreign.pass(ms(500));
    }
    foreign.payload_type = 0;
    foreign.speak(secs(1));
    foreign.expect(&[]);
    foreign.payload_type = 13;
    foreign.send(&[60]);
    foreign.pass(secs(2));
    foreign.expect(&[]);

    // A talkspurt that says so (RFC 3551 4.1).
    let mut foreign = Foreign::new();
    foreign.speak(secs(1));
    foreign.timestamp = foreign.timestamp.wrapping_add(8000);
    foreign.pass(secs(1));
    foreign.marker = true;
    foreign.speak(secs(1));
    foreign.expect(&[]);
}

#[test]
fn opus_may_be_silent_in_its_own_way() {
    let mut foreign = Foreign::of(Codec::Opus);
    for _ in 0..4 {
        foreign.send(&[0x08]);
        foreign.timestamp = foreign.timestamp.wrapping_add(48 * 440);
        foreign.pass(ms(440));
    }
    let faults = foreign.faults_by(&FaultLimits::default());
    let gap = faults.iter().find(|fault| fault.name() == "gap");
    assert_eq!(gap, None);
}

#[test]
fn another_codec_is_wrong_only_while_it_is_not_agreed() {
    let mut foreign = Foreign::new();
    foreign.speak(secs(2));
    // Who answers sends at once, before the answer is here; and packets of before come after it.
    foreign.payload_type = 8;
    foreign.speak(ms(300));
    foreign.renegotiate(Codec::Pcma, Direction::SendRecv);
    foreign.payload_type = 0;
    foreign.speak(ms(300));
    foreign.payload_type = 8;
    foreign.speak(secs(2));
    foreign.expect(&[]);
    // Back to what was agreed before.
    foreign.payload_type = 0;
    foreign.speak(secs(1));
    foreign.expect(&["wrong codec"]);
}

#[test]
fn a_wrong_format_is_told_with_what_was_agreed() {
    let says = |payload_type: u8| {
        let mut foreign = Foreign::new();
        foreign.payload_type = payload_type;
        foreign.speak(secs(2));
        let faults = foreign.faults_by(&FaultLimits::default());
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        faults.join("; ")
    };
    let type_fault = |number: u8| {
        format!("wrong payload type: 100 packets of payload type {number} came, agreed was 8, 0")
    };
    // Agreed, but another one is spoken; known without signalling; unknown.
    assert_eq!(
        says(8),
        "wrong codec: 100 packets of PCMA (payload type 8) came, agreed was PCMU"
    );
    assert_eq!(
        says(18),
        format!(
            "wrong codec: 100 packets of G729 (payload type 18) came, agreed was PCMU; {}",
            type_fault(18)
        )
    );
    assert_eq!(says(99), type_fault(99));
}

#[test]
fn an_address_that_moved_by_agreement_is_not_foreign() {
    let moved = rtp_address(RIGHT);
    let mut foreign = Foreign::new();
    foreign.speak(secs(2));
    // The new address is heard a moment before the answer that names it.
    let left = std::mem::replace(&mut foreign.from, moved);
    foreign.speak(ms(300));
    let agreed = negotiated(Codec::Pcmu, moved);
    foreign.session.renegotiate(agreed, foreign.now);
    foreign.from = left;
    foreign.speak(ms(200));
    foreign.from = moved;
    foreign.speak(secs(2));
    foreign.expect(&[]);
    foreign.from = left;
    foreign.speak(secs(1));
    foreign.expect(&["stream from another address"]);
}

#[test]
fn a_stream_that_ends_before_the_call_is_a_gap_also_when_the_call_is_over() {
    let mut foreign = Foreign::new();
    foreign.speak(secs(2));
    foreign.pass(secs(1));
    foreign.session.stop(foreign.now);
    foreign.pass(secs(3));
    foreign.expect(&["gap"]);
    // The end of the call is not late RTP.
    let mut foreign = Foreign::new();
    foreign.speak(secs(2));
    foreign.session.stop(foreign.now);
    foreign.pass(secs(3));
    foreign.expect(&[]);
}

#[test]
fn limits_are_where_they_are_said_to_be() {
    let limits = FaultLimits {
        loss_percent: 2.95,
        jitter: ms(40),
        ..FaultLimits::default()
    };
    let found = |foreign: &Foreign| -> Vec<_> {
        let faults = foreign.faults_by(&limits);
        faults.iter().map(MediaFault::name).collect()
    };
    for (lost, expected) in [(29, &[][..]), (30, &["packet loss"][..])] {
        let mut foreign = Foreign::new();
        // Spread over the thousand, not the first nor the last.
        foreign.speak_with(secs(20), |_, index| index % 33 != 5 || index / 33 >= lost);
        assert_eq!(found(&foreign), expected, "{lost} of 1000");
    }
    // Every second packet is late by so much: that is the interarrival jitter (RFC 3550 A.8).
    for (late, expected) in [(19, &[][..]), (45, &["jitter"][..])] {
        let mut foreign = Foreign::new();
        foreign.packet = (800, ms(100));
        foreign.speak_with(secs(60), |foreign, index| {
            if index % 2 == 1 {
                foreign.pass(ms(late));
            } else if index > 0 {
                foreign.now = foreign.now.checked_sub(ms(late)).expect("it passed");
            }
            true
        });
        assert_eq!(found(&foreign), expected, "{late} ms");
    }
    for (pause, expected) in [(375, &[][..]), (385, &["gap"][..])] {
        let mut foreign = Foreign::new();
        foreign.speak(secs(2));
        foreign.pass(ms(pause));
        foreign.timestamp = foreign.timestamp.wrapping_add(8 * pause as u32);
        foreign.speak(secs(1));
        assert_eq!(found(&foreign), expected, "{pause} ms more");
    }
}
