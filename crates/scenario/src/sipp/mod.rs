//! SIPp's scenario files.
//!
//! - [`builtin`]: the scenarios that are part of the program.
//! - [`model`]: what a SIPp scenario does, resolved and checked.

pub mod builtin;
pub mod model;
