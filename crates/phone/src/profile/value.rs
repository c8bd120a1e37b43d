//! Values of a profile file, read with their places.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_sip::Method;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Longest duration in a profile: a day.
const SECONDS_MAX: i64 = 86_400;

/// A key, its place, and its value.
pub(super) type Entry<'a> = (&'a str, Range<usize>, Value<'a>);

/// A value and its place in the file.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    spanned: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    pub(super) const fn new(spanned: &'a Spanned<DeValue<'a>>) -> Self {
        Self { spanned }
    }

    pub(super) fn span(self) -> Range<usize> {
        self.spanned.span()
    }

    fn inner(self) -> &'a DeValue<'a> {
        self.spanned.get_ref()
    }

    /// An error about this value.
    pub(super) fn wrong(self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("bad-value", message, self.span())
    }

    fn expected(self, what: &str) -> Diagnostic {
        self.wrong(format!("expected {what}, found {}", kind(self.inner())))
    }

    /// One of several words.
    pub(super) fn choice<T: Clone>(self, choices: &[(&str, T)]) -> Result<T, Diagnostic> {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let listed = names
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect::<Vec<_>>()
            .join(", ");
        let text = self
            .inner()
            .as_str()
            .ok_or_else(|| self.expected(&format!("one of {listed}")))?;
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| value.clone()).ok_or_else(|| {
            self.wrong(format!("expected one of {listed}, found \"{text}\""))
                .with_suggestions(&nearest(text, names, 1))
        })
    }

    pub(super) fn text(self) -> Result<&'a str, Diagnostic> {
        let text = self
            .inner()
            .as_str()
            .ok_or_else(|| self.expected("a string"))?;
        match text.chars().find(|c| c.is_control()) {
            Some(bad) => Err(self.wrong(format!("character {bad:?} may not stand here"))),
            None => Ok(text),
        }
    }

    /// A text of one line, in which tabs may stand.
    pub(super) fn inline_text(self) -> Result<&'a str, Diagnostic> {
        let text = self.inner().as_str();
        match text.filter(|text| !text.contains(['\r', '\n'])) {
            Some(text) => Ok(text),
            None => self.text(),
        }
    }

    /// A text, or a number as it is written.
    pub(super) fn written(self) -> Result<String, Diagnostic> {
        match self.inner() {
            DeValue::Float(number) => Ok(number.as_str().to_owned()),
            DeValue::Integer(number) => Ok(number.as_str().to_owned()),
            _ => self.text().map(str::to_owned),
        }
    }

    pub(super) fn boolean(self) -> Result<bool, Diagnostic> {
        self.inner()
            .as_bool()
            .ok_or_else(|| self.expected("true or false"))
    }

    pub(super) fn is_boolean(self) -> bool {
        self.inner().is_bool()
    }

    pub(super) fn is_array(self) -> bool {
        self.inner().is_array()
    }

    pub(super) fn integer(self, range: RangeInclusive<i64>) -> Result<i64, Diagnostic> {
        let what = || format!("a whole number from {} to {}", range.start(), range.end());
        let number = self
            .inner()
            .as_integer()
            .ok_or_else(|| self.expected(&what()))?;
        let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
        parsed
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.wrong(format!("expected {}, found {number}", what())))
    }

    /// A status code.
    pub(super) fn code(self, range: RangeInclusive<i64>) -> Result<u16, Diagnostic> {
        self.integer(range).map(|code| code as u16)
    }

    /// A duration in whole seconds.
    pub(super) fn seconds(self) -> Result<Duration, Diagnostic> {
        self.integer(1..=SECONDS_MAX)
            .map(|seconds| Duration::from_secs(seconds as u64))
    }

    /// A duration in whole seconds where 0 stands for none.
    pub(super) fn seconds_or_none(self) -> Result<Option<Duration>, Diagnostic> {
        let seconds = self.integer(0..=SECONDS_MAX)?;
        Ok((seconds > 0).then(|| Duration::from_secs(seconds as u64)))
    }

    /// The values of an array.
    pub(super) fn items(self) -> Result<Vec<Self>, Diagnostic> {
        let array = self
            .inner()
            .as_array()
            .ok_or_else(|| self.expected("an array"))?;
        Ok(array.iter().map(Self::new).collect())
    }

    /// Reads every item of an array; all errors are reported.
    pub(super) fn list<T>(
        self,
        problems: &mut Diagnostics,
        read: impl Fn(Self) -> Result<T, Diagnostic>,
    ) -> Option<Vec<T>> {
        let items = match self.items() {
            Ok(items) => items,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let mut list = Vec::new();
        let mut whole = true;
        for item in items {
            match read(item) {
                Ok(value) => list.push(value),
                Err(problem) => {
                    problems.push(problem);
                    whole = false;
                }
            }
        }
        whole.then_some(list)
    }

    /// The entries of a table, in the order of the file.
    pub(super) fn entries(self) -> Result<Vec<Entry<'a>>, Diagnostic> {
        let table = self
            .inner()
            .as_table()
            .ok_or_else(|| self.expected("a table"))?;
        Ok(entries(table))
    }

    /// A header field name.
    pub(super) fn header_name(self) -> Result<&'a str, Diagnostic> {
        let text = self.text()?;
        if is_token(text) {
            Ok(text)
        } else {
            Err(self.wrong(format!("\"{text}\" is no header field name")))
        }
    }

    /// A word such as an option tag or an event package.
    pub(super) fn token(self) -> Result<&'a str, Diagnostic> {
        let text = self.text()?;
        if is_token(text) {
            Ok(text)
        } else {
            Err(self.wrong(format!("\"{text}\" is no token")))
        }
    }

    /// The name of a known method.
    pub(super) fn method(self) -> Result<Method, Diagnostic> {
        let text = self.text()?;
        match Method::new(text) {
            Method::Other(_) => {
                let names: Vec<_> = Method::KNOWN.iter().map(ToString::to_string).collect();
                Err(self
                    .wrong(format!("\"{text}\" is no method"))
                    .with_suggestions(&nearest(text, names, 1)))
            }
            method => Ok(method),
        }
    }
}

/// The entries of a table in the order of the file.
pub(super) fn entries<'a>(table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut list: Vec<_> = table
        .iter()
        .map(|(name, value)| (name.get_ref().as_ref(), name.span(), Value::new(value)))
        .collect();
    list.sort_by_key(|(_, span, _)| span.start);
    list
}

/// Stores a value, or reports why there is none.
pub(super) fn store<T>(place: &mut T, value: Result<T, Diagnostic>, problems: &mut Diagnostics) {
    match value {
        Ok(value) => *place = value,
        Err(problem) => problems.push(problem),
    }
}

/// Whether a text is a token (RFC 3261 25.1).
pub(super) fn is_token(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte);
    !text.is_empty() && text.bytes().all(token)
}

fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("\"{text}\""),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Float(_) => "a fraction".to_owned(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
