//! Seagull's files: its XML dialect, configuration, dictionaries, scenarios, external data and
//! authentication methods. [`load`] reads all files of a run together,
//! [`check`] those that are there.

pub mod auth;
pub mod configuration;
pub mod dictionary;
pub mod external;
pub mod scenario;
pub mod xml;

mod check;
mod kind;
mod load;
mod options;
mod text_file;

pub use check::{Parts, check};
pub(crate) use kind::SECTIONS;
pub use kind::{FileKind, kind_of};
pub use load::{Files, Loaded, NamedBytes, Run, external_file, load};
pub use options::LoadOptions;
