//! Scenarios that are part of the program: SIPp's by name and flow, with texts of our own.

mod table;

pub use table::{BUILTINS, Builtin, builtin};
