//! `gannet test` on a feature, as a process.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::process::{Finished, Process};
use super::until::poll;

/// A feature to be run, and with what.
#[derive(Debug)]
pub(crate) struct FeatureRun<'a> {
    site: &'a Site,
    name: String,
    feature: PathBuf,
    arguments: Vec<String>,
}

/// How long gannet may take to say where it stands once it has been stopped.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// A feature that is being run. A test that fails before it has waited for the end prints what
/// gannet has said by then.
#[derive(Debug)]
pub(crate) struct RunningFeature {
    name: String,
    process: Process,
    waited: bool,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    name: String,
    /// The exit code of gannet; `None` if it did not end in time.
    pub(crate) code: Option<i32>,
    /// What it printed: scenarios that did not pass, and the summary.
    pub(crate) console: String,
}

impl<'a> FeatureRun<'a> {
    /// A feature in a file; `name` tells the run from the others of the test.
    pub(crate) fn of_file(site: &'a Site, name: &str, feature: PathBuf) -> Self {
        Self {
            site,
            name: name.to_owned(),
            feature,
            arguments: Vec::new(),
        }
    }

    /// With this text as its `gannet.toml`.
    pub(crate) fn with_config(mut self, toml: &str) -> Self {
        let path = self.site.write(&format!("{}.toml", self.name), toml);
        self.arguments
            .extend(["--config".to_owned(), path.to_string_lossy().into_owned()]);
        self
    }

    /// With one more option of the command line.
    pub(crate) fn with(mut self, option: &str, value: impl Into<String>) -> Self {
        self.arguments.extend([option.to_owned(), value.into()]);
        self
    }

    /// With one more switch of the command line.
    pub(crate) fn flag(mut self, switch: &str) -> Self {
        self.arguments.push(switch.to_owned());
        self
    }

    /// Starts it.
    pub(crate) fn start(self) -> RunningFeature {
        let output = self.site.file(&format!("{}.console", self.name));
        let process = Process::start(env!("CARGO_BIN_EXE_gannet"), &output, |command| {
            command
                // A console that lasts pages hides the one scenario that is to be read.
                .args(["test", "--quiet"])
                .arg(&self.feature)
                .args(&self.arguments)
                .current_dir(self.site.file("."));
        });
        RunningFeature {
            name: self.name,
            process,
            waited: false,
        }
    }

    /// Runs it to its end, which must come within `limit`.
    pub(crate) fn run(self, limit: Duration) -> Outcome {
        self.start().wait(limit)
    }
}

impl RunningFeature {
    /// Waits for its end, which must come within `limit`.
    pub(crate) fn wait(mut self, limit: Duration) -> Outcome {
        self.waited = true;
        let in_time = poll(limit, || self.process.ended()).is_some();
        if !in_time {
            // It tells which scenario it was in, and what that waited for.
            self.process.interrupt();
        }
        let Finished { code, output } = self.process.wait(STOP_LIMIT);
        Outcome {
            name: self.name.clone(),
            code: code.filter(|_| in_time),
            console: output,
        }
    }
}

impl Drop for RunningFeature {
    fn drop(&mut self) {
        if !self.waited {
            let (name, process) = (&self.name, &mut self.process);
            tell_if_failing(|| {
                process.interrupt();
                let Finished { output, .. } = process.wait(STOP_LIMIT);
                format!("--- gannet, {name}\n{output}")
            });
        }
    }
}

impl Outcome {
    /// Whether every scenario passed.
    pub(crate) fn passed(&self) -> bool {
        self.code == Some(0)
    }

    /// Fails unless every scenario passed.
    pub(crate) fn assert_passed(&self) {
        assert!(self.passed(), "{self}");
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, console, .. } = self;
        match self.code {
            Some(code) => writeln!(f, "{name}: gannet returned {code}:")?,
            None => writeln!(f, "{name}: gannet did not end in time:")?,
        }
        f.write_str(console)
    }
}
