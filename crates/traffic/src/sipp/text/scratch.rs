//! Memory that rendering works in.

use gannet_sip::Layout;

use crate::sipp::memory::Buffers;
use crate::sipp::received::{HeaderLines, Received};
use crate::sipp::state::CallState;

/// Memory that rendering works in: the layout of the last received message of the call at hand, and
/// buffers for texts inside texts.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Scratch {
    layout: Layout,
    /// Which message `layout` is of; stamps are given once.
    layout_of: u64,
    stamps: u64,
    texts: Vec<Vec<u8>>,
    /// For messages that calls keep.
    pub(in crate::sipp) buffers: Buffers,
}

impl Scratch {
    /// A stamp for a message whose layout is not known.
    pub(in crate::sipp) fn stamp(&mut self) -> u64 {
        self.stamps += 1;
        self.stamps
    }

    /// Keeps a copy of a message's layout, and gives the message a stamp.
    #[inline]
    pub(in crate::sipp) fn keep_layout(&mut self, layout: &Layout) -> u64 {
        self.layout.start_line = layout.start_line;
        self.layout.body = layout.body;
        self.layout.complete = layout.complete;
        self.layout.headers.clear();
        self.layout.headers.extend_from_slice(&layout.headers);
        self.layout_of = self.stamp();
        self.layout_of
    }

    /// The last received message of a call; `None` if none is kept.
    #[inline]
    pub(in crate::sipp) fn last<'a>(&'a mut self, state: &'a CallState) -> Option<Received<'a>> {
        self.has_last(state)
            .then(|| Received::new(state.last(), &self.layout))
    }

    /// The header fields of a name in it.
    #[inline]
    pub(in crate::sipp) fn last_lines<'a>(
        &'a mut self,
        state: &'a CallState,
        name: &'a [u8],
    ) -> Option<HeaderLines<'a>> {
        self.has_last(state)
            .then(|| HeaderLines::new(state.last(), &self.layout, name))
    }

    /// Whether the call keeps a message, whose layout is then at hand.
    #[inline]
    fn has_last(&mut self, state: &CallState) -> bool {
        if state.last().is_empty() {
            return false;
        }
        if self.layout_of != state.last_stamp() {
            self.layout.scan(state.last());
            self.layout_of = state.last_stamp();
        }
        true
    }

    /// An empty buffer, to be given back.
    #[inline]
    pub(in crate::sipp) fn take(&mut self) -> Vec<u8> {
        self.texts.pop().unwrap_or_default()
    }

    /// Takes a buffer back.
    #[inline]
    pub(in crate::sipp) fn give(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.texts.push(buffer);
    }
}
