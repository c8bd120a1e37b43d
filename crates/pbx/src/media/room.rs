//! Where the server gets its media sockets from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use gannet_media::offer_answer::Negotiated;
use gannet_media::{RtpSessionConfig, ntp_timestamp};
use gannet_net::{Capture, Impairment, MediaScheduler, MediaSocket, NetError};

/// Opens sockets on the server's address.
#[derive(Debug)]
pub(crate) struct MediaRoom {
    pub(crate) scheduler: MediaScheduler,
    pub(crate) bind: IpAddr,
    pub(crate) advertised: IpAddr,
    pub(crate) owner: Arc<str>,
    pub(crate) capture: Capture,
    pub(crate) impairment: Impairment,
}

impl MediaRoom {
    /// A new pair of sockets.
    pub(crate) fn open(&self) -> Result<MediaSocket, NetError> {
        self.scheduler.open(
            self.bind,
            None,
            self.owner.clone(),
            self.capture.clone(),
            &self.impairment,
        )
    }

    /// What SDP says about a socket.
    pub(crate) fn address_of(&self, socket: &MediaSocket) -> SocketAddr {
        SocketAddr::new(self.advertised, socket.rtp_address().port())
    }

    /// The settings of a session that begins now.
    pub(crate) fn session(negotiated: Negotiated, rng: &mut fastrand::Rng) -> RtpSessionConfig {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        RtpSessionConfig::new(negotiated, ntp_timestamp(since_epoch), rng)
    }
}
