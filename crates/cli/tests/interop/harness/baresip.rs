//! baresip: a phone that is driven over its JSON control connection.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::failing::tell_if_failing;
use super::foreign_phone::ForeignPhone;
use super::gate::Site;
use super::ports::Ports;
use super::process::{Process, tail};
use super::server::Account;
use super::until::{poll, until};

/// A running baresip, registered if it was asked to.
#[derive(Debug)]
pub(crate) struct Baresip {
    user: String,
    port: u16,
    state: PathBuf,
    stop: PathBuf,
    control: TcpStream,
    events: Arc<Mutex<Vec<Value>>>,
    /// How many of the events were looked at.
    seen: usize,
    /// How many of the recordings were given away.
    listened: usize,
    _group: Process,
}

const START_LIMIT: Duration = Duration::from_secs(15);
/// With the messages of a call.
const LOG_LINES: usize = 120;
const STOP_LIMIT: Duration = Duration::from_secs(10);
const END_LIMIT: Duration = Duration::from_secs(5);

impl Baresip {
    /// Starts a phone of `account`, which plays a tone of `tone_hz`; `settings` go to the peers'
    /// `start.sh` as they are.
    pub(crate) fn start(site: &Site, account: &Account, tone_hz: u16, settings: &[&str]) -> Self {
        let ports = Ports::free();
        let (sip_port, media) = (ports.nth(0), ports.media());
        let user = account.user.clone();
        let state = site.peers_state();
        let output = site.file(&format!("baresip-{user}.out"));
        let mut script = Process::start(site.peer("baresip/start.sh"), &output, |command| {
            command
                .args([&user, &account.password, &sip_port.to_string()])
                .arg(format!("server={}", account.server))
                .arg(format!("domain={}", account.domain))
                .arg(format!("tone={tone_hz}"))
                .arg(format!("rtp={}-{}", media.start, media.end - 1))
                .arg("codecs=PCMU,PCMA")
                .args(settings)
                .env("PEERS_STATE", &state);
        });
        let ended = poll(START_LIMIT, || script.ended());
        assert!(
            ended.is_some_and(|status| status.success()),
            "baresip does not start:\n{}{}",
            script.output(),
            tail(&state.join(format!("baresip-{user}/log")), 60)
        );
        let control_port = sip_port + 2;
        let control = until("the control port of baresip", START_LIMIT, || {
            TcpStream::connect(("127.0.0.1", control_port)).ok()
        });
        let events = Arc::new(Mutex::new(Vec::new()));
        let incoming = control.try_clone().expect("a socket handle can be doubled");
        let collected = Arc::clone(&events);
        thread::spawn(move || collect(incoming, &collected));
        Self {
            user,
            port: sip_port,
            state,
            stop: site.peer("baresip/stop.sh"),
            control,
            events,
            seen: 0,
            listened: 0,
            _group: script,
        }
    }

    /// Where it listens over UDP.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn command(&mut self, command: &str, parameters: &str) {
        let text = json!({"command": command, "params": parameters, "token": "gannet"}).to_string();
        let framed = format!("{}:{text},", text.len());
        let written = self.control.write_all(framed.as_bytes());
        assert!(written.is_ok(), "baresip takes no commands");
    }

    /// Waits for the next event of this type, `CALL_ESTABLISHED` for instance, and gives its
    /// parameter. Events that came before it are not looked at again.
    pub(crate) fn next(&mut self, kind: &str, limit: Duration) -> String {
        let start = self.seen;
        let found = poll(limit, || {
            let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            let (index, event) = (start..)
                .zip(events.get(start..)?)
                .find(|(_, event)| event["type"] == kind)?;
            Some((
                index,
                event["param"].as_str().unwrap_or_default().to_owned(),
            ))
        });
        let Some((index, parameter)) = found else {
            let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            let kinds: Vec<_> = events[start..]
                .iter()
                .map(|event| event["type"].to_string())
                .collect();
            panic!("baresip had no {kind} within {limit:?}, only {kinds:?}")
        };
        self.seen = index + 1;
        parameter
    }

    /// Asks the other side of the call to call this URI instead.
    pub(crate) fn transfer(&mut self, uri: &str) {
        self.command("transfer", uri);
    }

    /// Presses keys of its keypad in its call, and lets them go.
    pub(crate) fn press(&mut self, keys: &str) {
        self.command("sndcode", keys);
    }

    fn recordings(&self) -> Vec<PathBuf> {
        let folder = self.state.join(format!("baresip-{}/snd", self.user));
        let mut files: Vec<_> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .filter(|path| fs::metadata(path).is_ok_and(|data| data.len() > 44))
            .collect();
        files.sort();
        files
    }

    fn log_file(&self) -> PathBuf {
        self.state.join(format!("baresip-{}/log", self.user))
    }
}

impl ForeignPhone for Baresip {
    fn dial(&mut self, uri: &str) {
        self.command("dial", uri);
    }

    fn hang_up(&mut self) {
        self.command("hangup", "");
    }

    fn recording(&self) -> Option<PathBuf> {
        self.recordings().into_iter().nth(self.listened)
    }

    fn finished_recording(&mut self) -> PathBuf {
        self.next("CALL_CLOSED", END_LIMIT);
        let path = until("a recording of baresip", END_LIMIT, || self.recording());
        self.listened += 1;
        path
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        tell_if_failing(|| tail(&self.log_file(), LOG_LINES));
        let output = self.state.join(format!("baresip-{}.stop", self.user));
        Process::run(&self.stop, &output, STOP_LIMIT, |command| {
            command.arg(&self.user).env("PEERS_STATE", &self.state);
        });
    }
}

/// Reads netstrings, `12:{"event": 1},`, until the connection ends.
fn collect(mut connection: TcpStream, events: &Mutex<Vec<Value>>) {
    let mut buffer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = connection.read(&mut chunk) {
        buffer.extend_from_slice(&chunk[..count]);
        while let Some((value, used)) = first_netstring(&buffer) {
            buffer.drain(..used);
            let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
            events.push(value);
        }
    }
}

fn first_netstring(buffer: &[u8]) -> Option<(Value, usize)> {
    let colon = buffer.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&buffer[..colon]).ok()?.parse().ok()?;
    let body = buffer.get(colon + 1..colon + 1 + length)?;
    // With its comma; a body that is no JSON counts as an event without a type.
    buffer.get(colon + 1 + length)?;
    let value = serde_json::from_slice(body).unwrap_or(Value::Null);
    Some((value, colon + 2 + length))
}
