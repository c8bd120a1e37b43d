//! Lines of values.

use std::fmt::Display;
use std::io::Write as _;
use std::time::SystemTime;

use super::Stamp;
use super::stamp::written;

/// What the CSV files of a run have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvForm {
    /// What stands after each value (`-stat_delimiter`).
    pub delimiter: String,
    /// How dates are written.
    pub stamp: Stamp,
}

impl CsvForm {
    /// SIPp's own: semicolons.
    pub fn new(stamp: Stamp) -> Self {
        Self {
            delimiter: ";".into(),
            stamp,
        }
    }

    /// A new line.
    pub(super) fn line<'a>(&'a self, out: &'a mut Vec<u8>) -> Line<'a> {
        Line { form: self, out }
    }
}

/// A line while it is written.
pub(super) struct Line<'a> {
    form: &'a CsvForm,
    out: &'a mut Vec<u8>,
}

impl Line<'_> {
    pub(super) fn value(&mut self, value: impl Display) {
        written(write!(self.out, "{value}{}", self.form.delimiter));
    }

    pub(super) fn values(&mut self, values: impl IntoIterator<Item: Display>) {
        for value in values {
            self.value(value);
        }
    }

    /// A value of the period, and of the run.
    pub(super) fn pair(&mut self, periodic: impl Display, cumulative: impl Display) {
        self.value(periodic);
        self.value(cumulative);
    }

    /// The headings of a pair.
    pub(super) fn pair_of(&mut self, name: impl Display) {
        self.pair(format_args!("{name}(P)"), format_args!("{name}(C)"));
    }

    pub(super) fn date(&mut self, at: SystemTime) {
        self.form.stamp.append(self.out, at);
        self.value("");
    }

    /// One of several values in one column.
    pub(super) fn listed(&mut self, value: impl Display) {
        written(write!(self.out, "{value},"));
    }

    pub(super) fn end(self) {
        self.out.push(b'\n');
    }
}
