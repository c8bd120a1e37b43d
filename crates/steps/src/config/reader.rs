//! Reading TOML with places: every fault is kept, with the bytes that are wrong.

use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::vocabulary::parse_time;

/// Looks up a variable of the environment.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What all tables of a file share.
pub(super) struct Context<'a> {
    environment: Environment<'a>,
    diagnostics: RefCell<Diagnostics>,
}

impl<'a> Context<'a> {
    pub(super) fn new(environment: Environment<'a>) -> Self {
        Self {
            environment,
            diagnostics: RefCell::default(),
        }
    }

    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics.into_inner()
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) {
        let found = value.get_ref().type_str();
        self.report(
            Diagnostic::error(
                "config-type",
                format!("`{key}` has the wrong type"),
                value.span(),
            )
            .with_label(format!("expected {expected}, found {found}")),
        );
    }

    /// The text with `${NAME}` replaced from the environment; `$$` stands for a dollar.
    fn expand(&self, text: &str, span: &Range<usize>) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                expanded.push('$');
                rest = after;
            } else if let Some((name, after)) =
                rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
            {
                let Some(value) = (self.environment)(name) else {
                    self.report(
                        Diagnostic::error(
                            "config-environment",
                            format!("the environment has no variable `{name}`"),
                            span.clone(),
                        )
                        .with_help(format!("set it, for example: {name}=… gannet test"))
                        .with_help("write `$$` for a dollar that begins no variable"),
                    );
                    return None;
                };
                expanded.push_str(&value);
                rest = after;
            } else {
                expanded.push('$');
            }
        }
        expanded.push_str(rest);
        Some(expanded)
    }
}

/// A value with the bytes that it stands in.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A table whose keys are taken one by one; those that nobody took are unknown.
pub(super) struct Section<'c, 'e, 't> {
    context: &'c Context<'e>,
    table: &'t DeTable<'t>,
    /// Where the table is named: for keys that are missing.
    pub(super) span: Range<usize>,
    known: Vec<&'static str>,
}

/// What stands under a key that the user chose.
pub(super) enum Named<'c, 'e, 't> {
    /// A string.
    Text(At<String>),
    /// A table.
    Table(Section<'c, 'e, 't>),
}

impl<'c, 'e, 't> Section<'c, 'e, 't> {
    pub(super) fn new(
        context: &'c Context<'e>,
        table: &'t DeTable<'t>,
        span: Range<usize>,
    ) -> Self {
        Self {
            context,
            table,
            span,
            known: Vec::new(),
        }
    }

    pub(super) fn value(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        let entry = self
            .table
            .iter()
            .find(|(name, _)| same(name.get_ref(), key));
        entry.map(|(_, value)| value)
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<At<String>> {
        let value = self.value(key)?;
        self.string_of(key, value)
    }

    fn string_of(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<At<String>> {
        let Some(text) = value.get_ref().as_str() else {
            self.context.wrong_type(key, "a string", value);
            return None;
        };
        let span = value.span();
        let value = self.context.expand(text, &span)?;
        Some(At { value, span })
    }

    /// A string or a list of strings.
    pub(super) fn strings(&mut self, key: &'static str) -> Option<Vec<At<String>>> {
        let value = self.value(key)?;
        let Some(array) = value.get_ref().as_array() else {
            return self.string_of(key, value).map(|one| vec![one]);
        };
        let items = array.iter();
        Some(items.filter_map(|item| self.string_of(key, item)).collect())
    }

    /// A string that `read` understands; `expected` says what it should be.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.string(key)?;
        let parsed = read(&text.value);
        if parsed.is_none() {
            self.bad_value(key, expected, text.span);
        }
        parsed
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.string(key)?;
        let wanted = text.value.to_ascii_lowercase();
        let found = words.iter().find(|(word, _)| *word == wanted);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.context.report(
                Diagnostic::error(
                    "config-value",
                    format!("`{key}` has a bad value"),
                    text.span,
                )
                .with_label(format!("expected {}", names.join(" or ")))
                .with_suggestions(&nearest(&wanted, names, 1)),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// A time with its unit.
    pub(super) fn time(&mut self, key: &'static str) -> Option<Duration> {
        self.parsed(key, "a time with its unit, for example \"5 s\"", parse_time)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.context.wrong_type(key, "true or false", value);
        }
        boolean
    }

    pub(super) fn unsigned(&mut self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.context.wrong_type(key, "a whole number", value);
            return None;
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        if number.is_none() {
            self.bad_value(key, "a whole number from 0", value.span());
        }
        number
    }

    /// One of a few numbers.
    pub(super) fn one_of(&mut self, key: &'static str, known: &[u16]) -> Option<u16> {
        let found = self.unsigned(key)?;
        let fits = known.iter().find(|number| u64::from(**number) == found);
        if fits.is_none() {
            let names: Vec<_> = known.iter().map(u16::to_string).collect();
            let span = self.value(key).map_or(0..0, Spanned::span);
            self.bad_value(key, &names.join(" or "), span);
        }
        fits.copied()
    }

    /// A number from 0 to 1.
    pub(super) fn share(&mut self, key: &'static str) -> Option<f64> {
        let value = self.value(key)?;
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            DeValue::Integer(integer) => integer.as_str().parse::<f64>().ok(),
            _ => None,
        };
        let share = number.filter(|share| (0.0..=1.0).contains(share));
        if share.is_none() {
            self.bad_value(key, "a number from 0 to 1", value.span());
        }
        share
    }

    /// A table within this one.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Self> {
        let (name, value) = {
            self.known.push(key);
            self.table
                .iter()
                .find(|(name, _)| same(name.get_ref(), key))?
        };
        self.section_of(key, name, value)
    }

