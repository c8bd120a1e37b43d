//! Processes of the binary, and the examples that they play.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// No run takes longer, unless something is wrong.
const RUN_LIMIT: Duration = Duration::from_mins(1);

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    err: BufReader<ChildStderr>,
    told: String,
}

/// A run that has ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Starts `gannet` with these words in `scenarios/seagull`.
pub(crate) fn start(words: &[&str]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gannet"))
        .args(words)
        .current_dir(examples())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    let err = BufReader::new(child.stderr.take().expect("it is a pipe"));
    Running {
        child,
        err,
        told: String::new(),
    }
}

/// Runs `gannet load` with these words, split at blanks, to its end.
pub(crate) fn load(words: &str) -> Ran {
    start(&load_words(words)).end()
}

/// `load` and words, split at blanks.
pub(crate) fn load_words(words: &str) -> Vec<&str> {
    let mut all = vec!["load"];
    all.extend(words.split(' ').filter(|word| !word.is_empty()));
    all
}

/// A server of the basic example on a free port, and its address.
pub(crate) fn server(options: &str) -> (Running, String) {
    let words = format!(
        "sip.xml basic/server.conf.xml basic/server.scen.xml --source 127.0.0.1:0 {options}"
    );
    let mut running = start(&load_words(&words));
    let line = running.wait_for("listening on ");
    let address = line.split(' ').nth(2).unwrap_or_default().to_owned();
    (running, address)
}

/// Words for a client of the basic example that calls an address.
pub(crate) fn client_words(address: &str, options: &str) -> String {
    format!(
        "sip.xml basic/client.conf.xml basic/client.scen.xml --source 127.0.0.1:0 --dest {address} \
         {options}"
    )
}

/// An address for remote control that is free.
pub(crate) fn control_address() -> SocketAddr {
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
    port.local_addr().expect("it is bound")
}

/// The answer of remote control to a request.
pub(crate) fn ask(control: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(control).expect("it listens");
    write!(stream, "GET /seagull/{request} HTTP/1.1\r\n\r\n").expect("it reads");
    let mut reader = BufReader::new(stream);
    let mut answer = String::new();
    let mut length = 0;
    while reader.read_line(&mut answer).expect("it answers") > 2 {
        let line = answer.lines().last().unwrap_or_default();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the whole body");
    answer.push_str(&String::from_utf8_lossy(&body));
    answer
}

/// Waits until a run has begun its first call.
pub(crate) fn wait_for_calls(control: SocketAddr) {
    loop {
        let counters = ask(control, "counters/all");
        let calls = counters.split("outgoing_calls=").nth(1);
        if calls.is_some_and(|calls| !calls.trim_start().starts_with('0')) {
            return;
        }
        thread::yield_now();
    }
}

/// The folder of the examples.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/seagull")
}

impl Running {
    /// Waits for a line of standard error that has a text; gives the line.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.err.read_line(&mut line).expect("text");
            self.told.push_str(&line);
            assert_ne!(read, 0, "it ended without `{text}`:\n{}", self.told);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The first line of standard output.
    #[track_caller]
    pub(crate) fn first_line(&mut self) -> String {
        let out = self.child.stdout.as_mut().expect("it is a pipe");
        let mut line = Vec::new();
        let mut byte = [0];
        while out.read(&mut byte).expect("it can be read") == 1 && byte[0] != b'\n' {
            line.push(byte[0]);
        }
        String::from_utf8(line).expect("text")
    }

    /// What Ctrl-C sends.
    pub(crate) fn interrupt(&self) {
        self.signal("-INT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for the end; after [`RUN_LIMIT`] the process is killed.
    pub(crate) fn end(mut self) -> Ran {
        let mut out = self.child.stdout.take().expect("it is a pipe");
        let reader = thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).map(|_| text)
        });
        let (done, is_done) = mpsc::channel::<()>();
        let id = self.child.id().to_string();
        let guard = thread::spawn(move || {
            if is_done.recv_timeout(RUN_LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                // It may have ended this very moment.
                let _ = Command::new("kill").args(["-KILL", &id]).status();
            }
        });
        self.err
            .read_to_string(&mut self.told)
            .expect("standard error is text");
        let status = self.child.wait().expect("it was started");
        drop(done);
        guard.join().expect("it only waits");
        Ran {
            code: status.code(),
            out: reader.join().expect("it only reads").expect("text"),
            err: std::mem::take(&mut self.told),
        }
    }
}

impl Drop for Running {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        // It has ended already if the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ran {
    /// The exit code is `code` and both streams together have all these parts.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{all}");
        for part in parts {
            assert!(all.contains(part), "no `{part}` in:\n{all}");
        }
    }
}
