//! Reading a field out of a message and writing it into one.

use std::ops::Range;

use gannet_ere::Captures;
use thiserror::Error;

use super::{Field, FieldFormat, FieldPattern, Finder, HeaderFinder, Nth};

/// Why a field could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WriteError {
    /// No expression matches and the dictionary gives no format to add the field with.
    #[error("the message has no such field and the dictionary has no format to add it")]
    Absent,
    /// An expression matches, but the part of it that is the value is not there.
    #[error("the field is there, but without the part that is to be written")]
    PartAbsent,
}

/// What becomes of the carriage return that `(.*)$` takes into a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnds {
    /// Values have none; a line keeps its own when its value is replaced.
    #[default]
    Kept,
    /// As in Seagull: it is part of the value, and replacing the value by one without it leaves
    /// a line that ends in a bare line feed.
    Exact,
}

impl Field {
    /// The bytes of `text` (the field's [`Place`](super::Place)) that are the value; `None` if it
    /// is absent or empty.
    #[inline]
    pub fn read(&self, text: &[u8]) -> Option<Range<usize>> {
        match &self.finder {
            Finder::Patterns(patterns) => patterns.iter().find_map(|pattern| pattern.read(text)),
            Finder::Header(header) => header.find(text).filter(|range| !range.is_empty()),
            Finder::Whole => (!text.is_empty()).then_some(0..text.len()),
        }
    }

    /// As [`read`](Self::read), with the carriage return treated as `ends` says.
    #[inline]
    pub fn read_value(&self, text: &[u8], ends: LineEnds) -> Option<Range<usize>> {
        let mut range = self.read(text)?;
        if ends == LineEnds::Kept
            && matches!(self.finder, Finder::Patterns(_))
            && text[range.end - 1] == b'\r'
            && text.get(range.end).is_none_or(|next| *next == b'\n')
        {
            range.end -= 1;
        }
        Some(range)
    }

    /// Replaces the value in `text`, or adds the field at its end; gives where the value stands
    /// now. All other bytes stay as they are. Allocates only when `text` must grow.
    pub fn write(
        &self,
        text: &mut Vec<u8>,
        value: &[u8],
        ends: LineEnds,
    ) -> Result<Range<usize>, WriteError> {
        let found = match &self.finder {
            Finder::Patterns(patterns) => find_for_writing(patterns, text)?,
            Finder::Header(header) => header.find(text),
            Finder::Whole => Some(0..text.len()),
        };
        let Some(range) = found else {
            return self.append(text, value);
        };
        let keeps_end = ends == LineEnds::Kept
            && matches!(self.finder, Finder::Patterns(_))
            && text.get(range.end) == Some(&b'\n')
            && !range.is_empty()
            && text[range.end - 1] == b'\r'
            && value.last() != Some(&b'\r');
        let end = if keeps_end { range.end - 1 } else { range.end };
        splice(text, range.start..end, value);
        Ok(range.start..range.start + value.len())
    }

    fn append(&self, text: &mut Vec<u8>, value: &[u8]) -> Result<Range<usize>, WriteError> {
        let FieldFormat { before, after } = self.format.as_ref().ok_or(WriteError::Absent)?;
        text.extend_from_slice(before);
        let start = text.len();
        text.extend_from_slice(value);
        let end = text.len();
        text.extend_from_slice(after);
        Ok(start..end)
    }
}

/// Where the value is to be written: the group of the first expression that matches.
fn find_for_writing(
    patterns: &[FieldPattern],
    text: &[u8],
) -> Result<Option<Range<usize>>, WriteError> {
    let mut captures = Captures::default();
    for pattern in patterns {
        if pattern.find(text, &mut captures) {
            let range = captures.get(pattern.group);
            return range.map(Some).ok_or(WriteError::PartAbsent);
        }
    }
    Ok(None)
}

impl FieldPattern {
    #[inline]
    fn read(&self, text: &[u8]) -> Option<Range<usize>> {
        let mut captures = Captures::default();
        if !self.find(text, &mut captures) || captures.leading() != self.groups_exact {
            return None;
        }
        captures.get(self.group).filter(|range| !range.is_empty())
    }

    #[inline]
    fn find(&self, text: &[u8], captures: &mut Captures) -> bool {
        match self.line {
            None => self.regex.find_at(text, 0, captures),
            Some(line) => self.find_in_line(text, line, captures),
        }
    }

    /// Matches that begin in the given line and do not leave it.
    fn find_in_line(&self, text: &[u8], line: u32, captures: &mut Captures) -> bool {
        let mut start = 0;
        for _ in 1..line {
            match memchr::memchr(b'\n', &text[start..]) {
                Some(at) => start += at + 1,
                None => return false,
            }
        }
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |at| start + at);
        self.regex.find_at(&text[..end], start, captures)
    }
}

impl HeaderFinder {
    /// The value of the header field, folded lines included, without the blanks around it.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let mut seen = 0;
        let mut last = None;
        let mut at = memchr::memchr(b'\n', text)? + 1;
        while at < text.len() {
            let line_start = at;
            loop {
                at = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1);
                if !matches!(text.get(at), Some(b' ' | b'\t')) {
                    break;
                }
            }
            let Some(value) = self.value_of(text, line_start..at) else {
                continue;
            };
            match self.nth {
                Nth::FromTop(wanted) if wanted == seen => return Some(value),
                Nth::FromTop(_) => seen += 1,
                Nth::Last => last = Some(value),
            }
        }
        last
    }

    fn value_of(&self, text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
        let colon = memchr::memchr(b':', &text[line.clone()])?;
        let name = text[line.start..line.start + colon].trim_ascii_end();
        let known = gannet_sip::HeaderName::from_bytes(name);
        let same = if known == gannet_sip::HeaderName::Other {
            name.eq_ignore_ascii_case(self.name.as_bytes())
        } else {
            known.as_str().eq_ignore_ascii_case(&self.name)
        };
        if !same {
            return None;
        }
        let after_colon = line.start + colon + 1;
        let content = text[after_colon..line.end].trim_ascii_end();
        let end = after_colon + content.len();
        let start = end - content.trim_ascii_start().len();
        Some(start..end)
    }
}

/// Replaces bytes in place.
pub fn splice(text: &mut Vec<u8>, range: Range<usize>, value: &[u8]) {
    let Range { start, end } = range;
    let old = end - start;
    let length = text.len();
    if value.len() > old {
        text.resize(length + (value.len() - old), 0);
    }
    if value.len() != old {
        text.copy_within(end..length, start + value.len());
    }
    text.truncate(length + value.len() - old);
    text[start..start + value.len()].copy_from_slice(value);
}
