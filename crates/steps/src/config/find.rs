//! Where `gannet.toml` is looked for.

use std::path::{Path, PathBuf};

/// The name of the configuration file.
pub const CONFIG_FILE_NAME: &str = "gannet.toml";

/// The configuration file for these features: in the current folder, else in the folder of the
/// first feature or the nearest one above it that has one.
pub fn find(features: &[PathBuf]) -> Option<PathBuf> {
    let here = Path::new(CONFIG_FILE_NAME);
    if here.is_file() {
        return Some(here.to_path_buf());
    }
    let first = features.first()?;
    let start = std::path::absolute(first).ok()?;
    start
        .ancestors()
        .map(|folder| folder.join(CONFIG_FILE_NAME))
        .find(|candidate| candidate.is_file())
}
