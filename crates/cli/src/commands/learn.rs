//! `gannet devices learn`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use gannet_events::ExitCode;
use gannet_phone::profile::learn::{DeviceAddress, LearnError, Learned, learn, read_capture};

use crate::problem::{Problem, tell};

/// Write a device profile from a capture of a real phone: its REGISTER, an INVITE and a 200 to one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LearnArguments {
    /// pcap or pcapng file, SIP over UDP or TCP.
    capture: PathBuf,

    /// The phone's address, where the capture has several.
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    phone: Option<DeviceAddress>,

    /// Write the profile here instead of to standard output.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  gannet devices learn boot-and-call.pcap -o devices/Desk7.toml
  gannet devices learn office.pcapng --phone 192.0.2.7

The phone is then known by the file's name: `Given Alice uses Desk7 phone`, with
`--devices devices` on the command line. What was seen and profiles cannot say stands in the
file's head.";

pub(super) fn execute(arguments: &LearnArguments) -> Result<ExitCode, Problem> {
    let path = &arguments.capture;
    let in_capture = || format!("cannot learn from `{}`", path.display());
    let octets = fs::read(path)
        .with_context(|| format!("cannot read `{}`", path.display()))
        .map_err(Problem::input)?;
    let captured = read_capture(&octets)
        .with_context(in_capture)
        .map_err(Problem::input)?;
    let learned = learn(&captured, arguments.phone).map_err(|error| {
        let several = matches!(error, LearnError::Several { .. });
        let error = anyhow!(error).context(in_capture());
        Problem::input(if several {
            error.context("say which with --phone ADDRESS")
        } else {
            error
        })
    })?;
    if let Some(out) = &arguments.out {
        write(out, &learned.toml).map_err(Problem::environment)?;
        tell(&format!(
            "{}: written to {}",
            summary(&learned),
            out.display()
        ));
    } else {
        tell(&summary(&learned));
        // A pager that is closed early is no fault.
        let _ = write!(io::stdout().lock(), "{}", learned.toml);
    }
    for line in &learned.left_out {
        tell(&format!("  not in the profile: {line}"));
    }
    Ok(ExitCode::Passed)
}

/// Nothing is overwritten: a profile may have been changed by hand.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = fs::File::create_new(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write `{}`", path.display()))
}

fn summary(learned: &Learned) -> String {
    let missing = match learned.missing.join(", no ") {
        none if none.is_empty() => none,
        some => format!("; the capture has no {some}"),
    };
    let from = learned.from.join(", ");
    format!("learned from {from} of {}{missing}", learned.address)
}
