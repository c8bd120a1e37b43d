//! Rust source, split into what the compiler reads and what a person reads.
//!
//! No check needs a syntax tree; all need to know whether a word stands in code, in a comment or
//! in a literal, and where functions and test modules begin and end.

mod lexer;
mod structure;

pub(crate) use structure::SourceFile;
