//! The shard as its driver sees it.

use std::net::SocketAddr;
use std::sync::Arc;

use gannet_events::traffic::{Command, Figures, Layout, Phase};
use gannet_scenario::model::{ChannelId, DataTable, Scenario};

use super::core::{Core, Turn};
use super::plan::{Plan, layout};
use super::{LogEntry, Measure, PortKey, Settings, Way, World};
use crate::START_GRAIN_NS;

/// One shard: plays a scenario as many calls, alone on its thread.
///
/// What goes in, with the time in nanoseconds since the run began (never decreasing):
/// - [`bind`](Self::bind) for each channel that is open for the whole run, before the first turn;
/// - [`handle_datagram`](Self::handle_datagram) and [`handle_stream`](Self::handle_stream) for what
///   the sockets receive, [`handle_accepted`](Self::handle_accepted),
///   [`handle_connected`](Self::handle_connected) and [`handle_closed`](Self::handle_closed) for
///   connections;
/// - [`turn`](Self::turn) after each batch of these, and when
///   [`next_deadline_ns`](Self::next_deadline_ns) comes: timers expire and calls begin;
/// - [`command`](Self::command) for what a person or a program wants.
///
/// What comes out goes to the [`World`] at once. Figures are read at any time; they only grow. The
/// run has ended when [`phase`](Self::phase) is [`Phase::Ended`].
#[derive(Debug)]
pub struct Shard {
    plan: Plan,
    core: Core,
}

impl Shard {
    /// A shard that has not begun. `data` holds the external data, if the scenario uses any.
    pub fn new(
        scenario: Arc<Scenario>,
        data: Option<Arc<dyn DataTable>>,
        settings: Settings,
        response_bounds_ms: &[u64],
        now_ns: u64,
    ) -> Self {
        let plan = Plan::new(scenario);
        let core = Core::new(&plan, data, settings, response_bounds_ms, now_ns);
        Self { plan, core }
    }

    /// What there is to count.
    pub fn layout(&self) -> Layout {
        let bounds = self.core.figures.response_times.bounds_ms();
        layout(&self.plan.scenario, bounds)
    }

    /// A channel of the whole run is open by this way; again after a lost connection.
    pub fn bind(&mut self, channel: ChannelId, way: Way) {
        self.core.ports.insert(way.port, channel, None);
        self.core.global_ways[channel.index()] = Some(way);
    }

    /// A channel of the whole run is listened on: its messages can be received, and are answered
    /// where they came from.
    pub fn listen(&mut self, channel: ChannelId, port: PortKey) {
        self.core.ports.insert(port, channel, None);
    }

    /// Whether a channel of the whole run has a way.
    pub fn is_bound(&self, channel: ChannelId) -> bool {
        self.core.global_ways[channel.index()].is_some()
    }

    /// A peer has connected to a port that listens.
    pub fn handle_accepted(&mut self, listener: PortKey, port: PortKey) {
        if let Some(port_use) = self.core.ports.get(listener) {
            let channel = port_use.channel;
            self.core.ports.insert(port, channel, None);
        }
    }

    /// Takes a datagram.
    pub fn handle_datagram(
        &mut self,
        now_ns: u64,
        port: PortKey,
        from: SocketAddr,
        bytes: &[u8],
        world: &mut dyn World,
    ) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
        };
        self.core.datagram(&mut turn, port, from, bytes);
    }

    /// Takes bytes of a connection.
    pub fn handle_stream(
        &mut self,
        now_ns: u64,
        port: PortKey,
        bytes: &[u8],
        world: &mut dyn World,
    ) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
        };
        self.core.stream(&mut turn, port, bytes);
    }

    /// What a call asked to open can be used.
    pub fn handle_connected(&mut self, now_ns: u64, way: Way, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
        };
        self.core.connected(&mut turn, way);
    }

    /// A connection was not made, or is lost.
    pub fn handle_closed(&mut self, now_ns: u64, port: PortKey, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
        };
        self.core.closed(&mut turn, port);
    }

    /// Lets timers expire and calls begin.
    pub fn turn(&mut self, now_ns: u64, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
        };
        self.core.turn(&mut turn);
    }

    /// When [`turn`](Self::turn) is to be called again at the latest; `None`: when something happens.
    pub fn next_deadline_ns(&self, now_ns: u64) -> Option<u64> {
        let timer = self.core.wheel.next_deadline_ns();
        let start = self.core.next_start_ns(&self.plan, now_ns);
        match (timer, start) {
            (Some(timer), Some(start)) => Some(timer.min(start)),
            (timer, start) => timer.or(start),
        }
    }

    /// Does what a person or a program wants.
    pub fn command(&mut self, now_ns: u64, command: Command) {
        self.core.command(now_ns, command);
    }

    /// What the shard is doing.
    pub fn phase(&self) -> Phase {
        self.core.phase
    }

    /// The rate that is wanted now, of all shards, in calls per second.
    pub fn call_rate(&self, now_ns: u64) -> f64 {
        self.core.pacer.rate(now_ns)
    }

    /// Everything counted since the beginning.
    pub fn figures(&self) -> &Figures {
        &self.core.figures
    }

    /// Moves the times measured since the last call to `out`.
    pub fn take_measures(&mut self, out: &mut Vec<Measure>) {
        out.append(&mut self.core.measures);
    }
}

