//! SIPp's scenario files.
//!
//! - [`model`]: what a SIPp scenario does, resolved and checked.

pub mod model;
