use memchr::memmem::Finder;

use super::look::Look;
use crate::byte_set::ByteSet;
use crate::options::Options;
use crate::syntax::Node;

/// Shortest text worth looking for ahead of time.
const BYTES_MIN: usize = 3;

/// Text that every match contains, with what must follow it. Where it is missing nothing needs to
/// be tried.
#[derive(Debug)]
pub(super) struct Required {
    finder: Finder<'static>,
    /// Fewest bytes between the start of a match and the text.
    before: usize,
    /// What can stand behind it.
    next: Look,
}

impl Required {
    /// The longest text in `parts`, the pattern as a sequence without group marks.
    pub(super) fn new(parts: &[&Node], options: Options) -> Option<Self> {
        let literal = |node: &&Node| match node {
            Node::Byte(set) if set.len() == 1 => set.iter().next(),
            _ => None,
        };
        let texts = (0..parts.len()).map(|start| -> (usize, Vec<u8>) {
            (start, parts[start..].iter().map_while(literal).collect())
        });
        // The first of the longest: `max_by_key` gives the last.
        let (start, text) = texts.rev().max_by_key(|(_, text)| text.len())?;
        if text.len() < BYTES_MIN {
            return None;
        }
        let behind = parts[start + text.len()..].iter().rev();
        Some(Self {
            finder: Finder::new(&text).into_owned(),
            before: parts[..start].iter().map(|node| length_min(node)).sum(),
            next: behind.fold(Look::NOTHING, |rest, node| {
                Look::before(node, rest, options)
            }),
        })
    }

    /// Where the text first stands for a match that starts at `start` or later.
    pub(super) fn find(&self, haystack: &[u8], start: usize) -> Option<usize> {
        let mut at = start + self.before;
        loop {
            let found = at + self.finder.find(haystack.get(at..)?)?;
            if self
                .next
                .allows(haystack.get(found + self.finder.needle().len()))
            {
                return Some(found);
            }
            at = found + 1;
        }
    }

    /// Whether the text at `found` serves a match that starts at `start`.
    pub(super) fn serves(&self, found: usize, start: usize) -> bool {
        start + self.before <= found
    }
}

/// A pattern as a sequence, groups dissolved.
pub(super) fn parts(tree: &Node) -> Vec<&Node> {
    match tree {
        Node::Sequence(nodes) => nodes.iter().flat_map(parts).collect(),
        Node::Group(_, inner) => parts(inner),
        other => vec![other],
    }
}

/// The sets of the bytes that every match begins with.
pub(super) fn head(parts: &[&Node]) -> Vec<ByteSet> {
    let mut sets = Vec::new();
    for part in parts {
        match part {
            Node::Byte(set) => sets.push(*set),
            Node::Repeat { node, min, .. } if *min > 0 => {
                // One of them for sure; what stands behind it depends.
                if let Node::Byte(set) = **node {
                    sets.push(set);
                }
                break;
            }
            _ => break,
        }
    }
    sets
}

/// The fewest bytes that a node matches.
pub(super) fn length_min(node: &Node) -> usize {
    match node {
        Node::Byte(_) => 1,
        Node::Repeat { node, min, .. } => length_min(node).saturating_mul(*min as usize),
        Node::Group(_, inner) => length_min(inner),
        Node::Sequence(nodes) => nodes.iter().map(length_min).sum(),
        Node::Alternatives(branches) => branches.iter().map(length_min).min().unwrap_or(0),
        Node::LineStart | Node::LineEnd => 0,
    }
}
