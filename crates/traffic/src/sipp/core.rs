//! The state of a player.

use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;

use fastrand::Rng;
use foldhash::fast::FixedState;
use gannet_events::sipp::{Figures, StepFigures};
use gannet_events::traffic::Phase;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::model::{Step, VariableId};
use hashbrown::HashMap;

use super::answered::Answered;
use super::call::{Call, CallId, Calls};
use super::dead::DeadCalls;
use super::plan::{Part, Plan};
use super::ports::Ports;
use super::starting::Starts;
use super::state::CallState;
use super::text::{At, CallIdMaker, Common, Env};
use super::{LogEntry, Settings, World};
use crate::shard::{PortKey, Way};
use crate::{SessionMap, Wheel};

/// How many calls there is room for from the start.
const CALLS_EXPECTED: usize = 4_096;

/// One round of work: the plan, the world, and the time at which it happens.
pub(super) struct Turn<'p, 'w> {
    pub(super) plan: &'p Plan,
    pub(super) world: &'w mut (dyn World + 'w),
    pub(super) now_ns: u64,
    /// When the message came that the work is for, if it is for one.
    pub(super) arrived_ns: u64,
}

/// The state of a player.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) shared: Shared,
    pub(super) phase: Phase,
    /// Somebody wants the run to end.
    pub(super) is_told: bool,
    pub(super) calls: Calls,
    /// By Call-ID.
    pub(super) keys: SessionMap,
    pub(super) dead: DeadCalls,
    pub(super) answered: Answered,
    pub(super) wheel: Wheel,
    pub(super) starts: Starts,
    /// By scenario.
    pub(super) figures: Vec<Figures>,
    pub(super) ports: Ports,
    /// Connections for which calls wait.
    pub(super) congested: Vec<PortKey>,
    /// The way of all calls that begin here and have no socket of their own.
    pub(super) main_way: Option<Way>,
    /// How often the connection of all calls was made again.
    pub(super) reconnected: u32,
    /// It is not made again before.
    pub(super) reconnect_from_ns: u64,
    /// Where calls without a way send (`setdest`).
    pub(super) redirected: HashMap<CallId, SocketAddr, FixedState>,
    /// Messages that wait until their calls receive.
    pub(super) queued: HashMap<CallId, Vec<u8>, FixedState>,
    pub(super) ids: CallIdMaker,
    /// Hashes of messages tell retransmissions.
    pub(super) hasher: FixedState,
    pub(super) expired: Vec<u64>,
    /// The message that is being made.
    pub(super) out: Vec<u8>,
    pub(super) end: End,
    /// When the next turn should be.
    pub(super) expected_ns: Option<u64>,
}

/// What calls share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) common: Common,
    /// Injection files, as `-inf` names them.
    pub(super) files: Vec<InjectionFile>,
    pub(super) rng: Rng,
}

/// What ends the run before its time.
#[derive(Debug, Default)]
pub(super) struct End {
    /// `stop_now`.
    pub(super) stopped: bool,
    /// Something cannot go on, in words.
    pub(super) fatal: Option<String>,
    /// The last call that ended did so with a message that was received.
    pub(super) is_by_message: bool,
}

impl Core {
    pub(super) fn new(
        plan: &Plan,
        files: Vec<InjectionFile>,
        settings: Settings,
        now_ns: u64,
    ) -> Self {
        let mut rng = Rng::with_seed(settings.seed);
        let timers = plan.parts().map(|part| part.scenario.timers.len()).max();
        let keeps_sent = settings.protocol.is_unreliable() && settings.retransmission.enabled;
        let has_init = !plan.part(0).scenario.init.is_empty();
        Self {
            phase: if has_init {
                Phase::Init
            } else {
                Phase::Running
            },
            is_told: false,
            calls: Calls::new(
                timers.unwrap_or(0),
                keeps_sent,
                !settings.protocol.is_unreliable(),
            ),
            keys: SessionMap::with_capacity(CALLS_EXPECTED, rng.u64(..)),
            dead: DeadCalls::new(settings.dead_call_ns),
            answered: Answered::new(settings.dead_call_ns),
            wheel: Wheel::new(now_ns),
            starts: Starts::new(plan, &settings, now_ns),
            figures: plan
                .parts()
                .map(|part| Figures::new(&part.layout))
                .collect(),
            ports: Ports::default(),
            congested: Vec::new(),
            main_way: None,
            reconnected: 0,
            reconnect_from_ns: 0,
            redirected: HashMap::default(),
            queued: HashMap::default(),
            ids: CallIdMaker::new(&settings),
            hasher: FixedState::with_seed(rng.u64(..)),
            expired: Vec::new(),
            out: Vec::new(),
            end: End::default(),
            expected_ns: None,
            shared: Shared {
                common: Common::new(plan.parts().map(|part| &part.scenario), &settings),
                files,
                rng,
                settings,
            },
        }
    }

