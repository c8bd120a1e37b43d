//! Values of attributes: what stands in the file, and what SIPp makes of it.

use std::ops::Range;

use crate::sipp::text::Mapped;

/// The value of an attribute from what stands between its quotes: blanks, entities, then
/// backslashes. A blank that is written as a number stays what it is.
pub(in crate::sipp) fn value(source: &str, span: Range<usize>) -> Mapped {
    backslashes(&entities(&blanks(&Mapped::of(source, span)), true))
}

/// A value as SIPp reads most of them: entities are decoded once more.
pub(in crate::sipp) fn unescaped_twice(value: &Mapped) -> Mapped {
    entities(value, false)
}

/// What an entity at the start of a text stands for, and its length. `all`: those of XML, with
/// `&apos;` and numbers; else the four that SIPp knows itself.
pub(super) fn entity(text: &str, all: bool) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 5] = [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
        ("&apos;", '\''),
    ];
    let known = if all { &NAMED[..] } else { &NAMED[..4] };
    let named = known.iter().find(|(name, _)| text.starts_with(name));
    if let Some((name, character)) = named {
        return Some((*character, name.len()));
    }
    let digits = text.strip_prefix("&#").filter(|_| all)?;
    let end = digits.find(';').filter(|end| *end <= 8)?;
    let digits = &digits[..end];
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let character = char::from_u32(number).filter(|character| *character != '\0')?;
    Some((character, "&#;".len() + end))
}

fn entities(value: &Mapped, all: bool) -> Mapped {
    let text = value.text();
    let mut out = Mapped::empty(value.place(0));
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let (character, length) = entity(&text[at..], all)
            .filter(|_| character == '&')
            .unwrap_or((character, character.len_utf8()));
        out.push(character, value.place(at));
        at += length;
    }
    out
}

/// Line ends and tabs of a value are spaces in XML.
fn blanks(value: &Mapped) -> Mapped {
    let mut last = ' ';
    let mut out = Mapped::empty(value.place(0));
    for (character, at) in value.characters() {
        if !(character == '\n' && last == '\r') {
            let blank = matches!(character, '\n' | '\r' | '\t');
            out.push(if blank { ' ' } else { character }, at);
        }
        last = character;
    }
    out
}

/// `\\`, `\"`, `\n`, `\r` and `\t`; a backslash before anything else is one.
fn backslashes(value: &Mapped) -> Mapped {
    let mut out = Mapped::empty(value.place(0));
    let mut characters = value.characters().peekable();
    while let Some((character, at)) = characters.next() {
        let meant = if character == '\\' {
            match characters.peek() {
                Some(('\\', _)) => Some('\\'),
                Some(('"', _)) => Some('"'),
                Some(('n', _)) => Some('\n'),
                Some(('r', _)) => Some('\r'),
                Some(('t', _)) => Some('\t'),
                _ => None,
            }
        } else {
            None
        };
        if meant.is_some() {
            characters.next();
        }
        out.push(meant.unwrap_or(character), at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_backslashes() {
        let cases = [
            // written, as SIPp has it, as it has most texts
            (r"a\nb\rc\td\\e\'", "a\nb\rc\td\\e\\'", "a\nb\rc\td\\e\\'"),
            (r"\d\.\x5b\", "\\d\\.\\x5b\\", "\\d\\.\\x5b\\"),
            ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'", "<>&\"'"),
            ("&amp;lt;&amp;apos;", "&lt;&apos;", "<&apos;"),
            (
                "&#65;&#x42;&#0;&#xzz;&nbsp;&",
                "AB&#0;&#xzz;&nbsp;&",
                "AB&#0;&#xzz;&nbsp;&",
            ),
            ("a\tb\r\nc\nd", "a b c d", "a b c d"),
            ("\\\"x\\\"", "\"x\"", "\"x\""),
            ("&#10;&#92;n\t", "\n\n ", "\n\n "),
        ];
        for (written, once, twice) in cases {
            let found = value(written, 0..written.len());
            assert_eq!(found.text(), once, "{written}");
            assert_eq!(unescaped_twice(&found).text(), twice, "{written}");
        }
    }

    #[test]
    fn a_value_knows_its_places() {
        let written = "&lt;ab\\\\cd";
        let found = value(written, 0..written.len());
        assert_eq!(found.text(), "<ab\\cd");
        assert_eq!(found.span(1..3), 4..6);
        assert_eq!(found.span(4..6), 8..10);
    }
}
