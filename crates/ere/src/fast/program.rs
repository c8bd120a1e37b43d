use super::effort::Effort;
use super::look::Look;
use super::masked::Masked;
use super::run::Run;
use super::search::Search;
use crate::byte_set::ByteSet;
use crate::options::Options;
use crate::syntax::Node;

/// A step of a program. Positions in the program are `u32`.
#[derive(Debug)]
pub(super) enum Step {
    /// Bytes in a row.
    Masked(Masked),
    /// One byte.
    Byte(ByteSet),
    Run(Run),
    /// Notes where a group begins.
    Open(u8),
    /// Notes where a group ends.
    Close(u8),
    /// Two ways on, the first preferred.
    Fork(Box<Fork>),
    Jump(u32),
    /// Fails where an earlier parse has been: nothing better comes of it now.
    Once(u8),
    LineStart,
    LineEnd,
    Match,
}

#[derive(Debug)]
pub(super) struct Fork {
    pub(super) first: u32,
    pub(super) first_look: Look,
    pub(super) second: u32,
    pub(super) second_look: Look,
}

/// A pattern that the own matcher takes.
#[derive(Debug)]
pub(crate) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) newline: bool,
    /// Every byte that any step consumes.
    pub(super) reach: ByteSet,
    pub(super) search: Search,
}

impl Program {
    /// The program for a tree; `None` when its parses are not known to be preferred as glibc does.
    pub(crate) fn new(tree: &Node, options: Options) -> Option<Self> {
        let steps = super::lower::lower(tree, options)?;
        Some(Self {
            steps,
            newline: options.newline,
            reach: tree.bytes(),
            search: Search::new(tree, options),
        })
    }

    /// Effort without a limit is for where libc cannot take over.
    pub(crate) fn effort(haystack: &[u8], limited: bool) -> Effort {
        if limited {
            Effort::for_bytes(haystack.len())
        } else {
            Effort::unlimited()
        }
    }
}
