//! A run of the binary.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::until::{poll, until};
use super::{Folder, LIMIT, Pty};

/// A run of `gannet seagull`. Dropping it ends it.
pub(crate) struct Player {
    name: String,
    child: Child,
    out: PathBuf,
    err: PathBuf,
    logs: PathBuf,
    /// Statistics files that were there before, as they were.
    earlier: Vec<(PathBuf, SystemTime)>,
}

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output; empty if that was a terminal.
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Player {
    /// Starts it; with a terminal, standard input and output are that.
    pub(crate) fn start(folder: &Folder, name: &str, words: &[&str], pty: Option<&Pty>) -> Self {
        let mut command = Command::new(binary());
        command.arg("seagull").args(words);
        Self::spawn(folder, name, command, pty)
    }

    /// Starts a command in the folder's `run`.
    pub(crate) fn spawn(
        folder: &Folder,
        name: &str,
        mut command: Command,
        pty: Option<&Pty>,
    ) -> Self {
        command.process_group(0);
        Self::begin(folder, name, command, pty)
    }

    /// Starts a command that makes a session of its own, with a terminal.
    pub(crate) fn spawn_in(folder: &Folder, name: &str, command: Command, pty: &Pty) -> Self {
        Self::begin(folder, name, command, Some(pty))
    }

    fn begin(folder: &Folder, name: &str, mut command: Command, pty: Option<&Pty>) -> Self {
        let (out, err) = (
            folder.root().join(format!("{name}.out")),
            folder.root().join(format!("{name}.err")),
        );
        let out_file = File::create(&out).unwrap();
        let (stdin, stdout) = match pty {
            Some(pty) => (pty.stdio(), pty.stdio()),
            None => (Stdio::null(), out_file.into()),
        };
        let logs = folder.path("logs");
        let earlier = statistics_files(&logs);
        let child = command
            .current_dir(folder.path("run"))
            .stdin(stdin)
            .stdout(stdout)
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        Self {
            name: name.to_owned(),
            child,
            out,
            err,
            logs,
            earlier,
        }
    }

    /// Waits until its channels are open: its statistics file has its first line.
    #[track_caller]
    pub(crate) fn ready(mut self) -> Self {
        let what = format!("{} to open its channels", self.name);
        until(&what, || {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{} ended with {status}: {}", self.name, self.err());
            }
            statistics_files(&self.logs)
                .iter()
                .filter(|file| !self.earlier.contains(file))
                .any(|(path, _)| {
                    fs::read_to_string(path).is_ok_and(|text| text.lines().count() > 1)
                })
                .then_some(())
        });
        self
    }

    /// What it has written to standard error by now.
    pub(crate) fn err(&self) -> String {
        read_lossy(&self.err)
    }

    /// What it has written to standard output by now.
    pub(crate) fn out(&self) -> String {
        read_lossy(&self.out)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    /// Stops it as a user does who has no terminal.
    pub(crate) fn stop(&self) {
        self.signal(Signal::SIGUSR1);
    }

    /// Stops it again and again until it has ended. Two signals that come together are one.
    #[track_caller]
    pub(crate) fn stop_by_force(&mut self) -> Ended {
        until("the end", || {
            self.stop();
            (!self.is_running()).then_some(())
        });
        self.wait()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> Ended {
        self.wait_for(LIMIT)
    }

    #[track_caller]
    pub(crate) fn wait_for(&mut self, limit: Duration) -> Ended {
        let status = poll(limit, || self.child.try_wait().unwrap());
        let Some(status) = status else {
            panic!(
                "{} did not end in {limit:?}\n{}\n{}",
                self.name,
                self.out(),
                self.err()
            );
        };
        Ended {
            code: status.code(),
            out: self.out(),
            err: self.err(),
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // One that has ended already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The exit code is `code`, and both streams together have all these parts.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{all}");
        for part in parts {
            assert!(all.contains(part), "no `{part}` in:\n{all}");
        }
    }
}

/// The files `…-stat.….csv` of a folder, and when each was written last.
fn statistics_files(logs: &Path) -> Vec<(PathBuf, SystemTime)> {
    let Ok(entries) = fs::read_dir(logs) else {
        return Vec::new();
    };
    let is_statistics = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains("-stat.") && !name.contains("-protocol-stat.")
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_statistics)
        .filter_map(|path| {
            let written = fs::metadata(&path).ok()?.modified().ok()?;
            Some((path, written))
        })
        .collect()
}

/// The text of a file, whatever is in it; empty if it is not there.
fn read_lossy(path: &Path) -> String {
    fs::read(path).map_or_else(
        |_| String::new(),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

pub(crate) fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_gannet"))
}
