use super::effort::{Effort, Exhausted};
use super::look::Look;
use super::probe::{Probe, frequency};
use super::program::Program;
use super::required::{Required, head, length_min, parts};
use super::vm::Visits;
use crate::byte_set::ByteSet;
use crate::captures::Captures;
use crate::options::Options;
use crate::syntax::Node;

/// How the places are found where a match may start.
#[derive(Debug)]
pub(super) struct Search {
    starts: Starts,
    /// Fewest bytes of a match.
    length_min: usize,
    required: Option<Required>,
}

#[derive(Debug)]
enum Starts {
    /// Where the head of the pattern stands.
    Head(Probe),
    /// Where one of up to three bytes stands, `offset` before which a match starts.
    Bytes {
        bytes: [u8; 3],
        offset: usize,
    },
    /// Where one of many bytes stands.
    Set(ByteSet),
    /// At the start of a line, or of the haystack.
    Lines,
    Everywhere,
}

impl Search {
    pub(super) fn new(tree: &Node, options: Options) -> Self {
        let parts = parts(tree);
        let starts = Starts::new(tree, &parts, options);
        // The head alone sorts out nearly all places.
        let required = match starts {
            Starts::Head(_) => None,
            _ => Required::new(&parts, options),
        };
        Self {
            starts,
            length_min: length_min(tree),
            required,
        }
    }
}

impl Starts {
    fn new(tree: &Node, parts: &[&Node], options: Options) -> Self {
        if matches!(parts.first(), Some(Node::LineStart)) {
            return Self::Lines;
        }
        let head = head(parts);
        if let Some(probe) = Probe::new(&head) {
            return Self::Head(probe);
        }
        let look = Look::before(tree, Look::NOTHING, options);
        let few = head.iter().enumerate().filter(|(_, set)| set.len() <= 3);
        let rarest = few.min_by_key(|(_, set)| {
            let all: u32 = set.iter().map(|byte| u32::from(frequency(byte))).sum();
            all
        });
        match rarest {
            Some((offset, set)) if !set.is_empty() => {
                let members: Vec<u8> = set.iter().collect();
                // One byte stands for the missing ones.
                let bytes = [0, 1, 2].map(|index| members[index.min(members.len() - 1)]);
                Self::Bytes { bytes, offset }
            }
            _ if !look.empty && length_min(tree) > 0 => Self::Set(look.set),
            _ => Self::Everywhere,
        }
    }
}

impl Program {
    /// The leftmost-longest match that starts at `from` or later.
    pub(crate) fn find_at(
        &self,
        haystack: &[u8],
        from: usize,
        captures: &mut Captures,
        effort: &mut Effort,
    ) -> Result<bool, Exhausted> {
        let search = &self.search;
        let mut visits = Visits::new();
        let mut ahead = None;
        let mut place = from;
        while let Some(start) = self.next_start(haystack, place) {
            if start + search.length_min > haystack.len() {
                break;
            }
            if let Some(required) = &search.required
                && !ahead.is_some_and(|ahead| required.serves(ahead, start))
            {
                ahead = required.find(haystack, start);
                if ahead.is_none() {
                    break;
                }
            }
            if self.match_at(haystack, start, captures, &mut visits, effort)? {
                return Ok(true);
            }
            place = start + 1;
        }
        Ok(false)
    }

    #[inline]
    fn next_start(&self, haystack: &[u8], place: usize) -> Option<usize> {
        let rest = haystack.get(place..)?;
        let found = match &self.search.starts {
            Starts::Head(probe) => return probe.find(haystack, place),
            Starts::Bytes { bytes, offset } => {
                let [one, two, three] = *bytes;
                let rest = rest.get(*offset..)?;
                if one == two {
                    memchr::memchr(one, rest)
                } else if two == three {
                    memchr::memchr2(one, two, rest)
                } else {
                    memchr::memchr3(one, two, three, rest)
                }
            }
            Starts::Set(set) => rest.iter().position(|&byte| set.contains(byte)),
            Starts::Lines if place == 0 => Some(0),
            Starts::Lines if !self.newline => None,
            Starts::Lines if haystack[place - 1] == b'\n' => Some(0),
            Starts::Lines => memchr::memchr(b'\n', rest).map(|newline| newline + 1),
            Starts::Everywhere => Some(0),
        };
        found.map(|found| place + found)
    }
}
