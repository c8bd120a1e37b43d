use gannet_diag::Diagnostics;

use super::xml::{Dialect, parse, source_from_bytes};

/// What a file of Seagull's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A `<configuration>`.
    Configuration,
    /// A dictionary, `<protocol>`.
    Dictionary,
    /// A `<scenario>` with Seagull's sections.
    Scenario,
}

/// Elements of a scenario of Seagull's.
pub(crate) const SECTIONS: [&str; 6] = [
    "counter",
    "correlation",
    "init",
    "traffic",
    "abort",
    "default",
];

/// What the bytes of a file are, judged by its outermost element; `None` if they are none of
/// Seagull's. Scenarios of SIPp have the same outermost element, but no sections.
pub fn kind_of(bytes: &[u8]) -> Option<FileKind> {
    let (source, _) = source_from_bytes("", bytes);
    let elements = parse(&source, Dialect::default(), &mut Diagnostics::new());
    elements
        .iter()
        .find_map(|element| match element.name.as_str() {
            "configuration" => Some(FileKind::Configuration),
            "protocol" => Some(FileKind::Dictionary),
            "scenario" => element
                .elements()
                .any(|child| SECTIONS.contains(&child.name.as_str()))
                .then_some(FileKind::Scenario),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_element_decides() {
        let cases: [(&[u8], Option<FileKind>); 8] = [
            (
                b"<!-- c --><?xml version=\"1.0\"?><configuration></configuration>",
                Some(FileKind::Configuration),
            ),
            (
                b"<protocol name=\"p\"></protocol>",
                Some(FileKind::Dictionary),
            ),
            (
                b"<scenario><traffic></traffic></scenario>",
                Some(FileKind::Scenario),
            ),
            (
                b"<scenario name=\"x\"><send><![CDATA[..]]></send></scenario>",
                None,
            ),
            (b"<scenario></scenario>", None),
            (b"\"string\" ;\n", None),
            (b"Feature: x\n", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(kind_of(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
