//! Remote control by `curl`.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use super::{skipped, until};

/// The remote control of a run.
pub(crate) struct Control {
    port: u16,
}

impl Control {
    /// For a run with `-ctrl` at that port of 127.0.0.1; `None`, said aloud, without `curl`.
    pub(crate) fn at(port: u16) -> Option<Self> {
        let found = Command::new("curl")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if found.is_err() {
            skipped("curl is not installed");
            return None;
        }
        Some(Self { port })
    }

    /// The status line's code and the body of a request.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, path: &str) -> (u16, String) {
        let url = format!("http://127.0.0.1:{}/seagull/{path}", self.port);
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "10"])
            .args(["--noproxy", "*"])
            .args(["--request", method, "--write-out", "\n%{http_code}", &url])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, code) = text.rsplit_once('\n').unwrap();
        let code = code.parse().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_ne!(code, 0, "{url}: {err}");
        (code, body.to_owned())
    }

    /// Orders something.
    #[track_caller]
    pub(crate) fn order(&self, command: &str) {
        let answer = self.ask("PUT", &format!("command/{command}"));
        assert_eq!(answer, (200, "Command Success".to_owned()), "{command}");
    }

    /// `counters/all` by name.
    #[track_caller]
    pub(crate) fn counters(&self) -> HashMap<String, String> {
        let (code, body) = self.ask("GET", "counters/all");
        assert_eq!(code, 200, "{body}");
        body.split_terminator("\r\n")
            .map(|line| line.split_once('=').unwrap_or_else(|| panic!("{line:?}")))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect()
    }

    /// One of them.
    #[track_caller]
    pub(crate) fn counter(&self, name: &str) -> f64 {
        self.counters()[name].parse().unwrap()
    }

    /// Waits until remote control answers and that many calls have begun.
    #[track_caller]
    pub(crate) fn until_calls(&self, calls: u64) {
        until(&format!("{calls} calls"), || {
            (self.counter("outgoing_calls") as u64 >= calls).then_some(())
        });
    }
}
