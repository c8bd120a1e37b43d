//! Calls that are over and whose late messages are known.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

/// Time is kept in steps of that many nanoseconds.
const STEP_NS: u64 = 1 << 24;

/// Bits of an entry that hold its time; the rest are of its hash.
const TIME_BITS: u32 = 20;
const TIME_MASK: u64 = (1 << TIME_BITS) - 1;

/// Entries of the first table.
const TABLE_LEN_MIN: usize = 1 << 12;

/// Entries of the largest table.
const TABLE_LEN_MAX: usize = 1 << 24;

/// Tables to that size are used again; larger ones would have to be cleared at a stretch.
const KEPT_LEN_MAX: usize = 1 << 20;

/// Call-IDs of calls that are over, each for the same time.
///
/// At 100,000 calls a second some millions of them are known at a time, so only hashes are kept, at 8
/// bytes each: with more than 60 bits of a seeded hash that tell, no two of them are mistaken for each
/// other. Nothing is ever removed: tables are filled one after the other, and given up when all that is
/// in them is too old. So nothing is ever moved or cleared while calls wait.
#[derive(Debug)]
pub(super) struct DeadCalls {
    known: u64,
    /// The oldest first; the last one is filled.
    tables: VecDeque<Table>,
    spare: Option<Vec<u64>>,
}

#[derive(Debug)]
struct Table {
    /// A power of two of them; 0: free.
    entries: Vec<u64>,
    used: usize,
    /// When the first and the last was put in.
    first: u64,
    last: u64,
}

impl DeadCalls {
    /// None; `known_ns` says how long each is known.
    pub(super) fn new(known_ns: u64) -> Self {
        Self {
            known: known_ns.div_ceil(STEP_NS),
            tables: VecDeque::new(),
            spare: None,
        }
    }

    /// A call is over; `id` is the hash of its Call-ID.
    #[inline]
    pub(super) fn insert(&mut self, now_ns: u64, id: u64) {
        if self.known == 0 {
            return;
        }
        let now = now_ns / STEP_NS;
        match self.tables.back_mut() {
            Some(table) if !table.is_full() => table.insert(now, id),
            _ => self.next_table(now).insert(now, id),
        }
    }

    /// Whether that call is known to be over.
    #[inline]
    pub(super) fn contains(&self, now_ns: u64, id: u64) -> bool {
        let now = now_ns / STEP_NS;
        self.tables
            .iter()
            .any(|table| table.contains(now, self.known, id))
    }

    #[cold]
    fn next_table(&mut self, now: u64) -> &mut Table {
        // One table is to last as long as its calls are known.
        let length = self.tables.back().map_or(TABLE_LEN_MIN, |last| {
            let was_short = now.saturating_sub(last.first) < self.known;
            let length = last.entries.len() << (2 * u32::from(was_short));
            length.min(TABLE_LEN_MAX)
        });
        while let Some(oldest) = self.tables.front()
            && oldest.last + self.known < now
        {
            let entries = self.tables.pop_front().map(|table| table.entries);
            self.spare = entries.filter(|entries| entries.len() <= KEPT_LEN_MAX);
        }
        let entries = match self.spare.take().filter(|spare| spare.len() == length) {
            Some(mut entries) => {
                entries.fill(0);
                entries
            }
            None => vec![0; length],
        };
        self.tables.push_back(Table {
            entries,
            used: 0,
            first: now,
            last: now,
        });
        let newest = self.tables.len() - 1;
        &mut self.tables[newest]
    }
}

impl Table {
    fn is_full(&self) -> bool {
        self.used >= self.entries.len() / 4 * 3
    }

    fn insert(&mut self, now: u64, id: u64) {
        let mask = self.entries.len() - 1;
        let mut at = id as usize & mask;
        while self.entries[at] != 0 {
            at = (at + 1) & mask;
        }
        self.entries[at] = entry(now, id);
        self.used += 1;
        self.last = now;
    }

    fn contains(&self, now: u64, known: u64, id: u64) -> bool {
        if self.last + known < now {
            return false;
        }
        let mask = self.entries.len() - 1;
        let mut at = id as usize & mask;
        loop {
            let found = self.entries[at];
            if found == 0 {
                return false;
            }
            let age = now.wrapping_sub(found) & TIME_MASK;
            if found & !TIME_MASK == tag(id) && age <= known {
                return true;
            }
            at = (at + 1) & mask;
        }
    }
}

/// The part of a hash that an entry holds; never 0. The lowest bits choose the place.
fn tag(id: u64) -> u64 {
    (id | 1 << 63) & !TIME_MASK
}

fn entry(now: u64, id: u64) -> u64 {
    tag(id) | now & TIME_MASK
}

/// The hash by which such calls are known.
pub(super) fn name_hash(state: &FixedState, call_id: &[u8]) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(call_id);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_call_is_known_for_its_time() {
        let mut dead = DeadCalls::new(10 * STEP_NS);
        let [one, two, other] = [1 << 30, 2 << 30, 3 << 30];
        dead.insert(0, one);
        dead.insert(5 * STEP_NS, two);
        assert!(dead.contains(10 * STEP_NS, one) && dead.contains(10 * STEP_NS, two));
        assert!(!dead.contains(11 * STEP_NS, one) && dead.contains(11 * STEP_NS, two));
        assert!(!dead.contains(16 * STEP_NS, two));
        assert!(!dead.contains(0, other));
    }

    #[test]
    fn tables_grow_until_one_lasts_as_long_as_its_calls_and_are_given_up() {
        let mut dead = DeadCalls::new(100 * STEP_NS);
        let state = FixedState::with_seed(1);
        let id = |n: u64| name_hash(&state, &n.to_le_bytes());
        let per_step = 1_000;
        for n in 0..1_000_000_u64 {
            let now_ns = n / per_step * STEP_NS;
            assert!(n < 1 || dead.contains(now_ns, id(n - 1)));
            dead.insert(now_ns, id(n));
        }
        let now_ns = 999 * STEP_NS;
        assert!((899_000..1_000_000).all(|n| dead.contains(now_ns, id(n))));
        assert!(!(0..899_000).any(|n| dead.contains(now_ns, id(n))));
        assert!(dead.tables.len() <= 3, "{}", dead.tables.len());
        assert!(dead.tables[0].entries.len() <= 1 << 18);
    }

    #[test]
    fn without_time_nothing_is_kept() {
        let mut dead = DeadCalls::new(0);
        dead.insert(0, 7);
        assert!(!dead.contains(0, 7));
    }
}
