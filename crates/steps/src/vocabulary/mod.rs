//! The vocabulary: patterns, their parameters, and which sentence means which step.
//!
//! [`StepDefinition`]s come from the step library (and later from users); a [`Registry`] holds
//! them and finds the one that a sentence means; [`Arguments`] are what the sentence says.

mod arguments;
mod definition;
mod entry;
mod parameter;
mod registry;
mod registry_error;
mod values;

pub(crate) use arguments::compile_regex;
pub use arguments::{Arguments, Condition, Keyword, Nested, Record, Table};
pub use definition::{StepDefinition, StepFn, StepFuture, StepResult};
pub use parameter::ParameterKind;
pub use registry::{Argument, MatchError, Matched, Registry};
pub use registry_error::RegistryError;
pub use values::{Codes, MessagePattern, parse_time};
