//! Width, wrapping and cleaning of text for a terminal.

use std::time::Duration;

/// Appends formatted text to a `String`.
macro_rules! add {
    ($out:expr, $($format:tt)+) => {
        std::fmt::Write::write_fmt(&mut $out, format_args!($($format)+))
            .expect("a String takes all that is written")
    };
}
pub(crate) use add;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Text from a file or from the wire with its control characters made visible, so that it can
/// neither break the layout nor steer the terminal. Line ends too: for one-line use.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_bidi_control(c) => {
                add!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Characters that reorder the text around them (Unicode Standard Annex 9).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` cut to `columns` with an ellipsis if it is longer.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let next = used + c.width().unwrap_or(0);
        if next + 1 > columns {
            break;
        }
        out.push(c);
        used = next;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// Breaks `text` at spaces into lines of at most `columns`; longer words keep their length.
pub(crate) fn wrap(text: &str, columns: Option<usize>) -> Vec<String> {
    let Some(columns) = columns else {
        return vec![text.to_owned()];
    };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is at least one line");
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// A duration for people: `0.012s`, `10.03s`, `2m 05s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let rounded = Duration::from_millis(duration.as_secs_f64().mul_add(1000.0, 0.5) as u64);
    if rounded < Duration::from_secs(10) {
        format!("{:.3}s", rounded.as_secs_f64())
    } else if rounded < Duration::from_mins(1) {
        format!("{:.2}s", rounded.as_secs_f64())
    } else {
        let whole = rounded.as_secs();
        format!("{}m {:02}s", whole / 60, whole % 60)
    }
}

/// `1 scenario`, `2 scenarios`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(
            clean("a\u{1b}[2J\r\n\u{202e}b\u{7}"),
            r"a\u{1b}[2J\r\n\u{202e}b\u{7}"
        );
        assert_eq!(clean("Zoë 日本"), "Zoë 日本");
    }

    #[test]
    fn cut_counts_columns_not_bytes() {
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn wrap_breaks_at_spaces_only() {
        assert_eq!(wrap("aa bb cc", Some(5)), ["aa bb", "cc"]);
        assert_eq!(wrap("aaaaaaaa bb", Some(5)), ["aaaaaaaa", "bb"]);
        assert_eq!(wrap("aa bb cc", None), ["aa bb cc"]);
    }

    #[test]
    fn durations_read_well() {
        for (millis, want) in [
            (0, "0.000s"),
            (12, "0.012s"),
            (9_999, "9.999s"),
            (10_030, "10.03s"),
            (125_400, "2m 05s"),
        ] {
            assert_eq!(seconds(Duration::from_millis(millis)), want);
        }
        assert_eq!(seconds(Duration::from_micros(9_999_600)), "10.00s");
    }
}
