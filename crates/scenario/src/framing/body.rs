//! How long a body is.

use memchr::{memchr, memchr2, memchr3, memmem};

/// What is known about the length of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyLen {
    /// So many bytes.
    Known(usize),
    /// The body goes on after the bytes at hand.
    More,
    /// The message says something that cannot be.
    Absurd,
    /// The message does not say it.
    Untold,
}

/// A decimal number with blanks around it.
pub(super) fn decimal(text: &[u8]) -> Option<usize> {
    let digits = text.trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_usize, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Up to the brace that closes the outermost one; `depth` are open already.
pub(super) fn braces(text: &[u8], mut depth: usize) -> BodyLen {
    let mut from = 0;
    while let Some(found) = memchr2(b'{', b'}', &text[from..]) {
        let at = from + found;
        if text[at] == b'{' {
            depth += 1;
        } else {
            if depth <= 1 {
                return BodyLen::Known(at + 1);
            }
            depth -= 1;
        }
        from = at + 1;
    }
    BodyLen::More
}

/// Up to the end of the first element of an XML text; untold if the text is none.
pub(super) fn element(text: &[u8]) -> BodyLen {
    let mut at = text.len() - text.trim_ascii_start().len();
    if at == text.len() {
        return BodyLen::Untold;
    }
    if text[at] != b'<' {
        return BodyLen::Untold;
    }
    let mut depth = 0_usize;
    loop {
        let Some(open) = memchr(b'<', &text[at..]) else {
            return BodyLen::More;
        };
        at += open;
        let tag = match markup(&text[at..]) {
            Ok(tag) => tag,
            Err(reason) => return reason,
        };
        at += tag.len;
        match tag.kind {
            Kind::Opening => depth += 1,
            Kind::Empty if depth == 0 => return BodyLen::Known(at),
            Kind::Empty | Kind::Other => {}
            Kind::Closing if depth == 0 => return BodyLen::Untold,
            Kind::Closing => {
                depth -= 1;
                if depth == 0 {
                    return BodyLen::Known(at);
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Opening,
    Closing,
    Empty,
    /// Comments, declarations, CDATA sections.
    Other,
}

struct Markup {
    kind: Kind,
    len: usize,
}

/// The piece of markup at the start of `text`; else why there is none.
fn markup(text: &[u8]) -> Result<Markup, BodyLen> {
    const ENCLOSED: [(&[u8], &[u8]); 4] = [
        (b"<!--", b"-->"),
        (b"<![CDATA[", b"]]>"),
        (b"<?", b"?>"),
        (b"<!", b">"),
    ];
    for (start, end) in ENCLOSED {
        if text.starts_with(start) {
            let found = memmem::find(&text[start.len()..], end).ok_or(BodyLen::More)?;
            let len = start.len() + found + end.len();
            return Ok(Markup {
                kind: Kind::Other,
                len,
            });
        }
    }
    let closing = text.get(1) == Some(&b'/');
    let name = 1 + usize::from(closing);
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte) || *byte >= 0x80;
    let name_len = text[name.min(text.len())..]
        .iter()
        .take_while(|byte| is_name(byte))
        .count();
    match text.get(name + name_len) {
        None => return Err(BodyLen::More),
        Some(next) if next.is_ascii_whitespace() || matches!(next, b'>' | b'/') => {}
        // Such as the `<sip:alice@host>` of a message in place of a body.
        Some(_) => return Err(BodyLen::Untold),
    }
    if name_len == 0 {
        return Err(BodyLen::Untold);
    }
    let end = tag_end(text, name + name_len).ok_or(BodyLen::More)?;
    let kind = if closing {
        Kind::Closing
    } else if text[end - 2] == b'/' {
        Kind::Empty
    } else {
        Kind::Opening
    };
    Ok(Markup { kind, len: end })
}

/// The place after the `>` that is in no quotes.
fn tag_end(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr3(b'>', b'"', b'\'', &text[at..])?;
        if text[at] == b'>' {
            return Some(at + 1);
        }
        at += 1 + memchr(text[at], &text[at + 1..])? + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("0", Some(0)),
            (" 187\t", Some(187)),
            ("", None),
            (" ", None),
            ("-1", None),
            ("1 2", None),
            ("12a", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(decimal(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn elements_are_balanced() {
        use BodyLen::{Known, More, Untold};
        for (text, expected) in [
            ("", Untold),
            ("v=0\r\n", Untold),
            ("<a></a>rest", Known(7)),
            (" <a/>", Known(5)),
            ("<?xml version='1.0'?><a><b/><c></c></a>", Known(39)),
            (
                "<!-- <b> --><a x='>' y=\"</a>\"><![CDATA[</a>]]></a>",
                Known(50),
            ),
            ("<a><b></b>", More),
            ("<a", More),
            ("<", More),
            ("<a x='>", More),
            ("</a>", Untold),
            ("<sip:alice@host>", Untold),
            ("< a>", Untold),
        ] {
            assert_eq!(element(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn braces_are_balanced() {
        for (text, depth, expected) in [
            ("a{b{}}c", 0, BodyLen::Known(6)),
            ("a{b{}}}c", 1, BodyLen::Known(7)),
            ("a{b{}}", 1, BodyLen::More),
            ("}", 0, BodyLen::Known(1)),
        ] {
            assert_eq!(braces(text.as_bytes(), depth), expected, "{text}");
        }
    }
}
