//! `gannet pbx`, as a process.

use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::ports::Ports;
use super::process::Process;
use super::until::until;

/// A running `gannet pbx` of the domain `kam.test`.
#[derive(Debug)]
pub(crate) struct GannetPbx {
    process: Process,
    port: u16,
}

const START_LIMIT: Duration = Duration::from_secs(10);

impl GannetPbx {
    /// Starts one with a user and waits until it listens.
    pub(crate) fn start(site: &Site, user: &str, password: &str) -> Self {
        let port = Ports::free().nth(0);
        let users = format!("[[users]]\nname = \"{user}\"\npassword = \"{password}\"\n");
        let users = site.write("users.toml", &users);
        let output = site.file("pbx.console");
        let process = Process::start(env!("CARGO_BIN_EXE_gannet"), &output, |command| {
            command.args(["pbx", "--domain", "kam.test", "--users"]);
            command.arg(users);
            command.args(["--bind", &format!("127.0.0.1:{port}")]);
        });
        until("gannet pbx to listen", START_LIMIT, || {
            std::net::UdpSocket::bind(("127.0.0.1", port))
                .is_err()
                .then_some(())
        });
        Self { process, port }
    }

    /// The port of SIP over UDP and TCP.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for GannetPbx {
    fn drop(&mut self) {
        tell_if_failing(|| format!("--- gannet pbx\n{}", self.process.output()));
    }
}
