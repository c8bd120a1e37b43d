//! Bytes looked at sixteen or thirty-two at a time.

#![expect(
    unsafe_code,
    reason = "vector instructions are unsafe to call where the processor may lack them"
)]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_and_si128, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
    _mm_set1_epi8, _mm_sub_epi8, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8,
};
use std::ops::Range;

use super::probe::Rare;

/// How many bytes the processor compares at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lanes {
    /// SSE2, which every x86-64 has.
    Sixteen,
    /// AVX2. Made by `detect` only.
    ThirtyTwo,
}

impl Lanes {
    pub(super) fn detect() -> Self {
        if std::arch::is_x86_feature_detected!("avx2") {
            Self::ThirtyTwo
        } else {
            Self::Sixteen
        }
    }

    pub(super) fn count(self) -> usize {
        match self {
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
        }
    }

    /// The first of `places` that has both bytes and is `right`. There must be at least as many
    /// places as lanes.
    #[inline]
    pub(super) fn find(
        self,
        rare: [Rare; 2],
        haystack: &[u8],
        places: Range<usize>,
        right: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        match self {
            // SAFETY: SSE2 is part of x86-64.
            Self::Sixteen => unsafe { find_sse2(rare, haystack, places, right) },
            // SAFETY: `detect` has seen that the processor has AVX2.
            Self::ThirtyTwo => unsafe { find_avx2(rare, haystack, places, right) },
        }
    }
}

#[target_feature(enable = "sse2")]
fn find_sse2(
    rare: [Rare; 2],
    haystack: &[u8],
    places: Range<usize>,
    right: impl Fn(usize) -> bool,
) -> Option<usize> {
    let [fold, other_fold] = rare.map(|rare| _mm_set1_epi8(rare.fold.cast_signed()));
    let [value, other_value] = rare.map(|rare| _mm_set1_epi8(rare.value.cast_signed()));
    let hits = |place: usize| {
        let [text, other_text] = rare.map(|rare| load(chunk(haystack, place + rare.offset)));
        let one = _mm_cmpeq_epi8(_mm_or_si128(text, fold), value);
        let other = _mm_cmpeq_epi8(_mm_or_si128(other_text, other_fold), other_value);
        _mm_movemask_epi8(_mm_and_si128(one, other)).cast_unsigned()
    };
    find_by::<16>(places, hits, right)
}

#[target_feature(enable = "avx2")]
fn find_avx2(
    rare: [Rare; 2],
    haystack: &[u8],
    places: Range<usize>,
    right: impl Fn(usize) -> bool,
) -> Option<usize> {
    let [fold, other_fold] = rare.map(|rare| _mm256_set1_epi8(rare.fold.cast_signed()));
    let [value, other_value] = rare.map(|rare| _mm256_set1_epi8(rare.value.cast_signed()));
    let hits = |place: usize| {
        let [text, other_text] = rare.map(|rare| load_wide(chunk(haystack, place + rare.offset)));
        let one = _mm256_cmpeq_epi8(_mm256_or_si256(text, fold), value);
        let other = _mm256_cmpeq_epi8(_mm256_or_si256(other_text, other_fold), other_value);
        _mm256_movemask_epi8(_mm256_and_si256(one, other)).cast_unsigned()
    };
    find_by::<32>(places, hits, right)
}

/// Goes over the places in steps of `LANES`, the last of which overlaps the one before.
#[expect(
    clippy::inline_always,
    reason = "as a function of its own it would not be compiled for the vectors of its caller"
)]
#[inline(always)]
fn find_by<const LANES: usize>(
    places: Range<usize>,
    hits: impl Fn(usize) -> u32,
    right: impl Fn(usize) -> bool,
) -> Option<usize> {
    let last = places.end - LANES;
    let mut place = places.start;
    loop {
        let mut found = hits(place);
        while found != 0 {
            let candidate = place + found.trailing_zeros() as usize;
            if right(candidate) {
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

/// How many leading bytes of a chunk are at most `width` above `low`.
#[inline]
pub(super) fn range_length(chunk: &[u8; 16], low: u8, width: u8) -> usize {
    // SAFETY: SSE2 is part of x86-64.
    let inside = unsafe {
        let above = _mm_sub_epi8(load(chunk), _mm_set1_epi8(low.cast_signed()));
        let capped = _mm_min_epu8(above, _mm_set1_epi8(width.cast_signed()));
        _mm_movemask_epi8(_mm_cmpeq_epi8(above, capped))
    };
    inside.trailing_ones() as usize
}

#[inline]
fn chunk<const LANES: usize>(haystack: &[u8], at: usize) -> &[u8; LANES] {
    haystack[at..]
        .first_chunk()
        .expect("a place has room for the head of the pattern behind it")
}

#[inline]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: both are sixteen bytes for which every value is valid.
    unsafe { std::mem::transmute::<[u8; 16], __m128i>(*bytes) }
}

#[inline]
fn load_wide(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: both are thirty-two bytes for which every value is valid.
    unsafe { std::mem::transmute::<[u8; 32], __m256i>(*bytes) }
}
