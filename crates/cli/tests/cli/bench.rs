//! A folder to run the binary in.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

/// Bound of every run: none of them waits for more than a fraction of it.
const RUN_LIMIT: Duration = Duration::from_mins(1);

/// A folder to run the binary in, and what to run there.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        self.with_bytes(name, text.as_bytes())
    }

    pub(crate) fn with_bytes(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Runs `gannet` with these arguments, split at blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_words(&arguments.split(' ').collect::<Vec<_>>())
    }

    pub(crate) fn run_words(&self, arguments: &[&str]) -> Ran {
        self.run_within(RUN_LIMIT, arguments)
    }

    /// The same with another bound, for runs of many scenarios.
    pub(crate) fn run_within(&self, limit: Duration, arguments: &[&str]) -> Ran {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(binary())
            .args(arguments)
            .current_dir(self.path())
            .env_remove("NO_COLOR")
            .env("COLUMNS", "100")
            .timeout(limit)
            .output()
            .unwrap();
        Ran {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The exit code is `code` and both streams together have all these parts.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{all}");
        for part in parts {
            assert!(all.contains(part), "no `{part}` in:\n{all}");
        }
    }

    /// Neither stream has any of these parts.
    #[track_caller]
    pub(crate) fn lacks(&self, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        for part in parts {
            assert!(!all.contains(part), "`{part}` in:\n{all}");
        }
    }
}

pub(crate) fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_gannet"))
}

/// A feature of one scenario with these steps.
pub(crate) fn feature(steps: &[&str]) -> String {
    let steps: Vec<_> = steps.iter().map(|step| format!("    * {step}\n")).collect();
    format!("Feature: F\n  Scenario: S\n{}", steps.concat())
}
