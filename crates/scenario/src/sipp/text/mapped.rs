use std::ops::Range;

/// A text made of pieces of a file, that knows where in the file each of its bytes stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Mapped {
    text: String,
    /// The place in the file of each byte of the text.
    places: Vec<usize>,
    /// The place after the text.
    end: usize,
}

impl Mapped {
    /// An empty text at a place.
    pub(crate) fn empty(at: usize) -> Self {
        Self {
            end: at,
            ..Self::default()
        }
    }

    /// A piece of a file as it stands there.
    pub(crate) fn of(source: &str, span: Range<usize>) -> Self {
        let text = source.get(span.clone()).unwrap_or_default().to_owned();
        Self {
            places: (span.start..span.start + text.len()).collect(),
            end: span.start + text.len(),
            text,
        }
    }

    /// Adds a character that stands at a place.
    pub(crate) fn push(&mut self, character: char, at: usize) {
        self.text.push(character);
        self.places
            .extend((0..character.len_utf8()).map(|byte| at + byte));
        self.end = at + character.len_utf8();
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place in the file of a byte of the text.
    pub(crate) fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or(self.end)
    }

    /// The place in the file of some bytes of the text.
    pub(crate) fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start);
        if range.is_empty() {
            return start..start;
        }
        let end = self.places.get(range.end - 1).map_or(self.end, |at| at + 1);
        start..end.max(start)
    }

    /// The characters, each with its place.
    pub(crate) fn characters(&self) -> impl DoubleEndedIterator<Item = (char, usize)> {
        self.text
            .char_indices()
            .map(|(at, character)| (character, self.places[at]))
    }

    /// Some bytes of the text.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        Self {
            text: self.text[range.clone()].to_owned(),
            places: self.places[range.clone()].to_vec(),
            end: self.span(range).end,
        }
    }
}

impl FromIterator<(char, usize)> for Mapped {
    fn from_iter<I: IntoIterator<Item = (char, usize)>>(characters: I) -> Self {
        let mut out = Self::default();
        for (character, at) in characters {
            out.push(character, at);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_file() {
        let whole = Mapped::of("xx\u{e9}abc", 2..7);
        assert_eq!(whole.text(), "\u{e9}abc");
        assert_eq!(whole.span(2..4), 4..6);
        let picked: Mapped = whole.characters().filter(|(c, _)| *c != 'b').collect();
        assert_eq!((picked.text(), picked.span(0..4)), ("\u{e9}ac", 2..7));
        assert_eq!(picked.span(4..4), 7..7);
        let part = picked.part(2..4);
        assert_eq!((part.text(), part.span(1..2)), ("ac", 6..7));
        assert_eq!(Mapped::empty(9).span(0..0), 9..9);
    }
}
