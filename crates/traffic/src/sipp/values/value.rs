//! One variable.

use super::{number_of, push_fixed};

/// The value of a variable. Its memory is used again.
#[derive(Debug, Clone, Default)]
pub(in crate::sipp) struct Value {
    kind: Kind,
    /// Of a number; of a truth value 1 or 0.
    number: f64,
    /// Of a text or a match.
    bytes: Vec<u8>,
}

/// The type that a variable has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    /// It was never stored.
    #[default]
    Unset,
    /// A text that was assigned.
    Text,
    /// What an expression matched.
    Match,
    /// A number.
    Number,
    /// A truth value.
    Truth,
}

impl Value {
    /// Forgets the value, and keeps its memory.
    pub(in crate::sipp) fn clear(&mut self) {
        self.kind = Kind::Unset;
        self.bytes.clear();
    }

    /// Whether `test` and `condexec` take it for set: not a 0 and not a false.
    #[inline]
    pub(in crate::sipp) fn is_set(&self) -> bool {
        match self.kind {
            Kind::Unset => false,
            Kind::Text | Kind::Match => true,
            Kind::Number | Kind::Truth => self.number != 0.0,
        }
    }

    /// As a number: 0 if it is none.
    #[inline]
    pub(in crate::sipp) fn number(&self) -> f64 {
        match self.kind {
            Kind::Number => self.number,
            _ => 0.0,
        }
    }

    /// As a text: empty if it is none.
    #[inline]
    pub(in crate::sipp) fn text(&self) -> &[u8] {
        match self.kind {
            Kind::Text | Kind::Match => &self.bytes,
            _ => &[],
        }
    }

    /// As `todouble` reads it: the whole text is a number; `None` if it is not.
    pub(in crate::sipp) fn to_number(&self) -> Option<f64> {
        match self.kind {
            Kind::Unset => None,
            Kind::Text | Kind::Match => number_of(&self.bytes),
            Kind::Number | Kind::Truth => Some(self.number),
        }
    }

    /// Appends it as `[$name]` prints it: nothing for a 0 and for what was never stored.
    #[inline]
    pub(in crate::sipp) fn print(&self, out: &mut Vec<u8>) {
        match self.kind {
            Kind::Text | Kind::Match => out.extend_from_slice(&self.bytes),
            Kind::Number if self.number != 0.0 => push_fixed(out, self.number),
            Kind::Truth if self.number != 0.0 => out.extend_from_slice(b"true"),
            Kind::Truth => out.extend_from_slice(b"false"),
            Kind::Unset | Kind::Number => {}
        }
    }

    /// Stores a number.
    #[inline]
    pub(in crate::sipp) fn set_number(&mut self, number: f64) {
        self.kind = Kind::Number;
        self.number = number;
    }

    /// Stores a truth value.
    #[inline]
    pub(in crate::sipp) fn set_truth(&mut self, truth: bool) {
        self.kind = Kind::Truth;
        self.number = f64::from(u8::from(truth));
    }

    /// Stores a text.
    #[inline]
    pub(in crate::sipp) fn set_text(&mut self, text: &[u8]) {
        self.kind = Kind::Text;
        self.bytes.clear();
        self.bytes.extend_from_slice(text);
    }

    /// Stores what an expression matched.
    #[inline]
    pub(in crate::sipp) fn set_match(&mut self, text: &[u8]) {
        self.kind = Kind::Match;
        self.bytes.clear();
        self.bytes.extend_from_slice(text);
    }

    /// The text to be changed; it becomes one if it is none.
    pub(in crate::sipp) fn edit(&mut self) -> &mut Vec<u8> {
        if !matches!(self.kind, Kind::Text | Kind::Match) {
            self.bytes.clear();
        }
        self.kind = Kind::Text;
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(store: impl Fn(&mut Value)) -> Value {
        let mut value = Value::default();
        value.set_text(b"before");
        store(&mut value);
        value
    }

    #[test]
    fn each_type_reads_as_sipp_reads_it() {
        let unset = of(Value::clear);
        let text = of(|value| value.set_text(b"12"));
        let matched = of(|value| value.set_match(b""));
        let number = of(|value| value.set_number(2.5));
        let zero = of(|value| value.set_number(0.0));
        let yes = of(|value| value.set_truth(true));
        let no = of(|value| value.set_truth(false));
        let cases = [
            (&unset, Kind::Unset, false, 0.0, "", "", None),
            (&text, Kind::Text, true, 0.0, "12", "12", Some(12.0)),
            (&matched, Kind::Match, true, 0.0, "", "", Some(0.0)),
            (&number, Kind::Number, true, 2.5, "", "2.500000", Some(2.5)),
            (&zero, Kind::Number, false, 0.0, "", "", Some(0.0)),
            (&yes, Kind::Truth, true, 0.0, "", "true", Some(1.0)),
            (&no, Kind::Truth, false, 0.0, "", "false", Some(0.0)),
        ];
        for (value, kind, is_set, number, text, printed, converted) in cases {
            let mut out = Vec::new();
            value.print(&mut out);
            assert_eq!(value.kind, kind);
            assert_eq!(value.is_set(), is_set, "{kind:?}");
            assert!((value.number() - number).abs() < f64::EPSILON, "{kind:?}");
            assert_eq!(value.text(), text.as_bytes(), "{kind:?}");
            assert_eq!(out, printed.as_bytes(), "{kind:?}");
            assert_eq!(value.to_number(), converted, "{kind:?}");
        }
    }

    #[test]
    fn editing_begins_with_the_text_or_with_none() {
        let mut value = of(|value| value.set_match(b" a "));
        assert_eq!(value.edit(), b" a ");
        assert_eq!(value.kind, Kind::Text);
        value.set_number(3.0);
        assert_eq!(value.edit(), b"");
    }
}
