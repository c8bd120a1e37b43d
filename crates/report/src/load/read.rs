//! Reading what a run left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::LoadResults;
use crate::html::FeatureResults;

/// What `results.json` holds.
#[derive(Debug)]
pub enum RunResults {
    /// A run of load.
    Load(Box<LoadResults>),
    /// A run of features.
    Features(Box<FeatureResults>),
}

/// Why results cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("cannot read `{}`: give a folder that `--out` has written, or its results.json", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not what a run of Gannet writes.
    #[error("`{}` does not hold results of a run{}", .path.display(), .why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: Option<String>,
    },
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Reads the results in a folder, or in a file.
///
/// # Errors
/// There are none, or they are of another program or version.
pub fn read_results(path: &Path) -> Result<RunResults, ReadError> {
    let path = if path.is_dir() {
        path.join("results.json")
    } else {
        path.to_owned()
    };
    let text = fs::read_to_string(&path).map_err(|source| ReadError::File {
        path: path.clone(),
        source,
    })?;
    let format = |why: Option<String>| ReadError::Format {
        path: path.clone(),
        why,
    };
    let json = |error: serde_json::Error| format(Some(error.to_string()));
    let head: Head = serde_json::from_str(&text).map_err(json)?;
    if head.version != 1 {
        let why = format!("version {} is not known here, only 1 is", head.version);
        return Err(format(Some(why)));
    }
    match head.format.as_str() {
        LoadResults::FORMAT => Ok(RunResults::Load(serde_json::from_str(&text).map_err(json)?)),
        "gannet-results" => Ok(RunResults::Features(
            serde_json::from_str(&text).map_err(json)?,
        )),
        other => Err(format(Some(format!("its format is `{other}`")))),
    }
}
