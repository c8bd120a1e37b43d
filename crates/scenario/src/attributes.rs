//! Reading the attributes of elements, with the complaints that every element has in common.

use std::str::FromStr;

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use crate::xml::{Attribute, Element};

/// Tells attributes that nothing reads: Seagull ignores them too.
pub(crate) fn judge(element: &Element, known: &[&str], diagnostics: &mut Diagnostics) {
    for attribute in &element.attributes {
        if !known.contains(&attribute.name.as_str()) {
            diagnostics.push(
                Diagnostic::warning(
                    "unknown-attribute",
                    format!(
                        "`<{}>` has no attribute `{}`: it has no effect",
                        element.name, attribute.name
                    ),
                    attribute.name_span.clone(),
                )
                .with_suggestions(&nearest(&attribute.name, known, 3)),
            );
        }
    }
}

/// The attribute, or the complaint that it is missing.
pub(crate) fn required<'e>(
    element: &'e Element,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'e Attribute> {
    let found = element.attribute(name);
    if found.is_none() {
        diagnostics.push(Diagnostic::error(
            "missing-attribute",
            format!("`<{}>` needs the attribute `{name}`", element.name),
            element.name_span.clone(),
        ));
    }
    found
}

/// The number in an attribute; blanks around it and a `+` before it are taken, as by `strtoul`.
pub(crate) fn number<T: FromStr>(
    attribute: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let text = attribute.value.trim_ascii();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let number = (!digits.starts_with('+'))
        .then(|| digits.parse().ok())
        .flatten();
    if number.is_none() {
        diagnostics.push(Diagnostic::error(
            "bad-number",
            format!(
                "`{}` of `{}` is not a number that fits",
                attribute.value, attribute.name
            ),
            attribute.value_span.clone(),
        ));
    }
    number
}

/// The number in an attribute that need not be there; `Err` after a complaint.
pub(crate) fn optional_number<T: FromStr>(
    element: &Element,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Option<T>, ()> {
    match element.attribute(name) {
        None => Ok(None),
        Some(attribute) => number(attribute, diagnostics).map(Some).ok_or(()),
    }
}

/// What the value stands for, from a table; the complaint names the table.
pub(crate) fn choice<T: Copy>(
    attribute: &Attribute,
    choices: &[(&str, T)],
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let found = choices
        .iter()
        .find(|(name, _)| *name == attribute.value)
        .map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        diagnostics.push(
            Diagnostic::error(
                "bad-value",
                format!(
                    "`{}` is no value of `{}`: {} are",
                    attribute.value,
                    attribute.name,
                    names
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                attribute.value_span.clone(),
            )
            .with_suggestions(&nearest(&attribute.value, names, 1)),
        );
    }
    found
}

/// The complaint about a name that is not defined.
pub(crate) fn unknown(
    code: &'static str,
    what: &str,
    attribute: &Attribute,
    names: impl IntoIterator<Item = impl AsRef<str>>,
) -> Diagnostic {
    Diagnostic::error(
        code,
        format!("{what} `{}`", attribute.value),
        attribute.value_span.clone(),
    )
    .with_suggestions(&nearest(&attribute.value, names, 3))
}

/// The complaint about an element that has no meaning where it stands.
pub(crate) fn misplaced(
    code: &'static str,
    element: &Element,
    parent: &str,
    names: &[&str],
) -> Diagnostic {
    Diagnostic::error(
        code,
        format!("`<{parent}>` has no `<{}>`", element.name),
        element.name_span.clone(),
    )
    .with_suggestions(&nearest(&element.name, names, 3))
}

/// The same for elements that Seagull passes over.
pub(crate) fn passed_over(element: &Element, parent: &str, names: &[&str]) -> Diagnostic {
    Diagnostic::warning(
        "unknown-element",
        format!("`<{parent}>` has no `<{}>`: it has no effect", element.name),
        element.name_span.clone(),
    )
    .with_suggestions(&nearest(&element.name, names, 3))
}

/// How many names of one kind a scenario or a dictionary can have: they are numbered in 16 bits.
pub(crate) const NAMES_MAX: usize = 65_536;

/// The number of the next name, or the complaint that there are too many.
pub(crate) fn next_index(
    names: usize,
    what: &str,
    place: std::ops::Range<usize>,
    diagnostics: &mut Diagnostics,
) -> Option<u16> {
    let index = u16::try_from(names).ok();
    if index.is_none() {
        diagnostics.push(Diagnostic::error(
            "too-many",
            format!("more than {NAMES_MAX} {what}"),
            place,
        ));
    }
    index
}
