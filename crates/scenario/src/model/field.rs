//! Fields: how a value is found in a message, and how it is put there.

use gannet_ere::Regex;

/// A named value of a message.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name in the dictionary.
    pub name: String,
    /// Where it is looked for and written.
    pub place: Place,
    /// How it is found.
    pub finder: Finder,
    /// What is added at the end of the place when nothing matches on writing.
    pub format: Option<FieldFormat>,
}

/// The part of a message that a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Start line and header fields.
    Header,
    /// The body.
    Body,
}

/// How the value of a field is found.
#[derive(Debug, Clone)]
pub enum Finder {
    /// By regular expressions over the whole place, tried in order.
    Patterns(Vec<FieldPattern>),
    /// By the name of a SIP header field (RFC 3261 7.3): case ignored, compact names known, folding
    /// understood.
    Header(HeaderFinder),
    /// The whole place.
    Whole,
}

/// A regular expression of a field, with the rules of Seagull's dictionaries.
#[derive(Debug, Clone)]
pub struct FieldPattern {
    /// Compiled with `REG_EXTENDED` and `REG_NEWLINE`.
    pub regex: Regex,
    /// On reading, exactly this number of leading groups must take part (group 0 counts).
    pub groups_exact: usize,
    /// The group that is the value.
    pub group: usize,
    /// Only this line (from 1) of the place is looked at.
    pub line: Option<u32>,
}

/// A header field by name and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderFinder {
    /// The long name, in lower case.
    pub name: String,
    /// Which of several.
    pub nth: Nth,
}

/// Which of several header fields of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nth {
    /// Counted from the top, from 0.
    FromTop(u16),
    /// The last one.
    Last,
}

/// The text that brings a missing field into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFormat {
    /// What stands before the value.
    pub before: Box<[u8]>,
    /// What stands after it.
    pub after: Box<[u8]>,
}
