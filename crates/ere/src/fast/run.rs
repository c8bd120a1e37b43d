use super::range::range_length;
use crate::byte_set::ByteSet;

/// As many bytes of one set as there are.
#[derive(Debug)]
pub(super) struct Run {
    scan: Scan,
    pub(super) min: usize,
    pub(super) max: usize,
    /// Members at which what follows can begin: the only places to give bytes back to.
    pub(super) stops: ByteSet,
    /// The same when it is one byte.
    stop: Option<u8>,
}

#[derive(Debug)]
enum Scan {
    /// All bytes but one or two.
    Until(u8, u8),
    /// From the first to the second.
    Range(u8, u8),
    /// 0: no member; 1: member; 3: member and stop.
    Table(Box<[u8; 256]>),
}

/// How far a run goes.
pub(super) struct Extent {
    pub(super) end: usize,
    /// Whether giving bytes back may help.
    pub(super) stops: bool,
}

impl Run {
    /// Of `set`; `stops` are those members that the rest of the pattern can begin with.
    pub(super) fn new(set: ByteSet, min: u32, max: Option<u32>, stops: ByteSet) -> Self {
        let outside = set.complement();
        let mut others = outside.iter();
        let scan = match (outside.len(), set.as_range()) {
            (1 | 2, _) => {
                let first = others.next().expect("one or two are outside");
                Scan::Until(first, others.next().unwrap_or(first))
            }
            (_, Some((low, high))) if set.len() > 2 => Scan::Range(low, high),
            _ => Scan::Table(Box::new(std::array::from_fn(|byte| {
                let byte = byte as u8;
                u8::from(set.contains(byte)) | u8::from(stops.contains(byte)) << 1
            }))),
        };
        let stop = stops.iter().next().filter(|_| stops.len() == 1);
        Self {
            scan,
            min: min as usize,
            max: max.map_or(usize::MAX, |max| max as usize),
            stops,
            stop,
        }
    }

    /// How far the members go from `start`, which is not behind the haystack's end.
    #[inline]
    pub(super) fn extent(&self, haystack: &[u8], start: usize) -> Extent {
        let limit = haystack.len().min(start.saturating_add(self.max));
        let text = &haystack[start..limit];
        let (length, stops) = match &self.scan {
            Scan::Until(first, second) => (
                memchr::memchr2(*first, *second, text).unwrap_or(text.len()),
                !self.stops.is_empty(),
            ),
            Scan::Range(low, high) => (range_length(text, *low, *high), !self.stops.is_empty()),
            Scan::Table(table) => {
                let mut seen = 0;
                let mut length = 0;
                for &byte in text {
                    let kind = table[usize::from(byte)];
                    if kind == 0 {
                        break;
                    }
                    seen |= kind;
                    length += 1;
                }
                (length, seen & 2 != 0)
            }
        };
        Extent {
            end: start + length,
            stops,
        }
    }

    /// The last place in `text` to give bytes back to.
    #[inline]
    pub(super) fn last_stop(&self, text: &[u8]) -> Option<usize> {
        match self.stop {
            Some(stop) => memchr::memrchr(stop, text),
            None => text.iter().rposition(|&byte| self.stops.contains(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_set_ends_at_its_first_stranger() {
        let texts: [&[u8]; 5] = [
            b"",
            b"abc def",
            b"0123456789abcdefghijklmnopqrstuvwxyz \n",
            b"nothing ends this line",
            b"\n",
        ];
        let sets = [
            ByteSet::of(b"\n").complement(),
            ByteSet::of(b"\n\0").complement(),
            (b'!'..=b'}').collect(),
            ByteSet::of(b"abcdef "),
            ByteSet::ALL,
        ];
        for set in sets {
            let run = Run::new(set, 0, None, set.intersection(&ByteSet::of(b" c")));
            for text in texts {
                for start in 0..text.len() {
                    let extent = run.extent(text, start);
                    let taken = text[start..].iter().take_while(|&&byte| set.contains(byte));
                    assert_eq!(extent.end, start + taken.count(), "{set:?} on {text:?}");
                    let stop = run.last_stop(&text[start..extent.end]);
                    assert!(extent.stops || stop.is_none(), "{set:?} on {text:?}");
                }
            }
        }
    }

    #[test]
    fn a_bound_ends_a_run() {
        let run = Run::new(ByteSet::of(b"a"), 0, Some(3), ByteSet::EMPTY);
        assert_eq!(run.extent(b"aaaaa", 1).end, 4);
    }
}
