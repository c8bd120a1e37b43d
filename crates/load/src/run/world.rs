//! The world of one shard: its sockets, its log, the date.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use gannet_net::load::{PortId, Ports};
use gannet_scenario::model::{ChannelId, OpenArgs, Scenario};
use gannet_traffic::shard::{LogEntry, PortKey, Way, World};

use super::channels::{Addresses, OpenedPort, Sharing, open};
use super::log::LogSink;
use crate::chain::chain;

/// Numbers of ports that were never opened begin here; the sockets' own are below.
const REFUSED_FROM: u64 = 1 << 63;

/// What a shard's world keeps between turns.
pub(super) struct WorldState<'r> {
    pub(super) scenario: &'r Scenario,
    pub(super) addresses: &'r Addresses,
    pub(super) log: &'r dyn LogSink,
    pub(super) sharing: Sharing,
    pub(super) begun: Instant,
    /// Ports that calls opened and that can be used at once.
    pub(super) ready: Vec<Way>,
    /// Ports that calls wanted and that the system refused.
    pub(super) refused: Vec<PortKey>,
    pub(super) refused_count: u64,
    /// The peer that was told of last as unreachable, and in which second of the run.
    pub(super) unreachable: Option<(Option<SocketAddr>, u64)>,
}

/// The world as a shard sees it during a turn.
pub(super) struct ShardWorld<'w, 'r> {
    pub(super) ports: &'w mut Ports,
    pub(super) state: &'w mut WorldState<'r>,
}

impl WorldState<'_> {
    /// Time since the run began.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Time since the run began, in nanoseconds.
    pub(super) fn now_ns(&self) -> u64 {
        self.begun.elapsed().as_nanos() as u64
    }

    /// Tells that a peer takes no datagrams, once a second: there may be a report for each of them.
    pub(super) fn tell_unreachable(&mut self, to: Option<SocketAddr>, error: &std::io::Error) {
        let now = self.elapsed();
        let told = Some((to, now.as_secs()));
        if self.unreachable == told {
            return;
        }
        self.unreachable = told;
        let peer = to.map_or_else(|| "a peer".to_owned(), |to| to.to_string());
        let text = format!("{peer} does not take datagrams: {error}");
        self.log.trouble(now, &text);
    }

    /// Something was opened or refused for a call that has not heard of it yet.
    pub(super) fn has_news(&self) -> bool {
        !self.ready.is_empty() || !self.refused.is_empty()
    }
}

impl World for ShardWorld<'_, '_> {
    #[inline]
    fn send(&mut self, way: Way, flow: u32, parts: &[&[u8]]) {
        let port = PortId::from_number(way.port.0);
        self.ports.send_in_flow(port, way.to, flow, parts);
    }

    fn open(&mut self, channel: ChannelId, args: &OpenArgs) -> PortKey {
        let state = &mut *self.state;
        let described = &state.scenario.channels[channel.index()];
        match open(self.ports, state.addresses, described, args, state.sharing) {
            Ok(OpenedPort::Socket(port, to)) => {
                let port = PortKey(port.number());
                state.ready.push(Way { port, to: Some(to) });
                port
            }
            Ok(OpenedPort::Listening(port)) => {
                let port = PortKey(port.number());
                state.ready.push(Way { port, to: None });
                port
            }
            Ok(OpenedPort::Connecting(port)) => PortKey(port.number()),
            Err(error) => {
                state.log.trouble(state.begun.elapsed(), &chain(&error));
                let port = PortKey(REFUSED_FROM + state.refused_count);
                state.refused_count += 1;
                state.refused.push(port);
                port
            }
        }
    }

    fn close(&mut self, port: PortKey) {
        if port.0 < REFUSED_FROM {
            self.ports.close(PortId::from_number(port.0));
        }
    }

    fn wall_seconds(&self) -> u64 {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }

    fn log(&mut self, entry: LogEntry<'_>) {
        self.state.log.entry(self.state.begun.elapsed(), &entry);
    }
}
