//! pjsua2: the phone of `interop/pjsua2/phone.py`, driven by lines.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use super::failing::tell_if_failing;
use super::foreign_phone::ForeignPhone;
use super::gate::Site;
use super::ports::Ports;
use super::process::{Process, tail};
use super::server::Account;
use super::until::until;

/// A running phone of pjsua2.
#[derive(Debug)]
pub(crate) struct Pjsua2 {
    process: Process,
    log: PathBuf,
    recordings: PathBuf,
    /// How many of the recordings were given away.
    listened: usize,
}

const START_LIMIT: Duration = Duration::from_secs(15);
/// With the messages of a call.
const LOG_LINES: usize = 120;
const END_LIMIT: Duration = Duration::from_secs(5);

impl Pjsua2 {
    /// The Python that has `pjsua2-python`: `GANNET_PJSUA2_PYTHON`, else the one in `PATH`.
    pub(crate) fn python() -> String {
        env::var("GANNET_PJSUA2_PYTHON").unwrap_or_else(|_| "python3".to_owned())
    }

    /// Starts a phone of `account` that plays a tone, and waits until it is registered; `settings`
    /// go to `phone.py` as they are.
    pub(crate) fn start(site: &Site, account: &Account, tone_hz: u16, settings: &[&str]) -> Self {
        let phone = Self::launch(site, account, tone_hz, settings);
        phone.wait_for("registered 200", START_LIMIT);
        phone
    }

    /// Starts a phone that may be refused by its registrar; wait for `registered`.
    pub(crate) fn launch(site: &Site, account: &Account, tone_hz: u16, settings: &[&str]) -> Self {
        let ports = Ports::free();
        let user = &account.user;
        let log = site.file(&format!("pjsua2-{user}.log"));
        let recordings = site.file(&format!("pjsua2-{user}"));
        let output = site.file(&format!("pjsua2-{user}.out"));
        let process = Process::start(Self::python(), &output, |command| {
            command
                .arg(Site::interop("pjsua2/phone.py"))
                .args([user, &account.password, &ports.nth(0).to_string()])
                .arg(format!("server={}", account.server))
                .arg(format!("domain={}", account.domain))
                .arg(format!("tone={tone_hz}"))
                .arg(format!("rtp={}", ports.media().start))
                .arg(format!("wav={}", recordings.display()))
                .arg(format!("log={}", log.display()))
                .args(settings)
                .stdin(Stdio::piped());
        });
        Self {
            process,
            log,
            recordings,
            listened: 0,
        }
    }

    /// Waits until it has reported an event so many times.
    pub(crate) fn wait_for_times(&self, event: &str, times: usize, limit: Duration) {
        let find = || {
            let output = self.process.output();
            let lines = output.lines().filter(|line| line.starts_with(event));
            (lines.count() >= times).then_some(())
        };
        until(
            &format!("pjsua2 to report `{event}` {times} times"),
            limit,
            find,
        );
    }

    /// Has it obey a line of standard input.
    pub(crate) fn say(&mut self, line: &str) {
        self.process.say(line);
    }

    fn nth_recording(&self, number: usize) -> PathBuf {
        let prefix = self.recordings.to_string_lossy();
        PathBuf::from(format!("{prefix}-{number}.wav"))
    }

    /// Waits until it reports an event that begins so, and gives the whole line.
    pub(crate) fn wait_for(&self, event: &str, limit: Duration) -> String {
        let find = || {
            let output = self.process.output();
            let line = output.lines().find(|line| line.starts_with(event));
            line.map(str::to_owned)
        };
        until(&format!("pjsua2 to report `{event}`"), limit, find)
    }
}

impl ForeignPhone for Pjsua2 {
    fn dial(&mut self, uri: &str) {
        self.process.say(&format!("call {uri}"));
    }

    fn hang_up(&mut self) {
        self.process.say("hangup");
    }

    fn recording(&self) -> Option<PathBuf> {
        let path = self.nth_recording(self.listened + 1);
        path.is_file().then_some(path)
    }

    fn finished_recording(&mut self) -> PathBuf {
        let path = until("a recording of pjsua2", END_LIMIT, || self.recording());
        self.wait_for(&format!("recorded {}", path.display()), END_LIMIT);
        self.listened += 1;
        path
    }
}

impl Drop for Pjsua2 {
    fn drop(&mut self) {
        tell_if_failing(|| {
            let (output, log) = (self.process.output(), tail(&self.log, LOG_LINES));
            format!("--- pjsua2\n{output}\n{log}")
        });
    }
}
