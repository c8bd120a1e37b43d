//! What a run is to do.

use std::sync::Arc;

use gannet_net::load::PortLimits;
use gannet_scenario::model::{DataTable, Scenario};
use gannet_traffic::shard::Settings;

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct RunPlan {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// External data, if the scenario uses any.
    pub data: Option<Arc<dyn DataTable>>,
    /// How each shard plays; shares and seeds are set per shard.
    pub settings: Settings,
    /// Upper bounds of the response times' classes, in milliseconds.
    pub response_bounds_ms: Vec<u64>,
    /// By how much the rate changes at one key press, in calls per second.
    pub call_rate_scale: f64,
    /// Threads that play calls, at least one.
    pub shards: u32,
    /// Bounds on the sockets of each shard.
    pub port_limits: PortLimits,
    /// Datagrams of equal length may cross the kernel as one.
    pub segmentation: bool,
    /// How long to wait before a lost connection is made again, in seconds.
    pub reconnect_lag_s: u64,
    /// The longest a shard sleeps when nothing happens, in milliseconds.
    pub idle_ms: u64,
}
