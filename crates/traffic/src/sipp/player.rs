//! The player as its driver sees it.

use std::net::SocketAddr;

use gannet_events::sipp::{Command, Figures, Layout};
use gannet_events::traffic::Phase;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::model::Scope;

use super::core::{Core, Turn};
use super::input::Source;
use super::plan::{PartId, Plan, Scenarios};
use super::ports::Port;
use super::received::Reader;
use super::{Settings, World};
use crate::shard::{PortKey, Way};

/// Plays SIPp scenarios, alone on its thread.
///
/// What goes in, with the time in nanoseconds since the run began (never decreasing):
/// - [`bind`](Self::bind) for the socket or connection of all calls that begin here,
///   [`listen`](Self::listen) for one that calls only come by, before the first turn;
/// - [`handle_datagram`](Self::handle_datagram) and [`handle_stream`](Self::handle_stream) for what
///   sockets receive, [`handle_accepted`](Self::handle_accepted),
///   [`handle_connected`](Self::handle_connected) and [`handle_closed`](Self::handle_closed) for
///   connections, [`handle_command`](Self::handle_command) for what a twin says;
/// - [`turn`](Self::turn) after each batch of these, and when
///   [`next_deadline_ns`](Self::next_deadline_ns) comes: timers expire and calls begin;
/// - [`command`](Self::command) for what a person or a program wants.
///
/// What comes out goes to the [`World`] at once. Figures are read at any time. The run has ended when
/// [`phase`](Self::phase) is [`Phase::Ended`].
#[derive(Debug)]
pub struct Player {
    plan: Plan,
    core: Core,
    reader: Reader,
}

impl Player {
    /// A player that has not begun. `files` are the injection files in the order of the command line,
    /// as the scenarios were read with.
    pub fn new(
        scenarios: &Scenarios,
        files: Vec<InjectionFile>,
        settings: Settings,
        now_ns: u64,
    ) -> Self {
        let plan = Plan::new(scenarios, &settings);
        let core = Core::new(&plan, files, settings, now_ns);
        Self {
            plan,
            core,
            reader: Reader::default(),
        }
    }

    /// What there is to count in the main scenario.
    pub fn layout(&self) -> &Layout {
        &self.plan.part(0).layout
    }

    /// What there is to count in the scenario for received calls (`-rxsf`).
    pub fn received_layout(&self) -> Option<&Layout> {
        let part = self.plan.number_of(PartId::Received)?;
        Some(&self.plan.part(part).layout)
    }

    /// What there is to count in the scenario for messages of no call (`-oocsf`).
    pub fn out_of_call_layout(&self) -> Option<&Layout> {
        let part = self.plan.number_of(PartId::OutOfCall)?;
        Some(&self.plan.part(part).layout)
    }

    /// The way of all calls that begin here and have no socket of their own; again after a lost
    /// connection. Without a peer in it, datagrams go to the settings' peer.
    pub fn bind(&mut self, way: Way) {
        self.core.ports.insert(way.port, Port::new(true));
        self.core.main_way = Some(way);
    }

    /// A socket that messages come by, and are answered where they came from.
    pub fn listen(&mut self, port: PortKey) {
        self.core.ports.insert(port, Port::new(true));
    }

    /// Whether the socket or connection of all calls is there.
    pub fn is_bound(&self) -> bool {
        self.core.main_way.is_some()
    }

    /// A peer has connected.
    pub fn handle_accepted(&mut self, port: PortKey) {
        self.core.ports.insert(port, Port::new(true));
    }

