use std::ops::Range;

/// How many groups are reported, group 0 (the whole match) included.
pub const GROUPS_MAX: usize = 10;

/// No position: the group did not take part.
pub(crate) const UNSET: u32 = u32::MAX;

/// Where a match and its groups lie in the haystack. Plain data, to be reused between searches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Captures {
    /// Start and end of each group; both are meant only when both are set.
    pub(crate) slots: [[u32; 2]; GROUPS_MAX],
}

impl Captures {
    /// The bytes of a group; `None` when it took no part in the match or nothing matched.
    pub fn get(&self, group: usize) -> Option<Range<usize>> {
        let &[start, end] = self.slots.get(group)?;
        (start != UNSET && end != UNSET).then_some(start as usize..end as usize)
    }

    /// How many groups took part without a gap, group 0 included: `(a)|(b)` on `b` gives 1,
    /// because group 1 did not.
    pub fn leading(&self) -> usize {
        (0..GROUPS_MAX)
            .take_while(|&group| self.get(group).is_some())
            .count()
    }

    pub(crate) fn clear(&mut self) {
        self.slots = [[UNSET; 2]; GROUPS_MAX];
    }
}

impl Default for Captures {
    fn default() -> Self {
        Self {
            slots: [[UNSET; 2]; GROUPS_MAX],
        }
    }
}

impl std::fmt::Debug for Captures {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let last = (0..GROUPS_MAX).rfind(|&group| self.get(group).is_some());
        let shown = last.map_or(0, |group| group + 1);
        formatter
            .debug_list()
            .entries((0..shown).map(|group| self.get(group)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_groups_stop_at_the_first_gap() {
        let mut captures = Captures::default();
        assert_eq!(captures.leading(), 0);
        captures.slots[0] = [3, 7];
        captures.slots[1] = [4, 4];
        captures.slots[3] = [5, 6];
        assert_eq!(captures.leading(), 2);
        assert_eq!(captures.get(1), Some(4..4));
        assert_eq!(captures.get(2), None);
        assert_eq!(captures.get(GROUPS_MAX), None);
        assert_eq!(
            format!("{captures:?}"),
            "[Some(3..7), Some(4..4), None, Some(5..6)]"
        );
    }
}
