//! Numbers as the C library reads them.

/// An integer by `strtol` with base 0: blanks, a sign, `0x` or `0` before digits of another base;
/// an empty text is 0. `None` if something follows.
pub(in crate::sipp) fn integer(text: &str) -> Option<i64> {
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return Some(0);
    }
    let (negative, digits) = sign(text);
    let (digits, radix) = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) || digits.is_empty() {
        return None;
    }
    let value = i64::from_str_radix(digits, radix).unwrap_or(i64::MAX);
    Some(if negative { -value } else { value })
}

/// A number by `strtod`, decimal ones only; an empty text is 0. `None` if something follows, or if
/// it is not finite.
pub(in crate::sipp) fn double(text: &str) -> Option<f64> {
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return Some(0.0);
    }
    if text.starts_with(['+', '-']) && text[1..].starts_with(['+', '-']) {
        return None;
    }
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'));
    if plain {
        return text.parse().ok().filter(|value: &f64| value.is_finite());
    }
    let is_hexadecimal = text.contains(['x', 'X']);
    integer(text)
        .filter(|_| is_hexadecimal)
        .map(|value| value as f64)
}

/// `true`, `false` in any case, or an integer.
pub(in crate::sipp) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        integer(text).map(|value| value != 0)
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_three_bases() {
        let cases = [
            ("500", Some(500)),
            (" +5", Some(5)),
            ("-7", Some(-7)),
            ("0x1F", Some(31)),
            ("010", Some(8)),
            ("0", Some(0)),
            ("", Some(0)),
            ("09", None),
            ("5 ", None),
            ("5s", None),
            ("+-5", None),
            ("0x", None),
            ("\u{e9}", None),
            ("99999999999999999999", Some(i64::MAX)),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    #[test]
    fn doubles_are_finite() {
        let cases = [
            ("1.5", Some(1.5)),
            (" -2e3", Some(-2000.0)),
            (".5", Some(0.5)),
            ("0x10", Some(16.0)),
            ("", Some(0.0)),
            ("nan", None),
            ("inf", None),
            ("1e999", None),
            ("1,5", None),
            ("--1", None),
            ("1 ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(double(text), expected, "{text}");
        }
    }

    #[test]
    fn booleans_are_words_or_integers() {
        let cases = [
            ("true", Some(true)),
            ("TRUE", Some(true)),
            ("False", Some(false)),
            ("1", Some(true)),
            ("0", Some(false)),
            ("yes", None),
        ];
        for (text, expected) in cases {
            assert_eq!(boolean(text), expected, "{text}");
        }
    }
}
