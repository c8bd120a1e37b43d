//! The thread of a player: sockets in, player, sockets out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use gannet_events::sipp::{Command, Snapshot};
use gannet_events::traffic::Phase;
use gannet_net::load::{PortId, Ports};
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{Player, Protocol};
use gannet_tui::sipp::{Beside, Circuits};

use super::super::error::SippError;
use super::commands::Commands;
use super::events::{Clock, hand_over};
use super::pace::Pace;
use super::run::RunParts;
use super::shared::Shared;
use super::twins::Twins;
use super::world::{SippWorld, WorldState};
use crate::gather::Gather;

/// The longest that a thread waits for its sockets: commands wake it, so this is only a limit.
const IDLE_MAX: Duration = Duration::from_millis(500);
/// How long open calls may go on when a twin has gone.
const TWINLESS_MAX: Duration = Duration::from_secs(5);
/// How long answers to what ended the last calls are waited for: they are counted.
const LAST_WORDS_MAX: Duration = Duration::from_millis(5);

/// What the thread works with.
pub(super) struct Driver {
    ports: Ports,
    player: Player,
    state: WorldState,
    shared: Arc<Shared>,
    link: SharedLink,
    started: SystemTime,
    rate_period: Duration,
    commands: Vec<Command>,
    answered: u64,
    dropped: u64,
    pace: Pace,
    gather: Gather,
    /// The most open calls, and since when.
    peak: (u64, Duration),
    /// When a twin went.
    twinless: Option<Instant>,
}

/// The connection of all calls that begin here.
#[derive(Debug)]
pub(super) struct SharedLink {
    /// It is being made; calls wait.
    pub(super) awaited: Option<PortId>,
    /// If it is not made, the player tries again.
    pub(super) may_retry: bool,
    /// Why it was not made.
    pub(super) refused: Option<String>,
    /// A twin has gone.
    pub(super) twin_gone: bool,
    /// Why a twin was not there.
    pub(super) no_twin: Option<String>,
}

impl Driver {
    pub(super) fn new(parts: RunParts, twins: Twins, begun: Instant, shared: Arc<Shared>) -> Self {
        let may_retry = parts.settings.reconnect.max != Some(0);
        let mut player = Player::new(&parts.scenarios, parts.injection, parts.settings, 0);
        for (name, text) in &parts.globals {
            // That they are there was checked with the files.
            let _ = player.set_global(name, text);
        }
        let main = PortKey(parts.opened.main.number());
        if parts.sockets.protocol == Protocol::Udp {
            let way = Way {
                port: main,
                to: None,
            };
            player.bind(way);
        }
        Self {
            ports: parts.ports,
            player,
            state: WorldState {
                begun,
                logs: parts.logs,
                stamp: parts.stamp,
                sockets: parts.sockets,
                twins,
                media: parts.media,
                commands: Commands::default(),
                names: HashMap::new(),
                opened: HashSet::new(),
                unreachable: None,
            },
            shared,
            link: SharedLink {
                awaited: parts.opened.connection,
                may_retry,
                refused: None,
                twin_gone: false,
                no_twin: None,
            },
            started: SystemTime::now(),
            rate_period: parts.rate_period,
            commands: Vec::new(),
            answered: 0,
            dropped: 0,
            pace: Pace::default(),
            gather: Gather::new(parts.gather_interval),
            peak: (0, Duration::ZERO),
            twinless: None,
        }
    }

    /// Works until the run has ended.
    pub(super) fn work(mut self) {
        let result = self.turn_until_end();
        self.ports.flush();
        self.state.logs.end();
        let error = result.err().or_else(|| {
            let why = self.player.fatal()?;
            Some(SippError::Fatal(why.to_owned()))
        });
        let failed_checks = self.state.media.failed_checks();
        let snapshot = Arc::new(self.snapshot());
        let beside = self.beside();
        let stopped_now = self.player.is_stopped();
        let pace = self.pace.summary();
        let warnings = std::mem::take(&mut self.state.logs.warnings);
        self.shared.report(|report| {
            report.snapshot = Some(snapshot);
            report.beside = beside;
            report.pace = pace;
            report.warnings = warnings;
            report.error = error;
            report.stopped_now = stopped_now;
            report.failed_checks = failed_checks;
            report.is_over = true;
        });
    }

    fn turn_until_end(&mut self) -> Result<(), SippError> {
        loop {
            self.obey();
            let now_ns = self.state.now_ns();
            if self.link.awaited.is_none() || self.player.phase() == Phase::Stopping {
                let mut world = SippWorld {
                    ports: &mut self.ports,
                    state: &mut self.state,
                };
                self.player.turn(now_ns, &mut world);
                self.look(now_ns);
            }
            self.state.logs.flush();
            if self.player.phase() == Phase::Ended {
                if self.player.may_be_answered()
                    && !self.player.is_stopped()
                    && self.player.fatal().is_none()
                {
                    self.ports.flush();
                    self.poll(LAST_WORDS_MAX)?;
                }
                return Ok(());
            }
            self.keep_twins();
            self.answer_owner();
            self.rest();
            let timeout = self.timeout();
            self.poll(timeout)?;
            if let Some(why) = self.link.no_twin.take() {
                return Err(SippError::NoTwin(why));
            }
            if let Some(why) = self.link.refused.take()
                && let Some(peer) = self.state.sockets.send_to
            {
                return Err(SippError::Connect { peer, why });
            }
        }
    }

