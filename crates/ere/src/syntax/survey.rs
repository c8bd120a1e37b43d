use super::bracket::bracket;
use crate::error::{Fault, PatternError};

/// Longest pattern that is compiled: libc walks chains of optional items recursively.
const PATTERN_BYTES_MAX: usize = 8192;

/// How many copies repetitions may make: libc writes `a{3}` out as `aaa`, and needs memory by the
/// square of that for `a{0,3}`.
const ITEMS_MAX: usize = 4096;

/// How deep groups may be nested: libc reads them recursively, and so do we.
const DEPTH_MAX: usize = 200;

/// Largest repeat count (`RE_DUP_MAX` of glibc).
const COUNT_MAX: usize = 0x7fff;

/// What can be said of any pattern without understanding all of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Groups, group 0 included.
    pub(crate) groups: usize,
    /// The first fault that was seen. Whether it is one, libc decides.
    pub(crate) fault: Option<PatternError>,
}

/// Walks over a pattern once: counts groups, refuses what would exhaust memory or stack, and notes
/// where it looks broken.
pub(crate) fn survey(pattern: &[u8]) -> Result<Survey, PatternError> {
    let error = |fault, offset| PatternError {
        fault,
        offset: Some(offset),
    };
    if let Some(offset) = pattern.iter().position(|&byte| byte == 0) {
        return Err(error(Fault::Nul, offset));
    }
    if pattern.len() > PATTERN_BYTES_MAX {
        let limit = PATTERN_BYTES_MAX;
        return Err(error(Fault::TooLong { limit }, limit));
    }
    let mut walk = Walk::default();
    while let Some(&byte) = pattern.get(walk.at) {
        let start = walk.at;
        walk.at += 1;
        match byte {
            b'\\' => walk.escape(pattern),
            b'[' => walk.bracket(pattern),
            b'(' => walk.open(),
            b')' if !walk.open.is_empty() => walk.close(),
            b'|' => walk.last = None,
            b'*' | b'?' => walk.repeat(1),
            b'+' => walk.repeat(2),
            b'{' => walk.interval(pattern),
            _ => walk.item(1),
        }
        if walk.open.len() > DEPTH_MAX {
            return Err(error(Fault::TooDeep { limit: DEPTH_MAX }, start));
        }
        if walk.copies > ITEMS_MAX {
            return Err(error(Fault::TooLarge { limit: ITEMS_MAX }, start));
        }
    }
    if let Some(level) = walk.open.last() {
        walk.fault(Fault::UnclosedGroup, level.at);
    }
    Ok(Survey {
        groups: walk.groups + 1,
        fault: walk.fault,
    })
}

struct Level {
    /// Where its `(` is.
    at: usize,
    number: usize,
    /// Items of the surrounding level so far.
    outside: usize,
}

#[derive(Default)]
struct Walk {
    at: usize,
    groups: usize,
    open: Vec<Level>,
    /// Groups 1 to 9 that are closed, as bits: what a back reference may name.
    closed: u16,
    /// Items of this level, repetitions written out.
    items: usize,
    /// Items that a repetition would repeat.
    last: Option<usize>,
    /// Largest number of items of a repetition, written out.
    copies: usize,
    fault: Option<PatternError>,
}

impl Walk {
    fn item(&mut self, items: usize) {
        self.items = self.items.saturating_add(items);
        self.last = Some(items);
    }

    fn fault(&mut self, fault: Fault, offset: usize) {
        self.fault.get_or_insert(PatternError {
            fault,
            offset: Some(offset),
        });
    }

    fn escape(&mut self, pattern: &[u8]) {
        match pattern.get(self.at) {
            None => self.fault(Fault::TrailingBackslash, self.at - 1),
            Some(digit @ b'1'..=b'9') if self.closed & (1 << (digit - b'0')) == 0 => {
                self.fault(Fault::BackReference, self.at - 1);
            }
            Some(_) => {}
        }
        self.at += 1;
        self.item(1);
    }

    fn bracket(&mut self, pattern: &[u8]) {
        match bracket(pattern, self.at - 1, false) {
            Ok(bracket) => self.at = bracket.end,
            Err((fault, offset)) => {
                self.fault(fault, offset);
                if fault == Fault::UnclosedBracket {
                    self.at = pattern.len();
                }
            }
        }
        self.item(1);
    }

