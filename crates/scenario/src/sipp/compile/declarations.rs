//! Elements that are no commands.

use gannet_diag::{Diagnostic, nearest};

use super::context::Context;
use super::labels::Labels;
use super::messages::message;
use super::names::name_fault;
use crate::sipp::model::{DefaultMessages, Scope, Text};
use crate::sipp::text::{Ending, Names};
use crate::xml::{Attribute, Element};

/// `<Global>`, `<User>`: variables of a scope.
pub(super) fn declare(element: &Element, scope: Scope, context: &mut Context<'_>) {
    context.judge(element, &["variables"]);
    let Some(attribute) = context.required(element, "variables") else {
        return;
    };
    for (name, place) in context.listed(attribute) {
        if let Some(fault) = name_fault(&name) {
            context.error("bad-name", format!("the name of a variable {fault}"), place);
            continue;
        }
        match context.variables.find(&name) {
            Some(at) if context.variables.all[at].scope == scope => {
                context.variables.used(at);
            }
            Some(_) => context.tell(
                Diagnostic::error(
                    "late-declaration",
                    format!("the variable `{name}` is already one of another scope"),
                    place,
                )
                .with_help(format!(
                    "put `<{}>` before the first use of the variable",
                    element.name
                )),
            ),
            None => {
                if context
                    .variables
                    .add(&name, scope, Some(place.clone()))
                    .is_none()
                {
                    context.error("too-many", "too many variables", place);
                }
            }
        }
    }
}

/// `<Reference>`: uses of variables.
pub(super) fn reference(element: &Element, context: &mut Context<'_>) {
    context.judge(element, &["variables"]);
    let Some(attribute) = context.required(element, "variables") else {
        return;
    };
    for (name, place) in context.listed(attribute) {
        if let Some(at) = context.variables.find(&name) {
            context.variables.used(at);
            continue;
        }
        let names = context.variables.all.iter().map(|known| &known.name);
        let near = nearest(&name, names, 3);
        let diagnostic = Diagnostic::error(
            "unknown-variable",
            format!("there is no variable `{name}` before this"),
            place,
        );
        context.tell(if name.trim_ascii() == name {
            diagnostic.with_suggestions(&near)
        } else {
            diagnostic.with_help("blanks at a comma are part of the name")
        });
    }
}

/// `<DefaultMessage>`.
pub(super) fn default_message(
    element: &Element,
    messages: &mut DefaultMessages,
    context: &mut Context<'_>,
) {
    context.judge(element, &["id"]);
    let id = context.required(element, "id");
    let text: Option<Text> =
        message(element, Ending::Header, context).map(|found| context.text(&found));
    let Some(id) = id else {
        return;
    };
    let slots: [(&str, usize); 6] = [
        ("3pcc_abort", 0),
        ("ack", 1),
        ("ack2", 2),
        ("bye", 3),
        ("cancel", 4),
        ("200", 5),
    ];
    let Some(slot) = context.choice(id, &slots) else {
        return;
    };
    let target = match slot {
        0 => &mut messages.twin_abort,
        1 => &mut messages.ack,
        2 => &mut messages.ack_2xx,
        3 => &mut messages.bye,
        4 => &mut messages.cancel,
        _ => &mut messages.ok,
    };
    *target = text;
}

/// `<CallLengthRepartition>`, `<ResponseTimeRepartition>`: bounds of classes, sorted.
pub(super) fn bounds(element: &Element, context: &mut Context<'_>) -> Option<Vec<u64>> {
    context.judge(element, &["value"]);
    let attribute = context.required(element, "value")?;
    if attribute.value.is_empty() {
        let text = format!("`<{}>` without a bound has no effect", element.name);
        context.warning("no-effect", text, attribute.name_span.clone());
        return None;
    }
    let mut bounds = Vec::new();
    for (part, place) in context.listed(attribute) {
        // Blanks between digits are read over, as by `sscanf`.
        let digits = part.split_ascii_whitespace().next().unwrap_or_default();
        let is_plain = part
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\t'));
        match digits.parse() {
            Ok(bound) if is_plain => bounds.push(bound),
            _ => {
                let place = if part.is_empty() {
                    attribute.value_span.clone()
                } else {
                    place
                };
                context.error(
                    "bad-number",
                    format!("`{}` is no number of milliseconds", part.trim_ascii()),
                    place,
                );
            }
        }
    }
    bounds.sort_unstable();
    Some(bounds)
}

/// `<label>`: the step that comes next.
pub(super) fn label(
    element: &Element,
    next: usize,
    labels: &mut Labels,
    context: &mut Context<'_>,
) {
    context.judge(element, &["id"]);
    let Some(id) = context.required(element, "id") else {
        return;
    };
    let Attribute {
        value, value_span, ..
    } = id;
    if let Err(other) = labels.add(value, next, value_span.clone()) {
        let line = 1 + context.source[..other.start].matches('\n').count();
        context.tell(
            Diagnostic::error(
                "duplicate-label",
                format!("there is already a label `{value}`"),
                value_span.clone(),
            )
            .with_help(format!("the other one is in line {line}")),
        );
    }
}
