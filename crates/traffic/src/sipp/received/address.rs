//! Addresses and parameters inside header field values, read without copies.

use memchr::memchr3;

/// Where the first of these bytes stands. Such values are short: a call of `memchr` costs more than a
/// look at each byte.
#[inline]
fn first_of(wanted: [u8; 3], value: &[u8]) -> Option<usize> {
    let [one, two, three] = wanted;
    let is_wanted = |byte: &u8| *byte == one || *byte == two || *byte == three;
    value.iter().position(is_wanted)
}

/// How many addresses a header field value has.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    One,
    List,
}

/// The `tag` parameter of a From or To. They have one address (RFC 3261 20.20, 20.39), so a comma
/// separates nothing; only `;` and blanks end the tag, which may be empty.
pub(super) fn tag_of(value: &[u8]) -> Option<&[u8]> {
    find_param(value, b"tag", Form::One)
}

/// The URI of a From, To, Contact or Route value: what the angle brackets hold, or what stands
/// before the first `;` (RFC 3261 20).
pub(in crate::sipp) fn uri_of(value: &[u8]) -> &[u8] {
    if let Some((start, end)) = brackets(value, Form::List) {
        return &value[start + 1..end];
    }
    let end = memchr3(b';', b',', b' ', value).unwrap_or(value.len());
    &value[..end]
}

/// A parameter of a header field value, of the first where it is a list.
pub(super) fn param<'a>(value: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    find_param(value, name, Form::List)
}

fn find_param<'a>(value: &'a [u8], name: &[u8], form: Form) -> Option<&'a [u8]> {
    let mut at = brackets(value, form).map_or(0, |(_, end)| end);
    loop {
        let offset = first_of([b';', b',', b'"'], &value[at..])?;
        at += offset + 1;
        match value[at - 1] {
            b',' if form == Form::List => return None,
            b',' => {}
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
                    return Some(token(text.trim_ascii_start(), form));
                }
            }
        }
    }
}

/// Up to what ends a parameter.
fn token(text: &[u8], form: Form) -> &[u8] {
    let is_end = |byte: &u8| match byte {
        b';' | b' ' | b'\t' | b'\r' | b'\n' => true,
        b',' | b'>' => form == Form::List,
        _ => false,
    };
    &text[..text.iter().position(is_end).unwrap_or(text.len())]
}

/// Where the angle brackets of the first address are; none inside quotes count.
fn brackets(value: &[u8], form: Form) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        at += first_of([b'<', b'"', b','], &value[at..])?;
        match value[at] {
            b'<' => {
                let end = at + memchr::memchr(b'>', &value[at..])?;
                return Some((at, end));
            }
            b'"' => at += 1 + closing_quote(&value[at + 1..]),
            _ if form == Form::List => return None,
            _ => at += 1,
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
            ("A <sip:a>;tag=1, <sip:b>;tag=2", "sip:a", Some("1,")),
            ("sip:a, <sip:b>;tag=2", "sip:a", Some("2")),
            ("\"open <sip:a>;tag=1", "\"open", None),
            ("", "", None),
        ];
        for (value, uri, tag) in cases {
            assert_eq!(uri_of(value.as_bytes()), uri.as_bytes(), "{value}");
            assert_eq!(tag_of(value.as_bytes()), tag.map(str::as_bytes), "{value}");
        }
    }

    #[test]
    fn a_tag_ends_where_sipp_ends_it() {
        let cases: [(&str, Option<&str>); 13] = [
            ("<sip:a>;tag=T,x", Some("T,x")),
            ("<sip:a>;tag=T ,x", Some("T")),
            ("<sip:a>;tag=T, <sip:b>;tag=U", Some("T,")),
            ("<sip:a>, <sip:b>;tag=U", Some("U")),
            ("<sip:a>;p=b,c;tag=T", Some("T")),
            ("a,b <sip:a;tag=u>;tag=T", Some("T")),
            ("sip:a,b@c;tag=T", Some("T")),
            ("<sip:a>;tag=T>x", Some("T>x")),
            ("<sip:a>;tag=", Some("")),
            ("<sip:a>;tag=;x", Some("")),
            ("<sip:a>,tag=T", None),
            ("<sip:a>;xtag=T", None),
            ("<sip:a>;p=\"z;tag=q\";tag=T", Some("T")),
        ];
        for (value, tag) in cases {
            assert_eq!(tag_of(value.as_bytes()), tag.map(str::as_bytes), "{value}");
        }
        let branch = param(b"SIP/2.0/UDP a;branch=z,SIP/2.0/UDP b", b"branch");
        assert_eq!(branch, Some(&b"z"[..]), "a Via is a list");
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
