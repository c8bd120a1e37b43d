//! SIPp: its built-in caller and callee, and scenarios of ours.

use std::path::PathBuf;
use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::ports::Ports;
use super::process::{Finished, Process, tail};
use super::server::Account;
use super::until::until;

/// A SIPp that is running.
#[derive(Debug)]
pub(crate) struct Sipp {
    process: Process,
    port: u16,
    logs: [PathBuf; 2],
}

/// What SIPp's messages go over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// One UDP socket, SIPp's default.
    Udp,
    /// One TCP connection, `-t t1`.
    Tcp,
}

/// SIPp's own limit; ours for its end is a little longer.
const CALLS_LIMIT_S: u64 = 40;
const END_LIMIT: Duration = Duration::from_secs(CALLS_LIMIT_S + 10);
/// With the messages of a call.
const LOG_LINES: usize = 120;
const START_LIMIT: Duration = Duration::from_secs(5);

impl Sipp {
    /// Starts SIPp with `arguments` (scenario, target, number of calls) on a port of its own.
    pub(crate) fn start(site: &Site, transport: Transport, arguments: &[&str]) -> Self {
        let ports = Ports::free();
        let port = ports.nth(0);
        let output = site.file(&format!("sipp-{port}.out"));
        let [errors, messages] =
            ["errors", "messages"].map(|kind| site.file(&format!("sipp-{port}-{kind}.log")));
        let process = Process::start("sipp", &output, |command| {
            command
                .args(arguments)
                .args(["-i", "127.0.0.1", "-p", &port.to_string()])
                .args(["-mp", &ports.media().start.to_string()])
                .args(["-t", transport.option()])
                .args(["-timeout", &format!("{CALLS_LIMIT_S}s"), "-timeout_error"])
                .args(["-nostdin", "-trace_err", "-trace_msg"])
                .arg("-error_file")
                .arg(&errors)
                .arg("-message_file")
                .arg(&messages);
        });
        Self {
            process,
            port,
            logs: [errors, messages],
        }
    }

    /// Registers `port` as a contact of the account, with the peers' own scenario.
    pub(crate) fn register(site: &Site, transport: Transport, account: &Account, port: u16) {
        let scenario = site.peer("kamailio/sipp/register.xml");
        let (user, password) = (account.user.as_str(), account.password.as_str());
        let arguments = [
            "-sf",
            &scenario.to_string_lossy(),
            &account.server,
            "-m",
            "1",
            "-key",
            "user",
            user,
            "-au",
            user,
            "-ap",
            password,
            // Without it the digest names SIPp's target and not the Request-URI, which is answered
            // 400 (RFC 7616 3.4.6).
            "-auth_uri",
            &account.domain,
            "-key",
            "cport",
            &port.to_string(),
            "-key",
            "exp",
            "300",
        ];
        Self::start(site, transport, &arguments).assert_success();
    }

    /// Its SIP port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until it listens.
    pub(crate) fn wait_until_ready(&self) {
        let port = self.port;
        until("SIPp to listen", START_LIMIT, || {
            let taken = std::net::UdpSocket::bind(("127.0.0.1", port)).is_err()
                || std::net::TcpListener::bind(("127.0.0.1", port)).is_err();
            taken.then_some(())
        });
    }

    /// Waits for its end, which must be the end of all its calls.
    pub(crate) fn assert_success(mut self) {
        let Finished { code, output } = self.process.wait(END_LIMIT);
        assert_eq!(code, Some(0), "SIPp failed:\n{output}");
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let logs = || {
            self.logs
                .each_ref()
                .map(|log| tail(log, LOG_LINES))
                .concat()
        };
        tell_if_failing(logs);
    }
}

impl Transport {
    /// The word after SIPp's `-t`.
    fn option(self) -> &'static str {
        match self {
            Self::Udp => "u1",
            Self::Tcp => "t1",
        }
    }

    /// The word after gannet's `over`, and of a URI's `transport` parameter.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}
