//! The state of a shard.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use gannet_events::traffic::{Figures, Phase, StepFigures};
use gannet_scenario::model::{ChannelId, DataTable, SectionId};

use super::call::{CallId, Calls};
use super::counters::Counters;
use super::ended::EndedCalls;
use super::input::Fragment;
use super::plan::{Plan, layout};
use super::ports::PortTable;
use super::{Cause, Levels, LogEntry, Measure, Place, Settings, Way, World};
use crate::{Pacer, SessionMap, Wheel};

/// One round of work: the plan, the world, and the time at which it happens.
pub(super) struct Turn<'p, 'w> {
    pub(super) plan: &'p Plan,
    pub(super) world: &'w mut (dyn World + 'w),
    pub(super) now_ns: u64,
}

/// The state of a shard.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) settings: Settings,
    pub(super) phase: Phase,
    pub(super) calls: Calls,
    pub(super) keys: SessionMap,
    pub(super) wheel: Wheel,
    pub(super) pacer: Pacer,
    pub(super) counters: Counters,
    pub(super) figures: Figures,
    pub(super) measures: Vec<Measure>,
    pub(super) ports: PortTable,
    /// The ways of channels that are open for the whole run.
    pub(super) global_ways: Vec<Option<Way>>,
    pub(super) data: Option<Arc<dyn DataTable>>,
    pub(super) next_line: usize,
    pub(super) rng: fastrand::Rng,
    /// Calls that began, and how many may.
    pub(super) begun: u64,
    pub(super) wanted: Option<u64>,
    pub(super) ended: EndedCalls,
    /// Calls that were due and found no place.
    pub(super) overdue: u64,
    /// The last turn could not start all calls that were due.
    pub(super) was_full: bool,
    /// No call starts before this time: those due within a grain start together.
    pub(super) starts_from_ns: u64,
    /// The init section has begun.
    pub(super) init_begun: bool,
    /// Beginnings of datagrams that came without their end.
    pub(super) fragments: Vec<Fragment>,
    /// Hashes of messages tell retransmissions.
    pub(super) hasher: foldhash::fast::FixedState,
    pub(super) scratch: Scratch,
    pub(super) layout: gannet_sip::Layout,
    pub(super) expired: Vec<u64>,
}

/// Memory that is used again for every message.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) header: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) text: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl Core {
    pub(super) fn new(
        plan: &Plan,
        data: Option<Arc<dyn DataTable>>,
        settings: Settings,
        response_bounds_ms: &[u64],
        now_ns: u64,
    ) -> Self {
        let layout = layout(&plan.scenario, response_bounds_ms);
        let share = settings.share();
        let mut rng = fastrand::Rng::with_seed(settings.seed);
        let keys = SessionMap::with_capacity(KEYS_EXPECTED.min(settings.calls_max), rng.u64(..));
        let rng_seed = rng.u64(..);
        let rows = data.as_ref().map_or(1, |data| data.rows().max(1));
        Self {
            phase: if plan.init.is_some() {
                Phase::Init
            } else {
                Phase::Running
            },
            calls: Calls::new(plan, settings.absorb_retransmissions),
            keys,
            wheel: Wheel::new(now_ns),
            pacer: Pacer::new(settings.pacing, now_ns),
            counters: Counters::new(&plan.scenario, share),
            figures: Figures::new(&layout),
            measures: Vec::new(),
            ports: PortTable::default(),
            global_ways: vec![None; plan.scenario.channels.len()],
            data,
            next_line: share.index as usize % rows,
            rng,
            begun: 0,
            wanted: settings.calls_wanted.map(|all| share_of(all, share)),
            ended: EndedCalls::default(),
            overdue: 0,
            was_full: false,
            starts_from_ns: now_ns,
            init_begun: false,
            fragments: Vec::new(),
            hasher: foldhash::fast::FixedState::with_seed(rng_seed),
            scratch: Scratch::default(),
            layout: gannet_sip::Layout::default(),
            expired: Vec::new(),
            settings,
        }
    }

    #[inline]
    pub(super) fn step_figures(&mut self, place: Place) -> &mut StepFigures {
        &mut self.figures.sections[place.section.index()][place.step]
    }

    /// Where a call is.
    #[inline]
    pub(super) fn place_of(&self, call: CallId) -> Place {
        let call = self.calls.get(call);
        Place {
            section: SectionId(call.section),
            step: call.step as usize,
        }
    }

    /// The way of a call's messages on a channel.
    #[inline]
    pub(super) fn way_of(&self, call: CallId, channel: ChannelId) -> Option<Way> {
        self.calls
            .way(call, channel.index())
            .way
            .or(self.global_ways[channel.index()])
    }

    pub(super) fn hash_of(&self, message: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(message);
        hasher.finish()
    }

    /// Puts what identifies a call into `out`.
    pub(super) fn key_of(&self, call: CallId, out: &mut Vec<u8>) {
        out.clear();
        self.keys.copy_newest(self.calls.get(call).keys, out);
    }
}

/// How many keys there is room for from the start.
const KEYS_EXPECTED: usize = 4_096;

fn share_of(all: u64, share: crate::Share) -> u64 {
    let count = u64::from(share.count);
    all / count + u64::from(u64::from(share.index) < all % count)
}

impl Turn<'_, '_> {
    pub(super) fn warn(&mut self, levels: Levels, place: Place, cause: Cause<'_>) {
        if levels.warnings {
            self.world.log(LogEntry::Warning { place, cause });
        }
    }
}
