//! `<configuration-parameters>`: what scenarios of the protocol take from the configuration.

use std::ops::Range;

use gannet_diag::Diagnostics;

use crate::attributes::{choice, judge, passed_over, required};
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::Element;

/// A parameter that a dictionary declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name, as in `$(name)`.
    pub name: String,
    /// Where the name stands in the dictionary.
    pub span: Range<usize>,
    /// Its value if the configuration gives none, as the dictionary's own bytes.
    pub default: Option<Vec<u8>>,
    /// The configuration must give a value.
    pub mandatory: bool,
}

/// `<paramdef name default mandatory>`.
pub(super) fn parameters(
    element: &Element,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Parameter> {
    const YES_NO: [(&str, bool); 4] = [
        ("yes", true),
        ("true", true),
        ("no", false),
        ("false", false),
    ];
    let mut parameters = Vec::new();
    for child in element.elements() {
        if child.name != "paramdef" {
            diagnostics.push(passed_over(child, &element.name, &["paramdef"]));
            continue;
        }
        judge(child, &["name", "default", "mandatory"], diagnostics);
        let mandatory = child
            .attribute("mandatory")
            .and_then(|attribute| choice(attribute, &YES_NO, diagnostics));
        let Some(name) = required(child, "name", diagnostics) else {
            continue;
        };
        parameters.push(Parameter {
            name: name.value.clone(),
            span: name.value_span.clone(),
            default: child
                .attribute("default")
                .map(|found| file.bytes(&found.value)),
            mandatory: mandatory.unwrap_or(false),
        });
    }
    parameters
}
