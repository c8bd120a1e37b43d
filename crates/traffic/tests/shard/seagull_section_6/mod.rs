//! SEAGULL.md 6, the decision table: a message for a call, or for none.

mod endings;
mod table;
