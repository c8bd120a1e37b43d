//! The thread of one shard: sockets in, shard, sockets out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::traffic::{Command, Phase};
use gannet_net::load::{PortId, Ports};
use gannet_scenario::model::{Channel, ChannelId, Scenario};
use gannet_traffic::shard::{PortKey, Shard, Way};

use super::channels::{Addresses, Missing, OpenedPort, Sharing, open};
use super::error::LoadError;
use super::events::{Globals, hand_over, tell_news};
use super::log::LogSink;
use super::plan::RunPlan;
use super::shared::Shared;
use super::world::{ShardWorld, WorldState};
use crate::chain::chain;

/// Channels that open later than this after the beginning make calls begin late.
const LATE_NS: u64 = 100_000_000;

/// What a shard's thread works with.
pub(super) struct Driver<'r> {
    shard: Shard,
    state: WorldState<'r>,
    shared: Arc<Shared>,
    plan: &'r RunPlan,
    commands: Vec<Command>,
    /// Connections of channels of the whole run, by socket.
    connections: Vec<(PortId, ChannelId, bool)>,
    /// Channels of the whole run whose connection is not there.
    missing: Vec<Missing>,
    answered: u64,
    /// All channels were open once: calls may begin.
    has_begun: bool,
    /// Why the run cannot begin.
    failed: Option<LoadError>,
}

/// What all shards share without changing it.
pub(super) struct Surroundings<'r> {
    pub(super) plan: &'r RunPlan,
    pub(super) addresses: &'r Addresses,
    pub(super) log: &'r dyn LogSink,
    pub(super) begun: Instant,
}

impl<'r> Driver<'r> {
    pub(super) fn new(shard: Shard, surroundings: &Surroundings<'r>, shared: Arc<Shared>) -> Self {
        let plan = surroundings.plan;
        let scenario: &Scenario = &plan.scenario;
        Self {
            shard,
            state: WorldState {
                scenario,
                addresses: surroundings.addresses,
                log: surroundings.log,
                sharing: Sharing {
                    among_shards: plan.shards > 1,
                    segmentation: plan.segmentation,
                    standby: false,
                },
                begun: surroundings.begun,
                ready: Vec::new(),
                refused: Vec::new(),
                refused_count: 0,
                unreachable: None,
            },
            shared,
            plan,
            commands: Vec::new(),
            connections: Vec::new(),
            missing: Vec::new(),
            answered: 0,
            has_begun: false,
            failed: None,
        }
    }

    /// Works until the run has ended.
    pub(super) fn work(mut self, number: u32) {
        let result = Ports::new(self.plan.port_limits)
            .map_err(|source| LoadError::Shard {
                shard: number,
                source,
            })
            .and_then(|mut ports| {
                self.shared.set_waker(ports.waker());
                self.open_channels(&mut ports)?;
                self.turn_until_end(&mut ports, number)
            });
        let now_ns = self.state.now_ns();
        let shard = &mut self.shard;
        self.shared.report(|report| {
            report.ended = Some(Duration::from_nanos(now_ns));
            report.figures = shard.figures().clone();
            shard.take_measures(&mut report.measures);
            report.phase = Phase::Ended;
            report.call_rate = shard.call_rate(now_ns);
            report.error = result.err();
            report.is_over = true;
        });
    }

    fn open_channels(&mut self, ports: &mut Ports) -> Result<(), LoadError> {
        for (at, channel) in self.state.scenario.channels.iter().enumerate() {
            if channel.global {
                self.open_channel(ports, ChannelId(at as u16), channel, false)
                    .map_err(|source| LoadError::Channel {
                        channel: channel.name.clone(),
                        source,
                    })?;
            }
        }
        Ok(())
    }

    fn open_channel(
        &mut self,
        ports: &mut Ports,
        id: ChannelId,
        channel: &Channel,
        standby: bool,
    ) -> Result<(), gannet_net::NetError> {
        let sharing = Sharing {
            standby,
            ..self.state.sharing
        };
        let opened = open(ports, self.state.addresses, channel, &channel.open, sharing)?;
        if let OpenedPort::Socket(port, _) | OpenedPort::Listening(port) = opened
            && let Some(address) = ports.local_addr(port)
        {
            self.shared
                .report(|report| report.addresses.push((id, address)));
        }
        match opened {
            OpenedPort::Socket(port, to) => {
                let port = PortKey(port.number());
                self.shard.bind(id, Way { port, to: Some(to) });
            }
            OpenedPort::Listening(port) => self.shard.listen(id, PortKey(port.number())),
            OpenedPort::Connecting(port) => self.connections.push((port, id, standby)),
        }
        Ok(())
    }

