//! Functions of native libraries that dictionaries name. Gannet loads no libraries: it has the
//! functions itself.

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use crate::model::{BodyParser, SetText};
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::Attribute;

/// What is done to each text of a scenario when it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Blanks at the start of lines and empty lines go; every line ends in CRLF.
    Xml,
    /// Blanks at the start of lines go; every line ends in a line feed.
    H248,
}

pub(super) const FILTERS: [(&str, Filter); 2] =
    [("filter_xml", Filter::Xml), ("filter_h248", Filter::H248)];

pub(super) const PARSERS: [(&str, BodyParser); 3] = [
    ("parse_xml", BodyParser::Xml),
    ("parse_h248", BodyParser::H248),
    ("parse_msrp", BodyParser::Msrp),
];

/// External methods. What their format or their message part says is added where they are used.
pub(super) const METHODS: [(&str, SetText); 4] = [
    ("crypto_method", SetText::Authorization { with_body: false }),
    ("crypto_method_radius", SetText::Radius),
    ("sys_time_secs", SetText::WallSeconds { offset: 0 }),
    ("sys_time_unsig_sec", SetText::WallSeconds { offset: 0 }),
];

/// What `function=` in `lib=..;function=..` stands for; complains about others.
pub(super) fn function<T: Copy>(
    attribute: &Attribute,
    known: &[(&str, T)],
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    const KEY: &str = "function=";
    let Some(at) = attribute.value.find(KEY).map(|at| at + KEY.len()) else {
        diagnostics.push(Diagnostic::error(
            "missing-function",
            format!("`{}` names no function with `function=`", attribute.name),
            attribute.value_span.clone(),
        ));
        return None;
    };
    let rest = &attribute.value[at..];
    let name = &rest[..rest.find(';').unwrap_or(rest.len())];
    let found = known
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value);
    if found.is_none() {
        let names = known.iter().map(|(name, _)| *name);
        diagnostics.push(
            Diagnostic::error(
                "unknown-function",
                format!("`{name}` is no function that Gannet has for this"),
                file.in_value(attribute, at..at + name.len()),
            )
            .with_suggestions(&nearest(name, names.clone(), 1))
            .with_help(format!(
                "libraries are not loaded; these functions are built in: {}",
                names.collect::<Vec<_>>().join(", ")
            )),
        );
    }
    found
}

impl Filter {
    /// The text as it is sent.
    pub(in crate::seagull) fn apply(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() + 32);
        let mut lines = text.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let is_last = lines.peek().is_none();
            let blanks = line
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let line = &line[blanks..];
            match self {
                Self::Xml => {
                    let line = line.strip_suffix(b"\r").unwrap_or(line);
                    if !line.is_empty() {
                        out.extend_from_slice(line);
                        out.extend_from_slice(b"\r\n");
                    }
                }
                Self::H248 => {
                    if !(is_last && line.is_empty()) {
                        out.extend_from_slice(line);
                        out.push(b'\n');
                    }
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_strip_indentation_and_set_line_ends() {
        let cases: [(&[u8], &[u8], &[u8]); 5] = [
            (b"", b"", b""),
            (b"a", b"a\r\n", b"a\n"),
            (b"a \n  b\t\n\tc", b"a \r\nb\t\r\nc\r\n", b"a \nb\t\nc\n"),
            (b"a\r\n\r\n \t\nb\r\n", b"a\r\nb\r\n", b"a\r\n\r\n\nb\r\n"),
            (b"\n a\n   ", b"a\r\n", b"\na\n"),
        ];
        for (text, xml, h248) in cases {
            assert_eq!(Filter::Xml.apply(text), xml, "{}", text.escape_ascii());
            assert_eq!(Filter::H248.apply(text), h248, "{}", text.escape_ascii());
        }
    }
}
