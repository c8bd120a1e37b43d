//! `<protocol>` as a whole.

use gannet_diag::{Diagnostic, Diagnostics};

use super::field::Fields;
use super::library::{FILTERS, Filter, function};
use super::messages::{messages, session_method};
use super::methods::{Method, body_methods, external_methods};
use super::parameters::{Parameter, parameters};
use crate::attributes::{judge, passed_over, required, unknown};
use crate::model::{FieldId, Place, Protocol, SessionMethod};
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::{Attribute, Element};

/// What a dictionary file says.
#[derive(Debug, Clone)]
pub struct Dictionary {
    /// The protocol, as it is played.
    pub protocol: Protocol,
    /// What its texts go through when a scenario is loaded.
    pub filter: Option<Filter>,
    /// What its scenarios take from the configuration.
    pub parameters: Vec<Parameter>,
    /// The element that holds the texts of a message in scenarios.
    pub(in crate::seagull) message_element: String,
    /// What `set-value` can call.
    pub(in crate::seagull) methods: Vec<Method>,
    /// The type field and the messages are those of the file; if not, what is wrong is told, and
    /// types of messages need not be judged.
    pub(in crate::seagull) types_known: bool,
}

const CHILDREN: [&str; 7] = [
    "configuration-parameters",
    "types",
    "body-method",
    "external-method",
    "header",
    "body",
    "dictionary",
];

/// The children of `<protocol>` that there is one of.
#[derive(Default)]
struct Children<'e> {
    parameters: Vec<&'e Element>,
    body_method: Option<&'e Element>,
    external_method: Option<&'e Element>,
    header: Option<&'e Element>,
    body: Option<&'e Element>,
    dictionary: Option<&'e Element>,
}

