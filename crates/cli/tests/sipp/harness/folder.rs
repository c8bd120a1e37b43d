//! A folder that runs work in.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Player, Program, Pty};

/// A folder that runs work in, gone with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        fs::write(self.path(name), text).unwrap();
        self
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        let bytes = fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The one file whose name begins and ends so.
    #[track_caller]
    pub(crate) fn one(&self, begin: &str, end: &str) -> String {
        let names: Vec<String> = fs::read_dir(self.root())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let found: Vec<&String> = names
            .iter()
            .filter(|name| name.starts_with(begin) && name.ends_with(end))
            .collect();
        let [name] = found[..] else {
            panic!("no one {begin}*{end} among {names:?}");
        };
        self.read(name)
    }

    /// Starts `gannet sipp` with these arguments, split at blanks.
    pub(crate) fn run(&self, name: &str, arguments: &str) -> Player {
        Player::start(self, name, Program::Gannet, arguments, None)
    }

    /// The same, on a terminal.
    pub(crate) fn run_on(&self, terminal: &Pty, name: &str, arguments: &str) -> Player {
        Player::start(self, name, Program::Gannet, arguments, Some(terminal))
    }

    /// Starts either program.
    pub(crate) fn play(&self, program: Program, name: &str, arguments: &str) -> Player {
        Player::start(self, name, program, arguments, None)
    }
}
