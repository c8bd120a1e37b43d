//! Spans of the timeline: what they cover and the gaps they leave.

/// Spans in ascending order that do not overlap, within a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spans {
    window: (u64, u64),
    spans: Vec<(u64, u64)>,
}

impl Spans {
    /// No spans in the window from `from` to before `to`.
    pub(super) fn new(from: u64, to: u64) -> Self {
        Self {
            window: (from, to.max(from)),
            spans: Vec::new(),
        }
    }

    /// Adds a span that does not begin before the last one. A gap before it of
    /// `bridge` at most is closed.
    pub(super) fn add(&mut self, start: u64, end: u64, bridge: u64) {
        let (start, end) = (start.max(self.window.0), end.min(self.window.1));
        if start >= end {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if start <= last.1 + bridge => last.1 = last.1.max(end),
            _ => self.spans.push((start, end)),
        }
    }

    /// Length of the window.
    pub(super) fn total(&self) -> u64 {
        self.window.1 - self.window.0
    }

    /// Length of all spans.
    pub(super) fn covered(&self) -> u64 {
        self.spans.iter().map(|(start, end)| end - start).sum()
    }

    /// The longest part of the window without a span, its edges included.
    pub(super) fn longest_gap(&self) -> u64 {
        let mut behind = self.window.0;
        let mut longest = 0;
        for &(start, end) in &self.spans {
            longest = longest.max(start - behind);
            behind = end;
        }
        longest.max(self.window.1 - behind)
    }

    /// The longest span.
    pub(super) fn longest_span(&self) -> u64 {
        self.spans
            .iter()
            .map(|(start, end)| end - start)
            .max()
            .unwrap_or(0)
    }

    /// Begin of the first span.
    pub(super) fn first(&self) -> Option<u64> {
        self.spans.first().map(|span| span.0)
    }

    /// End of the last span.
    pub(super) fn last(&self) -> Option<u64> {
        self.spans.last().map(|span| span.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_cut_to_the_window_joined_and_measured() {
        let mut spans = Spans::new(100, 1000);
        assert_eq!(
            (spans.covered(), spans.longest_gap(), spans.first()),
            (0, 900, None)
        );
        spans.add(0, 150, 0);
        spans.add(140, 200, 0);
        spans.add(250, 300, 50);
        spans.add(500, 600, 50);
        spans.add(2000, 3000, 50);
        assert_eq!((spans.total(), spans.covered()), (900, 300));
        assert_eq!((spans.longest_gap(), spans.longest_span()), (400, 200));
        assert_eq!((spans.first(), spans.last()), (Some(100), Some(600)));
    }
}
