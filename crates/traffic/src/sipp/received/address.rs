//! Addresses and parameters inside header field values, read without copies.

use memchr::memchr3;

/// The `tag` parameter of a From or To (RFC 3261 20.20, 20.39).
pub(super) fn tag_of(value: &[u8]) -> Option<&[u8]> {
    param(value, b"tag")
}

/// The URI of a From, To, Contact or Route value: what the angle brackets hold, or what stands
/// before the first `;` (RFC 3261 20).
pub(in crate::sipp) fn uri_of(value: &[u8]) -> &[u8] {
    if let Some((start, end)) = brackets(value) {
        return &value[start + 1..end];
    }
    let end = memchr3(b';', b',', b' ', value).unwrap_or(value.len());
    &value[..end]
}

/// A parameter of a header field value, of the first where it is a list.
pub(super) fn param<'a>(value: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut at = brackets(value).map_or(0, |(_, end)| end);
    loop {
        let offset = memchr3(b';', b',', b'"', &value[at..])?;
        at += offset + 1;
        match value[at - 1] {
            b',' => return None,
            b'"' => at += closing_quote(&value[at..]),
            _ => {
                let rest = value[at..].trim_ascii_start();
                let Some((head, tail)) = rest.split_at_checked(name.len()) else {
                    continue;
                };
                if !head.eq_ignore_ascii_case(name) {
                    continue;
                }
                if let [b'=', text @ ..] = tail.trim_ascii_start() {
                    return Some(token(text.trim_ascii_start()));
                }
            }
        }
    }
}

/// Up to what ends a parameter.
fn token(text: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b';' | b',' | b' ' | b'\t' | b'\r' | b'\n' | b'>');
    &text[..text.iter().position(is_end).unwrap_or(text.len())]
}

/// Where the angle brackets of the first address are; none inside quotes count.
fn brackets(value: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        at += memchr3(b'<', b'"', b',', &value[at..])?;
        match value[at] {
            b'<' => {
                let end = at + memchr::memchr(b'>', &value[at..])?;
                return Some((at, end));
            }
            b'"' => at += 1 + closing_quote(&value[at + 1..]),
            _ => return None,
        }
    }
}

/// Bytes up to the quote that ends a quoted string, the quote included.
fn closing_quote(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_tags_are_found_in_every_form() {
        let cases: [(&str, &str, Option<&str>); 9] = [
            ("<sip:a@b>", "sip:a@b", None),
            ("<sip:a@b;tag=x>;TAG = y;z", "sip:a@b;tag=x", Some("y")),
            ("sip:a@b;tag=x", "sip:a@b", Some("x")),
            ("\"<\\\">\" <sip:a>;x;tag=1", "sip:a", Some("1")),
            ("\"a;tag=b\" <sip:a>", "sip:a", None),
            ("A <sip:a>;tag=1, <sip:b>;tag=2", "sip:a", Some("1")),
            ("sip:a, <sip:b>;tag=2", "sip:a", None),
            ("\"open <sip:a>;tag=1", "\"open", None),
            ("", "", None),
        ];
        for (value, uri, tag) in cases {
            assert_eq!(uri_of(value.as_bytes()), uri.as_bytes(), "{value}");
            assert_eq!(tag_of(value.as_bytes()), tag.map(str::as_bytes), "{value}");
        }
    }

    #[test]
    fn no_bytes_make_it_fail() {
        for value in [
            "<", "\"", "\"\\", ";tag", ";tag=", "<>;tag=;", ";\"", "\"\\\"",
        ] {
            let _ = (uri_of(value.as_bytes()), tag_of(value.as_bytes()));
        }
    }
}
