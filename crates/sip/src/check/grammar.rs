//! Pieces of the grammar of RFC 3261 25.1 that several checks share.

use crate::lex::{self, Blanks as _};
use crate::octets::{OctetSet, find};

/// The characters of `word`, of which Call-ID is made.
pub(super) static WORD: OctetSet = OctetSet::alphanumeric_and(b"-.!%*_+`'~()<>:\\\"/[]?{}");
/// Those of tokens and hosts.
static GEN_VALUE: OctetSet = OctetSet::alphanumeric_and(b"-.!%*_+`'~[]:");

/// True when every quoted string in `text` is closed. Quotes inside angle brackets do not count.
pub(super) fn quotes_are_closed(text: &str) -> bool {
    if find(b'"', text.as_bytes(), 0).is_none() {
        return true;
    }
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !angle => quoted = !quoted,
            b'<' if !quoted => angle = true,
            b'>' if !quoted => angle = false,
            _ => {}
        }
    }
    !quoted
}

/// True for exactly one `quoted-string`.
pub(super) fn is_quoted_string(text: &str) -> bool {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return false;
    };
    let mut escaped = false;
    for byte in inner.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return false,
            _ => {}
        }
    }
    !escaped
}

/// True for `gen-value`: token, host or quoted-string.
pub(super) fn is_gen_value(text: &str) -> bool {
    !text.is_empty() && GEN_VALUE.has_all(text) || is_quoted_string(text)
}

/// True for one or more digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// True for a number below 2^32.
pub(super) fn is_u32(text: &str) -> bool {
    is_digits(text) && text.parse::<u32>().is_ok()
}

/// True for digits, perhaps a dot and more digits.
pub(super) fn is_decimal(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, part)) => is_digits(whole) && (part.is_empty() || is_digits(part)),
        None => is_digits(text),
    }
}

/// True for `qvalue`: 0 to 1 with up to three decimals.
pub(super) fn is_qvalue(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals_fit = decimals.len() <= 3 && decimals.bytes().all(|digit| digit.is_ascii_digit());
    match whole {
        "0" => decimals_fit,
        "1" => decimals_fit && decimals.bytes().all(|digit| digit == b'0'),
        _ => false,
    }
}

/// True for tokens with commas between, blanks around them or not: what nearly all lists of tokens are,
/// and nothing to be said of them.
pub(super) fn is_plain_list(value: &[u8]) -> bool {
    value.split(|octet| *octet == b',').all(|piece| {
        let token = piece.trim_ascii();
        !token.is_empty() && token.iter().all(|octet| lex::is_token_char(*octet))
    })
}

/// The parameters of a value: what follows its first `;`, split and trimmed, empty pieces kept.
pub(super) fn params(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    lex::split_outside(text, b';').map(|piece| match lex::cut(piece, b'=') {
        Some((name, value)) => (name.trim_blanks(), Some(value.trim_blanks())),
        None => (piece.trim_blanks(), None),
    })
}

/// Splits `value;params` outside quotes and brackets; the second part is `None` without a `;`.
pub(super) fn split_params(text: &str) -> (&str, Option<&str>) {
    match lex::find_outside(text, b';') {
        Some(at) => (text[..at].trim_blanks(), Some(&text[at + 1..])),
        None => (text.trim_blanks(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_and_values_are_told_apart() {
        assert!(is_quoted_string(r#""a \" b""#));
        for text in [r#"""#, r#""a" "b""#, r#""a\""#, "a", ""] {
            assert!(!is_quoted_string(text), "{text}");
        }
        assert!(is_gen_value("[2001:db8::1]") && is_gen_value("host.example"));
        assert!(!is_gen_value("") && !is_gen_value("a b"));
        assert!(quotes_are_closed(r#""a\"" <sip:"@b>"#) && !quotes_are_closed(r#""a <sip:b>"#));
    }

    #[test]
    fn plain_lists_are_tokens_with_commas_between() {
        assert!(is_plain_list(b"INVITE") && is_plain_list(b"a ,b,  c.d"));
        for value in [
            &b""[..],
            b"a,",
            b",a",
            b"a,,b",
            b"a b",
            b"a;q=1",
            b"\"a\"",
            b"a, \xe4",
        ] {
            assert!(!is_plain_list(value), "{value:?}");
        }
    }

    #[test]
    fn numbers_have_their_ranges() {
        assert!(is_qvalue("0.333") && is_qvalue("1.0") && is_qvalue("1") && is_qvalue("0."));
        assert!(!is_qvalue("1.1") && !is_qvalue("0.3333") && !is_qvalue("") && !is_qvalue(".5"));
        assert!(is_u32("4294967295") && !is_u32("4294967296") && !is_u32("-1") && !is_u32(""));
        assert!(is_decimal("54.") && is_decimal("0.4") && !is_decimal(".4"));
    }
}
