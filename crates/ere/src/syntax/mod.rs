//! What a pattern says: a survey of any pattern, and a tree of those that the own matcher may take.

mod bracket;
mod parse;
mod survey;
mod tree;

pub(crate) use parse::parse;
pub(crate) use survey::{Survey, survey};
pub(crate) use tree::Node;