    #[inline]
    pub(super) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    #[inline]
    pub(super) fn figures_of(&mut self, id: CallId) -> &mut Figures {
        &mut self.figures[usize::from(self.calls.get(id).part)]
    }

    /// The figures of a step; `None` in the call of `init`.
    #[inline]
    pub(super) fn step_figures(&mut self, id: CallId, step: usize) -> Option<&mut StepFigures> {
        let call = self.calls.get(id);
        if call.marks.is_init {
            return None;
        }
        self.figures[usize::from(call.part)].steps.get_mut(step)
    }

    /// What surrounds a call, and what is stored of it.
    #[inline]
    pub(super) fn env<'e>(
        &'e mut self,
        turn: &'e mut Turn<'_, '_>,
        id: CallId,
    ) -> (Env<'e>, &'e mut CallState, &'e mut Vec<u8>) {
        let env = Env {
            scenario: &turn.plan.part_of(self.calls.get(id)).scenario,
            settings: &self.shared.settings,
            common: &mut self.shared.common,
            files: &mut self.shared.files,
            rng: &mut self.shared.rng,
            world: &mut *turn.world,
            now_ns: turn.now_ns,
        };
        (env, self.calls.state_mut(id), &mut self.out)
    }

    /// Whether a variable of a call is set.
    pub(super) fn is_set(&mut self, turn: &mut Turn<'_, '_>, id: CallId, of: VariableId) -> bool {
        let (env, state, _) = self.env(turn, id);
        env.is_set(state, of)
    }

    /// Where a call is, for texts and actions.
    #[inline]
    pub(super) fn at(&self, id: CallId, step: usize) -> At {
        let call = self.calls.get(id);
        At {
            call: id,
            step,
            acts: false,
            port: call.own_port(),
        }
    }

    /// A hash of bytes that no peer can foresee; never 0.
    #[inline]
    pub(super) fn hash_of(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(bytes);
        hasher.finish() | 1
    }

    /// Something is odd, in words.
    pub(super) fn warn(
        &mut self,
        turn: &mut Turn<'_, '_>,
        part: u8,
        words: impl FnOnce() -> String,
    ) {
        self.figures[usize::from(part)].warnings += 1;
        if self.shared.settings.levels.errors {
            turn.world.log(LogEntry::Warning(&words()));
        }
    }

    /// The run cannot go on.
    pub(super) fn fatal(&mut self, words: String) {
        self.figures[0].fatal_errors += 1;
        self.end.fatal.get_or_insert(words);
        self.phase = Phase::Ended;
    }

    /// Whether messages of that step are dropped this time.
    #[inline]
    pub(super) fn loses(&mut self, step: &Step) -> bool {
        let percent = step
            .lost_percent
            .unwrap_or(self.shared.settings.lost_percent);
        percent > 0.0 && self.shared.rng.f64() * 100.0 < percent
    }
}

impl Call {
    /// The socket that is the call's own.
    #[inline]
    pub(super) fn own_port(&self) -> Option<PortKey> {
        self.way
            .filter(|_| self.marks.owns_port)
            .map(|way| way.port)
    }
}

impl Plan {
    #[inline]
    pub(super) fn part_of(&self, call: &Call) -> &Part {
        self.part(call.part)
    }
}