    /// Notes what is to be told of the run beside its figures.
    fn look(&mut self, now_ns: u64) {
        self.pace.look(now_ns, &self.player);
        let open_max = self.player.figures().open_max;
        if open_max > self.peak.0 {
            self.peak = (open_max, Duration::from_nanos(now_ns));
        }
    }

    /// Lets messages come together, if there are many.
    fn rest(&mut self) {
        if let Some(rest) = self.gather.rest(Duration::from_nanos(self.state.now_ns())) {
            self.ports.flush();
            std::thread::sleep(rest);
        }
    }

    fn poll(&mut self, timeout: Duration) -> Result<(), SippError> {
        let Self {
            ports,
            player,
            state,
            link,
            ..
        } = self;
        let mut clock = Clock::default();
        let polled = ports.poll_with(Some(timeout), &mut |ports, event| {
            let mut world = SippWorld { ports, state };
            hand_over(player, &mut world, link, event, &mut clock);
        });
        let messages = polled.map_err(SippError::Sockets)?;
        let now = Duration::from_nanos(state.now_ns());
        self.gather.looked(now, messages);
        Ok(())
    }

    fn obey(&mut self) {
        for line in self.shared.take_commands(&mut self.commands) {
            self.state.logs.note(&line);
        }
        let now_ns = self.state.now_ns();
        for command in std::mem::take(&mut self.commands) {
            let period_s = self.rate_period.as_secs_f64();
            let command = match command {
                Command::SetRate(rate) => Command::SetRate(rate / period_s),
                // With -users it is their number that changes.
                Command::ChangeRate(by) if self.player.users().is_none() => {
                    Command::ChangeRate(by / period_s)
                }
                Command::Trace(traced, on) => {
                    if let Err(error) = self.state.logs.switch(traced, on) {
                        self.state.logs.warn(&error.to_string());
                    }
                    self.player.set_levels(self.state.logs.levels());
                    continue;
                }
                other => other,
            };
            let mut world = SippWorld {
                ports: &mut self.ports,
                state: &mut self.state,
            };
            self.player.command(now_ns, command, &mut world);
        }
    }

    /// Without its twin a run ends: calls that need nothing more of it may do so in peace.
    fn keep_twins(&mut self) {
        if !self.link.twin_gone {
            return;
        }
        let stop = match self.twinless {
            None => {
                self.twinless = Some(Instant::now());
                self.player.phase() != Phase::Stopping
            }
            Some(gone) => gone.elapsed() >= TWINLESS_MAX,
        };
        if stop {
            self.shared.send(Command::Stop);
        }
    }

    fn answer_owner(&mut self) {
        let asked = self.shared.asked();
        if asked == self.answered {
            return;
        }
        self.answered = asked;
        let snapshot = Arc::new(self.snapshot());
        let beside = self.beside();
        self.shared.report(|report| {
            report.number = asked;
            report.snapshot = Some(snapshot);
            report.beside = beside;
        });
    }

    fn snapshot(&mut self) -> Snapshot {
        let drops = self.ports.counters().kernel_drops;
        self.player.note_dropped(drops.saturating_sub(self.dropped));
        self.dropped = drops;
        let now_ns = self.state.now_ns();
        let player = &self.player;
        Snapshot {
            started: self.started,
            elapsed: Duration::from_nanos(now_ns),
            figures: player.figures().clone(),
            received: player.received_figures().cloned(),
            out_of_call: player.out_of_call_figures().cloned(),
            rate: player.call_rate(now_ns) * self.rate_period.as_secs_f64(),
            rate_period: self.rate_period,
            calls_limit: player.calls_limit(now_ns),
            users: player.users(),
            phase: player.phase(),
        }
    }

    fn beside(&self) -> Beside {
        let counters = self.ports.counters();
        let figures = self.player.figures();
        let paused = figures.steps.iter().map(|step| step.paused_now).sum();
        Beside {
            sockets_open: self.state.opened.len() as u64 + 1,
            send_errors: counters.send_failures.total(),
            congestions: counters.would_block,
            running: figures.open.saturating_sub(paused),
            paused,
            peak_after: self.peak.1,
            circuits: self.player.circuits().map(|(width, in_use)| Circuits {
                width,
                in_use: in_use.to_vec(),
            }),
            media: self.state.media.figures(),
            variables: self.player.globals(),
            ..Beside::default()
        }
    }

    /// How long to wait for the sockets.
    fn timeout(&self) -> Duration {
        let now_ns = self.state.now_ns();
        let deadline = self.player.next_deadline_ns(now_ns);
        if self.link.awaited.is_some() {
            return IDLE_MAX;
        }
        deadline.map_or(IDLE_MAX, |deadline| {
            Duration::from_nanos(deadline.saturating_sub(now_ns)).min(IDLE_MAX)
        })
    }
}
