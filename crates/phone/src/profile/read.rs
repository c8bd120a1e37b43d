//! From the text of a profile file to a profile.

use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use toml::de::DeTable;

use super::keys::{Key, keys, refusal, unsupported_group};
use super::model::Profile;
use super::value::{Value, entries};

/// The key that names the profile to start from.
const INHERITS: &str = "inherits";

/// A parsed profile file.
pub(super) struct Document<'a> {
    /// The profile to start from, and the place of its name.
    pub(super) inherits: Option<(&'a str, Range<usize>)>,
    settings: Vec<(&'static Key, Value<'a>)>,
}

/// Parses the TOML and hands it to `read`, together with all mistakes of form.
pub(super) fn with_document<T>(
    text: &str,
    problems: &mut Diagnostics,
    read: impl FnOnce(&Document<'_>, &mut Diagnostics) -> T,
) -> T {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        problems.push(Diagnostic::error(
            "bad-toml",
            error.message().to_owned(),
            span,
        ));
    }
    let document = Document::of(table.get_ref(), problems);
    read(&document, problems)
}

impl<'a> Document<'a> {
    fn of(table: &'a DeTable<'a>, problems: &mut Diagnostics) -> Self {
        let mut document = Self {
            inherits: None,
            settings: Vec::new(),
        };
        for (name, span, value) in entries(table) {
            if name == INHERITS {
                match value.text() {
                    Ok(text) => document.inherits = Some((text, value.span())),
                    Err(problem) => problems.push(problem),
                }
            } else if keys().any(|key| key.group == name) || unsupported_group(name) {
                document.read_group(name, value, problems);
            } else {
                problems.push(unknown_group(name, span));
            }
        }
        document
    }

    fn read_group(&mut self, group: &str, value: Value<'a>, problems: &mut Diagnostics) {
        let entries = match value.entries() {
            Ok(entries) => entries,
            Err(problem) => return problems.push(problem),
        };
        for (name, span, value) in entries {
            match keys().find(|key| key.group == group && key.name == name) {
                Some(key) => self.settings.push((key, value)),
                None => problems.push(unknown_key(group, name, span)),
            }
        }
    }

    /// How many settings it has.
    pub(super) const fn settings_len(&self) -> usize {
        self.settings.len()
    }

    /// Changes the profile by all settings of the document.
    pub(super) fn apply(&self, profile: &mut Profile, problems: &mut Diagnostics) {
        for (key, value) in &self.settings {
            (key.apply)(profile, *value, problems);
        }
    }
}

fn unknown_group(name: &str, span: Range<usize>) -> Diagnostic {
    let mut groups: Vec<_> = keys().map(|key| key.group).collect();
    groups.dedup();
    groups.push(INHERITS);
    Diagnostic::error(
        "unknown-key",
        format!("unknown table or key \"{name}\""),
        span,
    )
    .with_suggestions(&nearest(name, groups, 1))
}

fn unknown_key(group: &str, name: &str, span: Range<usize>) -> Diagnostic {
    if let Some(refusal) = refusal(group, name, span.clone()) {
        return refusal;
    }
    let diagnostic = Diagnostic::error(
        "unknown-key",
        format!("unknown key \"{name}\" in [{group}]"),
        span,
    );
    if let Some(other) = keys().find(|key| key.name == name) {
        return diagnostic.with_help(format!("it belongs into [{}]", other.group));
    }
    let names = keys().filter(|key| key.group == group).map(|key| key.name);
    diagnostic.with_suggestions(&nearest(name, names, 1))
}
