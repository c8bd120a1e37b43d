//! Where the events of a run go.

use std::fs::File;
use std::io::{BufWriter, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gannet_net::{Duplicates, write_pcapng};
use gannet_report::{Console, ConsoleOptions, Junit, OutDir, Results, Tee, Verbosity};

use crate::terminal::Terminal;

/// What a run writes.
#[derive(Debug)]
pub(super) struct Outputs {
    pub(super) verbosity: Verbosity,
    pub(super) out: Option<PathBuf>,
    pub(super) junit: Option<PathBuf>,
    pub(super) json: Option<PathBuf>,
}

impl Outputs {
    /// Opens all files, so that a run does not find out at its end that it cannot write.
    pub(super) fn open(&self, terminal: Terminal) -> Result<Tee> {
        let options = ConsoleOptions {
            colour: terminal.out_colour,
            terminal: terminal.interactive,
            verbosity: self.verbosity,
            width: terminal.width,
        };
        let mut sinks = Tee::new().with(Console::new(stdout(), options));
        if let Some(path) = &self.out {
            let folder = OutDir::create(path).with_context(|| unwritable(path))?;
            sinks.push(folder.sinks().with_context(|| unwritable(path))?);
            sinks.push(folder.captures(|path, records| {
                let file = BufWriter::new(File::create(path)?);
                write_pcapng(file, records, Duplicates::Merge).map(drop)
            }));
        }
        if let Some(path) = &self.junit {
            sinks.push(Junit::new(create(path)?));
        }
        if let Some(path) = &self.json {
            sinks.push(Results::new(create(path)?));
        }
        Ok(sinks)
    }
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| unwritable(path))?;
    Ok(BufWriter::new(file))
}

fn unwritable(path: &Path) -> String {
    format!("cannot write to `{}`", path.display())
}
