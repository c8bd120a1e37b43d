//! Phones in a conference, on a virtual clock: who hears whom through a shared mixer.
#![expect(
    clippy::disallowed_methods,
    reason = "a virtual clock needs a first instant"
)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_media::offer_answer::{Negotiated, Security};
use gannet_media::{
    Channel, Codec, LISTEN_DELAY, Mark, OpusWishes, RtpSession, RtpSessionConfig, SharedMixer,
    Sound, Source,
};
use gannet_sdp::Direction;

/// Phones, and the legs of the one who mixes, each beside its phone.
struct Conference {
    now: Instant,
    mixer: SharedMixer,
    phones: Vec<RtpSession>,
    legs: Vec<RtpSession>,
}

impl Conference {
    /// Phones with the first marks, each with its own packet time in ms.
    fn of(packet_ms: &[u64]) -> Self {
        let start = Instant::now();
        let mixer = SharedMixer::new(start);
        let mut rng = fastrand::Rng::with_seed(11);
        let mut session = |end: usize, packet_ms: u64, source: Source| {
            let agreed = negotiated(rtp_address(1 - end), ms(packet_ms));
            let config = RtpSessionConfig::new(agreed, 0, &mut rng);
            let mut session = RtpSession::new(config, start);
            session.set_source(source, start);
            session
        };
        let phones = packet_ms
            .iter()
            .enumerate()
            .map(|(n, packet)| session(0, *packet, Source::Mark(Mark::nth(n))))
            .collect();
        let legs = packet_ms
            .iter()
            .map(|packet| session(1, *packet, Source::Live(mixer.join())))
            .collect();
        Self {
            now: start,
            mixer,
            phones,
            legs,
        }
    }

    /// Every session is polled each millisecond; packets arrive at once.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        let mut datagram = Vec::new();
        while self.now < end {
            for (phone, leg) in self.phones.iter_mut().zip(&mut self.legs) {
                pass(phone, leg, self.now, 0, &mut datagram);
                pass(leg, phone, self.now, 1, &mut datagram);
            }
            self.now += ms(1);
        }
    }

    /// The marks that a phone has heard for nearly all of the last half second.
    fn heard_by(&self, phone: usize) -> Vec<usize> {
        let before = |at: Instant, time| at.checked_sub(time).expect("it has run for longer");
        let to = before(self.now, LISTEN_DELAY);
        let from = before(to, ms(500));
        let listener = self.phones[phone].listener();
        (0..8)
            .filter(|&n| {
                let sound = Sound::Mark(Mark::nth(n));
                listener.heard(sound, from, to).share() > 0.9
            })
            .collect()
    }
}

fn rtp_address(end: usize) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, end as u8 + 1], 4000))
}

fn negotiated(remote: SocketAddr, ptime: Duration) -> Negotiated {
    Negotiated {
        media_index: 0,
        remote,
        remote_rtcp: SocketAddr::new(remote.ip(), remote.port() + 1),
        rtcp_mux: false,
        codec: Codec::Pcmu,
        payload_type: 0,
        receive_payload_types: vec![(0, Codec::Pcmu)],
        direction: Direction::SendRecv,
        ptime,
        telephone_event: None,
        comfort_noise: None,
        opus_wishes: OpusWishes::default(),
        security: Security::None,
    }
}

fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn secs(value: u64) -> Duration {
    Duration::from_secs(value)
}

fn pass(
    from: &mut RtpSession,
    to: &mut RtpSession,
    now: Instant,
    end: usize,
    datagram: &mut Vec<u8>,
) {
    while let Some(transmit) = from.poll_transmit(now, datagram) {
        if transmit.channel == Channel::Rtp {
            to.handle_datagram(now, rtp_address(end), datagram);
        }
    }
}

#[test]
fn each_of_three_hears_the_two_others() {
    let mut room = Conference::of(&[20, 20, 20]);
    room.run(secs(1));
    for (phone, expected) in [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])] {
        assert_eq!(room.heard_by(phone), expected, "phone {phone}");
    }
}

#[test]
fn six_voices_are_told_apart_whatever_their_packet_times() {
    let mut room = Conference::of(&[20, 10, 30, 20, 60, 40]);
    room.run(secs(2));
    for phone in 0..6 {
        let others: Vec<_> = (0..6).filter(|other| *other != phone).collect();
        assert_eq!(room.heard_by(phone), others, "phone {phone}");
    }
}

#[test]
fn who_is_muted_or_gone_is_not_heard_any_more() {
    let mut room = Conference::of(&[20, 20, 20]);
    room.run(secs(1));
    room.phones[2].set_muted(true);
    room.run(secs(1));
    assert_eq!(room.heard_by(0), [1]);
    assert_eq!(room.heard_by(2), [0, 1], "who is muted still hears");
    room.legs[1].stop(room.now);
    assert_eq!(
        room.mixer.seats(),
        2,
        "a stopped session gives its place back"
    );
    room.phones[2].set_muted(false);
    room.run(secs(1));
    assert_eq!(room.heard_by(0), [2]);
    assert_eq!(room.heard_by(1), Vec::<usize>::new());
}

#[test]
fn a_voice_of_the_mixers_owner_is_heard_by_all() {
    let mut room = Conference::of(&[20, 20]);
    let voice = room.mixer.speak(Source::Mark(Mark::nth(5)));
    room.run(secs(1));
    assert_eq!(room.heard_by(0), [1, 5]);
    assert_eq!(room.heard_by(1), [0, 5]);
    voice.set_muted(true);
    room.run(secs(1));
    assert_eq!(room.heard_by(0), [1]);
    drop(voice);
    assert_eq!(room.mixer.seats(), 2);
    // Playing something else gives the place back, too.
    room.legs[0].set_source(Source::Silence, room.now);
    assert_eq!(room.mixer.seats(), 1);
}
