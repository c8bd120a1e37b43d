//! Where the fixed bytes at the head of a pattern may stand, looked for by two of them at a time.

use super::masked::{Masked, leading};
#[cfg(target_arch = "x86_64")]
use super::vector::Lanes;
use crate::byte_set::ByteSet;

/// The head of a pattern: bytes in a row, two of which are rare in SIP.
#[derive(Debug)]
pub(super) struct Probe {
    head: Masked,
    /// Places in the head of the two bytes that are looked for, and those bytes.
    rare: [Rare; 2],
    #[cfg(target_arch = "x86_64")]
    lanes: Lanes,
}

/// A byte of the head: `byte | fold == value` at `offset`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rare {
    pub(super) offset: usize,
    pub(super) fold: u8,
    pub(super) value: u8,
}

impl Probe {
    /// For the sets that a match begins with; `None` when fewer than two can be looked for.
    pub(super) fn new(sets: &[ByteSet]) -> Option<Self> {
        let bytes = leading(sets);
        if bytes.len() < 2 {
            return None;
        }
        let head = Masked::new(&bytes);
        let mut offsets: Vec<usize> = (0..bytes.len()).collect();
        offsets.sort_by_key(|&offset| {
            let (fold, value) = bytes[offset];
            frequency(value).max(frequency(value & !fold))
        });
        let rare = [offsets[0], offsets[1]].map(|offset| {
            let (fold, value) = head.byte(offset);
            Rare {
                offset,
                fold,
                value,
            }
        });
        Some(Self {
            head,
            rare,
            #[cfg(target_arch = "x86_64")]
            lanes: Lanes::detect(),
        })
    }

    /// The first place from `from` on where the head stands.
    #[inline]
    pub(super) fn find(&self, haystack: &[u8], from: usize) -> Option<usize> {
        // Places where the head has room.
        let places = (haystack.len() + 1).checked_sub(self.head.len())?;
        #[cfg(target_arch = "x86_64")]
        if places >= from + self.lanes.count() {
            return self.lanes.find(self.rare, haystack, from..places, |place| {
                self.head.matches(haystack, place)
            });
        }
        self.find_slowly(haystack, from, places)
    }

    fn find_slowly(&self, haystack: &[u8], from: usize, places: usize) -> Option<usize> {
        let [rare, _] = self.rare;
        (from..places).find(|&place| {
            haystack[place + rare.offset] | rare.fold == rare.value
                && self.head.matches(haystack, place)
        })
    }
}

/// How common a byte is in SIP messages, roughly: only the order matters.
pub(super) fn frequency(byte: u8) -> u8 {
    match byte {
        b'e' | b't' | b'i' | b'a' | b'o' | b'n' | b's' | b'r' | b' ' | b'0'..=b'9' | b'.' => 9,
        b'c' | b'd' | b'l' | b'p' | b':' | b'\r' | b'\n' | b'm' | b'u' => 8,
        b'g' | b'h' | b'b' | b'f' | b'-' | b';' | b'=' | b'/' | b'@' | b'I' | b'S' | b'P' => 6,
        b'T' | b'C' | b'A' | b'E' | b'N' | b'D' | b'U' | b'k' | b'w' | b'x' | b'y' | b'z' => 4,
        b'v' | b',' | b'<' | b'>' | b'"' | b'F' | b'M' | b'O' | b'R' | b'L' | b'B' | b'V' => 3,
        b'j' | b'q' | b'G' | b'H' | b'K' | b'W' | b'X' | b'Y' | b'Z' | b'J' | b'Q' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_found_wherever_it_stands() {
        let sets: Vec<ByteSet> = [b"Vv", b"Ii", b"Aa"].map(|set| ByteSet::of(set)).into();
        let probe = Probe::new(&sets).unwrap();
        for length in 0..100_usize {
            let mut haystack = vec![b'v'; length];
            assert_eq!(probe.find(&haystack, 0), None);
            for place in 0..(length + 1).saturating_sub(3) {
                haystack[place..place + 3].copy_from_slice(b"viA");
                for from in 0..length {
                    let expected = (from <= place).then_some(place);
                    assert_eq!(probe.find(&haystack, from), expected, "{place} of {length}");
                }
                haystack.fill(b'v');
            }
        }
    }

    #[test]
    fn one_byte_is_no_head() {
        assert!(Probe::new(&[ByteSet::of(b"o"), ByteSet::of(b" \t")]).is_none());
    }
}