/// Compiles a `<protocol>`; `None` if it is none that Gannet plays. With errors in it, what there
/// is of it serves to judge scenarios, no more.
pub(in crate::seagull) fn compile(
    root: &Element,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Dictionary> {
    if !is_text(root, diagnostics) {
        return None;
    }
    judge(
        root,
        &[
            "name",
            "type",
            "filter",
            "field-separator",
            "body-separator",
        ],
        diagnostics,
    );
    let name = required(root, "name", diagnostics);
    let (field_separator, body_separator) = separators(root, file, diagnostics);
    let filter = root
        .attribute("filter")
        .and_then(|filter| function(filter, &FILTERS, file, diagnostics));

    let children = children(root, diagnostics);
    let fields = fields(&children, file, diagnostics);
    let message_element = children
        .header
        .and_then(|header| required(header, "name", diagnostics))
        .map_or_else(|| "message".to_owned(), |name| name.value.clone());
    let type_field = type_field(children.header, &fields, diagnostics);
    let session = children.dictionary.map(|element| {
        (
            messages(element, diagnostics),
            session_method(element, &fields, diagnostics),
        )
    });
    let (messages, session) = session.unwrap_or((Vec::new(), SessionMethod::OpenId));
    let body_methods = children
        .body_method
        .map(|element| body_methods(element, &fields, file, diagnostics));
    let methods = children
        .external_method
        .map(|element| external_methods(element, file, diagnostics));
    Some(Dictionary {
        filter,
        parameters: children
            .parameters
            .iter()
            .flat_map(|element| parameters(element, file, diagnostics))
            .collect(),
        message_element,
        methods: methods.unwrap_or_default(),
        types_known: type_field.is_some() && !messages.is_empty(),
        protocol: Protocol {
            name: name?.value.clone(),
            field_separator,
            body_separator,
            type_field: type_field.unwrap_or(FieldId(0)),
            fields: fields.fields,
            body_methods: body_methods.unwrap_or_default(),
            session,
            messages,
        },
    })
}

/// What ends a header field, and what stands before a body.
fn separators(
    root: &Element,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> (Box<[u8]>, Box<[u8]>) {
    let [field, body] =
        ["field-separator", "body-separator"].map(|name| required(root, name, diagnostics));
    if let Some(separator) = body
        && separator.value.is_empty()
    {
        diagnostics.push(Diagnostic::error(
            "bad-value",
            "`body-separator` must not be empty: the end of the header could not be found",
            separator.value_span.clone(),
        ));
    }
    let bytes = |attribute: Option<&Attribute>| {
        attribute.map_or_else(Default::default, |found| file.bytes(&found.value).into())
    };
    (bytes(field), bytes(body))
}

/// Whether it is a text protocol; the others are refused.
fn is_text(root: &Element, diagnostics: &mut Diagnostics) -> bool {
    const REFUSED: [&str; 5] = [
        "binary",
        "binary-tlv",
        "binary-separator",
        "binary-body-not-interpreted",
        "external-library",
    ];
    let Some(kind) = required(root, "type", diagnostics) else {
        return true;
    };
    if kind.value == "text" {
        return true;
    }
    if REFUSED.contains(&kind.value.as_str()) {
        diagnostics.push(
            Diagnostic::error(
                "unsupported-protocol",
                format!("protocols of the type `{}` are not played", kind.value),
                kind.value_span.clone(),
            )
            .with_help("Gannet plays Seagull's text protocols: `type=\"text\"`"),
        );
    } else {
        let names = REFUSED.iter().chain(&["text"]);
        diagnostics.push(unknown(
            "bad-value",
            "there is no protocol type",
            kind,
            names,
        ));
    }
    false
}

fn children<'e>(root: &'e Element, diagnostics: &mut Diagnostics) -> Children<'e> {
    let mut children = Children::default();
    for child in root.elements() {
        let slot = match child.name.as_str() {
            "types" => continue,
            "configuration-parameters" => {
                children.parameters.push(child);
                continue;
            }
            "body-method" => &mut children.body_method,
            "external-method" => &mut children.external_method,
            "header" => &mut children.header,
            "body" => &mut children.body,
            "dictionary" => &mut children.dictionary,
            _ => {
                diagnostics.push(passed_over(child, &root.name, &CHILDREN));
                continue;
            }
        };
        if slot.is_some() {
            diagnostics.push(Diagnostic::error(
                "duplicate-element",
                format!("there is already a `<{}>`", child.name),
                child.name_span.clone(),
            ));
        } else {
            *slot = Some(child);
        }
    }
    for (found, name, use_of_it) in [
        (children.header, "header", "what a message looks like"),
        (
            children.dictionary,
            "dictionary",
            "which messages there are",
        ),
    ] {
        if found.is_none() {
            diagnostics.push(Diagnostic::error(
                "missing-element",
                format!("the protocol has no `<{name}>`, which says {use_of_it}"),
                root.name_span.clone(),
            ));
        }
    }
    children
}

/// The fields of `<header>`, then those of `<body>`.
fn fields(children: &Children<'_>, file: &TextFile<'_>, diagnostics: &mut Diagnostics) -> Fields {
    let mut fields = Fields::default();
    for (element, place) in [
        (children.header, Place::Header),
        (children.body, Place::Body),
    ] {
        if let Some(element) = element {
            judge(element, &["name", "type"], diagnostics);
            fields.add(element, place, file, diagnostics);
        }
    }
    fields
}

/// The field that `type` of `<header>` names.
fn type_field(
    header: Option<&Element>,
    fields: &Fields,
    diagnostics: &mut Diagnostics,
) -> Option<FieldId> {
    let attribute = required(header?, "type", diagnostics)?;
    let at = fields.fields.iter().position(|f| f.name == attribute.value);
    if at.is_none() {
        let names = fields.fields.iter().map(|field| &field.name);
        diagnostics.push(unknown(
            "unknown-field",
            "there is no field",
            attribute,
            names,
        ));
    }
    at.map(|at| FieldId(at as u16))
}
