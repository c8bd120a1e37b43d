//! From scenario text to plan: the one scenario model, and the languages that compile to it.
//!
//! A front end reads the files of another tool and gives a [`model::Scenario`] with every
//! diagnostic; it knows no socket and no engine. The traffic engine plays the model and knows no
//! language. Text that a scenario sends is kept byte by byte, wrong or not.
//!
//! - [`model`]: sections, steps, actions, templates, fields, channels, keys.
//! - [`framing`]: where a received message ends.
//! - [`dump`]: the model as text.
//! - [`seagull`]: Seagull's configuration, dictionaries, scenarios and data files.
//! - [`sipp`]: SIPp's scenarios and injection files.

mod attributes;
mod distributions;
mod dump;
pub mod framing;
pub mod model;
pub mod seagull;
pub mod sipp;
mod xml;

pub use dump::dump;
