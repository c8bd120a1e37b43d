//! The registrar's rules and its table.

mod bench;
mod clauses;
mod table;
