//! Texts with holes.

use super::{CounterId, VariableId};

/// A text compiled once: runs of bytes and slots that are filled when it is rendered.
///
/// What may stand in a slot is the language's: [`Slot`] for Seagull's, [`Keyword`] for SIPp's.
///
/// [`Keyword`]: crate::sipp::model::Keyword
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<S = Slot> {
    /// In the order of the text. Two runs of bytes never stand side by side.
    pub pieces: Vec<Piece<S>>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<S = Slot> {
    /// Bytes that are the same for every call.
    Bytes(Box<[u8]>),
    /// A value that is known when the text is rendered.
    Slot(S),
}

/// What fills a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A counter of the process, in decimal.
    Counter(CounterId),
    /// A variable of the call; nothing if it was never stored.
    Variable(VariableId),
}

impl<S> Default for Template<S> {
    fn default() -> Self {
        Self { pieces: Vec::new() }
    }
}

impl<S> Template<S> {
    /// A template without slots.
    pub fn fixed(bytes: impl Into<Box<[u8]>>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Self::default();
        }
        Self {
            pieces: vec![Piece::Bytes(bytes)],
        }
    }

    /// Adds bytes at the end, joined with bytes that stand there.
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if let Some(Piece::Bytes(last)) = self.pieces.last_mut() {
            let mut joined = std::mem::take(last).into_vec();
            joined.extend_from_slice(bytes);
            *last = joined.into_boxed_slice();
        } else {
            self.pieces.push(Piece::Bytes(bytes.into()));
        }
    }

    /// Adds a slot at the end.
    pub fn push_slot(&mut self, slot: S) {
        self.pieces.push(Piece::Slot(slot));
    }

    /// The text, if it has no slots.
    pub fn as_fixed(&self) -> Option<&[u8]> {
        match self.pieces.as_slice() {
            [] => Some(&[]),
            [Piece::Bytes(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// Appends the text to `out`; `fill` appends the value of a slot.
    #[inline]
    pub fn render(&self, out: &mut Vec<u8>, mut fill: impl FnMut(&S, &mut Vec<u8>)) {
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Slot(slot) => fill(slot, out),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_joined_and_slots_are_filled_in_order() {
        let mut template = Template::fixed(*b"a");
        template.push_bytes(b"b");
        template.push_slot(Slot::Counter(CounterId(0)));
        template.push_bytes(b"c");
        template.push_slot(Slot::Variable(VariableId(1)));
        assert_eq!(template.pieces.len(), 4);
        let mut out = Vec::new();
        template.render(&mut out, |slot, out| match slot {
            Slot::Counter(_) => out.extend_from_slice(b"7"),
            Slot::Variable(_) => out.extend_from_slice(b"x"),
        });
        assert_eq!(out, b"ab7cx");
        assert_eq!(template.as_fixed(), None);
        assert_eq!(Template::<Slot>::fixed(*b"").as_fixed(), Some(&b""[..]));
    }
}
