//! How a shard plays a scenario.

use gannet_scenario::model::LineEnds;
use gannet_scenario::seagull::auth::AuthSettings;

use super::Levels;
use crate::{PacerSettings, Share};

/// How a shard plays a scenario. Times are nanoseconds.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When calls start.
    pub pacing: PacerSettings,
    /// The most calls that are open at once.
    pub calls_max: usize,
    /// The run ends after that many calls of all shards; `None`: it goes on.
    pub calls_wanted: Option<u64>,
    /// How long a call waits for a message.
    pub call_timeout_ns: Option<u64>,
    /// How long a call waits for its channel to open.
    pub open_timeout_ns: Option<u64>,
    /// A call that waited too long goes on with the abort section.
    pub timeout_aborts: bool,
    /// The most calls that begin in one turn.
    pub starts_per_turn_max: usize,
    /// How a call finds its line of external data.
    pub line_order: LineOrder,
    /// Retransmissions at a constant interval, as often as this and once more; `None`: never.
    pub repeats_max: Option<u32>,
    /// What becomes of carriage returns in values.
    pub line_ends: LineEnds,
    /// A message may come in pieces, one datagram after the other of the same peer, as Seagull has it.
    /// Else each datagram stands alone (RFC 3261 18.3).
    pub joins_datagrams: bool,
    /// A message that came before is answered again and otherwise ignored.
    pub absorb_retransmissions: bool,
    /// 100 is passed over where the scenario does not wait for it (RFC 3261 8.1.3.1).
    pub skip_trying: bool,
    /// Requests of these methods are answered with 200 where the scenario does not wait for them.
    pub background_methods: Vec<Box<[u8]>>,
    /// What the log takes.
    pub levels: Levels,
    /// Each measured time is kept until it is fetched.
    pub keep_measures: bool,
    /// How authentication methods work.
    pub authorization: AuthSettings,
    /// Everything that is drawn at random begins here.
    pub seed: u64,
}

impl Settings {
    /// Which of several shards this is.
    pub fn share(&self) -> Share {
        self.pacing.share
    }
}

/// How a call finds its line of external data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineOrder {
    /// One after the other, from the first again after the last.
    #[default]
    Sequential,
    /// Any.
    Random,
}
