//! Parameters in a keyword.

use std::ops::Range;

use super::Mapped;

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parameter {
    /// A text, which may have keywords in it.
    Text(Mapped),
    /// Bytes that stood in hexadecimal after `0x`.
    Bytes(Vec<u8>),
}

/// The value of the parameter `name`, which is anywhere in the keyword; `None` if it is not there or
/// has no value.
pub(super) fn parameter(keyword: &Mapped, name: &str) -> Option<Parameter> {
    let equals = format!("{name}=");
    let start = keyword.text().find(&equals)? + equals.len();
    let value = &keyword.text()[start..];
    if let Some(digits) = value.strip_prefix("0x") {
        let bytes = hexadecimal(digits);
        return (!bytes.is_empty()).then_some(Parameter::Bytes(bytes));
    }
    let found = if value.starts_with('"') {
        quoted(&keyword.part(start + 1..keyword.text().len()))
    } else {
        let end = value
            .find(|c: char| c == ']' || !('!'..='~').contains(&c))
            .unwrap_or(value.len());
        keyword.part(start..start + end)
    };
    (!found.text().is_empty()).then_some(Parameter::Text(found))
}

/// Where names of parameters stand: words outside of quotes, a `=` right behind them.
pub(super) fn parameter_names(keyword: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut word = None;
    let mut is_quoted = false;
    let mut is_escaped = false;
    let mut is_value = false;
    for (at, character) in keyword.char_indices() {
        match character {
            '"' if !is_escaped => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '=' if !is_value => {
                out.extend(word.take().map(|start| start..at));
                is_value = true;
            }
            character if character.is_whitespace() => {
                word = None;
                is_value = false;
            }
            _ if !is_value && word.is_none() => word = Some(at),
            _ => {}
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    out
}

/// What stands before the closing quote; a backslash makes the next character one like others.
fn quoted(text: &Mapped) -> Mapped {
    let mut out = Mapped::empty(text.place(0));
    let mut is_escaped = false;
    for (character, at) in text.characters() {
        match character {
            '\\' if !is_escaped => is_escaped = true,
            '"' if !is_escaped => break,
            _ => {
                out.push(character, at);
                is_escaped = false;
            }
        }
    }
    out
}

/// Pairs of digits, up to something else; a last one may be alone.
fn hexadecimal(digits: &str) -> Vec<u8> {
    let end = digits
        .find(|c: char| !c.is_ascii_hexdigit())
        .unwrap_or(digits.len());
    digits.as_bytes()[..end]
        .chunks(2)
        .map(|pair| {
            pair.iter().fold(0, |byte, digit| {
                let digit = char::from(*digit).to_digit(16).unwrap_or_default();
                byte << 4 | digit as u8
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_before_an_equals_sign_outside_of_values() {
        let cases: [(&str, &[&str]); 5] = [
            (r#"field0 file="a b=c.csv" line=[$x=y]"#, &["file", "line"]),
            (
                r#"authentication username="a\"b c=d" password=x=y=="#,
                &["username", "password"],
            ),
            ("fill variable=n text==", &["variable", "text"]),
            ("field0", &[]),
            ("field0 = x", &[]),
        ];
        for (keyword, expected) in cases {
            let places = parameter_names(keyword);
            let found: Vec<&str> = places.into_iter().map(|place| &keyword[place]).collect();
            assert_eq!(found, expected, "{keyword}");
        }
    }

    #[test]
    fn values_are_plain_quoted_or_hexadecimal() {
        let cases = [
            ("field0 file=a.csv line=3", "file", Some("a.csv")),
            ("field0 file=a.csv line=3", "line", Some("3")),
            (
                r#"field0 line="[$a]" file="b c.csv""#,
                "file",
                Some("b c.csv"),
            ),
            (r#"x username="a\"b\\c" y"#, "username", Some(r#"a"b\c"#)),
            (
                "authentication username=a@b password=p;q",
                "password",
                Some("p;q"),
            ),
            ("field0 file= x", "file", None),
            ("field0", "file", None),
            (r#"a k="open"#, "k", Some("open")),
        ];
        for (keyword, name, expected) in cases {
            let mapped = Mapped::of(keyword, 0..keyword.len());
            let found = parameter(&mapped, name).map(|found| match found {
                Parameter::Text(text) => text.text().to_owned(),
                Parameter::Bytes(bytes) => panic!("{bytes:?}"),
            });
            assert_eq!(found.as_deref(), expected, "{keyword}");
        }
        let key = "authentication aka_K=0x00ff7 aka_OP=0x";
        let mapped = Mapped::of(key, 0..key.len());
        assert_eq!(
            parameter(&mapped, "aka_K"),
            Some(Parameter::Bytes(vec![0, 0xff, 7]))
        );
        assert_eq!(parameter(&mapped, "aka_OP"), None);
    }
}
