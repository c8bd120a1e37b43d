//! Foreign programs that cannot outlive their test.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::until::poll;

/// A program in a process group of its own, its output in a file.
///
/// Dropping it ends the whole group: the program and whatever it started.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    output: PathBuf,
}

/// How a program ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Finished {
    /// The exit code; `None` if it had to be killed.
    pub(crate) code: Option<i32>,
    /// Standard output and standard error together.
    pub(crate) output: String,
}

impl Process {
    /// Starts `program`; both its outputs go to `output`.
    pub(crate) fn start(
        program: impl AsRef<OsStr>,
        output: &Path,
        prepare: impl FnOnce(&mut Command),
    ) -> Self {
        let name = program.as_ref().to_string_lossy().into_owned();
        let file = File::create(output).expect("the test's folder can be written");
        let again = file.try_clone().expect("a file handle can be doubled");
        let mut command = Command::new(&program);
        command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(again)
            .process_group(0);
        prepare(&mut command);
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        Self {
            name,
            stdin: child.stdin.take(),
            child,
            output: output.to_owned(),
        }
    }

    /// Runs a program to its end, which must come within `limit`.
    pub(crate) fn run(
        program: impl AsRef<OsStr>,
        output: &Path,
        limit: Duration,
        prepare: impl FnOnce(&mut Command),
    ) -> Finished {
        Self::start(program, output, prepare).wait(limit)
    }

    /// Writes a line to its standard input, which `prepare` must have piped.
    pub(crate) fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is a pipe");
        let written = writeln!(stdin, "{line}").and_then(|()| stdin.flush());
        if let Err(error) = written {
            panic!("{} does not read: {error}\n{}", self.name, self.output());
        }
    }

    /// What it has written by now.
    pub(crate) fn output(&self) -> String {
        read_lossy(&self.output)
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the child is ours")
    }

    /// Waits for its end; past `limit` it is killed and its code is `None`.
    pub(crate) fn wait(&mut self, limit: Duration) -> Finished {
        let status = poll(limit, || self.ended());
        if status.is_none() {
            self.kill();
        }
        Finished {
            code: status.and_then(|status| status.code()),
            output: self.output(),
        }
    }

    /// Asks it to end, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Sends SIGUSR1, whose meaning is the program's own.
    pub(crate) fn user_signal(&self) {
        self.signal("-USR1");
    }

    fn kill(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        // A group that is gone already is no failure.
        let _ = Command::new("kill")
            .args([signal, "--", &format!("-{}", self.child.id())])
            .stderr(Stdio::null())
            .status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Also when the leader has ended: what it started has its group.
        self.kill();
        let _ = self.child.wait();
    }
}

/// The text of a file, whatever is in it; empty if it is not there.
pub(crate) fn read_lossy(path: &Path) -> String {
    fs::read(path).map_or_else(
        |_| String::new(),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

/// The last lines of a log: what a failure shows of it.
pub(crate) fn tail(path: &Path, lines_max: usize) -> String {
    let text = read_lossy(path);
    let lines: Vec<_> = text.lines().collect();
    let start = lines.len().saturating_sub(lines_max);
    format!("--- {}\n{}\n", path.display(), lines[start..].join("\n"))
}
