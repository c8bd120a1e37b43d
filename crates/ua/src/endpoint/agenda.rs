//! Who has to be woken when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// At most one deadline for each of many things.
#[derive(Debug)]
pub(crate) struct Agenda<Id> {
    by_time: BTreeSet<(Instant, Id)>,
    by_id: BTreeMap<Id, Instant>,
}

impl<Id: Copy + Ord> Agenda<Id> {
    pub(crate) const fn new() -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_id: BTreeMap::new(),
        }
    }

    /// Replaces the deadline of `id`; `None` takes it off.
    pub(crate) fn set(&mut self, id: Id, deadline: Option<Instant>) {
        let old = match deadline {
            Some(at) => self.by_id.insert(id, at),
            None => self.by_id.remove(&id),
        };
        if old == deadline {
            return;
        }
        if let Some(old) = old {
            self.by_time.remove(&(old, id));
        }
        if let Some(at) = deadline {
            self.by_time.insert((at, id));
        }
    }

    pub(crate) fn first(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Everybody whose deadline has come, earliest first.
    pub(crate) fn due(&self, now: Instant) -> Vec<Id> {
        self.by_time
            .iter()
            .take_while(|(at, _)| *at <= now)
            .map(|(_, id)| *id)
            .collect()
    }
}
