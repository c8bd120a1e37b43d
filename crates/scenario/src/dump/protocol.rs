//! Protocols.

use super::text::quoted;
use crate::model::{BodyMethod, FieldId, Finder, Nth, Place, Protocol, SessionMethod};

/// One line for each thing that a dictionary says.
pub(super) fn protocol(protocol: &Protocol) -> Vec<String> {
    let name = |field: &FieldId| protocol.fields[field.index()].name.as_str();
    let mut lines = vec![
        format!("protocol {}", protocol.name),
        format!(
            "  separators {} {}",
            quoted(&protocol.field_separator),
            quoted(&protocol.body_separator)
        ),
        format!("  type {}", name(&protocol.type_field)),
        match &protocol.session {
            SessionMethod::OpenId => "  session connection".to_owned(),
            SessionMethod::Fields(fields) => format!(
                "  session {}",
                fields.iter().map(name).collect::<Vec<_>>().join(" else ")
            ),
        },
    ];
    for method in &protocol.body_methods {
        lines.push(match method {
            BodyMethod::Length(field) => format!("  body length {}", name(field)),
            BodyMethod::Parser(parser) => format!("  body parser {parser:?}"),
        });
    }
    lines.push(format!("  messages {}", protocol.messages.join(" ")));
    for field in &protocol.fields {
        let place = match field.place {
            Place::Header => "header",
            Place::Body => "body",
        };
        lines.push(format!("  field {} in {place}", field.name));
        lines.extend(
            finder(&field.finder)
                .into_iter()
                .map(|line| format!("    {line}")),
        );
        if let Some(format) = &field.format {
            lines.push(format!(
                "    added as {} value {}",
                quoted(&format.before),
                quoted(&format.after)
            ));
        }
    }
    lines
}

pub(super) fn finder(finder: &Finder) -> Vec<String> {
    match finder {
        Finder::Patterns(patterns) => patterns
            .iter()
            .map(|pattern| {
                let line = match pattern.line {
                    Some(line) => format!(" in line {line}"),
                    None => String::new(),
                };
                format!(
                    "group {} of {} of {}{line}",
                    pattern.group,
                    pattern.groups_exact,
                    quoted(pattern.regex.pattern())
                )
            })
            .collect(),
        Finder::Header(header) => vec![match header.nth {
            Nth::FromTop(nth) => format!("header field {} number {}", header.name, nth + 1),
            Nth::Last => format!("last header field {}", header.name),
        }],
        Finder::Whole => vec!["all of it".to_owned()],
    }
}
