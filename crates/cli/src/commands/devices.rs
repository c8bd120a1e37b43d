//! `gannet devices`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use gannet_diag::SourceFile;
use gannet_events::ExitCode;
use gannet_phone::profile::Identity;
use serde_json::json;

use super::learn::{self, LearnArguments};
use crate::problem::Problem;
use crate::setup::profiles;

/// List the device profiles, show one, or learn one from a capture.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct DevicesArguments {
    #[command(subcommand)]
    command: Option<DevicesCommand>,

    /// The profile to show.
    name: Option<String>,

    /// Folder with device profiles beside the built-in ones.
    #[arg(long, value_name = "DIR")]
    devices: Vec<PathBuf>,

    /// Write JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum DevicesCommand {
    Learn(LearnArguments),
}

const EXAMPLES: &str = "\
Examples:
  gannet devices                  the names of all profiles
  gannet devices Squirrel350      its file, to copy and change
  gannet devices --devices mine   with those of a folder
  gannet devices learn call.pcap  a profile like the phone in a capture";

pub(crate) fn execute(arguments: &DevicesArguments) -> Result<ExitCode, Problem> {
    if let Some(DevicesCommand::Learn(learn)) = &arguments.command {
        return learn::execute(learn);
    }
    let library = profiles(&arguments.devices)?;
    let names: Vec<&str> = match &arguments.name {
        Some(name) => vec![name],
        None => library.names().collect(),
    };
    let mut lines = Vec::new();
    let mut list = Vec::new();
    for name in names {
        let profile = library.load(name).map_err(Problem::input)?;
        let identity = &profile.identity;
        let source = library.source(name);
        let text = arguments.name.as_ref().and(source).map(SourceFile::text);
        list.push(json!({
            "name": name,
            "vendor": identity.vendor,
            "model": identity.model,
            "firmware": identity.firmware,
            "file": source.map(SourceFile::name),
            "text": text,
        }));
        lines.push(text.map_or_else(
            || {
                let Identity {
                    vendor,
                    model,
                    firmware,
                    ..
                } = identity;
                format!("{name:<16} {vendor} {model}, firmware {firmware}")
            },
            |text| text.trim_end().to_owned(),
        ));
    }
    let text = if arguments.json {
        format!("{:#}", serde_json::Value::from(list))
    } else {
        lines.join("\n")
    };
    // A pager that is closed early is no fault.
    let _ = writeln!(io::stdout().lock(), "{text}");
    Ok(ExitCode::Passed)
}
