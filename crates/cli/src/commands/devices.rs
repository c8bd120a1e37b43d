//! `gannet devices`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use gannet_events::ExitCode;
use serde_json::json;

use crate::problem::Problem;
use crate::setup::profiles;

/// List the device profiles, or show one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DevicesArguments {
    /// The profile to show.
    name: Option<String>,

    /// Folder with device profiles beside the built-in ones.
    #[arg(long, value_name = "DIR")]
    devices: Vec<PathBuf>,

    /// Write JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  gannet devices                  the names of all profiles
  gannet devices Squirrel350      its file, to copy and change
  gannet devices --devices mine   with those of a folder";

pub(crate) fn execute(arguments: &DevicesArguments) -> Result<ExitCode, Problem> {
    let library = profiles(&arguments.devices)?;
    let mut text = String::new();
    let mut list = Vec::new();
    let names: Vec<&str> = match &arguments.name {
        Some(name) => vec![name],
        None => library.names().collect(),
    };
    for name in names {
        let profile = library.load(name).map_err(Problem::input)?;
        let identity = &profile.identity;
        let source = library.source(name);
        if arguments.json {
            list.push(json!({
                "name": name,
                "vendor": identity.vendor,
                "model": identity.model,
                "firmware": identity.firmware,
                "file": source.map(|file| file.name()),
                "text": arguments.name.as_ref().and(source).map(|file| file.text()),
            }));
        } else if arguments.name.is_some() {
            text.push_str(source.map_or("", |file| file.text()));
        } else {
            text.push_str(&format!(
                "{name:<16} {} {}, firmware {}\n",
                identity.vendor, identity.model, identity.firmware
            ));
        }
    }
    if arguments.json {
        text = format!("{:#}\n", serde_json::Value::from(list));
    }
    // A pager that is closed early is no fault.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    Ok(ExitCode::Passed)
}
