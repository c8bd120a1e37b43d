//! Calls that are over and whose late messages are known.

use std::collections::VecDeque;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

const MS_NS: u64 = 1_000_000;

/// The most of them; beyond, the oldest are forgotten.
const DEAD_MAX: usize = 8_000_000;

/// Call-IDs of calls that are over, each for the same time.
///
/// Only their hashes are kept: at 100,000 calls a second some millions of them are known at a time.
/// With 64 bits of a seeded hash, no two of them are mistaken for each other.
#[derive(Debug)]
pub(super) struct DeadCalls {
    known_ms: u64,
    table: HashTable<Dead>,
    /// In the order in which they ended.
    order: VecDeque<(u64, u64)>,
}

#[derive(Debug, Clone, Copy)]
struct Dead {
    id: u64,
    until_ms: u64,
}

impl DeadCalls {
    /// None; `known_ns` says how long each is known.
    pub(super) fn new(known_ns: u64) -> Self {
        Self {
            known_ms: known_ns / MS_NS,
            table: HashTable::new(),
            order: VecDeque::new(),
        }
    }

    /// A call is over; `id` is the hash of its Call-ID.
    pub(super) fn insert(&mut self, now_ns: u64, id: u64) {
        if self.known_ms == 0 {
            return;
        }
        if self.order.len() >= DEAD_MAX {
            self.forget_oldest();
        }
        let until_ms = (now_ns / MS_NS).saturating_add(self.known_ms);
        match self.table.entry(id, |dead| dead.id == id, |dead| dead.id) {
            hashbrown::hash_table::Entry::Occupied(mut entry) => {
                entry.get_mut().until_ms = until_ms;
            }
            hashbrown::hash_table::Entry::Vacant(entry) => {
                entry.insert(Dead { id, until_ms });
            }
        }
        self.order.push_back((id, until_ms));
    }

    /// Whether that call is known to be over.
    pub(super) fn contains(&self, id: u64) -> bool {
        self.table.find(id, |dead| dead.id == id).is_some()
    }

    /// Forgets those whose time is over.
    pub(super) fn forget(&mut self, now_ns: u64) {
        let now_ms = now_ns / MS_NS;
        while self
            .order
            .front()
            .is_some_and(|(_, until_ms)| *until_ms <= now_ms)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((id, until_ms)) = self.order.pop_front() else {
            return;
        };
        // A call of the same name may have ended later.
        let found = self
            .table
            .find_entry(id, |dead| dead.id == id && dead.until_ms == until_ms);
        if let Ok(entry) = found {
            entry.remove();
        }
    }
}

/// The hash by which such calls are known.
pub(super) fn name_hash(state: &FixedState, call_id: &[u8]) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = state.build_hasher();
    hasher.write(call_id);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_call_is_known_for_its_time() {
        let mut dead = DeadCalls::new(10 * MS_NS);
        dead.insert(0, 7);
        dead.insert(5 * MS_NS, 8);
        dead.forget(9 * MS_NS);
        assert!(dead.contains(7) && dead.contains(8));
        dead.forget(10 * MS_NS);
        assert!(!dead.contains(7) && dead.contains(8));
    }

    #[test]
    fn a_call_that_dies_twice_is_known_from_its_last_death() {
        let mut dead = DeadCalls::new(10 * MS_NS);
        dead.insert(0, 7);
        dead.insert(5 * MS_NS, 7);
        dead.forget(12 * MS_NS);
        assert!(dead.contains(7));
        dead.forget(15 * MS_NS);
        assert!(!dead.contains(7));
        assert!(dead.order.is_empty());
    }

    #[test]
    fn without_time_nothing_is_kept() {
        let mut dead = DeadCalls::new(0);
        dead.insert(0, 7);
        assert!(!dead.contains(7));
    }
}
