//! The list of present exceptions to the length caps. It may only shrink.
//!
//! One exception a line: `<lines> <path>` for a file, `<lines> <path> <function>` for a function.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is too long: a file, or a function in it.
pub(super) type Subject = (String, Option<String>);

/// Lengths that are over their cap and have been accepted, by subject.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ratchet {
    entries: BTreeMap<Subject, Entry>,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    lines: usize,
    /// Line of the ratchet file, counted from 1.
    place: usize,
}

const HEAD: &str = "\
# Files over 400 lines and functions over 70 lines that exist today. Lengths may only go down:
# `cargo xtask tidy --record` lowers them; whoever raises one says why in the commit.
";

impl Ratchet {
    /// Reads the list; the second value holds the numbers of the lines that make no sense.
    pub(super) fn parse(text: &str) -> (Self, Vec<usize>) {
        let (mut ratchet, mut bad) = (Self::default(), Vec::new());
        for (index, line) in text.lines().enumerate() {
            let place = index + 1;
            let words: Vec<&str> = line.split_whitespace().collect();
            let (lines, subject) = match words.as_slice() {
                [] => continue,
                [first, ..] if first.starts_with('#') => continue,
                [lines, path] => (lines.parse(), ((*path).into(), None)),
                [lines, path, name] => (lines.parse(), ((*path).into(), Some((*name).into()))),
                _ => {
                    bad.push(place);
                    continue;
                }
            };
            match lines {
                Ok(lines) => _ = ratchet.entries.insert(subject, Entry { lines, place }),
                Err(_) => bad.push(place),
            }
        }
        (ratchet, bad)
    }

    pub(super) fn render(&self) -> String {
        let mut text = HEAD.to_owned();
        for ((path, name), entry) in &self.entries {
            let name = name
                .as_ref()
                .map_or(String::new(), |name| format!(" {name}"));
            writeln!(text, "{} {path}{name}", entry.lines).expect("a string takes all");
        }
        text
    }

    /// Notes a length; of two functions with one name the longer counts.
    pub(super) fn note(&mut self, subject: Subject, lines: usize) {
        let entry = self
            .entries
            .entry(subject)
            .or_insert(Entry { lines, place: 0 });
        entry.lines = entry.lines.max(lines);
    }

    /// The accepted length of the subject.
    pub(super) fn lines(&self, subject: &Subject) -> Option<usize> {
        self.entries.get(subject).map(|entry| entry.lines)
    }

    /// Every subject with its length and its place in the ratchet file.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Subject, usize, usize)> {
        self.entries
            .iter()
            .map(|(subject, entry)| (subject, entry.lines, entry.place))
    }

    /// The list with what is no longer too long taken out and the rest at most as long as before.
    pub(super) fn lowered_to(mut self, present: &Self) -> Self {
        self.entries
            .retain(|subject, entry| match present.lines(subject) {
                Some(lines) => {
                    entry.lines = entry.lines.min(lines);
                    true
                }
                None => false,
            });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_reads_back() {
        let text = format!("{HEAD}450 a.rs\n80 a.rs parse\n");
        let (ratchet, bad) = Ratchet::parse(&text);
        assert!(bad.is_empty());
        assert_eq!(ratchet.render(), text);
        assert_eq!(Ratchet::parse("x a.rs\n1\n\n# b\n1 2 3 4\n").1, [1, 2, 5]);
    }

    #[test]
    fn recording_lowers_and_never_raises_or_adds() {
        let ratchet = Ratchet::parse("450 a.rs\n80 a.rs parse\n90 a.rs gone\n").0;
        let present = Ratchet::parse("420 a.rs\n85 a.rs parse\n99 b.rs new\n").0;
        let lowered = ratchet.lowered_to(&present);
        assert_eq!(lowered.render(), format!("{HEAD}420 a.rs\n80 a.rs parse\n"));
    }
}
