//! Media of calls.

use std::fmt::Debug;
use std::net::IpAddr;

use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::sipp::MediaOrder;
use gannet_tui::sipp::MediaFigures;

use super::super::error::SippError;

/// What sends and receives the media of calls. All is called on the traffic thread, so nothing of it
/// may wait.
pub trait Media: Debug + Send {
    /// What it cannot do of a scenario's action, in words; `None` if it can.
    fn refuses(&self, action: &gannet_scenario::sipp::model::Media) -> Option<String>;

    /// What is odd about a scenario's action, in words.
    fn doubts(&self, action: &gannet_scenario::sipp::model::Media) -> Option<String>;

    /// Begins, at the own address of media. Gives the first port of media.
    ///
    /// # Errors
    /// The system gives no thread, or no socket that is needed.
    fn begin(&mut self, ip: IpAddr) -> Result<u16, SippError>;

    /// A port for the RTP streams of a call, the same one for the same call and kind.
    fn port(&mut self, call: u32, kind: MediaKind) -> Option<u16>;

    /// Does something with the media of a call, now in nanoseconds since the start of the run.
    fn order(&mut self, now_ns: u64, call: u32, order: MediaOrder<'_>);

    /// Calls whose media have failed a check since the last time, for the exit code.
    fn failed_checks(&self) -> u64;

    /// What was sent and came in; `None` if there are no media.
    fn figures(&self) -> Option<MediaFigures>;

    /// What was odd since the last time, in words.
    fn take_warnings(&mut self) -> Vec<String>;
}
