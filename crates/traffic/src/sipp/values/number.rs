//! Numbers as C reads and prints them.

use crate::shard::push_decimal;

/// The number that a whole text is, as `strtod` reads it: blanks before it, a sign, decimal or
/// hexadecimal digits, `inf` and `nan`. An empty text is 0.
pub(in crate::sipp) fn number_of(text: &[u8]) -> Option<f64> {
    if text.is_empty() {
        return Some(0.0);
    }
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if let Some(hexadecimal) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        let number = u64::from_str_radix(hexadecimal, 16).ok()?;
        return hexadecimal
            .bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then_some(sign * number as f64);
    }
    // Rust reads a second sign as well.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    digits.parse::<f64>().ok().map(|number| sign * number)
}

/// Appends a number with six decimals, as `%lf` prints it.
pub(in crate::sipp) fn push_fixed(out: &mut Vec<u8>, number: f64) {
    /// Below it all six decimals of a double are told apart by whole millionths.
    const EXACT_BELOW: f64 = 4.0e9;
    if number.abs() < EXACT_BELOW {
        let millionths = number * 1e6;
        let rounded = millionths.round_ties_even();
        // A tie that the multiplication made is none of the number itself.
        if (millionths - rounded).abs() < 0.499_999 {
            if number.is_sign_negative() {
                out.push(b'-');
            }
            let whole = rounded.abs() as u64;
            push_decimal(out, whole / 1_000_000);
            out.push(b'.');
            let mut decimals = whole % 1_000_000;
            let mut digits = [0; 6];
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (decimals % 10) as u8;
                decimals /= 10;
            }
            out.extend_from_slice(&digits);
            return;
        }
    }
    push_slowly(out, number);
}

#[cold]
fn push_slowly(out: &mut Vec<u8>, number: f64) {
    use std::io::Write as _;
    let written = if number.is_nan() {
        out.write_all(if number.is_sign_negative() {
            b"-nan"
        } else {
            b"nan"
        })
    } else {
        // Of infinity and of all others Rust prints what C prints.
        write!(out, "{number:.6}")
    };
    written.expect("a vector takes all bytes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbers_where_c_says_so() {
        let cases: [(&str, Option<f64>); 17] = [
            ("", Some(0.0)),
            ("5", Some(5.0)),
            ("  5", Some(5.0)),
            ("5 ", None),
            ("+5.5", Some(5.5)),
            ("-5e2", Some(-500.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("0x1F", Some(31.0)),
            ("-0x1", Some(-1.0)),
            ("0x", None),
            ("0x+1", None),
            ("--5", None),
            ("+-5", None),
            ("5a", None),
            ("inf", Some(f64::INFINITY)),
            (" ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(number_of(text.as_bytes()), expected, "{text:?}");
        }
        assert_eq!(number_of(b"\xff"), None);
    }

    #[test]
    fn numbers_have_six_decimals() {
        let cases = [
            (0.0, "0.000000"),
            (1.0, "1.000000"),
            (-2.5, "-2.500000"),
            (0.000_000_4, "0.000000"),
            (0.999_999_6, "1.000000"),
            (1_700_000_000.0, "1700000000.000000"),
            (123_456.789, "123456.789000"),
            (1e15, "1000000000000000.000000"),
            (0.000_000_5, "0.000000"),
            (f64::INFINITY, "inf"),
        ];
        for (number, expected) in cases {
            let mut out = Vec::new();
            push_fixed(&mut out, number);
            assert_eq!(out, expected.as_bytes());
        }
    }

    #[test]
    fn the_fast_way_prints_what_the_slow_way_prints() {
        let mut rng = fastrand::Rng::with_seed(4);
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        for _ in 0..20_000 {
            let number = (rng.f64() - 0.5) * 10_f64.powi(rng.i32(-8..11));
            fast.clear();
            slow.clear();
            push_fixed(&mut fast, number);
            push_slowly(&mut slow, number);
            assert_eq!(fast, slow, "{number:e}");
        }
    }
}
