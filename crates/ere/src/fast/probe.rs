//! Where the fixed bytes at the head of a pattern may stand, looked for by two of them at a time.

#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "vector loads take pointers, and AVX2 needs a look at the processor first"
    )
)]

use super::masked::{Masked, leading};
use crate::byte_set::ByteSet;

/// The head of a pattern: bytes in a row, two of which are rare in SIP.
#[derive(Debug)]
pub(super) struct Probe {
    head: Masked,
    /// Places in the head of the two bytes that are looked for, and those bytes.
    rare: [Rare; 2],
    #[cfg(target_arch = "x86_64")]
    wide: bool,
}

#[derive(Debug, Clone, Copy)]
struct Rare {
    offset: usize,
    fold: u8,
    value: u8,
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
            wide: std::arch::is_x86_feature_detected!("avx2"),
        })
    }

    /// The first place from `from` on where the head stands.
    #[inline]
    pub(super) fn find(&self, haystack: &[u8], from: usize) -> Option<usize> {
        // Places where the head has room.
        let places = (haystack.len() + 1).checked_sub(self.head.len())?;
        #[cfg(target_arch = "x86_64")]
        if self.wide && places >= from + 32 {
            // SAFETY: `new` has seen that the processor has AVX2.
            return unsafe { self.find_avx2(haystack, from, places) };
        } else if places >= from + 16 {
            return self.find_sse2(haystack, from, places);
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

#[cfg(target_arch = "x86_64")]
mod vector {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8,
        _mm_or_si128, _mm_set1_epi8, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };

    use super::{Probe, Rare};

    impl Probe {
        /// Sixteen places at a time; there must be as many.
        pub(super) fn find_sse2(
            &self,
            haystack: &[u8],
            from: usize,
            places: usize,
        ) -> Option<usize> {
            // SAFETY: SSE2 is part of x86-64.
            let constants = self.rare.map(|rare| unsafe {
                (
                    _mm_set1_epi8(rare.fold.cast_signed()),
                    _mm_set1_epi8(rare.value.cast_signed()),
                )
            });
            let hits = |place: usize| {
                let [first, second] = self.rare.map(|Rare { offset, .. }| place + offset);
                assert!(first.max(second) + 16 <= haystack.len());
                // SAFETY: both loads of sixteen bytes lie inside the haystack, as just asserted;
                // they need no alignment. SSE2 is part of x86-64.
                unsafe {
                    let load =
                        |at: usize| _mm_loadu_si128(haystack.as_ptr().add(at).cast::<__m128i>());
                    let [(fold, value), (other_fold, other_value)] = constants;
                    let one = _mm_cmpeq_epi8(_mm_or_si128(load(first), fold), value);
                    let two = _mm_cmpeq_epi8(_mm_or_si128(load(second), other_fold), other_value);
                    _mm_movemask_epi8(_mm_and_si128(one, two)).cast_unsigned()
                }
            };
            self.find_by::<16>(haystack, from, places, hits)
        }

        /// Thirty-two places at a time; there must be as many.
        #[target_feature(enable = "avx2")]
        pub(super) fn find_avx2(
            &self,
            haystack: &[u8],
            from: usize,
            places: usize,
        ) -> Option<usize> {
            let constants = self.rare.map(|rare| {
                (
                    _mm256_set1_epi8(rare.fold.cast_signed()),
                    _mm256_set1_epi8(rare.value.cast_signed()),
                )
            });
            let hits = |place: usize| {
                let [first, second] = self.rare.map(|Rare { offset, .. }| place + offset);
                assert!(first.max(second) + 32 <= haystack.len());
                // SAFETY: both loads of thirty-two bytes lie inside the haystack, as just asserted;
                // they need no alignment.
                let (left, right) = unsafe {
                    let load =
                        |at: usize| _mm256_loadu_si256(haystack.as_ptr().add(at).cast::<__m256i>());
                    (load(first), load(second))
                };
                let [(fold, value), (other_fold, other_value)] = constants;
                let one = _mm256_cmpeq_epi8(_mm256_or_si256(left, fold), value);
                let two = _mm256_cmpeq_epi8(_mm256_or_si256(right, other_fold), other_value);
                _mm256_movemask_epi8(_mm256_and_si256(one, two)).cast_unsigned()
            };
            self.find_by::<32>(haystack, from, places, hits)
        }

        /// Goes over the places in steps of `LANES`, the last of which overlaps the one before.
        #[inline(always)]
        fn find_by<const LANES: usize>(
            &self,
            haystack: &[u8],
            from: usize,
            places: usize,
            hits: impl Fn(usize) -> u32,
        ) -> Option<usize> {
            let last = places - LANES;
            let mut place = from;
            loop {
                let mut found = hits(place);
                while found != 0 {
                    let candidate = place + found.trailing_zeros() as usize;
                    if self.head.matches(haystack, candidate) {
                        return Some(candidate);
                    }
                    found &= found - 1;
                }
                if place == last {
                    return None;
                }
                place = (place + LANES).min(last);
            }
        }
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
