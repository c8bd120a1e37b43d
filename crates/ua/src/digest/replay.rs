//! Which nonce counts were used, for as many nonces as there is room.

use std::collections::BTreeMap;

/// Nonce counts may arrive out of order over UDP; those this far below the highest one are
/// taken for replays.
const WINDOW: u32 = u64::BITS;

/// Nonces in use and their counts. When full, the oldest nonce is dropped, and from then on
/// nonces that are not newer count as forgotten: they cannot be replayed.
#[derive(Debug, Clone)]
pub(super) struct ReplayTable {
    nonces_max: usize,
    nonces: BTreeMap<String, NonceUse>,
    /// The newest nonce ever dropped.
    floor: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct NonceUse {
    highest: u32,
    /// Bit i stands for the count `highest - i`.
    seen: u64,
    /// Nonce and client nonce that began the session of a `-sess` algorithm.
    first: Option<(String, String)>,
}

impl ReplayTable {
    pub(super) fn new(nonces_max: usize) -> Self {
        Self {
            nonces_max: nonces_max.max(1),
            nonces: BTreeMap::new(),
            floor: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nonces.len()
    }

    /// Whether nothing can be said any more about the use of a nonce.
    pub(super) fn has_forgotten(&self, nonce: &str) -> bool {
        !self.nonces.contains_key(nonce) && self.floor.as_deref().is_some_and(|f| nonce <= f)
    }

    /// What A1 of the nonce's session is bound to, if that is known.
    pub(super) fn session_first(&self, nonce: &str) -> Option<(&str, &str)> {
        let (nonce, cnonce) = self.nonces.get(nonce)?.first.as_ref()?;
        Some((nonce, cnonce))
    }

    /// Notes what A1 is bound to from now on for a nonce.
    pub(super) fn begin_session(&mut self, nonce: &str, first: (String, String)) {
        self.nonces.entry(nonce.to_owned()).or_default().first = Some(first);
        self.shrink();
    }

    /// Notes a nonce count; false if it was used before or is too far back to know.
    pub(super) fn note(&mut self, nonce: &str, count: u32) -> bool {
        let entry = self.nonces.entry(nonce.to_owned()).or_default();
        if count > entry.highest {
            let ahead = count - entry.highest;
            entry.seen = entry.seen.checked_shl(ahead).unwrap_or(0) | 1;
            entry.highest = count;
        } else {
            let back = entry.highest - count;
            if back >= WINDOW || entry.seen & (1 << back) != 0 {
                return false;
            }
            entry.seen |= 1 << back;
        }
        self.shrink();
        true
    }

    /// Drops nonces from the oldest on while they are `done`.
    pub(super) fn purge(&mut self, done: impl Fn(&str) -> bool) {
        while let Some(oldest) = self.nonces.first_entry()
            && done(oldest.key())
        {
            oldest.remove();
        }
    }

    fn shrink(&mut self) {
        while self.nonces.len() > self.nonces_max
            && let Some((nonce, _)) = self.nonces.pop_first()
        {
            if self.floor.as_ref().is_none_or(|floor| *floor < nonce) {
                self.floor = Some(nonce);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_is_good_once_in_any_order_within_the_window() {
        let mut table = ReplayTable::new(4);
        let steps = [
            (1, true),
            (1, false),
            (3, true),
            (2, true),
            (2, false),
            (3, false),
            (80, true),
            (17, true),
            (16, false),
            (u32::MAX, true),
            (80, false),
        ];
        for (count, expected) in steps {
            assert_eq!(table.note("n", count), expected, "{count}");
        }
    }

    #[test]
    fn a_full_table_forgets_the_oldest_and_all_before_it() {
        let mut table = ReplayTable::new(2);
        for nonce in ["c", "b", "d"] {
            assert!(table.note(nonce, 1));
        }
        assert_eq!(table.len(), 2);
        assert!(table.has_forgotten("b"));
        assert!(table.has_forgotten("a"));
        assert!(!table.has_forgotten("c"));
        assert!(!table.has_forgotten("e"));
    }
}
