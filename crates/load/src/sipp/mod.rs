//! SIPp's command.
//!
//! - [`arguments`]: its command line.

pub mod arguments;
