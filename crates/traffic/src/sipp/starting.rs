//! Which calls begin, and when.

use std::num::NonZeroU32;

use gannet_events::traffic::Phase;

use super::call::CallId;
use super::core::{Core, Turn};
use super::plan::{Begins, Plan};
use super::users::Users;
use super::{CallEvent, Settings, World};
use crate::{Pacer, START_GRAIN_NS};

/// The most calls that begin in one turn.
const STARTS_PER_TURN_MAX: u64 = 2_000;

/// A call that begins later than that after it was due is late.
const LATE_NS: u64 = 100_000_000;

/// Calls that wait so long in all for a connection that takes nothing are worth a word.
const CONGESTED_NS: u64 = 1_000_000_000;

/// Without a limit, as many calls may be open as begin in that many times their duration.
const DURATIONS_OPEN: f64 = 3.0;

/// Which calls begin, and when.
#[derive(Debug)]
pub(super) struct Starts {
    pub(super) pacer: Pacer,
    /// The first call of each rate waits for its turn.
    waits_first: bool,
    /// Calls of the main scenario that began, and how many may.
    begun: u64,
    wanted: Option<u64>,
    /// `[call_number]` of the last call.
    number: u64,
    /// How many calls had lines of injection files before.
    lines: u64,
    /// The most open calls, where somebody said it.
    pub(super) limit: Option<u64>,
    /// A call lasts so long at least, in seconds.
    duration_s: f64,
    users: Option<Users>,
    /// No call begins before this time: those due within a grain begin together.
    from_ns: u64,
    /// Calls that were due and had no room.
    held: u64,
    /// Since when calls are due that this thread did not come to begin.
    behind_since_ns: Option<u64>,
    last_ns: u64,
    /// How long no call began because the connection of all took nothing.
    congested_ns: u64,
}