    fn turn_until_end(&mut self, ports: &mut Ports, number: u32) -> Result<(), LoadError> {
        loop {
            self.obey();
            let now_ns = self.state.now_ns();
            if !self.has_begun {
                self.begin_if_open(now_ns);
            }
            if self.has_begun || self.shard.phase() == Phase::Stopping {
                self.turn(ports, now_ns);
            }
            if self.shard.phase() == Phase::Ended {
                ports.flush();
                return Ok(());
            }
            self.answer_owner(now_ns);
            self.connect_again(ports);
            let timeout = self.timeout();
            self.poll(ports, timeout)
                .map_err(|source| LoadError::Shard {
                    shard: number,
                    source,
                })?;
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
        }
    }

    /// Lets calls begin when all channels are open. Whoever waits for the channels waits no longer
    /// when one of them is tried again and again.
    fn begin_if_open(&mut self, now_ns: u64) {
        if self.all_open() {
            self.has_begun = true;
            if now_ns > LATE_NS {
                // Calls that were due before their channel was there are not made up for.
                let rate = self.shard.call_rate(now_ns);
                self.shard.command(now_ns, Command::SetRate(rate));
            }
        } else if self.missing.is_empty() {
            return;
        }
        self.shared.report(|report| report.is_open = true);
    }

    fn turn(&mut self, ports: &mut Ports, now_ns: u64) {
        let state = &mut self.state;
        let mut world = ShardWorld { ports, state };
        self.shard.turn(now_ns, &mut world);
        tell_news(&mut self.shard, &mut world);
    }

    fn poll(&mut self, ports: &mut Ports, timeout: Duration) -> Result<(), gannet_net::NetError> {
        let Self {
            shard,
            state,
            connections,
            missing,
            plan,
            has_begun,
            failed,
            ..
        } = self;
        ports.poll_with(Some(timeout), &mut |ports, event| {
            let mut world = ShardWorld { ports, state };
            let mut global = Globals {
                connections,
                missing,
                plan,
                has_begun: *has_begun,
                failed,
            };
            hand_over(shard, &mut world, &mut global, event);
        })?;
        Ok(())
    }

    fn obey(&mut self) {
        self.shared.take_commands(&mut self.commands);
        if self.commands.is_empty() {
            return;
        }
        let now_ns = self.state.now_ns();
        for command in self.commands.drain(..) {
            self.shard.command(now_ns, command);
        }
    }

    fn answer_owner(&mut self, now_ns: u64) {
        let asked = self.shared.asked();
        if asked == self.answered {
            return;
        }
        self.answered = asked;
        let shard = &mut self.shard;
        self.shared.report(|report| {
            report.number = asked;
            report.figures.clone_from(shard.figures());
            shard.take_measures(&mut report.measures);
            report.phase = shard.phase();
            report.call_rate = shard.call_rate(now_ns);
        });
    }

    fn all_open(&self) -> bool {
        self.missing.is_empty()
            && self
                .connections
                .iter()
                .all(|(_, channel, _)| self.shard.is_bound(*channel))
    }

    /// Tries lost connections of the whole run again.
    fn connect_again(&mut self, ports: &mut Ports) {
        if self.missing.is_empty() {
            return;
        }
        let now = self.state.elapsed();
        let scenario = self.state.scenario;
        for missing in std::mem::take(&mut self.missing) {
            if missing.retry_at > now {
                self.missing.push(missing);
                continue;
            }
            let channel = &scenario.channels[missing.channel.index()];
            let opened = self.open_channel(ports, missing.channel, channel, missing.standby);
            if let Err(error) = opened {
                self.state.log.trouble(now, &chain(&error));
                self.missing.push(Missing {
                    retry_at: now + Duration::from_secs(self.plan.reconnect_lag_s),
                    ..missing
                });
            }
        }
    }

    /// How long to wait for the sockets.
    fn timeout(&self) -> Duration {
        let idle = Duration::from_millis(self.plan.idle_ms);
        let now_ns = self.state.now_ns();
        let mut timeout = idle;
        if self.has_begun
            && let Some(deadline) = self.shard.next_deadline_ns(now_ns)
        {
            timeout = timeout.min(Duration::from_nanos(deadline.saturating_sub(now_ns)));
        }
        let now = Duration::from_nanos(now_ns);
        for missing in &self.missing {
            timeout = timeout.min(missing.retry_at.saturating_sub(now));
        }
        timeout
    }
}
