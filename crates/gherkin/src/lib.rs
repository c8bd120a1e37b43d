//! Gherkin features: text to syntax tree, syntax tree to pickles, and tag expressions.
//!
//! [`parse`] reads a feature in any of the official languages and always gives back both a
//! document and every error; the document is whole only if there are no errors. Columns count
//! characters, spans count bytes of the text that was parsed.
//!
//! [`compile_pickles`] turns a document into what a runner executes: outlines expanded,
//! backgrounds merged, tags inherited. [`TagExpression`] selects pickles. [`messages`] writes both
//! as Cucumber Messages.
//!
//! The behaviour is that of the official parser, checked against its test data; the two deliberate
//! differences are the number of errors reported ([`ERRORS_MAX`]) and that a malformed tag spoils
//! only itself, not the lines around it.

pub mod ast;
mod builder;
mod dialect;
mod dialects;
mod error;
mod line;
mod matcher;
pub mod messages;
mod parser;
mod pickle;
mod suspicion;
mod tag_expression;
mod token;

pub use dialect::{Dialect, StepKeyword};
pub use error::{ParseError, ParseErrorKind};
pub use parser::{ERRORS_MAX, ParseResult, Syntax, parse, parse_with};
pub use pickle::{
    Pickle, PickleArgument, PickleDocString, PickleStep, PickleStepType, PickleTable, PickleTag,
    compile_pickles,
};
pub use tag_expression::{TagExpression, TagExpressionError, TagExpressionErrorKind};
pub use token::TokenKind;
