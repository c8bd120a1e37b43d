use super::bracket::bracket;
use super::tree::Node;
use crate::byte_set::ByteSet;
use crate::options::Options;

/// Reads a pattern that libc accepts (or would) into a tree; `None` for whatever has more to it
/// than bytes, repetition, groups, alternatives and anchors.
pub(crate) fn parse(pattern: &[u8], options: Options) -> Option<Node> {
    let mut parser = Parser {
        pattern,
        options,
        at: 0,
        groups: 0,
    };
    let tree = parser.alternatives()?;
    // What remains begins with a `)` of no group.
    (parser.at == pattern.len()).then_some(tree)
}

struct Parser<'a> {
    pattern: &'a [u8],
    options: Options,
    at: usize,
    groups: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.pattern.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.at += usize::from(eaten);
        eaten
    }

    fn alternatives(&mut self) -> Option<Node> {
        let mut branches = vec![self.sequence()?];
        while self.eat(b'|') {
            branches.push(self.sequence()?);
        }
        if branches.len() == 1 {
            return branches.pop();
        }
        Some(Node::Alternatives(branches))
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while !matches!(self.peek(), None | Some(b'|' | b')')) {
            nodes.push(self.repetition()?);
        }
        // Empty alternatives and groups are an extension of glibc.
        match nodes.len() {
            0 => None,
            1 => nodes.pop(),
            _ => Some(Node::Sequence(nodes)),
        }
    }

    fn repetition(&mut self) -> Option<Node> {
        let node = self.atom()?;
        let (min, max) = match self.peek() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') => return self.interval(node),
            _ => return Some(node),
        };
        self.at += 1;
        self.repeated(node, min, max)
    }

    fn interval(&mut self, node: Node) -> Option<Node> {
        self.at += 1;
        let min = self.number();
        let max = if self.eat(b',') { self.number() } else { min };
        if !self.eat(b'}') || (min.is_none() && max.is_none()) {
            return None;
        }
        self.repeated(node, min.unwrap_or(0), max)
    }

    fn number(&mut self) -> Option<u32> {
        let digits = self.pattern[self.at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let text = &self.pattern[self.at..self.at + digits];
        self.at += digits;
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    fn repeated(&self, node: Node, min: u32, max: Option<u32>) -> Option<Node> {
        let repeats_on = matches!(self.peek(), Some(b'*' | b'+' | b'?' | b'{'));
        // `a{0}` leaves a group that is there and never set; a repeated anchor is glibc's secret.
        let odd = max.is_some_and(|max| max == 0 || max < min) || node.has_anchor();
        (!repeats_on && !odd).then(|| Node::Repeat {
            node: Box::new(node),
            min,
            max,
        })
    }

    fn atom(&mut self) -> Option<Node> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'(' => {
                self.groups += 1;
                let number = self.groups;
                let inner = self.alternatives()?;
                self.eat(b')').then(|| Node::Group(number, Box::new(inner)))
            }
            b'[' => {
                self.at -= 1;
                self.bracket()
            }
            b'.' => {
                // glibc's POSIX syntax: no NUL, and with REG_NEWLINE no newline.
                let mut set = ByteSet::ALL;
                set.remove(0);
                if self.options.newline {
                    set.remove(b'\n');
                }
                Some(Node::Byte(set))
            }
            b'\\' => self.escape(),
            b'^' => Some(Node::LineStart),
            b'$' => Some(Node::LineEnd),
            b'*' | b'+' | b'?' | b'{' => None,
            _ => Some(self.literal(byte)),
        }
    }

    /// An escaped byte means itself, but for back references and glibc's own operators.
    fn escape(&mut self) -> Option<Node> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'0'..=b'9' | b'w' | b'W' | b's' | b'S' | b'b' | b'B' | b'<' | b'>' | b'`' | b'\'' => {
                None
            }
            // glibc finds no letter at all there.
            _ if self.options.ignore_case && byte.is_ascii_alphabetic() => None,
            _ => Some(self.literal(byte)),
        }
    }

    fn literal(&self, byte: u8) -> Node {
        let mut set = ByteSet::of(&[byte]);
        if self.options.ignore_case {
            set.insert(byte.to_ascii_lowercase());
            set.insert(byte.to_ascii_uppercase());
        }
        Node::Byte(set)
    }

    fn bracket(&mut self) -> Option<Node> {
        // With REG_ICASE glibc lowers the pattern before it reads brackets, and the text after.
        let lowered;
        let pattern = if self.options.ignore_case {
            lowered = self.pattern.to_ascii_lowercase();
            &lowered
        } else {
            self.pattern
        };
        let bracket = bracket(pattern, self.at, self.options.ignore_case).ok()?;
        self.at = bracket.end;
        let mut set = bracket.set?;
        if self.options.ignore_case {
            let named_upper = set;
            set = set.union(
                &named_upper
                    .iter()
                    .map(|byte| byte.to_ascii_lowercase())
                    .collect(),
            );
        }
        if bracket.negated {
            set = set.complement();
            if self.options.newline {
                set.remove(b'\n');
            }
        }
        if self.options.ignore_case {
            set = (0..=u8::MAX)
                .filter(|byte| set.contains(byte.to_ascii_lowercase()))
                .collect();
        }
        Some(Node::Byte(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_plain_is_left_to_libc() {
        let cases: [&[u8]; 14] = [
            b"", b"a||b", b"()", br"(a)\1", br"\bx", br"\<x", b"a**", b"(a){0}", b"[[.a.]]", b"a)",
            b"*a", b"{1}", b"^*", b"a{,}",
        ];
        for pattern in cases {
            let tree = parse(pattern, Options::default());
            assert_eq!(tree, None, "{}", pattern.escape_ascii());
        }
    }

    #[test]
    fn groups_are_numbered_by_their_opening() {
        let tree = parse(b"((a)|b)(c)", Options::default()).unwrap();
        let byte = |byte| Node::Byte(ByteSet::of(&[byte]));
        let group = |number, node| Node::Group(number, Box::new(node));
        let first = Node::Alternatives(vec![group(2, byte(b'a')), byte(b'b')]);
        let expected = Node::Sequence(vec![group(1, first), group(3, byte(b'c'))]);
        assert_eq!(tree, expected);
    }

    #[test]
    fn either_case_is_a_set_of_two() {
        let options = Options {
            ignore_case: true,
            ..Options::default()
        };
        assert_eq!(parse(b"a", options), Some(Node::Byte(ByteSet::of(b"aA"))));
    }
}
