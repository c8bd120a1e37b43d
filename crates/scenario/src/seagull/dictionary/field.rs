//! `<header>`, `<body>` and their `<fielddef>`s.

use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics};

use super::pattern::pattern;
use crate::attributes::{judge, next_index, number, passed_over, required};
use crate::model::{Field, FieldFormat, FieldPattern, Finder, HeaderFinder, Nth, Place};
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::{Attribute, Element};

/// What stands for the value in a format.
const VALUE: &str = "$(field-value)";

/// The fields that are defined, and where their names stand.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    /// Byte offset of each field's name.
    places: Vec<usize>,
}

impl Fields {
    /// Adds the fields of `<header>` or `<body>`.
    pub(super) fn add(
        &mut self,
        element: &Element,
        place: Place,
        file: &TextFile<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        for child in element.elements() {
            if child.name == "fielddef" {
                self.add_one(child, place, file, diagnostics);
            } else {
                diagnostics.push(passed_over(child, &element.name, &["fielddef"]));
            }
        }
    }

    fn add_one(
        &mut self,
        element: &Element,
        place: Place,
        file: &TextFile<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        judge(
            element,
            &["name", "format", "header", "nth", "part"],
            diagnostics,
        );
        let finder = finder(element, place, file, diagnostics);
        let Some(name) = required(element, "name", diagnostics) else {
            return;
        };
        let mut field = Field {
            name: name.value.clone(),
            place,
            finder,
            format: None,
        };
        field.format = format(element, &field, file, diagnostics);
        if let Some(other) = self.fields.iter().position(|f| f.name == field.name) {
            let line = file.source.position(self.places[other]).line;
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-field",
                    format!("the field `{}` is already defined", field.name),
                    name.value_span.clone(),
                )
                .with_help(format!(
                    "header and body share their names; the other one is in line {line}"
                )),
            );
            return;
        }
        let count = self.fields.len();
        if next_index(count, "fields", name.value_span.clone(), diagnostics).is_some() {
            self.places.push(name.value_span.start);
            self.fields.push(field);
        }
    }
}

fn finder(
    element: &Element,
    place: Place,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Finder {
    let mut patterns = Vec::new();
    let mut expressions = 0;
    for child in element.elements() {
        if child.name == "regexp" {
            expressions += 1;
            patterns.extend(pattern(child, file, diagnostics));
        } else {
            diagnostics.push(passed_over(child, &element.name, &["regexp"]));
        }
    }
    let header = element.attribute("header");
    let part = element.attribute("part");
    if usize::from(header.is_some()) + usize::from(part.is_some()) + usize::from(expressions > 0)
        > 1
    {
        diagnostics.push(Diagnostic::error(
            "several-finders",
            "a field is found by `<regexp>`s, by `header` or by `part`, not by several of them",
            element.name_span.clone(),
        ));
    }
    if let (Some(nth), None) = (element.attribute("nth"), header) {
        diagnostics.push(Diagnostic::error(
            "missing-attribute",
            "`nth` counts header fields: it needs the attribute `header`",
            nth.name_span.clone(),
        ));
    }
    if let Some(header) = header {
        header_finder(element, header, place, diagnostics)
    } else if let Some(part) = part {
        if part.value != "whole" {
            diagnostics.push(Diagnostic::error(
                "bad-value",
                format!("`{}` is no part: `whole` is", part.value),
                part.value_span.clone(),
            ));
        }
        Finder::Whole
    } else {
        if expressions == 0 {
            diagnostics.push(Diagnostic::warning(
                "no-expression",
                "this field has no `<regexp>`: it is never found",
                element.name_span.clone(),
            ));
        }
        Finder::Patterns(patterns)
    }
}

fn header_finder(
    element: &Element,
    header: &Attribute,
    place: Place,
    diagnostics: &mut Diagnostics,
) -> Finder {
    if place == Place::Body {
        diagnostics.push(Diagnostic::error(
            "bad-value",
            "`header` finds header fields: such a field belongs into `<header>`",
            header.name_span.clone(),
        ));
    }
    let name = header.value.as_str();
    let known = gannet_sip::HeaderName::from_bytes(name.as_bytes());
    // RFC 3261 25.1: field names are tokens.
    let token = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte));
    if !token {
        diagnostics.push(Diagnostic::error(
            "bad-value",
            format!("`{name}` cannot be the name of a header field"),
            header.value_span.clone(),
        ));
    }
    let name = if known == gannet_sip::HeaderName::Other {
        name.to_ascii_lowercase()
    } else {
        known.as_str().to_ascii_lowercase()
    };
    let nth = match element.attribute("nth") {
        None => Nth::FromTop(0),
        Some(nth) if nth.value == "last" => Nth::Last,
        Some(nth) => match number::<u16>(nth, diagnostics) {
            Some(0) => {
                diagnostics.push(Diagnostic::error(
                    "bad-number",
                    "header fields are counted from 1",
                    nth.value_span.clone(),
                ));
                Nth::FromTop(0)
            }
            count => Nth::FromTop(count.unwrap_or(1) - 1),
        },
    };
    Finder::Header(HeaderFinder { name, nth })
}

/// The format: it must hold `$(field-value)`, and the field must find exactly that in it.
fn format(
    element: &Element,
    field: &Field,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<FieldFormat> {
    let Some(format) = element.attribute("format") else {
        let header = element.attribute("header")?;
        return Some(FieldFormat {
            before: file.bytes(&format!("{}: ", header.value)).into(),
            after: (*b"\r\n").into(),
        });
    };
    let Some(at) = format.value.find(VALUE) else {
        diagnostics.push(Diagnostic::error(
            "bad-format",
            format!("the format has no `{VALUE}`, which stands for the value"),
            format.value_span.clone(),
        ));
        return None;
    };
    let before = file.bytes(&format.value[..at]);
    let after = file.bytes(&format.value[at + VALUE.len()..]);
    let value = before.len()..before.len() + VALUE.len();
    let whole = [&before, VALUE.as_bytes(), &after].concat();
    let finds_value = match &field.finder {
        // Expressions that did not compile are told already.
        Finder::Patterns(patterns) => {
            patterns.len() < element.elements().filter(|c| c.name == "regexp").count()
                || patterns
                    .iter()
                    .any(|pattern| reads(pattern, field, &whole) == Some(value.clone()))
        }
        Finder::Whole => before.is_empty() && after.is_empty(),
        // The first line of a header is no header field, so the format is not looked at alone.
        Finder::Header(header) => {
            let first = HeaderFinder {
                name: header.name.clone(),
                nth: Nth::FromTop(0),
            };
            first.find(&[b"\r\n", whole.as_slice()].concat())
                == Some(value.start + 2..value.end + 2)
        }
    };
    if !finds_value {
        diagnostics.push(
            Diagnostic::error(
                "bad-format",
                format!("the field does not find exactly `{VALUE}` in its own format"),
                file.in_value(format, at..at + VALUE.len()),
            )
            .with_help("`(.*)$` takes the carriage return before `\\n` too: use a class without it, for example `([!-}]*)`"),
        );
        return None;
    }
    Some(FieldFormat {
        before: before.into(),
        after: after.into(),
    })
}

/// What one of the expressions of a field finds.
fn reads(pattern: &FieldPattern, field: &Field, text: &[u8]) -> Option<Range<usize>> {
    let alone = Field {
        name: field.name.clone(),
        place: field.place,
        finder: Finder::Patterns(vec![pattern.clone()]),
        format: None,
    };
    alone.read(text)
}
