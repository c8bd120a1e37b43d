//! The media of a scripted phone.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gannet_media::offer_answer::{
    LocalMedia, MediaCapabilities, Negotiated, apply_answer, build_offer,
};
use gannet_media::{Channel, RtpSession, RtpSessionConfig, Source};
use gannet_net::{Capture, Impairment, MediaKind, MediaPort, MediaScheduler, MediaSocket};
use gannet_sdp::SessionDescription;
use gannet_sip::Message;

/// A socket with an offer, and a session once it is answered.
pub(crate) struct Ear {
    socket: MediaSocket,
    capabilities: MediaCapabilities,
    offer: SessionDescription,
    port: Option<Arc<Mutex<Port>>>,
}

impl Ear {
    pub(crate) fn open() -> Self {
        let ip = "127.0.0.1".parse().expect("an address");
        let socket = MediaScheduler::shared()
            .and_then(|s| s.open(ip, None, "ear", Capture::new(), &Impairment::none()))
            .expect("free ports");
        let capabilities = MediaCapabilities::default();
        let local = LocalMedia::new(socket.rtp_address(), "1", 1);
        let offer = build_offer(&capabilities, &local);
        Self {
            socket,
            capabilities,
            offer,
            port: None,
        }
    }

    /// The offer as text.
    pub(crate) fn offer(&self) -> String {
        String::from_utf8(self.offer.to_bytes()).expect("text")
    }

    /// Starts with the answer of a 200.
    pub(crate) fn start(&mut self, answer: &Message, source: Source) {
        let answer = SessionDescription::parse(answer.body());
        let negotiated = apply_answer(&self.offer, &self.capabilities, &answer).expect("agreed");
        self.start_with(negotiated, source);
    }

    fn start_with(&mut self, negotiated: Negotiated, source: Source) {
        let now = Instant::now();
        let mut rng = fastrand::Rng::with_seed(7);
        let mut session = RtpSession::new(RtpSessionConfig::new(negotiated, 0, &mut rng), now);
        session.set_source(source, now);
        let port = Arc::new(Mutex::new(Port(session)));
        self.socket.attach(port.clone());
        self.port = Some(port);
    }

    /// Asks the session.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&RtpSession) -> T) -> T {
        let port = self.port.as_ref().expect("started");
        question(&port.lock().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Changes what the session does.
    pub(crate) fn change(&self, change: impl FnOnce(&mut RtpSession)) {
        let port = self.port.as_ref().expect("started");
        change(&mut port.lock().unwrap_or_else(PoisonError::into_inner).0);
        self.socket.wake();
    }

    /// Waits until the session says so.
    pub(crate) async fn until(&self, what: &str, condition: impl Fn(&RtpSession) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(15);
        let mut packets = tokio::time::interval(Duration::from_millis(20));
        while !self.ask(&condition) {
            assert!(Instant::now() < deadline, "never: {what}");
            packets.tick().await;
        }
    }
}

struct Port(RtpSession);

impl MediaPort for Port {
    fn handle_datagram(&mut self, now: Instant, _kind: MediaKind, from: SocketAddr, bytes: &[u8]) {
        self.0.handle_datagram(now, from, bytes);
    }

    fn poll_transmit(
        &mut self,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Option<(SocketAddr, MediaKind)> {
        let transmit = self.0.poll_transmit(now, out)?;
        let kind = match transmit.channel {
            Channel::Rtp => MediaKind::Rtp,
            Channel::Rtcp => MediaKind::Rtcp,
        };
        Some((transmit.destination, kind))
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.0.next_deadline()
    }
}
