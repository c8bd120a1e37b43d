//! Runs of the binary in `scenarios/sipp`.

use std::fs::{self, File};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::LIMIT;
use crate::until::{poll, until};

/// A run; dropping it ends it.
pub(crate) struct Run {
    words: String,
    child: Child,
    /// What it writes, and the files that a test gives it.
    folder: TempDir,
}

/// The folder of the examples.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/sipp")
}

/// Starts `gannet sipp` at a port, with these words, split at blanks.
pub(crate) fn sipp(port: u16, words: &str) -> Run {
    gannet(&format!("sipp -nostdin -i 127.0.0.1 -p {port} {words}"))
}

/// Starts `gannet` with these words, split at blanks.
pub(crate) fn gannet(words: &str) -> Run {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let file = |name: &str| File::create(folder.path().join(name)).expect("it is new");
    let child = Command::new(env!("CARGO_BIN_EXE_gannet"))
        .args(words.split_whitespace())
        .current_dir(examples())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(file("out"))
        .stderr(file("err"))
        .spawn()
        .expect("the binary was built for this test");
    Run {
        words: words.to_owned(),
        child,
        folder,
    }
}

impl Run {
    /// Waits until it listens at a port.
    #[track_caller]
    pub(crate) fn listening(mut self, port: u16) -> Self {
        let what = format!("{} to listen at {port}", self.words);
        until(&what, || {
            let ended = self.child.try_wait().expect("the child is ours");
            assert!(ended.is_none(), "{} ended: {}", self.words, self.text());
            let taken = UdpSocket::bind(("127.0.0.1", port)).is_err()
                || TcpListener::bind(("127.0.0.1", port)).is_err();
            taken.then_some(())
        });
        self
    }

    /// Ends it as SIGUSR1 does: open calls are finished first.
    pub(crate) fn end_gracefully(&self) {
        self.signal("-USR1");
    }

    /// What Ctrl-C sends.
    pub(crate) fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Waits for the end, which must be with `code` and all these words.
    #[track_caller]
    pub(crate) fn ends(mut self, code: i32, parts: &[&str]) {
        let status = poll(LIMIT, || self.child.try_wait().expect("the child is ours"));
        let text = format!("{}\n{}", self.words, self.text());
        let status = status.unwrap_or_else(|| panic!("no end in {LIMIT:?}: {text}"));
        assert_eq!(status.code(), Some(code), "{text}");
        for part in parts {
            assert!(text.contains(part), "no `{part}` in:\n{text}");
        }
    }

    /// Waits for the end: so many calls, all of them successful.
    #[track_caller]
    pub(crate) fn ends_with(self, calls: u32) {
        let successful = format!("  Successful call        | {calls:8} ");
        let failed = format!("  Failed call            | {:8} ", 0);
        self.ends(0, &[&successful, &failed]);
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill is there").success());
    }

    /// Both streams.
    fn text(&self) -> String {
        let read = |name: &str| fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&[read("out"), read("err")].concat()).into_owned()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // One that has ended already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
