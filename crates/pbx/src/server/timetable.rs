//! Deadlines by what they are for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// One deadline per key.
#[derive(Debug, Clone)]
pub(crate) struct Timetable<K> {
    by_time: BTreeSet<(Instant, K)>,
    by_key: BTreeMap<K, Instant>,
}

impl<K> Default for Timetable<K> {
    fn default() -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_key: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Copy> Timetable<K> {
    /// Sets the deadline of a key, in place of the one before.
    pub(crate) fn set(&mut self, key: K, at: Instant) {
        self.cancel(key);
        self.by_time.insert((at, key));
        self.by_key.insert(key, at);
    }

    /// Forgets the deadline of a key.
    pub(crate) fn cancel(&mut self, key: K) {
        if let Some(at) = self.by_key.remove(&key) {
            self.by_time.remove(&(at, key));
        }
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes a key whose deadline has come.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (_, key) = *self.by_time.first().filter(|(at, _)| *at <= now)?;
        self.cancel(key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_last_deadline_of_a_key_counts() {
        let start = Instant::now();
        let at = |s| start + Duration::from_secs(s);
        let mut table = Timetable::default();
        table.set("a", at(1));
        table.set("b", at(2));
        table.set("a", at(3));
        table.set("c", at(1));
        table.cancel("c");
        assert_eq!(table.next(), Some(at(2)));
        assert_eq!(table.pop_due(at(1)), None);
        assert_eq!(table.pop_due(at(3)), Some("b"));
        assert_eq!(table.pop_due(at(3)), Some("a"));
        assert_eq!(table.next(), None);
    }
}
