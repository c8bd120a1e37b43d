//! `;name=value` parameters of URIs and header fields.

use std::fmt;

use crate::lex::{self, Blanks};

/// Parameters in the order they were written. Names compare without case (RFC 3261 7.3.1); a
/// parameter without `=` is a flag and has no value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Params {
    list: Vec<(String, Option<String>)>,
}

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// Reads `;a=b;c` or `a=b;c`. Values keep their quotes. Empty pieces are skipped.
    pub fn parse(text: &str) -> Self {
        // Room for as many as there are: most values have one parameter, and many are kept.
        let mut list = Vec::with_capacity(pieces(text).count());
        for (name, value) in pieces(text) {
            list.push((name.to_owned(), value.map(str::to_owned)));
        }
        Self { list }
    }

    /// The value as written. `None` if there is no such parameter or it is a flag.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entry(name)?.1.as_deref()
    }

    /// The value without quotes.
    pub fn get_unquoted(&self, name: &str) -> Option<String> {
        self.get(name).map(lex::unquote)
    }

    /// True if the parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// Sets the parameter, in its old place if it was there.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.put(name, Some(value.into()));
    }

    /// Sets a parameter without a value.
    pub fn set_flag(&mut self, name: &str) {
        self.put(name, None);
    }

    /// The same parameters with one more; for building.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Removes the parameter, giving back true if it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.list.len();
        self.list
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.list.len() != before
    }

    /// All parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.list
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    fn entry(&self, name: &str) -> Option<&(String, Option<String>)> {
        self.list
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn put(&mut self, name: &str, value: Option<String>) {
        let mut entries = self.list.iter_mut();
        if let Some(entry) = entries.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            entry.1 = value;
        } else {
            self.list.reserve_exact(1);
            self.list.push((name.to_owned(), value));
        }
    }
}

/// The parameters of a text in place, as [`Params::parse`] reads them.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    lex::split_outside(text, b';')
        .map(Blanks::trim_blanks)
        .filter(|piece| !piece.is_empty())
        .map(|piece| match lex::cut(piece, b'=') {
            Some((name, value)) => (name.trim_blanks_end(), Some(value.trim_blanks_start())),
            None => (piece, None),
        })
}

/// The first parameter of a text with this name: what [`Params::get`] gives of it.
pub(crate) fn get<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pieces = pieces(text);
    pieces
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?
        .1
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.list {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_order_quotes_and_flags() {
        let params = Params::parse(" ;a = 1; lr ;q=\"x;y\";;A=2");
        assert_eq!(params.get("A"), Some("1"));
        assert!(params.has("LR"));
        assert_eq!(params.get("lr"), None);
        assert_eq!(params.get_unquoted("q").as_deref(), Some("x;y"));
        assert_eq!(params.to_string(), ";a=1;lr;q=\"x;y\";A=2");
    }

    #[test]
    fn set_replaces_in_place_and_remove_takes_all() {
        let mut params = Params::parse("a=1;b=2;A=3");
        params.set("b", "9");
        params.set_flag("c");
        assert!(params.remove("a"));
        assert!(!params.remove("a"));
        assert_eq!(params.to_string(), ";b=9;c");
    }
}
