//! Two sessions on a virtual clock over a link that loses and delays.
#![expect(
    clippy::disallowed_methods,
    reason = "a virtual clock needs a first instant"
)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_media::offer_answer::{Negotiated, Security, TelephoneEventTypes};
use gannet_media::{Channel, Codec, OpusWishes, RtpSession, RtpSessionConfig};
use gannet_sdp::Direction;

/// One end of the bench.
pub(crate) const LEFT: usize = 0;
/// The other end.
pub(crate) const RIGHT: usize = 1;
/// Payload type of a codec that has none of its own.
pub(crate) const DYNAMIC: u8 = 96;

/// Two sessions and what is on its way between them.
pub(crate) struct Bench {
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    pub(crate) ends: [RtpSession; 2],
    /// Part of the datagrams that is lost.
    pub(crate) loss: f64,
    /// Delay and the part of it that is random.
    pub(crate) delay: (Duration, Duration),
    rng: fastrand::Rng,
    on_the_way: BTreeMap<(Instant, u64), (usize, SocketAddr, Vec<u8>)>,
    count: u64,
}

impl Bench {
    pub(crate) fn new(codec: Codec) -> Self {
        Self::with(|_, _| {}, codec)
    }

    /// A bench whose configurations are changed first.
    pub(crate) fn with(change: impl Fn(usize, &mut RtpSessionConfig), codec: Codec) -> Self {
        let start = Instant::now();
        let mut rng = fastrand::Rng::with_seed(7);
        let ends = [LEFT, RIGHT].map(|end| {
            let negotiated = negotiated(codec, rtp_address(1 - end));
            let mut config = RtpSessionConfig::new(negotiated, 0xe000_0000 << 32, &mut rng);
            change(end, &mut config);
            RtpSession::new(config, start)
        });
        Self {
            start,
            now: start,
            ends,
            loss: 0.0,
            delay: (Duration::from_millis(5), Duration::ZERO),
            rng,
            on_the_way: BTreeMap::new(),
            count: 0,
        }
    }

    /// Lets time pass: every poll at its deadline, every datagram at its time.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            for from in [LEFT, RIGHT] {
                self.transmit(from);
            }
            let next = self
                .on_the_way
                .keys()
                .next()
                .map(|key| key.0)
                .into_iter()
                .chain(self.ends.iter().filter_map(RtpSession::next_deadline))
                .min();
            match next {
                Some(next) if next <= end => self.now = self.now.max(next),
                _ => break,
            }
            self.deliver();
        }
        self.now = end;
    }

    /// The moment that lies this far back.
    pub(crate) fn ago(&self, time: Duration) -> Instant {
        self.now
            .checked_sub(time)
            .expect("the bench has run for longer")
    }

    fn transmit(&mut self, from: usize) {
        let mut datagram = Vec::new();
        while let Some(transmit) = self.ends[from].poll_transmit(self.now, &mut datagram) {
            if self.rng.f64() < self.loss {
                continue;
            }
            let source = match transmit.channel {
                Channel::Rtp => rtp_address(from),
                Channel::Rtcp => {
                    SocketAddr::new(rtp_address(from).ip(), rtp_address(from).port() + 1)
                }
            };
            let at = self.now + self.delay.0 + self.delay.1.mul_f64(self.rng.f64());
            self.count += 1;
            self.on_the_way
                .insert((at, self.count), (1 - from, source, datagram.clone()));
        }
    }

    fn deliver(&mut self) {
        while let Some(entry) = self.on_the_way.first_entry()
            && entry.key().0 <= self.now
        {
            let (to, source, datagram) = entry.remove();
            self.ends[to].handle_datagram(self.now, source, &datagram);
        }
    }
}

pub(crate) fn rtp_address(end: usize) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, end as u8 + 1], 4000))
}

pub(crate) fn negotiated(codec: Codec, remote: SocketAddr) -> Negotiated {
    Negotiated {
        media_index: 0,
        remote,
        remote_rtcp: SocketAddr::new(remote.ip(), remote.port() + 1),
        rtcp_mux: false,
        codec,
        payload_type: codec.static_payload_type().unwrap_or(DYNAMIC),
        receive_payload_types: [(0, Codec::Pcmu), (8, Codec::Pcma)]
            .into_iter()
            .filter(|(_, known)| *known != codec)
            .chain([(codec.static_payload_type().unwrap_or(DYNAMIC), codec)])
            .collect(),
        direction: Direction::SendRecv,
        ptime: Duration::from_millis(20),
        telephone_event: Some(TelephoneEventTypes {
            send: 101,
            receive: 101,
        }),
        comfort_noise: None,
        opus_wishes: OpusWishes::default(),
        security: Security::None,
    }
}

pub(crate) fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

pub(crate) fn secs(value: u64) -> Duration {
    Duration::from_secs(value)
}
