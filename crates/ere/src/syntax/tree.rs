use crate::byte_set::ByteSet;

/// A pattern as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// One byte of a set: a literal, `.`, or brackets.
    Byte(ByteSet),
    /// Something `min` to `max` times; without `max` as often as it goes.
    Repeat {
        node: Box<Self>,
        min: u32,
        max: Option<u32>,
    },
    /// A group and its number, counted from 1.
    Group(usize, Box<Self>),
    Sequence(Vec<Self>),
    /// At least two.
    Alternatives(Vec<Self>),
    /// `^`
    LineStart,
    /// `$`
    LineEnd,
}

impl Node {
    /// Whether it can match without consuming a byte.
    pub(crate) fn is_nullable(&self) -> bool {
        match self {
            Self::Byte(_) => false,
            Self::Repeat { node, min, .. } => *min == 0 || node.is_nullable(),
            Self::Group(_, node) => node.is_nullable(),
            Self::Sequence(nodes) => nodes.iter().all(Self::is_nullable),
            Self::Alternatives(nodes) => nodes.iter().any(Self::is_nullable),
            Self::LineStart | Self::LineEnd => true,
        }
    }

    /// All bytes that any part of it consumes.
    pub(crate) fn bytes(&self) -> ByteSet {
        match self {
            Self::Byte(set) => *set,
            Self::Repeat { node, .. } | Self::Group(_, node) => node.bytes(),
            Self::Sequence(nodes) | Self::Alternatives(nodes) => nodes
                .iter()
                .fold(ByteSet::EMPTY, |all, node| all.union(&node.bytes())),
            Self::LineStart | Self::LineEnd => ByteSet::EMPTY,
        }
    }

    /// Whether it holds `^` or `$`.
    pub(crate) fn has_anchor(&self) -> bool {
        match self {
            Self::Byte(_) => false,
            Self::Repeat { node, .. } | Self::Group(_, node) => node.has_anchor(),
            Self::Sequence(nodes) | Self::Alternatives(nodes) => nodes.iter().any(Self::has_anchor),
            Self::LineStart | Self::LineEnd => true,
        }
    }
}
