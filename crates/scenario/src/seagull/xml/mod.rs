//! Seagull's XML dialect, which is not XML.
//!
//! - Comments may stand before the declaration and within opening tags; they end with `--`, blanks
//!   and `>`.
//! - Attribute values stand in double quotes and may hold `<`, `>` and line breaks.
//! - Between tags there are only tags, comments and CDATA sections. Those open with
//!   `<! [ CDATA [`, blanks anywhere between, and end at the first `]` that is not escaped, with
//!   blanks between `]`, `]` and `>`.
//! - Escapes: `\n`, `\r`, `\t`, `\\`; in values `\"`; in CDATA sections `\]`, and a backslash before
//!   blanks takes them away. Other backslashes are backslashes.
//! - What the file says about its encoding is ignored.
//!
//! More than Seagull takes: values and texts of any length, `<x/>` for `<x></x>`, a byte order mark,
//! and the five entities of XML in attribute values (see [`Dialect`]).

mod escapes;
mod opening;
mod parser;
mod scanner;

pub use crate::xml::{Attribute, Cdata, Element, Encoding, Node, source_from_bytes};
pub use parser::{Dialect, parse};