    fn section_of(
        &self,
        key: &str,
        name: &Spanned<toml::de::DeString<'t>>,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Option<Self> {
        let Some(table) = value.get_ref().as_table() else {
            self.context.wrong_type(key, "a table", value);
            return None;
        };
        Some(Self::new(self.context, table, name.span()))
    }

    /// All tables within this one, each with its name: for tables whose keys the user chooses.
    pub(super) fn named_sections(&self) -> Vec<(At<String>, Self)> {
        let named = self.table.iter().filter_map(|(name, value)| {
            let key = At {
                value: name.get_ref().to_string(),
                span: name.span(),
            };
            Some((key, self.section_of(name.get_ref(), name, value)?))
        });
        named.collect()
    }

    /// All keys of this table: for tables whose keys the user chooses.
    pub(super) fn names(&self) -> Vec<At<String>> {
        let names = self.table.keys().map(|name| At {
            value: name.get_ref().to_string(),
            span: name.span(),
        });
        names.collect()
    }

    /// The text or the table under a key that the user chose.
    pub(super) fn named(&self, key: &str) -> Option<Named<'c, 'e, 't>> {
        let (name, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        match value.get_ref() {
            DeValue::Table(_) => self.section_of(key, name, value).map(Named::Table),
            _ => self.string_of(key, value).map(Named::Text),
        }
    }

    /// Whether a key has a string.
    pub(super) fn is_text(&self, key: &str) -> bool {
        let mut entries = self.table.iter();
        let entry = entries.find(|(name, _)| same(name.get_ref(), key));
        entry.is_some_and(|(_, value)| value.get_ref().is_str())
    }

    /// All strings of this table: for tables whose keys the user chooses. Numbers and booleans are
    /// taken as they are written.
    pub(super) fn named_strings(&self) -> Vec<(At<String>, String)> {
        let named = self.table.iter().filter_map(|(name, value)| {
            let text = match value.get_ref() {
                DeValue::Integer(integer) => integer.as_str().to_owned(),
                DeValue::Float(float) => float.as_str().to_owned(),
                DeValue::Boolean(boolean) => boolean.to_string(),
                _ => self.string_of(name.get_ref(), value)?.value,
            };
            let key = At {
                value: name.get_ref().to_string(),
                span: name.span(),
            };
            Some((key, text))
        });
        named.collect()
    }

    /// Reports that a key must be there.
    pub(super) fn missing(&self, key: &str, help: &str) {
        self.context.report(
            Diagnostic::error(
                "config-missing",
                format!("`{key}` is missing"),
                self.span.clone(),
            )
            .with_help(help),
        );
    }

    pub(super) fn bad_value(&self, key: &str, expected: &str, span: Range<usize>) {
        self.context.report(
            Diagnostic::error("config-value", format!("`{key}` has a bad value"), span)
                .with_label(format!("expected {expected}")),
        );
    }

    /// Reports the keys that nobody took.
    pub(super) fn finish(self) {
        for (name, _) in self.table {
            let key: &str = name.get_ref();
            if self.known.iter().any(|known| same(key, known)) {
                continue;
            }
            let mut diagnostic =
                Diagnostic::error("config-key", format!("unknown key `{key}`"), name.span());
            let near = nearest(key, &self.known, 3);
            if near.is_empty() {
                diagnostic = diagnostic.with_help(format!("known here: {}", self.known.join(", ")));
            }
            self.context.report(diagnostic.with_suggestions(&near));
        }
    }
}

/// Whether a key is the known one; device profiles write `-` where we write `_`.
fn same(written: &str, known: &str) -> bool {
    written.replace('-', "_") == known
}
