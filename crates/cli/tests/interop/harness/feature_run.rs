//! `gannet test` on a feature, as a process.

use std::path::PathBuf;
use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::process::{Finished, Process};

/// A feature to be run, and with what.
#[derive(Debug)]
pub(crate) struct FeatureRun<'a> {
    site: &'a Site,
    name: String,
    feature: PathBuf,
    arguments: Vec<String>,
}

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
    /// What it printed.
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

    /// With one more flag of the command line.
    pub(crate) fn flag(mut self, flag: &str) -> Self {
        self.arguments.push(flag.to_owned());
        self
    }

    /// Starts it.
    pub(crate) fn start(self) -> RunningFeature {
        let output = self.site.file(&format!("{}.console", self.name));
        let process = Process::start(env!("CARGO_BIN_EXE_gannet"), &output, |command| {
            command
                .arg("test")
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
        let Finished { code, output } = self.process.wait(limit);
        Outcome {
            name: self.name.clone(),
            code,
            console: output,
        }
    }
}

impl Drop for RunningFeature {
    fn drop(&mut self) {
        if !self.waited {
            let (name, process) = (&self.name, &self.process);
            tell_if_failing(|| format!("--- gannet, {name}\n{}", process.output()));
        }
    }
}

impl Outcome {
    /// Fails unless every scenario passed.
    pub(crate) fn assert_passed(&self) {
        assert!(
            self.code == Some(0),
            "{}: gannet returned {:?}, not 0:\n{}",
            self.name,
            self.code,
            self.console
        );
    }
}
