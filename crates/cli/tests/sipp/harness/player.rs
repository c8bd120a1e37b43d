//! A run of the binary, or of real SIPp.

use std::fs::File;
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Folder, LIMIT, Pty, poll, until};

/// What plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// `gannet sipp`.
    Gannet,
    /// The original.
    Sipp,
}

/// A run. Dropping it ends it.
pub(crate) struct Player {
    name: String,
    child: Child,
    out: std::path::PathBuf,
    err: std::path::PathBuf,
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
    pub(crate) fn start(
        folder: &Folder,
        name: &str,
        program: Program,
        arguments: &str,
        pty: Option<&Pty>,
    ) -> Self {
        let mut command = match program {
            Program::Gannet => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_gannet"));
                command.arg("sipp");
                command
            }
            Program::Sipp => Command::new("sipp"),
        };
        let (out, err) = (
            folder.path(&format!("{name}.out")),
            folder.path(&format!("{name}.err")),
        );
        let out_file = File::create(&out).unwrap();
        let (stdin, stdout) = match pty {
            Some(pty) => (pty.stdio(), pty.stdio()),
            None => (Stdio::null(), out_file.into()),
        };
        let child = command
            .args(arguments.split_whitespace())
            .current_dir(folder.root())
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
        }
    }

    /// Waits until it listens at a port.
    #[track_caller]
    pub(crate) fn listening(mut self, port: u16) -> Self {
        let what = format!("{} to listen at {port}", self.name);
        until(&what, || {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{} ended with {status}: {}", self.name, self.text().err);
            }
            let taken = UdpSocket::bind(("127.0.0.1", port)).is_err()
                || TcpListener::bind(("127.0.0.1", port)).is_err();
            taken.then_some(())
        });
        self
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> Ended {
        let status = poll(LIMIT, || self.child.try_wait().unwrap());
        let Some(status) = status else {
            panic!("{} did not end in {LIMIT:?}\n{:?}", self.name, self.text());
        };
        Ended {
            code: status.code(),
            ..self.text()
        }
    }

    fn text(&self) -> Ended {
        let read = |path| std::fs::read(path).unwrap_or_default();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ended {
            code: None,
            out: text(read(&self.out)),
            err: text(read(&self.err)),
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

    /// A cumulative figure of the last statistics screen.
    #[track_caller]
    pub(crate) fn figure(&self, name: &str) -> u64 {
        let line = self.out.lines().rfind(|line| line.trim().starts_with(name));
        let cell = line.and_then(|line| line.rsplit('|').next());
        cell.and_then(|cell| cell.trim().parse().ok())
            .unwrap_or_else(|| panic!("no {name} in:\n{}{}", self.out, self.err))
    }

    /// All calls of the run ended well, and there were so many.
    #[track_caller]
    pub(crate) fn all_successful(&self, calls: u64) {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        assert_eq!(self.figure("Successful call"), calls, "{}", self.out);
        assert_eq!(self.figure("Failed call"), 0, "{}", self.out);
    }
}
