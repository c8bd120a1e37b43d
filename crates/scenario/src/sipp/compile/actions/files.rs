//! Actions on injection files.

use super::action::{required_text, required_variable};
use crate::sipp::compile::context::Context;
use crate::sipp::model::{Action, FileId};
use crate::xml::Element;

/// `<lookup>`.
pub(super) fn lookup(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["assign_to", "file", "key"]);
    let to = required_variable(element, "assign_to", context);
    let attribute = context.required(element, "file");
    let file = attribute.and_then(|attribute| {
        let (id, info) = context.action_file(attribute)?;
        if !info.is_indexed {
            context.error(
                "no-index",
                format!(
                    "the injection file `{}` has no index: see -infindex",
                    info.base_name()
                ),
                attribute.value_span.clone(),
            );
        }
        Some(id)
    });
    let key = required_text(element, "key", context);
    Some(Action::Lookup {
        to: to?,
        file: file?,
        key: key?,
    })
}

/// `<insert>`.
pub(super) fn insert(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["file", "value"]);
    let file = changed_file(element, context);
    let value = required_text(element, "value", context);
    Some(Action::Insert {
        file: file?,
        value: value?,
    })
}

/// `<replace>`.
pub(super) fn replace(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["file", "line", "value"]);
    let file = changed_file(element, context);
    let line = required_text(element, "line", context);
    let value = required_text(element, "value", context);
    Some(Action::Replace {
        file: file?,
        line: line?,
        value: value?,
    })
}

/// A file whose lines are changed.
fn changed_file(element: &Element, context: &mut Context<'_>) -> Option<FileId> {
    let attribute = context.required(element, "file")?;
    let (id, info) = context.action_file(attribute)?;
    if info.is_printf {
        context.error(
            "printf-file",
            format!(
                "the lines of `{}` are counted: they cannot change",
                info.base_name()
            ),
            attribute.value_span.clone(),
        );
    }
    Some(id)
}
