//! Media of calls.

use std::fmt::Debug;
use std::net::SocketAddr;

use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::sipp::MediaOrder;

/// What sends and receives the media of calls. All is called on the traffic thread, so nothing of it
/// may wait.
pub trait Media: Debug + Send {
    /// What it cannot do of a scenario's action, in words; `None` if it can.
    fn refuses(&self, action: &gannet_scenario::sipp::model::Media) -> Option<String>;

    /// A port for the RTP streams of a call, the same one for the same call and kind.
    fn port(&mut self, call: u32, kind: MediaKind) -> Option<u16>;

    /// Does something with the media of a call, now in nanoseconds since the start of the run.
    fn order(&mut self, now_ns: u64, call: u32, order: MediaOrder<'_>);

    /// Calls whose media have failed a check since the last time, for the exit code.
    fn failed_checks(&self) -> u64;

    /// The addresses that echo what they get.
    fn echoes(&self) -> Vec<SocketAddr>;
}

/// No media: every action of theirs is refused before anything is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMedia;

impl Media for NoMedia {
    fn refuses(&self, action: &gannet_scenario::sipp::model::Media) -> Option<String> {
        use gannet_scenario::sipp::model::Media as Action;
        let name = match action {
            Action::PlayCapture { kind, .. } => match kind {
                MediaKind::Audio => "play_pcap_audio",
                MediaKind::Video => "play_pcap_video",
                MediaKind::Image => "play_pcap_image",
            },
            Action::PlayDtmf(_) => "play_dtmf",
            Action::RtpStream(_) => "rtp_stream",
            Action::RtpEcho(_) => "rtp_echo",
        };
        Some(format!(
            "`{name}` is not supported: this build sends no media"
        ))
    }

    fn port(&mut self, _call: u32, _kind: MediaKind) -> Option<u16> {
        None
    }

    fn order(&mut self, _now_ns: u64, _call: u32, _order: MediaOrder<'_>) {}

    fn failed_checks(&self) -> u64 {
        0
    }

    fn echoes(&self) -> Vec<SocketAddr> {
        Vec::new()
    }
}
