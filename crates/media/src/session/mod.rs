//! The RTP session: one audio stream each way and its RTCP.

mod config;
mod ear;
mod formats;
mod handshake;
mod incoming;
mod latch;
mod lateness;
mod ntp;
mod quiet;
mod receiver;
mod report;
mod reporter;
mod rtp_session;
mod sender;
mod shield;
mod tag_watch;
mod watch;

pub use config::{RtpSessionConfig, SrtpFault};
pub use formats::Mistaken;
pub use handshake::{HandshakeState, KeyHandshake, is_handshake};
pub use ntp::ntp_timestamp;
pub use report::{ReceivedEvent, ReceivedStream, RemoteReport, RtpReport, SentStream, SrtpReport};
pub use rtp_session::{Channel, RtpSession, Transmit};
pub use watch::Watched;
