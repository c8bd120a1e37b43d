//! Tells code, comments and literals apart, keeping every byte at its place.

/// The text twice: code alone and comments alone, the rest blanked with spaces.
///
/// Both have the length and the line ends of the original, so a place in one is a place in all.
pub(super) struct Layers {
    pub(super) code: String,
    pub(super) comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// Splits `text`. An unterminated literal or comment runs to the end, as it does for the compiler.
pub(super) fn split(text: &str) -> Layers {
    let bytes = text.as_bytes();
    let mut code = vec![b' '; bytes.len()];
    let mut comments = code.clone();
    let mut at = 0;
    while at < bytes.len() {
        let (kind, length) = piece(bytes, at);
        let end = (at + length).min(bytes.len());
        match kind {
            Kind::Code => code[at..end].copy_from_slice(&bytes[at..end]),
            Kind::Comment => comments[at..end].copy_from_slice(&bytes[at..end]),
            Kind::Literal => {}
        }
        at = end;
    }
    for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        code[index] = b'\n';
        comments[index] = b'\n';
    }
    let keep = |bytes| String::from_utf8(bytes).expect("pieces begin and end between characters");
    Layers {
        code: keep(code),
        comments: keep(comments),
    }
}

fn piece(bytes: &[u8], at: usize) -> (Kind, usize) {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => (Kind::Comment, until(rest, b'\n')),
        [b'/', b'*', ..] => (Kind::Comment, block_comment(rest)),
        [b'"', ..] => (Kind::Literal, quoted(rest)),
        [b'\'', ..] => character(rest),
        [b'r' | b'b' | b'c', ..] if at == 0 || !is_word(bytes[at - 1]) => prefixed(rest),
        _ => (Kind::Code, character_length(rest[0])),
    }
}

/// A literal with a prefix (`r"`, `r#"`, `b"`, `br#"`, `c"`, `b'`), or one byte of code.
fn prefixed(rest: &[u8]) -> (Kind, usize) {
    let letters = rest
        .iter()
        .take(2)
        .take_while(|b| matches!(b, b'r' | b'b' | b'c'))
        .count();
    let raw = rest[..letters].contains(&b'r');
    let hashes = rest[letters..].iter().take_while(|b| **b == b'#').count();
    let quote = letters + hashes;
    if rest.get(quote) == Some(&b'"') && raw {
        let mut end = vec![b'"'];
        end.resize(hashes + 1, b'#');
        let body = &rest[quote + 1..];
        let found = body.windows(end.len()).position(|w| w == end);
        let length = found.map_or(body.len(), |position| position + end.len());
        (Kind::Literal, quote + 1 + length)
    } else if hashes == 0 && !raw && rest.get(quote) == Some(&b'"') {
        (Kind::Literal, quote + quoted(&rest[quote..]))
    } else if letters == 1 && rest[0] == b'b' && rest.get(1) == Some(&b'\'') {
        let (kind, length) = character(&rest[1..]);
        (kind, 1 + length)
    } else {
        (Kind::Code, 1)
    }
}

/// A character literal, or the tick of a lifetime or label.
fn character(rest: &[u8]) -> (Kind, usize) {
    match rest {
        [_, b'\\', _, tail @ ..] => (Kind::Literal, (3 + until(tail, b'\'') + 1).min(rest.len())),
        [_, first, ..] => {
            let length = character_length(*first);
            if rest.get(1 + length) == Some(&b'\'') {
                (Kind::Literal, length + 2)
            } else {
                (Kind::Code, 1)
            }
        }
        _ => (Kind::Code, 1),
    }
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at + 1 < rest.len() {
        match &rest[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn until(bytes: &[u8], end: u8) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == end)
        .unwrap_or(bytes.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Length in bytes of the UTF-8 character that starts with `first`.
fn character_length(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_land_in_their_layer() {
        let cases = [
            ("let a = 1; // why", "let a = 1;", "// why"),
            (
                "a /* x /* y */ z */ b",
                "a                   b",
                "/* x /* y */ z */",
            ),
            (r#"f("// no", b)"#, "f(       , b)", ""),
            (r##"f(r#"a"b"#, c)"##, "f(        , c)", ""),
            (r#"f(b"x\"y", c"z")"#, "f(       ,     )", ""),
            (
                "f('\"', 'a, '\\'', b'\\n', '\u{e9}')",
                "f(   , 'a,     ,      ,     )",
                "",
            ),
            ("for_r\"x\"", "for_r", ""),
            ("a::<'x>() // \u{e9}", "a::<'x>()", "// \u{e9}"),
        ];
        for (text, code, comments) in cases {
            let layers = split(text);
            assert_eq!(layers.code.trim_end(), code, "code of {text}");
            assert_eq!(layers.comments.trim(), comments, "comments of {text}");
            assert_eq!(layers.code.len(), text.len(), "length of {text}");
        }
    }

    #[test]
    fn an_open_end_is_no_panic() {
        for text in [
            "\"a", "'", "'\\", "'\\x", "r#\"a", "/* a", "b'", "\"a\\", "r", "'\u{e9}",
        ] {
            assert_eq!(split(text).code.len(), text.len());
        }
    }

    #[test]
    fn line_ends_survive_in_both_layers() {
        let layers = split("a\n\"b\n\"\n/* c\n*/\n");
        assert_eq!(layers.code.lines().count(), 5);
        assert_eq!(layers.comments.lines().count(), 5);
    }
}
