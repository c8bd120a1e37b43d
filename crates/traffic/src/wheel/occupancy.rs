//! Which slots of a level hold timers.

use super::SLOTS;

const WORDS: usize = (SLOTS / u64::BITS) as usize;

/// A bit for each slot.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Occupancy([u64; WORDS]);

impl Occupancy {
    pub(super) fn set(&mut self, slot: u32) {
        self.0[word(slot)] |= 1 << (slot % u64::BITS);
    }

    pub(super) fn clear(&mut self, slot: u32) {
        self.0[word(slot)] &= !(1 << (slot % u64::BITS));
    }

    /// The first occupied slot from `slot` on.
    pub(super) fn first_from(&self, slot: u32) -> Option<u32> {
        let first = word(slot);
        let mut bits = self.0[first] & (u64::MAX << (slot % u64::BITS));
        for index in first..WORDS {
            if bits != 0 {
                return Some(index as u32 * u64::BITS + bits.trailing_zeros());
            }
            bits = self.0.get(index + 1).copied().unwrap_or(0);
        }
        None
    }
}

fn word(slot: u32) -> usize {
    (slot / u64::BITS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_occupied_slot_is_found_across_words() {
        let mut occupancy = Occupancy::default();
        assert_eq!(occupancy.first_from(0), None);
        for slot in [0, 63, 64, 200, SLOTS - 1] {
            occupancy.set(slot);
        }
        let found = [0, 1, 64, 65, 201].map(|from| occupancy.first_from(from));
        let expected = [0, 63, 64, 200, SLOTS - 1].map(Some);
        assert_eq!(found, expected);
        occupancy.clear(SLOTS - 1);
        assert_eq!(occupancy.first_from(201), None);
    }
}
