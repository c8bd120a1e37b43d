//! SIPp's scenario and injection files.
//!
//! - [`builtin`]: the scenarios that are part of the program.
//! - [`model`]: what a SIPp scenario does, resolved and checked.
//! - [`load()`]: a scenario file to the model, with everything that is wrong in it.
//! - [`compile_text`]: texts that come up while a scenario is played.

pub mod builtin;
pub mod model;

mod compile;
mod load;
mod options;
mod text;
mod xml;

pub use load::{Loaded, check, is_scenario, load};
pub use options::{InjectionInfo, Options};
pub use text::{TextError, compile_text};