/// What begins a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Beginning<'a> {
    /// The pacer, or a user.
    Here(Option<NonZeroU32>),
    /// `init`.
    Init,
    /// A message, in that scenario.
    Message { part: u8, name: &'a [u8] },
    /// A message of no call, in that scenario.
    Aside { part: u8, name: &'a [u8] },
    /// A message of no call that is only answered.
    Answer { name: &'a [u8] },
    /// A twin command.
    Command { name: &'a [u8] },
}

impl Starts {
    pub(super) fn new(_plan: &Plan, settings: &Settings, now_ns: u64) -> Self {
        let mut starts = Self {
            pacer: Pacer::new(settings.pacing, now_ns),
            waits_first: settings.waits_first,
            begun: 0,
            wanted: settings.calls_wanted,
            number: 0,
            lines: 0,
            limit: settings.calls_max,
            duration_s: (settings.pause_ms as f64 / 1_000.0).max(1.0),
            users: settings.users.map(Users::new),
            from_ns: now_ns,
            held: 0,
            behind_since_ns: None,
            last_ns: now_ns,
            congested_ns: 0,
        };
        starts.wait_first(now_ns);
        starts
    }

    /// The pacer has begun anew: it would start a call at once, where SIPp waits until one is due.
    fn wait_first(&mut self, now_ns: u64) {
        if self.waits_first {
            self.pacer.started(1, now_ns);
        }
    }

    /// Another rate, from now on.
    pub(super) fn set_rate(&mut self, rate: f64, now_ns: u64) {
        self.pacer.set_rate(rate, now_ns);
        self.wait_first(now_ns);
    }

    /// New calls after a pause.
    pub(super) fn resume(&mut self, now_ns: u64) {
        self.pacer.resume(now_ns);
        self.wait_first(now_ns);
    }

    /// Traffic begins now.
    pub(super) fn begin(&mut self, now_ns: u64) {
        self.pacer.pause(now_ns);
        self.resume(now_ns);
    }

    /// As many calls of the main scenario began as were wanted.
    pub(super) fn is_full(&self) -> bool {
        self.wanted.is_some_and(|wanted| self.begun >= wanted)
    }

    /// The most open calls; a limit of 0 is none.
    pub(super) fn calls_max(&self, now_ns: u64) -> u64 {
        match self.limit {
            Some(0) => u64::MAX,
            Some(limit) => limit,
            None => {
                let calls = DURATIONS_OPEN * self.pacer.rate(now_ns) * self.duration_s;
                (calls as u64).max(1)
            }
        }
    }

    /// How many users there are to be.
    pub(super) fn users(&self) -> Option<u64> {
        self.users.as_ref().map(|users| users.wanted)
    }

    pub(super) fn set_users(&mut self, wanted: u64) {
        if let Some(users) = &mut self.users {
            users.wanted = wanted;
        }
    }

    /// The call of a user is over.
    pub(super) fn free_user(&mut self, user: NonZeroU32) {
        if let Some(users) = &mut self.users {
            users.free(user);
        }
    }

    /// How many calls were due long ago without anybody looking.
    fn overdue(&self, now_ns: u64) -> u64 {
        if now_ns.saturating_sub(self.last_ns) <= LATE_NS {
            return 0;
        }
        let mut earlier = self.pacer.clone();
        let overdue = earlier.due(now_ns - LATE_NS);
        // Those that had no room are late through no fault of ours.
        overdue.saturating_sub(self.held)
    }

    /// Calls have been due for long that this thread did not come to begin.
    fn is_behind(&self, now_ns: u64) -> bool {
        self.behind_since_ns
            .is_some_and(|since_ns| now_ns.saturating_sub(since_ns) > LATE_NS)
    }
}

impl Core {
    /// Begins the call of `init`, then those that are due.
    pub(super) fn start_calls(&mut self, turn: &mut Turn<'_, '_>) {
        match self.phase {
            Phase::Init => {
                if self.calls.open().next().is_none() {
                    let id = self.begin(turn, Beginning::Init);
                    self.run(turn, id);
                }
            }
            Phase::Running if turn.plan.part(0).begins == Begins::Here => {
                if self.starts.users.is_some() {
                    self.start_users(turn);
                } else {
                    self.start_due(turn);
                }
            }
            Phase::Running | Phase::Paused | Phase::Stopping | Phase::Ended => {}
        }
        self.starts.last_ns = turn.now_ns;
    }

    fn start_due(&mut self, turn: &mut Turn<'_, '_>) {
        if turn.now_ns < self.starts.from_ns {
            return;
        }
        let overdue = self.starts.overdue(turn.now_ns);
        let due = self.starts.pacer.due(turn.now_ns);
        if due == 0 {
            self.starts.held = 0;
            self.starts.behind_since_ns = None;
            return;
        }
        if self.is_congested(turn) {
            self.hold_calls(turn, due);
            return;
        }
        let left = match self.starts.wanted {
            Some(wanted) => wanted.saturating_sub(self.starts.begun),
            None => u64::MAX,
        };
        let open = self.figures[0].open;
        let room = self.starts.calls_max(turn.now_ns).saturating_sub(open);
        let possible = due.min(left).min(room);
        let count = possible.min(STARTS_PER_TURN_MAX);
        let late = if self.starts.is_behind(turn.now_ns) {
            count
        } else {
            overdue.min(count)
        };
        self.figures[0].lag.late_starts += late;
        self.starts.held = if room < due.min(left) { due - count } else { 0 };
        self.starts.behind_since_ns = if count < possible {
            self.starts.behind_since_ns.or(Some(turn.now_ns))
        } else {
            None
        };
        for _ in 0..count {
            let id = self.begin(turn, Beginning::Here(None));
            self.run(turn, id);
        }
        self.starts.pacer.started(count, turn.now_ns);
        if count == due {
            self.starts.from_ns = turn.now_ns + START_GRAIN_NS;
        }
    }

    /// The peer does not read what was sent on the connection of all calls.
    fn is_congested(&self, turn: &mut Turn<'_, '_>) -> bool {
        self.is_stream() && self.main_way.is_some_and(|way| !turn.takes(way))
    }

    /// No call begins for a moment.
    fn hold_calls(&mut self, turn: &mut Turn<'_, '_>, due: u64) {
        let starts = &mut self.starts;
        starts.held = due;
        starts.from_ns = turn.now_ns + START_GRAIN_NS;
        let before_ns = starts.congested_ns;
        starts.congested_ns += turn.now_ns.saturating_sub(starts.last_ns);
        if before_ns < CONGESTED_NS && starts.congested_ns >= CONGESTED_NS {
            self.warn(turn, 0, || {
                "the peer reads its connection too slowly: calls begin later than the rate says"
                    .into()
            });
        }
    }

    fn start_users(&mut self, turn: &mut Turn<'_, '_>) {
        for _ in 0..STARTS_PER_TURN_MAX {
            if self.starts.is_full() {
                return;
            }
            let Some(user) = self.starts.users.as_mut().and_then(Users::next) else {
                return;
            };
            let id = self.begin(turn, Beginning::Here(Some(user)));
            self.run(turn, id);
        }
    }

    /// When the next call begins at the earliest.
    pub(super) fn next_start_ns(&self, plan: &Plan, now_ns: u64) -> Option<u64> {
        let starts = &self.starts;
        if self.phase == Phase::Init {
            return self.calls.open().next().is_none().then_some(now_ns);
        }
        let can_start = self.phase == Phase::Running
            && plan.part(0).begins == Begins::Here
            && !starts.is_full();
        if !can_start {
            return None;
        }
        if let Some(users) = &starts.users {
            return users.has_idle().then_some(now_ns);
        }
        if self.figures[0].open >= starts.calls_max(now_ns) {
            return None;
        }
        let due_ns = starts.pacer.next_due_ns(now_ns)?;
        Some(due_ns.max(starts.from_ns))
    }

    /// Begins a call, and leaves it before its first step.
    pub(super) fn begin(&mut self, turn: &mut Turn<'_, '_>, beginning: Beginning<'_>) -> CallId {
        let id = self.calls.take(turn.now_ns);
        let (part, user, name) = match beginning {
            Beginning::Here(user) => (0, user, None),
            Beginning::Init => (0, None, None),
            Beginning::Message { part, name } | Beginning::Aside { part, name } => {
                (part, None, Some(name))
            }
            Beginning::Answer { name } | Beginning::Command { name } => (0, None, Some(name)),
        };
        let call = self.calls.get_mut(id);
        call.part = part;
        match beginning {
            Beginning::Here(_) | Beginning::Command { .. } => {}
            Beginning::Init => call.marks.is_init = true,
            Beginning::Message { .. } => call.marks.incoming = true,
            Beginning::Aside { .. } => {
                call.marks.incoming = true;
                call.marks.automatic = true;
            }
            Beginning::Answer { .. } => {
                call.marks.incoming = true;
                call.marks.automatic = true;
                call.marks.is_answer = true;
            }
        }
        let marks = call.marks;
        if !marks.automatic && !marks.is_init {
            self.starts.number += 1;
        }
        self.name(turn.world, id, (user, name));
        self.note_call(turn, id, CallEvent::Begun);
        if !marks.automatic {
            self.choose_lines(turn, id);
        }
        if marks.is_init || marks.is_answer {
            return id;
        }
        self.starts.begun += u64::from(part == 0);
        let figures = &mut self.figures[usize::from(part)];
        if marks.incoming {
            figures.incoming += 1;
        } else {
            figures.outgoing += 1;
        }
        figures.open += 1;
        figures.open_max = figures.open_max.max(figures.open);
        id
    }

    /// Gives a call its Call-ID.
    fn name(
        &mut self,
        world: &mut dyn World,
        id: CallId,
        (user, name): (Option<NonZeroU32>, Option<&[u8]>),
    ) {
        let base_cseq = self.shared.settings.base_cseq;
        let number = self.starts.number;
        let state = self.calls.state_mut(id);
        state.begin(number, user, base_cseq);
        let call_id = state.call_id_mut();
        match name {
            Some(name) => call_id.extend_from_slice(name),
            None => self.ids.make(number, &mut self.shared.rng, world, call_id),
        }
        let mut keys = std::mem::take(&mut self.calls.get_mut(id).keys);
        // A name that another call has stays with it, as in SIPp.
        let _ = self
            .keys
            .insert(0, self.calls.state(id).call_id(), id, &mut keys);
        self.calls.get_mut(id).keys = keys;
    }

    /// Chooses the lines of injection files for a call.
    fn choose_lines(&mut self, turn: &Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        if call.marks.is_init && self.settings().strictness.init_takes_no_line {
            return;
        }
        let number = self.starts.lines;
        self.starts.lines += 1;
        if !turn.plan.part_of(call).needs.lines {
            return;
        }
        let shared = &mut self.shared;
        let state = self.calls.state_mut(id);
        let user = state.user().map(|user| user.get() as usize);
        let mut no_line = None;
        for (at, file) in shared.files.iter().enumerate() {
            match file.pick(number, user, &mut shared.rng) {
                Ok(Some(line)) => state.choose_line(at, line as u32),
                Ok(None) => {}
                Err(fault) => no_line = Some(fault),
            }
        }
        if let Some(fault) = no_line {
            self.fatal(fault.to_string());
        }
    }
}
