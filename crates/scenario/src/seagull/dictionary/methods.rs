//! `<body-method>` and `<external-method>`.

use gannet_diag::{Diagnostic, Diagnostics};

use super::field::Fields;
use super::library::{METHODS, PARSERS, function};
use crate::attributes::{judge, passed_over, required, unknown};
use crate::model::{BodyMethod, FieldId, SetText};
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::Element;

/// A method that `set-value` can name.
#[derive(Debug, Clone)]
pub(in crate::seagull) struct Method {
    /// The name in the dictionary.
    pub(in crate::seagull) name: String,
    /// What it does.
    pub(in crate::seagull) does: SetText,
}

/// `<defmethod name method=length|parser param>`, in the order in which they are tried.
pub(super) fn body_methods(
    element: &Element,
    fields: &Fields,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<BodyMethod> {
    let mut methods = Vec::new();
    for child in element.elements() {
        if child.name != "defmethod" {
            diagnostics.push(passed_over(child, &element.name, &["defmethod"]));
            continue;
        }
        judge(child, &["name", "method", "param", "default"], diagnostics);
        let method = required(child, "method", diagnostics);
        let param = required(child, "param", diagnostics);
        let (Some(method), Some(param)) = (method, param) else {
            continue;
        };
        let found = match method.value.as_str() {
            "length" => {
                let at = fields.fields.iter().position(|f| f.name == param.value);
                if at.is_none() {
                    let names = fields.fields.iter().map(|field| &field.name);
                    diagnostics.push(unknown("unknown-field", "there is no field", param, names));
                }
                at.map(|at| BodyMethod::Length(FieldId(at as u16)))
            }
            "parser" => function(param, &PARSERS, file, diagnostics).map(BodyMethod::Parser),
            _ => {
                diagnostics.push(unknown(
                    "unknown-method",
                    "a body is delimited by `length` or `parser`, not by",
                    method,
                    ["length", "parser"],
                ));
                None
            }
        };
        methods.extend(found);
    }
    methods
}

/// `<defmethod name param="lib=..;function=..">`.
pub(super) fn external_methods(
    element: &Element,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Method> {
    let mut methods: Vec<Method> = Vec::new();
    for child in element.elements() {
        if child.name != "defmethod" {
            diagnostics.push(passed_over(child, &element.name, &["defmethod"]));
            continue;
        }
        judge(child, &["name", "param"], diagnostics);
        let name = required(child, "name", diagnostics);
        let does = required(child, "param", diagnostics)
            .and_then(|param| function(param, &METHODS, file, diagnostics));
        let Some(name) = name else { continue };
        if methods.iter().any(|method| method.name == name.value) {
            diagnostics.push(Diagnostic::error(
                "duplicate-method",
                format!("the method `{}` is already defined", name.value),
                name.value_span.clone(),
            ));
            continue;
        }
        methods.push(Method {
            name: name.value.clone(),
            // A function that does not exist is told; scenarios that name the method are judged on.
            does: does.unwrap_or(SetText::Plain),
        });
    }
    methods
}
