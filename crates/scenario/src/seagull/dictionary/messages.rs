//! `<dictionary>`: the known messages, and how a message tells which call it belongs to.

use gannet_diag::{Diagnostic, Diagnostics};

use super::field::Fields;
use crate::attributes::{choice, judge, next_index, passed_over, required, unknown};
use crate::model::{FieldId, SessionMethod};
use crate::seagull::xml::{Attribute, Element};

/// The names of the messages, in the order of the file.
pub(super) fn messages(element: &Element, diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for child in element.elements() {
        if child.name != "message" {
            diagnostics.push(passed_over(child, &element.name, &["message"]));
            continue;
        }
        judge(child, &["name"], diagnostics);
        let Some(name) = required(child, "name", diagnostics) else {
            continue;
        };
        if messages.contains(&name.value) {
            diagnostics.push(Diagnostic::warning(
                "duplicate-message",
                format!("the message `{}` is already listed", name.value),
                name.value_span.clone(),
            ));
        } else if next_index(
            messages.len(),
            "messages",
            name.value_span.clone(),
            diagnostics,
        )
        .is_some()
        {
            messages.push(name.value.clone());
        }
    }
    if messages.is_empty() {
        diagnostics.push(Diagnostic::error(
            "no-messages",
            "the dictionary lists no `<message>`, so nothing could be sent or received",
            element.name_span.clone(),
        ));
    }
    messages
}

/// `session-method`, `session-id` and any number of `out-of-session-id`, in their order.
pub(super) fn session_method(
    element: &Element,
    fields: &Fields,
    diagnostics: &mut Diagnostics,
) -> SessionMethod {
    const BY_FIELD: [(&str, bool); 2] = [("field", true), ("open-id", false)];
    judge(
        element,
        &["session-method", "session-id", "out-of-session-id"],
        diagnostics,
    );
    let by_field = element
        .attribute("session-method")
        .and_then(|attribute| choice(attribute, &BY_FIELD, diagnostics))
        .unwrap_or(true);
    if !by_field {
        for attribute in &element.attributes {
            if attribute.name == "session-id" {
                diagnostics.push(Diagnostic::error(
                    "contradiction",
                    "with `session-method=\"open-id\"` the connection is the session: there is no `session-id`",
                    attribute.name_span.clone(),
                ));
            }
        }
        return SessionMethod::OpenId;
    }
    let mut ids = Vec::new();
    let session_id = required(element, "session-id", diagnostics);
    let others = element
        .attributes
        .iter()
        .filter(|attribute| attribute.name == "out-of-session-id");
    for attribute in session_id.into_iter().chain(others) {
        if let Some(id) = field(attribute, fields, diagnostics)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    SessionMethod::Fields(ids)
}

fn field(attribute: &Attribute, fields: &Fields, diagnostics: &mut Diagnostics) -> Option<FieldId> {
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
