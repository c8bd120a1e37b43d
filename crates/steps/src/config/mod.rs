//! `gannet.toml`: servers, users, time-outs, variables.
//!
//! [`ConfigFile::read`] turns text into a [`Config`] and every fault of the text with its place;
//! [`find`] looks for the file; [`ServerArgument`] and [`UserArgument`] are what the command line
//! adds; [`read_users`] reads users from a CSV file.

mod argument;
mod choice;
mod csv_users;
mod extensions;
mod file;
mod find;
mod model;
mod pbx_events;
mod reader;
mod sections;
mod server;
mod stir;
mod user;

pub use argument::{ArgumentError, ServerArgument, UserArgument};
pub use choice::{ChoiceError, Overrides};
pub use csv_users::{CsvError, read_users};
pub use extensions::{PbxExtensions, PbxUserSettings};
pub use file::ConfigFile;
pub use find::{CONFIG_FILE_NAME, find};
pub use model::{
    Config, EMBEDDED, HostPort, NetworkSettings, PbxEventSettings, PbxSettings, PbxStirSettings,
    ServerConfig, Timeouts, UserConfig,
};
