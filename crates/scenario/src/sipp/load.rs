//! Scenario files, read.

use gannet_diag::{Diagnostic, Diagnostics, SourceFile};

use super::compile::compile;
use super::model::Scenario;
use super::options::Options;
use super::xml::read;
use crate::seagull::{NamedBytes, SECTIONS};
use crate::xml::{Element, source_from_bytes};

/// What came of reading a scenario.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario; `None` if the file has an error.
    pub scenario: Option<Scenario>,
    /// If it has one: what could be made of it, to be judged further and never to be played.
    pub draft: Option<Scenario>,
    /// The file.
    pub source: SourceFile,
    /// What is wrong in it, sorted by place.
    pub diagnostics: Diagnostics,
}

/// Reads a scenario and tells everything that is wrong with it.
pub fn load(file: &NamedBytes, options: &Options) -> Loaded {
    let (source, encoding) = source_from_bytes(&file.name, &file.bytes);
    let mut diagnostics = Diagnostics::new();
    let elements = read(&source, &mut diagnostics);
    let root = root(&source, &elements, &mut diagnostics);
    let scenario =
        root.map(|root| compile(root, source.text(), encoding, options, &mut diagnostics));
    diagnostics.sort();
    let has_errors = diagnostics.has_errors();
    let (draft, scenario) = if has_errors {
        (scenario, None)
    } else {
        (None, scenario)
    };
    Loaded {
        scenario,
        draft,
        source,
        diagnostics,
    }
}

/// Tells everything that is wrong with a scenario that is not going to be played.
pub fn check(file: &NamedBytes, options: &Options) -> Vec<(SourceFile, Diagnostics)> {
    let loaded = load(file, options);
    vec![(loaded.source, loaded.diagnostics)]
}

/// Whether the bytes of a file are a scenario of SIPp's: a `<scenario>` without Seagull's sections.
pub fn is_scenario(bytes: &[u8]) -> bool {
    const COMMANDS: [&str; 7] = [
        "send", "recv", "pause", "timewait", "nop", "sendCmd", "recvCmd",
    ];
    let (source, _) = source_from_bytes("", bytes);
    let elements = read(&source, &mut Diagnostics::new());
    let Some(root) = elements.iter().find(|element| element.name == "scenario") else {
        return false;
    };
    let has = |names: &[&str]| {
        root.elements()
            .any(|child| names.contains(&child.name.as_str()))
    };
    has(&COMMANDS) || !has(&SECTIONS)
}

/// The `<scenario>`, which is the first element.
fn root<'e>(
    source: &SourceFile,
    elements: &'e [Element],
    diagnostics: &mut Diagnostics,
) -> Option<&'e Element> {
    let root = elements.iter().find(|element| element.name == "scenario");
    let mut seen = false;
    for element in elements {
        let is_root = root.is_some_and(|root| std::ptr::eq(root, element));
        if !is_root {
            let message = if element.name == "scenario" {
                "a second `<scenario>` has no effect".to_owned()
            } else {
                format!("`<{}>` in a file of `<scenario>`", element.name)
            };
            let place = element.name_span.clone();
            diagnostics.push(if seen {
                Diagnostic::warning("unexpected-element", message, place)
            } else {
                Diagnostic::error("unexpected-element", message, place)
                    .with_suggestions(&gannet_diag::nearest(&element.name, ["scenario"], 1))
            });
        }
        seen |= is_root;
    }
    if elements.is_empty() && !diagnostics.has_errors() {
        let end = source.text().len();
        diagnostics.push(Diagnostic::error(
            "missing-element",
            "there is no `<scenario>` in this file",
            end..end,
        ));
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_of_sipp_are_told_from_those_of_seagull() {
        let cases: [(&[u8], bool); 6] = [
            (
                b"<?xml version=\"1.0\"?><!DOCTYPE s><scenario><recv/></scenario>",
                true,
            ),
            (b"<scenario><init/><send/></scenario>", true),
            (b"<scenario name=\"x\"></scenario>", true),
            (b"<scenario><init/><traffic></traffic></scenario>", false),
            (b"<configuration></configuration>", false),
            (b"Feature: x", false),
        ];
        for (bytes, expected) in cases {
            assert_eq!(is_scenario(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
