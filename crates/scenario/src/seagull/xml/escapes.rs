//! What backslashes and entities stand for.

/// The value of an attribute from what stands between its quotes.
pub(super) fn value(raw: &str, entities: bool) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr2(b'\\', b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let special = &rest[at..];
        let (text, len) = if special.starts_with('&') {
            entities
                .then(|| entity(special))
                .flatten()
                .unwrap_or(("&", 1))
        } else if special[1..].starts_with('"') {
            ("\"", 2)
        } else {
            common_escape(special)
        };
        out.push_str(text);
        rest = &special[len..];
    }
    out.push_str(rest);
    out
}

/// The text of a CDATA section from what stands between its brackets.
pub(super) fn cdata(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let special = &rest[at..];
        let after = &special[1..];
        let blanks = after.len() - after.trim_ascii_start().len();
        let (text, len) = if blanks > 0 {
            ("", 1 + blanks)
        } else if after.starts_with(']') {
            ("]", 2)
        } else {
            common_escape(special)
        };
        out.push_str(text);
        rest = &special[len..];
    }
    out.push_str(rest);
    out
}

/// What the backslash at the start of `text` stands for, and the length of the escape. A backslash
/// before anything else is one.
fn common_escape(text: &str) -> (&'static str, usize) {
    match text.as_bytes().get(1) {
        Some(b'n') => ("\n", 2),
        Some(b'r') => ("\r", 2),
        Some(b't') => ("\t", 2),
        Some(b'\\') => ("\\", 2),
        _ => ("\\", 1),
    }
}

fn entity(text: &str) -> Option<(&'static str, usize)> {
    const ENTITIES: [(&str, &str); 5] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&quot;", "\""),
        ("&apos;", "'"),
    ];
    ENTITIES
        .into_iter()
        .find(|(name, _)| text.starts_with(name))
        .map(|(name, character)| (character, name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_values_and_of_texts() {
        let cases = [
            // written, as value, as text
            (r"a\nb\rc\td\\e", "a\nb\rc\td\\e", "a\nb\rc\td\\e"),
            (r#"\"x\""#, "\"x\"", r#"\"x\""#),
            (r"[\]", r"[\]", "[]"),
            ("one\\\n   two", "one\\\n   two", "onetwo"),
            ("one\\ \t\r\n two", "one\\ \t\r\n two", "onetwo"),
            (r"\d\.\x", r"\d\.\x", r"\d\.\x"),
            (r"\\n", r"\n", r"\n"),
            ("end\\", "end\\", "end\\"),
            ("\\\u{e9}", "\\\u{e9}", "\\\u{e9}"),
            ("a&gt;b", "a>b", "a&gt;b"),
            (
                "&lt;&amp;lt;&quot;&apos;",
                "<&lt;\"'",
                "&lt;&amp;lt;&quot;&apos;",
            ),
            ("&&nbsp;&gt", "&&nbsp;&gt", "&&nbsp;&gt"),
        ];
        for (raw, as_value, as_text) in cases {
            assert_eq!(value(raw, true), as_value, "{raw}");
            assert_eq!(cdata(raw), as_text, "{raw}");
        }
    }

    #[test]
    fn without_entities_an_ampersand_is_one() {
        assert_eq!(value("a&gt;&amp;\\n", false), "a&gt;&amp;\n");
    }
}
