//! Kamailio: registrar and proxy for `kam.test`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::kamailio_states;
use super::ports::Ports;
use super::process::{Process, tail};
use super::rtpengine::Rtpengine;
use super::until::{poll, until};

/// A running Kamailio with the users of the peers' `users.txt`.
#[derive(Debug)]
pub(crate) struct Kamailio {
    port: u16,
    stop: PathBuf,
    state: PathBuf,
    output: PathBuf,
    // The script that started it has ended; the server is in its group.
    _group: Process,
    _database: Process,
}

const START_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(12);
const ASK_LIMIT: Duration = Duration::from_secs(5);

impl Kamailio {
    /// Starts one on a free port and waits until it answers. The switches are those of the peers'
    /// README.
    pub(crate) fn start(site: &Site, switches: &[&str]) -> Self {
        Self::start_by(site, site.peer("kamailio/start.sh"), switches, &[])
    }

    /// Starts one that says of its users what a PBX says, with the users 2000 to 2005 and nonces that
    /// are good for 60 s.
    pub(crate) fn with_states(site: &Site) -> Self {
        let (script, users) = kamailio_states::write(site);
        let environment = [
            ("USERS", users.as_os_str()),
            ("NONCEEXP", kamailio_states::NONCE_SECONDS.as_ref()),
        ];
        Self::start_by(site, script, &[], &environment)
    }

    fn start_by(
        site: &Site,
        script: PathBuf,
        switches: &[&str],
        environment: &[(&str, &OsStr)],
    ) -> Self {
        let port = Ports::free().nth(0);
        let state = site.peers_state();
        let output = site.file(&format!("kamailio-{port}.out"));
        let mut script = Process::start(script, &output, |command| {
            command
                .args([&port.to_string(), "NOTLS"])
                .args(switches)
                .envs(environment.iter().copied())
                // Used by the switch WITH_RTPE alone.
                .env("RTPE_SOCK", Rtpengine::CONTROL)
                .env("PEERS_STATE", &state);
        });
        let ended = poll(START_LIMIT, || script.ended());
        let log = state.join(format!("kamailio-{port}/log"));
        assert!(
            ended.is_some_and(|status| status.success()),
            "kamailio does not start:\n{}{}",
            script.output(),
            tail(&log, 40)
        );
        let database = Self::keep_database_open(&state, port, &output);
        Self {
            port,
            stop: site.peer("kamailio/stop.sh"),
            output,
            state,
            _group: script,
            _database: database,
        }
    }

    /// Keeps one connection to Kamailio's SQLite file open. Whoever opens it as the first locks it
    /// for a moment, and what another of its processes asks then fails: a REGISTER that comes
    /// together with another one as the first of all would be refused with 401.
    fn keep_database_open(state: &Path, port: u16, output: &Path) -> Process {
        let file = state.join(format!("kamailio-{port}/kam.sqlite"));
        let output = output.with_extension("sqlite");
        let mut keeper = Process::start("sqlite3", &output, |command| {
            command.arg(&file).stdin(Stdio::piped());
        });
        keeper.say("select count(*) from subscriber;");
        until("an open database of kamailio", START_LIMIT, || {
            keeper.output().trim().parse::<u32>().ok()
        });
        keeper
    }

    /// The port of SIP over UDP and TCP.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The contacts of a user, as `ul.dump` shows them.
    pub(crate) fn contacts(&self, user: &str) -> Vec<String> {
        let dump = self.ask(&["ul.dump"]);
        let mut mine = false;
        let mut contacts = Vec::new();
        for line in dump.lines().map(str::trim) {
            if let Some(aor) = line.strip_prefix("AoR: ") {
                mine = aor == user;
            } else if let Some(address) = line.strip_prefix("Address: ")
                && mine
            {
                contacts.push(address.to_owned());
            }
        }
        contacts
    }

    /// Waits until the user has a contact, and gives it.
    pub(crate) fn wait_for_contact(&self, user: &str, limit: Duration) -> String {
        let what = format!("a registration of {user} at kamailio");
        until(&what, limit, || self.contacts(user).pop())
    }

    /// Sets how long a user's phones ring before the call is given up.
    pub(crate) fn set_ring_time(&self, user: &str, time: Duration) {
        let seconds = time.as_secs().to_string();
        self.ask(&["htable.seti", "ringtime", user, &seconds]);
    }

    fn ask(&self, words: &[&str]) -> String {
        let socket = self.state.join(format!("kamailio-{}/ctl.sock", self.port));
        let output = self.output.with_extension("kamcmd");
        Process::run("kamcmd", &output, ASK_LIMIT, |command| {
            command
                .arg("-s")
                .arg(format!("unix:{}", socket.display()))
                .args(words);
        })
        .output
    }

    fn log_file(&self) -> PathBuf {
        self.state.join(format!("kamailio-{}/log", self.port))
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        tell_if_failing(|| tail(&self.log_file(), 40));
        let port = self.port.to_string();
        let output = self.output.with_extension("stop");
        Process::run(&self.stop, &output, STOP_LIMIT, |command| {
            command.arg(port).env("PEERS_STATE", &self.state);
        });
    }
}
