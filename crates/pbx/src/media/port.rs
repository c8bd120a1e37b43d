//! The RTP session of a service, as the media threads drive it.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gannet_media::{Channel, RtpSession, RtpSessionConfig, Source};
use gannet_net::{MediaKind, MediaPort};

/// A session that plays, and for voicemail begins to record when it has played.
#[derive(Debug)]
pub(crate) struct ServicePort {
    session: RtpSession,
    /// Record for so long once the source has ended.
    record_after: Option<Duration>,
}

impl ServicePort {
    pub(crate) fn new(config: RtpSessionConfig, source: Source, now: Instant) -> Self {
        let mut session = RtpSession::new(config, now);
        session.set_source(source, now);
        Self {
            session,
            record_after: None,
        }
    }

    /// Records for `longest` at most, from the end of the source on.
    pub(crate) fn record_after_source(&mut self, longest: Duration) {
        self.record_after = Some(longest);
    }

    pub(crate) fn session_mut(&mut self) -> &mut RtpSession {
        &mut self.session
    }

    /// Ends the session and gives what was recorded.
    pub(crate) fn finish(&mut self, now: Instant) -> Vec<i16> {
        self.session.stop(now);
        self.session.stop_recording()
    }
}

impl MediaPort for ServicePort {
    fn handle_datagram(&mut self, now: Instant, _kind: MediaKind, from: SocketAddr, bytes: &[u8]) {
        self.session.handle_datagram(now, from, bytes);
    }

    fn poll_transmit(
        &mut self,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Option<(SocketAddr, MediaKind)> {
        if self.record_after.is_some()
            && self.session.source_ended()
            && let Some(longest) = self.record_after.take()
        {
            // Messages are kept as narrow as a telephone's.
            self.session
                .start_recording_at(gannet_media::SAMPLE_RATE, longest, now);
        }
        let transmit = self.session.poll_transmit(now, out)?;
        let kind = match transmit.channel {
            Channel::Rtp => MediaKind::Rtp,
            Channel::Rtcp => MediaKind::Rtcp,
        };
        Some((transmit.destination, kind))
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.session.next_deadline()
    }
}

/// Locks a port; a media thread that panicked leaves it usable.
pub(crate) fn lock_port(port: &Mutex<ServicePort>) -> MutexGuard<'_, ServicePort> {
    port.lock().unwrap_or_else(PoisonError::into_inner)
}
