//! What a scenario needs kept.

use gannet_scenario::sipp::model::Scenario;

/// What a scenario needs kept of what its calls receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sipp) struct Needs {
    /// The last received message.
    pub(in crate::sipp) last_message: bool,
    /// The tag of the peer.
    pub(in crate::sipp) peer_tag: bool,
    /// Where the peer's SDP wants media, and which ports the own SDP names.
    pub(in crate::sipp) media: bool,
    /// A line of each injection file.
    pub(in crate::sipp) lines: bool,
}

impl Needs {
    /// Those of a scenario.
    pub(in crate::sipp) fn of(_scenario: &Scenario) -> Self {
        Self::default()
    }
}
