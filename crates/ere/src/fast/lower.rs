use super::look::Look;
use super::masked::{Masked, leading};
use super::program::{Fork, Step};
use super::run::Run;
use crate::byte_set::ByteSet;
use crate::captures::GROUPS_MAX;
use crate::options::Options;
use crate::syntax::Node;

/// How many places of a program are watched for parses that come by twice.
pub(super) const WATCHED_MAX: usize = 4;

/// The steps for a tree; `None` when it has a shape whose preferences are glibc's own: anchors other
/// than around the whole, repeated groups with counts or with nothing to consume.
pub(super) fn lower(tree: &Node, options: Options) -> Option<Vec<Step>> {
    let mut nodes = match tree {
        Node::Sequence(nodes) => nodes.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut lowering = Lowering {
        options,
        steps: Vec::new(),
        watched: 0,
        choices: false,
    };
    if let [Node::LineStart, rest @ ..] = nodes {
        lowering.steps.push(Step::LineStart);
        nodes = rest;
    }
    let mut end = None;
    if let [rest @ .., last @ Node::LineEnd] = nodes {
        end = Some(last);
        nodes = rest;
    }
    if nodes.iter().any(Node::has_anchor) {
        return None;
    }
    let rest = end.map_or(Look::NOTHING, |end| {
        Look::before(end, Look::NOTHING, options)
    });
    lowering.sequence(nodes, rest)?;
    if end.is_some() {
        lowering.steps.push(Step::LineEnd);
    }
    lowering.steps.push(Step::Match);
    Some(lowering.steps)
}

struct Lowering {
    options: Options,
    steps: Vec<Step>,
    watched: u8,
    /// Whether a step before may come back with another parse.
    choices: bool,
}

impl Lowering {
    fn here(&self) -> u32 {
        self.steps.len() as u32
    }

    fn sequence(&mut self, nodes: &[Node], rest: Look) -> Option<()> {
        let mut at = 0;
        while at < nodes.len() {
            let bytes: Vec<ByteSet> = nodes[at..]
                .iter()
                .map_while(|node| match node {
                    Node::Byte(set) => Some(*set),
                    _ => None,
                })
                .collect();
            if bytes.is_empty() {
                let after = nodes[at + 1..].iter().rev();
                let rest = after.fold(rest, |rest, node| Look::before(node, rest, self.options));
                self.node(&nodes[at], rest)?;
                at += 1;
                continue;
            }
            self.watch();
            let masked = leading(&bytes);
            if masked.is_empty() {
                self.steps.push(Step::Byte(bytes[0]));
                at += 1;
            } else {
                self.steps.push(Step::Masked(Masked::new(&masked)));
                at += masked.len();
            }
        }
        Some(())
    }

    /// Where several parses can arrive at one place, the first is enough.
    fn watch(&mut self) {
        let arrives_twice =
            self.choices && matches!(self.steps.last(), Some(Step::Run(_) | Step::Close(_)));
        if arrives_twice && usize::from(self.watched) < WATCHED_MAX {
            self.steps.push(Step::Once(self.watched));
            self.watched += 1;
        }
    }

    fn node(&mut self, node: &Node, rest: Look) -> Option<()> {
        match node {
            Node::Byte(_) => return self.sequence(std::slice::from_ref(node), rest),
            Node::Sequence(nodes) => return self.sequence(nodes, rest),
            Node::Group(number, inner) => {
                let reported = *number < GROUPS_MAX;
                if reported {
                    self.steps.push(Step::Open(*number as u8));
                }
                self.node(inner, rest)?;
                if reported {
                    self.steps.push(Step::Close(*number as u8));
                }
            }
            Node::Alternatives(branches) => self.alternatives(branches, rest)?,
            Node::Repeat { node, min, max } => match &**node {
                Node::Byte(set) => {
                    let run = Run::new(*set, *min, *max, rest.stops(set));
                    self.choices |= !run.stops.is_empty();
                    self.steps.push(Step::Run(run));
                }
                inner => self.repeat(inner, *min, *max, rest)?,
            },
            Node::LineStart | Node::LineEnd => return None,
        }
        Some(())
    }

    fn alternatives(&mut self, branches: &[Node], rest: Look) -> Option<()> {
        let looks: Vec<Look> = branches
            .iter()
            .map(|branch| Look::before(branch, rest, self.options))
            .collect();
        self.choices = true;
        let mut jumps = Vec::new();
        let (last, others) = branches.split_last()?;
        for (index, branch) in others.iter().enumerate() {
            let fork = self.here();
            let later = looks[index + 1..].iter().copied();
            let second_look = later.reduce(|all, look| all.or(&look))?;
            self.steps.push(Step::Fork(Box::new(Fork {
                first: fork + 1,
                first_look: looks[index],
                second: 0,
                second_look,
            })));
            self.node(branch, rest)?;
            jumps.push(self.here());
            self.steps.push(Step::Jump(0));
            self.aim(fork);
        }
        self.node(last, rest)?;
        for jump in jumps {
            self.steps[jump as usize] = Step::Jump(self.here());
        }
        Some(())
    }

    /// Lets the second way of a fork begin here.
    fn aim(&mut self, fork: u32) {
        let here = self.here();
        if let Step::Fork(fork) = &mut self.steps[fork as usize] {
            fork.second = here;
        }
    }

    /// `*`, `+` and `?` of a group.
    fn repeat(&mut self, inner: &Node, min: u32, max: Option<u32>, rest: Look) -> Option<()> {
        let again = match (min, max) {
            (0 | 1, None) => true,
            (0, Some(1)) => false,
            _ => return None,
        };
        if inner.is_nullable() {
            return None;
        }
        self.choices = true;
        // The body is not nullable, so what stands behind it is not seen.
        let first_look = Look::before(inner, rest, self.options);
        let within = if again { first_look.or(&rest) } else { rest };
        let fork = |first, second| {
            Step::Fork(Box::new(Fork {
                first,
                first_look,
                second,
                second_look: rest,
            }))
        };
        let start = self.here();
        if min == 1 {
            self.node(inner, within)?;
            let next = self.here() + 1;
            self.steps.push(fork(start, next));
            return Some(());
        }
        self.steps.push(fork(start + 1, 0));
        self.node(inner, within)?;
        if again {
            self.steps.push(Step::Jump(start));
        }
        self.aim(start);
        Some(())
    }
}
