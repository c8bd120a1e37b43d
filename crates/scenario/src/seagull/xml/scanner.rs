use memchr::memmem;

/// A place in the text of a file.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// What comes next on the level of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// The end of the file.
    End,
    /// `<!--`
    Comment,
    /// `<?`
    Declaration,
    /// The bracket before the text of a CDATA section is at this place.
    Cdata(usize),
    /// `<!` and something that is no comment and no CDATA section.
    Unknown,
    /// `</`, with the place after it.
    Closing(usize),
    /// `<` before a tag, with the place after it.
    Opening(usize),
    /// Something that is no tag.
    Text,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes to a place, which must be the start of a character.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at = self.after_blanks(self.at);
    }

    /// Goes over one ASCII character if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Goes over everything up to one of `ends` or a blank.
    pub(super) fn take_word(&mut self, ends: &[u8]) -> &'a str {
        let rest = &self.text[self.at..];
        let len = rest
            .bytes()
            .position(|byte| byte.is_ascii_whitespace() || ends.contains(&byte))
            .unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// The place of a byte at or after `from`; the end of the file if there is none.
    pub(super) fn find(&self, byte: u8, from: usize) -> usize {
        memchr::memchr(byte, &self.text.as_bytes()[from..])
            .map_or(self.text.len(), |found| from + found)
    }

    pub(super) fn ahead(&self) -> Ahead {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return Ahead::End;
        }
        if bytes[self.at] != b'<' {
            return Ahead::Text;
        }
        if bytes[self.at..].starts_with(b"<!--") {
            return Ahead::Comment;
        }
        let next = self.after_blanks(self.at + 1);
        match bytes.get(next) {
            Some(b'!') => self
                .cdata_opener(next + 1)
                .map_or(Ahead::Unknown, Ahead::Cdata),
            Some(b'?') => Ahead::Declaration,
            Some(b'/') => Ahead::Closing(next + 1),
            _ => Ahead::Opening(next),
        }
    }

    /// The end of the comment that is ahead: `--`, blanks, `>`.
    pub(super) fn comment_end(&self) -> Option<usize> {
        let mut from = self.at + "<!--".len();
        loop {
            let dashes = from + memmem::find(&self.text.as_bytes()[from..], b"--")?;
            let end = self.after_blanks(dashes + 2);
            if self.text.as_bytes().get(end) == Some(&b'>') {
                return Some(end + 1);
            }
            from = dashes + 1;
        }
    }

    /// The end of the declaration that is ahead.
    pub(super) fn declaration_end(&self) -> Option<usize> {
        let mut from = self.at;
        loop {
            let mark = self.find(b'?', self.after_blanks(from + 1));
            let end = self.after_blanks(mark + 1);
            match self.text.as_bytes().get(end) {
                Some(b'>') => return Some(end + 1),
                Some(_) => from = mark,
                None => return None,
            }
        }
    }

    /// The closing quote of a value that starts at `from`.
    pub(super) fn value_end(&self, from: usize) -> Option<usize> {
        self.unescaped(b'"', from)
    }

    /// The first bracket at or after `from` that is not escaped.
    pub(super) fn bracket(&self, from: usize) -> Option<usize> {
        self.unescaped(b']', from)
    }

    /// The end of a CDATA section if the bracket at this place belongs to it.
    pub(super) fn cdata_end(&self, bracket: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let second = self.after_blanks(bracket + 1);
        if bytes.get(second) != Some(&b']') {
            return None;
        }
        let end = self.after_blanks(second + 1);
        (bytes.get(end) == Some(&b'>')).then_some(end + 1)
    }

    /// `[`, `CDATA`, `[` with blanks between: the place after them.
    fn cdata_opener(&self, from: usize) -> Option<usize> {
        let mut at = from;
        for token in ["[", "CDATA", "["] {
            at = self.after_blanks(at);
            if !self.text[at..].starts_with(token) {
                return None;
            }
            at += token.len();
        }
        Some(at)
    }

    fn unescaped(&self, wanted: u8, mut from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            let found = from + memchr::memchr2(wanted, b'\\', bytes.get(from..)?)?;
            if bytes[found] == wanted {
                return Some(found);
            }
            from = found + 2;
        }
    }

    fn after_blanks(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = from.min(bytes.len());
        while at < bytes.len() && bytes[at].is_ascii_whitespace() {
            at += 1;
        }
        at
    }
}