    /// Takes a datagram that came at `arrived_ns`: response times end then.
    pub fn handle_datagram(
        &mut self,
        now_ns: u64,
        arrived_ns: u64,
        port: PortKey,
        from: SocketAddr,
        bytes: &[u8],
        world: &mut dyn World,
    ) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
            arrived_ns,
        };
        let source = Source {
            port,
            from: Some(from),
        };
        self.core
            .datagram(&mut turn, &mut self.reader, source, bytes);
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
            arrived_ns: now_ns,
        };
        self.core.stream(&mut turn, &mut self.reader, port, bytes);
    }

    /// A connection that was asked for can be used.
    pub fn handle_connected(&mut self, now_ns: u64, way: Way, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
            arrived_ns: now_ns,
        };
        self.core.connected(&mut turn, way);
    }

    /// A connection was not made, or is lost.
    pub fn handle_closed(&mut self, now_ns: u64, port: PortKey, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
            arrived_ns: now_ns,
        };
        self.core.closed(&mut turn, port);
    }

    /// Takes a command of a twin, without the byte that ends it.
    pub fn handle_command(&mut self, now_ns: u64, text: &[u8], world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
            arrived_ns: now_ns,
        };
        self.core.command(&mut turn, text);
    }

    /// Lets timers expire and calls begin.
    pub fn turn(&mut self, now_ns: u64, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
            arrived_ns: now_ns,
        };
        self.core.turn(&mut turn);
    }

    /// When [`turn`](Self::turn) is to be called again at the latest; `None`: when something happens.
    pub fn next_deadline_ns(&self, now_ns: u64) -> Option<u64> {
        self.core.next_deadline_ns(&self.plan, now_ns)
    }

    /// Does what a person or a program wants. Rates are calls per second.
    pub fn command(&mut self, now_ns: u64, command: Command, world: &mut dyn World) {
        let mut turn = Turn {
            plan: &self.plan,
            world,
            now_ns,
            arrived_ns: now_ns,
        };
        self.core.control(&mut turn, command);
    }

    /// What the player is doing.
    pub fn phase(&self) -> Phase {
        self.core.phase
    }

    /// The rate that is wanted now, in calls per second.
    pub fn call_rate(&self, now_ns: u64) -> f64 {
        self.core.starts.pacer.rate(now_ns)
    }

    /// The most open calls; `u64::MAX`: there is no limit.
    pub fn calls_limit(&self, now_ns: u64) -> u64 {
        self.core.starts.calls_max(now_ns)
    }

    /// How many users there are to be (`-users`).
    pub fn users(&self) -> Option<u64> {
        self.core.starts.users()
    }

    /// Everything counted of the main scenario.
    pub fn figures(&self) -> &Figures {
        &self.core.figures[0]
    }

    /// Everything counted of the scenario for received calls.
    pub fn received_figures(&self) -> Option<&Figures> {
        let part = self.plan.number_of(PartId::Received)?;
        self.core.figures.get(usize::from(part))
    }

    /// Everything counted of the scenario for messages of no call.
    pub fn out_of_call_figures(&self) -> Option<&Figures> {
        let part = self.plan.number_of(PartId::OutOfCall)?;
        self.core.figures.get(usize::from(part))
    }

    /// Why the run cannot go on, if so.
    pub fn fatal(&self) -> Option<&str> {
        self.core.end.fatal.as_deref()
    }

    /// An action has ended the run at once (`stop_now`).
    pub fn is_stopped(&self) -> bool {
        self.core.end.stopped
    }

    /// The last call ended with something that it sent, or by itself: its peer may still answer.
    pub fn may_be_answered(&self) -> bool {
        !self.core.end.is_by_message
    }

    /// Datagrams that the kernel dropped before they could be fetched.
    pub fn note_dropped(&mut self, datagrams: u64) {
        self.core.figures[0].lag.dropped_datagrams += datagrams;
    }

    /// Gives a global variable a text (`-set`); false if no scenario has it.
    pub fn set_global(&mut self, name: &str, text: &str) -> bool {
        let mut variables = self
            .plan
            .parts()
            .flat_map(|part| &part.scenario.variables)
            .filter(|variable| variable.scope == Scope::Global);
        let Some(variable) = variables.find(|variable| variable.name == name) else {
            return false;
        };
        let stores = &mut self.core.shared.common.stores;
        let value = stores.global_mut(usize::from(variable.number));
        value.set_text(text.as_bytes());
        true
    }

    /// The global variables with their values, as `[$name]` prints them.
    pub fn globals(&self) -> Vec<(String, String)> {
        let stores = &self.core.shared.common.stores;
        let variables = self.plan.parts().flat_map(|part| &part.scenario.variables);
        let mut globals: Vec<_> = variables
            .filter(|variable| variable.scope == Scope::Global)
            .map(|variable| {
                let mut text = Vec::new();
                stores.global(usize::from(variable.number)).print(&mut text);
                let text = String::from_utf8_lossy(&text).into_owned();
                (variable.name.clone(), text)
            })
            .collect();
        globals.sort_unstable();
        globals.dedup();
        globals
    }

    /// The circuits of `-tdmmap`: how many a line of the map has, and which are in use.
    pub fn circuits(&self) -> Option<(usize, &[bool])> {
        let (from, to) = self.core.settings().tdm_map?.third;
        let width = to.saturating_sub(from) as usize + 1;
        Some((width, self.core.shared.common.circuits.in_use()))
    }

    /// Switches what the logs take.
    pub fn set_levels(&mut self, levels: super::Levels) {
        self.core.shared.settings.levels = levels;
    }
}

impl Core {
    fn turn(&mut self, turn: &mut Turn<'_, '_>) {
        if self.phase == Phase::Ended {
            return;
        }
        self.watch(turn.now_ns);
        self.expire(turn);
        self.go_on_with_room(turn);
        self.start_calls(turn);
        if self.starts.is_full() && matches!(self.phase, Phase::Running | Phase::Paused) {
            self.phase = Phase::Stopping;
        }
        if self.phase == Phase::Stopping && self.figures.iter().all(|figures| figures.open == 0) {
            self.phase = Phase::Ended;
        }
        self.figures[0].warnings += std::mem::take(&mut self.shared.common.warnings);
        self.expected_ns = self.next_deadline_ns(turn.plan, turn.now_ns);
    }

    fn next_deadline_ns(&self, plan: &Plan, now_ns: u64) -> Option<u64> {
        let timer = self.wheel.next_deadline_ns();
        let start = self.next_start_ns(plan, now_ns);
        match (timer, start) {
            (Some(timer), Some(start)) => Some(timer.min(start)),
            (timer, start) => timer.or(start),
        }
    }

    /// Sees how late this turn is.
    fn watch(&mut self, now_ns: u64) {
        let Some(expected_ns) = self.expected_ns else {
            return;
        };
        let late_ns = now_ns.saturating_sub(expected_ns);
        let watchdog = self.settings().watchdog;
        let figures = &mut self.figures[0];
        figures.lag.longest_turn_ns = figures.lag.longest_turn_ns.max(late_ns);
        if late_ns >= watchdog.major_ns {
            figures.watchdog_major += 1;
        } else if late_ns >= watchdog.minor_ns {
            figures.watchdog_minor += 1;
        }
    }
}
