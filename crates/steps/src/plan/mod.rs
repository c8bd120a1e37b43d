//! From files to a plan: which scenarios run, and what each of their steps does.
//!
//! Everything that can be wrong with the input is found here, before anything is sent:
//! [`collect`] finds the files, [`compile`] parses them, selects scenarios, reads their tags,
//! matches every step of the selected ones, and reports all faults at once.

mod arguments;
mod bind;
mod compile;
mod conditions;
mod directives;
mod imports;
mod model;
mod nested;
mod scope;
mod selection;
mod source;

pub use compile::{Compiled, FeatureReport, compile};
pub use directives::Directives;
pub use model::{BoundStep, Plan, PlannedFeature, PlannedScenario};
pub use scope::Scope;
pub use selection::Selection;
pub use source::{FeatureSource, SourceError, collect};

pub(crate) use arguments::is_media_file;
pub(crate) use bind::find_file;
pub(crate) use scope::{MUSIC_ON_HOLD, fill, variables_in};
