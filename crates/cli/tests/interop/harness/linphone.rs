//! linphonec: a console phone that plays and records files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::failing::tell_if_failing;
use super::foreign_phone::ForeignPhone;
use super::gate::Site;
use super::ports::Ports;
use super::process::{Process, read_lossy, tail};
use super::server::Account;
use super::until::poll;

/// A running linphonec, registered.
#[derive(Debug)]
pub(crate) struct Linphone {
    user: String,
    state: PathBuf,
    scripts: PathBuf,
    /// How many of the recordings were given away.
    listened: usize,
    _group: Process,
}

/// The script writes the value of `enc` into the section `[sip]` of linphonec's file, so a second
/// line there is one more key. With a GRUU (RFC 5627) as its Contact nothing within a dialog would
/// reach linphonec through the peers' Kamailio, which resolves it for REGISTER alone.
const WITHOUT_GRUU: &str = "none\nsupported=replaces, outbound, path";
const START_LIMIT: Duration = Duration::from_secs(25);
/// With the messages of a call.
const LOG_LINES: usize = 200;
const STOP_LIMIT: Duration = Duration::from_secs(10);
const END_LIMIT: Duration = Duration::from_secs(5);
const COMMAND_LIMIT: Duration = Duration::from_secs(5);

impl Linphone {
    /// Starts a phone of `account` that plays the WAV file.
    pub(crate) fn start(site: &Site, account: &Account, plays: &Path) -> Self {
        let ports = Ports::free();
        let user = account.user.clone();
        let state = site.peers_state();
        let output = site.file(&format!("linphone-{user}.out"));
        let scripts = site.peer("linphone");
        let mut script = Process::start(scripts.join("start.sh"), &output, |command| {
            command
                .args([&user, &account.password, &ports.nth(0).to_string()])
                .arg(format!("server={}", account.server))
                .arg(format!("domain={}", account.domain))
                .arg(format!("rtp={}", ports.media().start))
                .arg(format!("play={}", plays.display()))
                .arg(format!("enc={WITHOUT_GRUU}"))
                .env("PEERS_STATE", &state);
        });
        let phone_log = state.join(format!("linphone-{user}/log"));
        let ended = poll(START_LIMIT, || script.ended());
        assert!(
            ended.is_some_and(|status| status.success()),
            "linphonec does not start:\n{}{}",
            script.output(),
            tail(&phone_log, 60)
        );
        Self {
            user,
            state,
            scripts,
            listened: 0,
            _group: script,
        }
    }

    fn type_line(&self, line: &str) {
        let output = self.state.join(format!("linphone-{}.say", self.user));
        Process::run(
            self.scripts.join("say.sh"),
            &output,
            COMMAND_LIMIT,
            |command| {
                command
                    .args([self.user.as_str(), line])
                    .env("PEERS_STATE", &self.state);
            },
        );
    }

    /// Waits until its console shows `text` so many times.
    fn wait_for(&self, times: usize, text: &str, limit: Duration) {
        let shown = || read_lossy(&self.file("out"));
        let found = poll(limit, || {
            (shown().matches(text).count() >= times).then_some(())
        });
        assert!(
            found.is_some(),
            "linphonec did not show `{text}` {times} times within {limit:?}"
        );
    }

    fn file(&self, name: &str) -> PathBuf {
        self.state
            .join(format!("linphone-{}", self.user))
            .join(name)
    }
}

impl ForeignPhone for Linphone {
    fn dial(&mut self, uri: &str) {
        self.type_line(&format!("call {uri}"));
    }

    fn hang_up(&mut self) {
        self.type_line("terminate");
    }

    fn recording(&self) -> Option<PathBuf> {
        let path = self.file("rx.wav");
        path.is_file().then_some(path)
    }

    fn finished_recording(&mut self) -> PathBuf {
        self.listened += 1;
        self.wait_for(self.listened, " ended ", END_LIMIT);
        // It begins the file of the same name anew for the next call.
        let path = self.file(&format!("rx-{}.wav", self.listened));
        fs::rename(self.file("rx.wav"), &path).expect("linphonec has recorded its call");
        path
    }
}

impl Drop for Linphone {
    fn drop(&mut self) {
        tell_if_failing(|| {
            tail(&self.file("out"), LOG_LINES) + &tail(&self.file("log"), LOG_LINES)
        });
        let output = self.state.join(format!("linphone-{}.stop", self.user));
        Process::run(
            self.scripts.join("stop.sh"),
            &output,
            STOP_LIMIT,
            |command| {
                command.arg(&self.user).env("PEERS_STATE", &self.state);
            },
        );
    }
}