impl Core {
    fn turn(&mut self, turn: &mut Turn<'_, '_>) {
        self.forget_ended(turn.now_ns);
        self.expire(turn);
        match self.phase {
            Phase::Init => self.start_init(turn),
            Phase::Running => self.start_calls(turn),
            Phase::Paused | Phase::Stopping | Phase::Ended => {}
        }
        let is_full = self.wanted.is_some_and(|wanted| self.begun >= wanted);
        if is_full && matches!(self.phase, Phase::Running | Phase::Paused) {
            self.phase = Phase::Stopping;
        }
        if self.phase == Phase::Stopping && self.figures.calls_open == 0 {
            self.phase = Phase::Ended;
        }
    }

    fn start_init(&mut self, turn: &mut Turn<'_, '_>) {
        if let Some(init) = turn.plan.init
            && turn.plan.is_client
            && !self.init_begun
        {
            self.init_begun = true;
            let call = self.begin(turn.now_ns, init, false);
            self.calls.get_mut(call).is_init = true;
            // It is no call of the traffic that was asked for.
            self.begun = 0;
            self.run(turn, call);
        }
    }

    fn start_calls(&mut self, turn: &mut Turn<'_, '_>) {
        if !turn.plan.is_client || turn.now_ns < self.starts_from_ns {
            return;
        }
        let due = self.pacer.due(turn.now_ns);
        if due == 0 {
            return;
        }
        let room = (self.settings.calls_max as u64).saturating_sub(self.figures.calls_open);
        let left = self
            .wanted
            .map_or(u64::MAX, |wanted| wanted.saturating_sub(self.begun));
        let due_here = due.min(left);
        let count = due_here
            .min(room)
            .min(self.settings.starts_per_turn_max as u64);
        let late = count.min(self.overdue);
        self.figures.late_starts += late;
        let is_full = room < due_here;
        self.overdue = if is_full {
            due_here - count
        } else {
            (self.overdue - late).min(due_here - count)
        };
        if is_full && !self.was_full && self.settings.levels.warnings {
            turn.world.log(LogEntry::NoFreeCall);
        }
        self.was_full = is_full;
        for _ in 0..count {
            let call = self.begin(turn.now_ns, turn.plan.traffic, false);
            self.run(turn, call);
        }
        self.pacer.started(count, turn.now_ns);
        if count == due {
            self.starts_from_ns = turn.now_ns + START_GRAIN_NS;
        }
    }

    fn next_start_ns(&self, plan: &Plan, now_ns: u64) -> Option<u64> {
        if self.phase == Phase::Init && plan.is_client && !self.init_begun {
            return Some(now_ns);
        }
        let can_start = self.phase == Phase::Running
            && plan.is_client
            && self.figures.calls_open < self.settings.calls_max as u64;
        if !can_start {
            return None;
        }
        let due_ns = self.pacer.next_due_ns(now_ns)?;
        Some(due_ns.max(self.starts_from_ns))
    }

    fn command(&mut self, now_ns: u64, command: Command) {
        match command {
            Command::SetRate(rate) => self.pacer.set_rate(rate, now_ns),
            Command::Ramp { to, over } => {
                self.pacer.ramp(to, over.as_nanos() as u64, now_ns);
            }
            Command::SetBurstLimit(limit) => {
                let limit = u32::try_from(limit).ok().filter(|limit| *limit > 0);
                self.pacer.set_burst_limit(limit, now_ns);
            }
            Command::PauseOrResume => match self.phase {
                Phase::Running => self.pause(now_ns),
                Phase::Paused => {
                    self.phase = Phase::Running;
                    self.pacer.resume(now_ns);
                }
                Phase::Init | Phase::Stopping | Phase::Ended => {}
            },
            Command::Burst => {
                if self.phase == Phase::Paused {
                    self.phase = Phase::Running;
                    self.pacer.burst(now_ns);
                }
            }
            Command::Stop => {
                self.phase = match self.phase {
                    Phase::Stopping | Phase::Ended => Phase::Ended,
                    _ => Phase::Stopping,
                };
            }
            Command::Quit => self.phase = Phase::Ended,
            Command::ForceInit => self.finish_init(now_ns),
            Command::RateUp
            | Command::RateDown
            | Command::SetScale(_)
            | Command::ResetCumulative => {
                // The driver knows the scale and the screens; it sends the rate that comes of them.
            }
        }
    }

    fn pause(&mut self, now_ns: u64) {
        self.phase = Phase::Paused;
        self.pacer.pause(now_ns);
    }
}
