use crate::byte_set::ByteSet;
use crate::options::Options;
use crate::syntax::Node;

/// What the rest of a pattern can begin with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Next bytes at which it can do anything but be empty; for `$` the newline before which it
    /// holds.
    pub(super) set: ByteSet,
    /// Whether it can be empty wherever it stands.
    pub(super) empty: bool,
    tail: Tail,
}

/// Rests that take whatever is left to them.
#[derive(Debug, Clone, Copy)]
enum Tail {
    /// Nothing, or `$`.
    End {
        dollar: bool,
    },
    /// `B*C*`, with or without `$`, where `C` holds all of `B` and no newline before which `$`
    /// could hold: from anywhere in a stretch of `C` it matches to the end of the stretch, or fails
    /// there.
    Swallows(ByteSet),
    Other,
}

impl Look {
    /// The end of the pattern.
    pub(super) const NOTHING: Self = Self {
        set: ByteSet::EMPTY,
        empty: true,
        tail: Tail::End { dollar: false },
    };

    /// Whether the rest can match before `next`; at the end of the haystack that is left open.
    #[inline]
    pub(super) fn allows(&self, next: Option<&u8>) -> bool {
        self.empty || next.is_none_or(|&byte| self.set.contains(byte))
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            set: self.set.union(&other.set),
            empty: self.empty || other.empty,
            tail: Tail::Other,
        }
    }

    /// Bytes at which a run of `set` may end earlier than it could, to some use: where the rest can
    /// begin. None when the rest swallows them all the same.
    pub(super) fn stops(&self, set: &ByteSet) -> ByteSet {
        match &self.tail {
            Tail::Swallows(all) if all.holds(set) => ByteSet::EMPTY,
            _ => self.set.intersection(set),
        }
    }

    /// What `node` can begin with when `rest` stands behind it.
    pub(super) fn before(node: &Node, rest: Self, options: Options) -> Self {
        match node {
            Node::Byte(set) => Self::one_of(*set),
            Node::Group(_, inner) => Self::before(inner, rest, options),
            Node::Sequence(nodes) => nodes
                .iter()
                .rev()
                .fold(rest, |rest, node| Self::before(node, rest, options)),
            Node::Alternatives(branches) => branches
                .iter()
                .map(|branch| Self::before(branch, rest, options))
                .reduce(|all, branch| all.or(&branch))
                .unwrap_or(rest),
            Node::Repeat { node, min, max } => {
                // Repeated groups are not nullable (`lower` sees to that), so the rest is not seen
                // through them.
                let inner = Self::before(node, Self::one_of(ByteSet::EMPTY), options);
                let look = if *min == 0 { inner.or(&rest) } else { inner };
                let tail = match (&**node, min, max) {
                    (Node::Byte(set), 0, None) => rest.tail.behind(*set, options),
                    _ => Tail::Other,
                };
                Self { tail, ..look }
            }
            Node::LineStart => Self {
                set: ByteSet::ALL,
                empty: rest.empty,
                tail: Tail::Other,
            },
            Node::LineEnd => {
                let mut set = ByteSet::EMPTY;
                if options.newline {
                    set.insert(b'\n');
                }
                let tail = match rest.tail {
                    Tail::End { .. } => Tail::End { dollar: true },
                    _ => Tail::Other,
                };
                Self {
                    set,
                    empty: false,
                    tail,
                }
            }
        }
    }

    fn one_of(set: ByteSet) -> Self {
        Self {
            set,
            empty: false,
            tail: Tail::Other,
        }
    }
}

impl Tail {
    /// The tail that begins with any number of `set`.
    fn behind(self, set: ByteSet, options: Options) -> Self {
        match self {
            Self::End { dollar: true } if options.newline && set.contains(b'\n') => Self::Other,
            Self::End { .. } => Self::Swallows(set),
            Self::Swallows(all) if all.holds(&set) => Self::Swallows(all),
            _ => Self::Other,
        }
    }
}
