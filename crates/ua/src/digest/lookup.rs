//! Parameters of a challenge or of credentials as octets, found by name, whatever stands around.

/// The value of a parameter of a challenge or of credentials, or `None` if there is none.
///
/// A quoted value reaches to its closing quote. Any other ends at `"`, comma, line end, and
/// unless it is the realm at a blank.
pub fn auth_value<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let text = after_name(text, name)?;
    let unquoted = match quoted_len(text) {
        Some(len) => return Some(&text[1..len - 1]),
        None => text.strip_prefix(b"\"").unwrap_or(text),
    };
    let blanks_end = name != "realm";
    let len = unquoted
        .iter()
        .take_while(|octet| match octet {
            b'"' | b',' | b'\r' | b'\n' => false,
            b' ' | b'\t' => !blanks_end,
            _ => true,
        })
        .count();
    Some(&unquoted[..len])
}

/// The first quality of protection that is offered.
pub fn first_qop(challenge: &[u8]) -> Option<&[u8]> {
    auth_value(challenge, "qop")?
        .split(|octet| matches!(octet, b',' | b' ' | b'\t'))
        .find(|token| !token.is_empty())
}

/// Octets of the quoted string that a text starts with, both quotes included (RFC 3261 25.1);
/// `None` if it starts with none, or with one that is not closed on its line.
pub fn quoted_len(text: &[u8]) -> Option<usize> {
    let mut octets = text.strip_prefix(b"\"")?.iter().enumerate();
    while let Some((index, octet)) = octets.next() {
        match octet {
            b'"' => return Some(index + 2),
            b'\r' | b'\n' => return None,
            b'\\' => {
                octets.next();
            }
            _ => {}
        }
    }
    None
}

/// What follows the name and `=` of a parameter. Quoted strings are no place to look for it.
fn after_name<'a>(challenge: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut at = 0;
    let mut is_start = true;
    while at < challenge.len() {
        let rest = &challenge[at..];
        if is_start && let Some(value) = strip_name(rest, name.as_bytes()) {
            return Some(value);
        }
        is_start = !(rest[0].is_ascii_alphanumeric() || matches!(rest[0], b'-' | b'_'));
        at += quoted_len(rest).unwrap_or(1);
    }
    None
}

fn strip_name<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(name.len())?;
    if !head.eq_ignore_ascii_case(name) {
        return None;
    }
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?;
    Some(rest.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let cases: [(&str, &str, Option<&str>); 14] = [
            (r#"Digest realm="a b", nonce="n""#, "realm", Some("a b")),
            (r#"Digest realm="a b", nonce="n""#, "nonce", Some("n")),
            (r#"Digest REALM="a",Nonce=n,x"#, "nonce", Some("n")),
            ("Digest realm=a b, nonce=n", "realm", Some("a b")),
            ("Digest nonce=n qop=auth", "nonce", Some("n")),
            ("realm=a\r\nnonce=n", "realm", Some("a")),
            (r#"realm="a, b; c",nonce=n"#, "realm", Some("a, b; c")),
            (r#"realm="a, nonce=n"#, "realm", Some("a")),
            (r#"realm="x nonce=y", nonce="z""#, "nonce", Some("z")),
            (r#"Digest cnonce="c", x-nonce=d"#, "nonce", None),
            ("Digest nonce = \"n\"", "nonce", Some("n")),
            (r#"Digest nonce="""#, "nonce", Some("")),
            ("Digest nonce", "nonce", None),
            ("", "nonce", None),
        ];
        for (challenge, name, expected) in cases {
            let found = auth_value(challenge.as_bytes(), name);
            assert_eq!(found, expected.map(str::as_bytes), "{name} of {challenge}");
        }
    }

    #[test]
    fn the_first_quality_of_protection_is_taken() {
        let cases = [
            (r#"qop="auth,auth-int""#, Some("auth")),
            (r#"qop="auth-int, auth""#, Some("auth-int")),
            (r#"qop=" , auth""#, Some("auth")),
            ("qop=auth", Some("auth")),
            (r#"qop="""#, None),
            ("", None),
        ];
        for (challenge, expected) in cases {
            let found = first_qop(challenge.as_bytes());
            assert_eq!(found, expected.map(str::as_bytes), "{challenge}");
        }
    }
}