    fn open(&mut self) {
        self.groups += 1;
        self.open.push(Level {
            at: self.at - 1,
            number: self.groups,
            outside: self.items,
        });
        (self.items, self.last) = (0, None);
    }

    fn close(&mut self) {
        let Some(level) = self.open.pop() else { return };
        if level.number < 10 {
            self.closed |= 1 << level.number;
        }
        // Opening and closing are items too.
        let inside = self.items.saturating_add(2);
        self.items = level.outside;
        self.item(inside);
    }

    fn repeat(&mut self, times: usize) {
        let Some(last) = self.last else {
            return self.fault(Fault::NothingToRepeat, self.at - 1);
        };
        let all = last.saturating_mul(times.max(1)).saturating_add(1);
        self.items = (self.items - last.min(self.items)).saturating_add(all);
        self.last = Some(all);
        if times > 1 {
            self.copies = self.copies.max(all);
        }
    }

    fn interval(&mut self, pattern: &[u8]) {
        let open = self.at - 1;
        let min = self.number(pattern);
        let max = if pattern.get(self.at) == Some(&b',') {
            self.at += 1;
            self.number(pattern)
        } else {
            min
        };
        match pattern.get(self.at) {
            Some(b'}') => self.at += 1,
            Some(_) => return self.fault(Fault::Interval, open),
            None => return self.fault(Fault::UnclosedInterval, open),
        }
        let (low, high) = (min.unwrap_or(0), max.unwrap_or(0));
        if low.max(high) > COUNT_MAX || (max.is_some() && low > high) {
            self.fault(Fault::Interval, open);
        }
        self.repeat(high.max(low + usize::from(max.is_none())));
    }

    fn number(&mut self, pattern: &[u8]) -> Option<usize> {
        let mut number = None;
        while let Some(digit @ b'0'..=b'9') = pattern.get(self.at) {
            let digit = usize::from(digit - b'0');
            number = Some((number.unwrap_or(0) * 10 + digit).min(COUNT_MAX + 1));
            self.at += 1;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pattern: &[u8]) -> Fault {
        survey(pattern).unwrap_err().fault
    }

    #[test]
    fn groups_are_counted_outside_brackets_and_escapes() {
        let cases: [(&[u8], usize); 5] = [
            (b"abc", 1),
            (b"(a)(b(c))", 4),
            (b"[(](a)", 2),
            (br"\((a)", 2),
            (b"a)b(c)", 2),
        ];
        for (pattern, groups) in cases {
            let survey = survey(pattern).unwrap();
            assert_eq!((survey.groups, survey.fault), (groups, None), "{pattern:?}");
        }
    }

    #[test]
    fn faults_have_their_place() {
        let cases: [(&[u8], Fault, usize); 8] = [
            (b"ab(c(d)", Fault::UnclosedGroup, 2),
            (b"ab[c", Fault::UnclosedBracket, 2),
            (b"a{1", Fault::UnclosedInterval, 1),
            (b"a{x}", Fault::Interval, 1),
            (b"a{3,2}", Fault::Interval, 1),
            (b"a|*", Fault::NothingToRepeat, 2),
            (b"ab\\", Fault::TrailingBackslash, 2),
            (br"(a)\2", Fault::BackReference, 3),
        ];
        for (pattern, fault, offset) in cases {
            let found = survey(pattern).unwrap().fault;
            let expected = PatternError {
                fault,
                offset: Some(offset),
            };
            assert_eq!(found, Some(expected), "{pattern:?}");
        }
    }

    #[test]
    fn what_exhausts_memory_or_stack_is_refused() {
        assert_eq!(refusal(b"a\0b"), Fault::Nul);
        assert_eq!(
            refusal(&b"(".repeat(1000)),
            Fault::TooDeep { limit: DEPTH_MAX }
        );
        let limit = ITEMS_MAX;
        assert_eq!(refusal(b"a{5000}"), Fault::TooLarge { limit });
        assert_eq!(refusal(b"((a{100}){100}){100}"), Fault::TooLarge { limit });
        let doubled = [b"(".repeat(30), b"a".to_vec(), b"+)".repeat(30)].concat();
        assert_eq!(refusal(&doubled), Fault::TooLarge { limit });
        let limit = PATTERN_BYTES_MAX;
        assert_eq!(refusal(&b"a?".repeat(limit)), Fault::TooLong { limit });
    }
}
