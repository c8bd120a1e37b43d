//! The RTP session: one audio stream each way and its RTCP.

mod config;
mod ear;
mod formats;
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
mod watch;

pub use config::RtpSessionConfig;
pub use formats::Mistaken;
pub use ntp::ntp_timestamp;
pub use report::{ReceivedEvent, ReceivedStream, RemoteReport, RtpReport, SentStream};
pub use rtp_session::{Channel, RtpSession, Transmit};
pub use watch::Watched;
