/// A set of byte values.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(crate) const EMPTY: Self = Self([0; 4]);
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    pub(crate) fn of(bytes: &[u8]) -> Self {
        bytes.iter().copied().collect()
    }

    #[inline]
    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0
    }

    pub(crate) fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub(crate) fn remove(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] &= !(1 << (byte & 63));
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// Whether all of `other` is in it.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.union(other) == *self
    }

    pub(crate) fn complement(&self) -> Self {
        Self(self.0.map(|word| !word))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The members in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|&byte| self.contains(byte))
    }

    /// The lowest and highest member when all between them are members too.
    pub(crate) fn as_range(&self) -> Option<(u8, u8)> {
        let first = self.iter().next()?;
        let last = self.iter().last()?;
        (usize::from(last - first) + 1 == self.len()).then_some((first, last))
    }

    /// `(fold, value)` such that a byte is a member exactly when `byte | fold == value`: one byte,
    /// or two that differ in one bit, as the cases of an ASCII letter do.
    pub(crate) fn as_masked(&self) -> Option<(u8, u8)> {
        let mut members = self.iter();
        let first = members.next()?;
        match (members.next(), members.next()) {
            (None, _) => Some((0, first)),
            (Some(second), None) if (first ^ second).is_power_of_two() => {
                Some((first ^ second, first | second))
            }
            _ => None,
        }
    }
}

impl FromIterator<u8> for ByteSet {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let mut set = Self::EMPTY;
        for byte in bytes {
            set.insert(byte);
        }
        set
    }
}

impl std::fmt::Debug for ByteSet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes: Vec<u8> = self.iter().collect();
        write!(formatter, "[{}]", bytes.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        assert_eq!(
            ByteSet::of(b"Cc").as_masked(),
            Some((b'C' ^ b'c', b'C' | b'c'))
        );
        assert_eq!(ByteSet::of(b":").as_masked(), Some((0, b':')));
        assert_eq!(ByteSet::of(b" \t").as_masked(), None);
        assert_eq!(ByteSet::of(b"abc").as_masked(), None);
        assert_eq!(ByteSet::EMPTY.as_masked(), None);
        assert_eq!(
            (b'!'..=b'}').collect::<ByteSet>().as_range(),
            Some((b'!', b'}'))
        );
        assert_eq!(ByteSet::of(b"ac").as_range(), None);
        assert_eq!(ByteSet::ALL.as_range(), Some((0, 255)));
        assert_eq!(ByteSet::ALL.complement(), ByteSet::EMPTY);
    }
}
