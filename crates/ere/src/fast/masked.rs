use crate::byte_set::ByteSet;

/// Up to sixteen bytes in a row, each one value or two that differ in one bit: compared at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Masked {
    len: usize,
    fold: u128,
    keep: u128,
    value: u128,
}

pub(super) const MASKED_BYTES_MAX: usize = 16;

impl Masked {
    /// From `(fold, value)` pairs as of [`ByteSet::as_masked`], at most [`MASKED_BYTES_MAX`].
    pub(super) fn new(bytes: &[(u8, u8)]) -> Self {
        assert!(bytes.len() <= MASKED_BYTES_MAX);
        let mut masked = Self {
            len: bytes.len(),
            fold: 0,
            keep: 0,
            value: 0,
        };
        for (index, &(fold, value)) in bytes.iter().enumerate() {
            let shift = 8 * index;
            masked.fold |= u128::from(fold) << shift;
            masked.value |= u128::from(value) << shift;
            masked.keep |= 0xff << shift;
        }
        masked
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// `(fold, value)` of one byte.
    pub(super) fn byte(&self, index: usize) -> (u8, u8) {
        let shift = 8 * index;
        ((self.fold >> shift) as u8, (self.value >> shift) as u8)
    }

    /// Whether the bytes stand at `at`.
    #[inline]
    pub(super) fn matches(&self, haystack: &[u8], at: usize) -> bool {
        let Some(rest) = haystack.get(at..) else {
            return false;
        };
        if let Some((sixteen, _)) = rest.split_first_chunk::<16>() {
            let text = u128::from_le_bytes(*sixteen);
            return (text | self.fold) & self.keep == self.value;
        }
        self.matches_near_end(rest)
    }

    #[cold]
    fn matches_near_end(&self, rest: &[u8]) -> bool {
        let mut sixteen = [0; 16];
        sixteen[..rest.len()].copy_from_slice(rest);
        let text = u128::from_le_bytes(sixteen);
        rest.len() >= self.len && (text | self.fold) & self.keep == self.value
    }
}

/// The leading sets that can be compared at once.
pub(super) fn leading(sets: &[ByteSet]) -> Vec<(u8, u8)> {
    sets.iter()
        .take(MASKED_BYTES_MAX)
        .map_while(ByteSet::as_masked)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_compared_near_the_end_too() {
        let sets = [ByteSet::of(b"Tt"), ByteSet::of(b"Oo"), ByteSet::of(b":")];
        let masked = Masked::new(&leading(&sets));
        let cases: [(&[u8], usize, bool); 6] = [
            (b"To: x", 0, true),
            (b"tO: a long line of more than sixteen bytes", 0, true),
            (b"xtO:", 1, true),
            (b"To", 0, false),
            (b"To;", 0, false),
            (b"To:", 4, false),
        ];
        for (text, at, expected) in cases {
            assert_eq!(masked.matches(text, at), expected, "{text:?}");
        }
    }
}
