//! Values of attributes, with the complaints about them.

use gannet_diag::Diagnostic;
use gannet_ere::{Options as RegexOptions, Regex};

use super::context::Context;
use crate::attributes::{choice, judge, required};
use crate::sipp::numbers::{boolean, double, integer};
use crate::sipp::text::{Mapped, Names};
use crate::xml::{Attribute, Element};

impl Context<'_> {
    /// Tells attributes that SIPp does not know.
    pub(super) fn judge(&mut self, element: &Element, known: &[&str]) {
        judge(element, known, self.diagnostics);
    }

    /// The attribute, or the complaint that it is missing.
    pub(super) fn required<'e>(
        &mut self,
        element: &'e Element,
        name: &str,
    ) -> Option<&'e Attribute> {
        required(element, name, self.diagnostics)
    }

    /// What the value stands for, from a table; the complaint names the table.
    pub(super) fn choice<T: Copy>(
        &mut self,
        attribute: &Attribute,
        choices: &[(&str, T)],
    ) -> Option<T> {
        choice(attribute, choices, self.diagnostics)
    }

    /// The integer in an attribute.
    pub(super) fn integer(&mut self, attribute: &Attribute) -> Option<i64> {
        let found = integer(&attribute.value);
        if found.is_none() {
            self.not_a(attribute, "an integer");
        }
        found
    }

    /// A length of time in milliseconds; `None` for 0 and without the attribute.
    pub(super) fn milliseconds(&mut self, element: &Element, name: &str) -> Option<u64> {
        let attribute = element.attribute(name)?;
        let value = self.integer(attribute)?;
        if value < 0 {
            self.warning(
                "bad-number",
                format!("`{value}` of `{name}` is no time: it has no effect"),
                attribute.value_span.clone(),
            );
        }
        u64::try_from(value).ok().filter(|value| *value > 0)
    }

    /// The number in an attribute.
    pub(super) fn double(&mut self, attribute: &Attribute) -> Option<f64> {
        let found = double(&attribute.value);
        if found.is_none() {
            self.not_a(attribute, "a number");
        }
        found
    }

    /// The truth value in an attribute; `default` without it and after a complaint.
    pub(super) fn boolean(&mut self, element: &Element, name: &str, default: bool) -> bool {
        let Some(attribute) = element.attribute(name) else {
            return default;
        };
        let found = boolean(&attribute.value);
        if found.is_none() {
            self.not_a(attribute, "`true`, `false` or an integer");
        }
        found.unwrap_or(default)
    }

    fn not_a(&mut self, attribute: &Attribute, what: &str) {
        let message = format!(
            "`{}` of `{}` is not {what}",
            attribute.value, attribute.name
        );
        let diagnostic = Diagnostic::error("bad-number", message, attribute.value_span.clone());
        self.tell(diagnostic.with_suggestions(&if what.starts_with("`true`") {
            gannet_diag::nearest(&attribute.value, ["true", "false"], 1)
        } else {
            Vec::new()
        }));
    }

    /// The expression of a text.
    pub(super) fn regex(&mut self, text: &Mapped) -> Option<Regex> {
        let pattern = self.bytes(text.text());
        match Regex::new(&pattern, RegexOptions::default()) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let whole = 0..text.text().len();
                let place = match error.offset {
                    Some(at) if pattern.len() == whole.len() && at < whole.len() => at..at + 1,
                    _ => whole,
                };
                let place = text.span(place);
                self.error(
                    "bad-regex",
                    format!("bad regular expression: {}", error.fault),
                    place,
                );
                None
            }
        }
    }

    /// The expression in an attribute, entities decoded twice.
    pub(super) fn attribute_regex(&mut self, attribute: &Attribute) -> Option<Regex> {
        let text = self.value_twice(attribute);
        self.regex(&text)
    }

    /// Tells elements in a place where SIPp passes over them.
    pub(super) fn no_effect(&mut self, element: &Element, parent: &str, names: &[&str]) {
        self.tell(
            Diagnostic::warning(
                "unknown-element",
                format!("`<{parent}>` has no `<{}>`: it has no effect", element.name),
                element.name_span.clone(),
            )
            .with_suggestions(&gannet_diag::nearest(&element.name, names, 3)),
        );
    }
}
