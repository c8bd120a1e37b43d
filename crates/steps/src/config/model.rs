//! What can be configured.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use gannet_sip::Transport;

use super::extensions::PbxExtensions;

/// The name by which the embedded server is asked for where a server is named.
pub const EMBEDDED: &str = "embedded";

/// Everything that `gannet.toml` and the command line say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// The server that is used if none is named: one of `servers`, or [`EMBEDDED`].
    pub default_server: Option<String>,
    /// Servers by name.
    pub servers: BTreeMap<String, ServerConfig>,
    /// Users by the name that features give them.
    pub users: BTreeMap<String, UserConfig>,
    /// How long steps wait.
    pub timeouts: Timeouts,
    /// Folder of media files that stand neither beside the feature nor in an absolute place.
    pub media_folder: Option<PathBuf>,
    /// Folders with device profiles beside the built-in ones.
    pub device_folders: Vec<PathBuf>,
    /// The profile of phones for which nothing names one.
    pub default_device: Option<String>,
    /// Variables for features, by name.
    pub variables: BTreeMap<String, String>,
    /// Sockets and what happens to datagrams.
    pub network: NetworkSettings,
    /// The embedded server.
    pub pbx: PbxSettings,
    /// Who may issue certificates of signers, beside the authority of each scenario.
    pub trusted_signers: Vec<gannet_stir::Certificate>,
    /// T1, T2, T4 of all phones and of the embedded server, if not those of RFC 3261.
    pub timers: Option<gannet_ua::Timers>,
}

impl Config {
    /// How long a step waits for a message or a state: as configured, else 5 s, and on a network
    /// that loses datagrams as long as requests are repeated, 64*T1 (RFC 3261 17.1.1.2).
    pub fn signalling(&self) -> Duration {
        self.timeouts.signalling.unwrap_or_else(|| {
            if self.network.loss > 0.0 {
                self.timers.unwrap_or_default().give_up()
            } else {
                SIGNALLING
            }
        })
    }

    /// How long a step may take beside the times that its sentence names: a bound for steps that
    /// wait for several things in turn. As configured, else 30 s or three waits, what is longer.
    pub fn step(&self) -> Duration {
        self.timeouts
            .step
            .unwrap_or_else(|| STEP.max(self.signalling() * STEP_WAITS))
    }

    /// The user of that name, or else the only one whose name differs in case alone.
    pub fn user(&self, name: &str) -> Option<&UserConfig> {
        self.users.get(name).or_else(|| {
            let mut alike = self
                .users
                .values()
                .filter(|user| user.name.eq_ignore_ascii_case(name));
            let only = alike.next();
            if alike.next().is_none() { only } else { None }
        })
    }
}

/// How long a step waits for a message or a state.
const SIGNALLING: Duration = Duration::from_secs(5);

/// How long a step may take beside the times that its sentence names, at least.
const STEP: Duration = Duration::from_secs(30);

/// How many waits a step has room for, at least.
const STEP_WAITS: u32 = 3;

/// A host and a port as written; names are looked up when the run starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostPort {
    /// Name or address, without the brackets of IPv6.
    pub host: String,
    /// The port; `None` for that of the transport.
    pub port: Option<u16>,
}

impl HostPort {
    /// Reads `host`, `host:port`, `[v6]`, `[v6]:port`. `None` if it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']')?;
                host.parse::<std::net::Ipv6Addr>().ok()?;
                (
                    host,
                    after
                        .strip_prefix(':')
                        .or((!after.is_empty()).then_some("bad")),
                )
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.is_empty() || !host.chars().all(valid) {
            return None;
        }
        let port = match port {
            Some(digits) => Some(digits.parse::<u16>().ok().filter(|&port| port > 0)?),
            None => None,
        };
        Some(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// A server under test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Its name in the configuration.
    pub name: String,
    /// Where it listens.
    pub address: HostPort,
    /// How it is talked to, unless a user says otherwise.
    pub transport: Transport,
    /// The domain of its users; `None`: the address is the domain.
    pub domain: Option<String>,
    /// Where everything is sent first, if not to `address`.
    pub outbound_proxy: Option<HostPort>,
    /// Whether it is asked with OPTIONS before the run if it is there.
    pub probe: bool,
    /// What it can do, for `@requires.<feature>`.
    pub features: BTreeSet<String>,
    /// Where its event socket listens; `None`: at its own address, on port 8021.
    pub event_socket: Option<HostPort>,
    /// The event socket's password; `None`: that of the environment, or the usual one.
    pub event_socket_password: Option<String>,
    /// The password of users who have none of their own; `{user}` in it is the user part.
    pub default_password: Option<String>,
}

impl ServerConfig {
    /// The password of a user who has none of their own.
    pub fn password_of(&self, user: &str) -> Option<String> {
        let pattern = self.default_password.as_ref()?;
        Some(pattern.replace("{user}", user))
    }

    /// The domain part of its users' addresses.
    pub fn domain(&self) -> String {
        self.domain
            .clone()
            .unwrap_or_else(|| self.address.to_string())
    }

    /// Where messages go.
    pub fn next_hop(&self) -> &HostPort {
        self.outbound_proxy.as_ref().unwrap_or(&self.address)
    }
}

/// A user of a server: who a phone is when a feature names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserConfig {
    /// The name that features use.
    pub name: String,
    /// User part of the address-of-record.
    pub user: String,
    /// Its domain; `None` for that of the server.
    pub domain: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// User name of the credentials, if not `user`.
    pub auth_user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// What the user types at the mailbox of the embedded server, ended by `#`.
    pub pin: Option<String>,
    /// Device profile.
    pub device: Option<String>,
    /// The server that the user belongs to, if not the one of the run.
    pub server: Option<String>,
    /// How the phone talks to the server, if not as the server says.
    pub transport: Option<Transport>,
    /// What the phone makes of SRTP, if not as its device profile says: a value of `sdp.srtp`.
    pub srtp: Option<&'static str>,
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// A wait for a message or a state; `None`: see [`Config::signalling`].
    pub signalling: Option<Duration>,
    /// A wait for sound.
    pub media: Duration,
    /// How long a step that says "does not" looks on.
    pub observing: Duration,
    /// A step beside the times that its sentence names; `None`: see [`Config::step`].
    pub step: Option<Duration>,
    /// A whole scenario; `None`: as long as its steps may take together.
    pub scenario: Option<Duration>,
    /// Hanging up after a scenario, and taking back what was left at a real server.
    pub clean_up: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            signalling: None,
            media: Duration::from_secs(10),
            observing: Duration::from_secs(2),
            step: None,
            scenario: None,
            clean_up: Duration::from_secs(5),
        }
    }
}

/// Sockets and what happens to datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NetworkSettings {
    /// The address of all phones; `None`: the one from which the server is reached.
    pub bind: Option<IpAddr>,
    /// Probability that a datagram is lost, each way, 0 to 1.
    pub loss: f64,
    /// Seed of the loss.
    pub loss_seed: u64,
}

/// What differs from the defaults of the embedded server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PbxSettings {
    /// How long phones ring before the call goes on.
    pub no_answer: Option<Duration>,
    /// Names of the digest algorithms, most wanted first.
    pub algorithms: Option<Vec<gannet_ua::digest::Algorithm>>,
    /// How credentials for another URI are judged inside a subscription.
    pub digest_uri: Option<gannet_pbx::DigestUri>,
    /// Whether it knows session timers.
    pub session_timers: Option<bool>,
    /// The session interval that it asks for.
    pub session_expires: Option<Duration>,
    /// The shortest session interval that it takes.
    pub session_min_se: Option<Duration>,
    /// Subscriptions, publications and presence.
    pub events: PbxEventSettings,
    /// Whether users have a voicemail; `None`: in scenarios whose sentences speak of it.
    pub voicemail: Option<bool>,
    /// Whether each leg has reliable provisional responses if its phone wants them.
    pub prack: Option<bool>,
    /// Where recordings are written.
    pub recordings: Option<PathBuf>,
    /// Shortest registration that is granted.
    pub expires_min: Option<Duration>,
    /// The domain.
    pub domain: Option<String>,
    /// User parts that answer with what they hear.
    pub echo: Option<Vec<String>>,
    /// User parts that play music.
    pub music: Option<Vec<String>>,
    /// User parts of conference rooms.
    pub conference: Option<Vec<String>>,
    /// Whether the server plays music to who is on hold; `None`: in scenarios with the tag
    /// `@requires.music-on-hold`.
    pub music_on_hold: Option<bool>,
    /// What the registrar does beside binding contacts.
    pub registrar: gannet_pbx::RegistrarFeatures,
    /// Whose word about identities counts.
    pub trust: gannet_pbx::TrustDomain,
    /// How it signs and verifies calls.
    pub stir: Option<PbxStirSettings>,
    /// What it does beside calls from phone to phone.
    pub extensions: PbxExtensions,
}

/// How the embedded server signs and verifies calls (RFC 8224).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PbxStirSettings {
    /// It signs its users' calls with this attestation.
    pub sign: Option<gannet_stir::Attestation>,
    /// What becomes of calls by their Identity.
    pub verify: gannet_pbx::IdentityRule,
}

/// What the embedded server does with SUBSCRIBE and PUBLISH where it differs from the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PbxEventSettings {
    /// How long a nonce may be used.
    pub nonce_lifetime: Option<Duration>,
    /// The code for a SUBSCRIBE that is accepted.
    pub subscribe_code: Option<u16>,
    /// How SUBSCRIBE and PUBLISH are challenged.
    pub subscribe_challenge: Option<gannet_ua::digest::AuthTarget>,
    /// Who may watch others.
    pub watching: Option<gannet_pbx::WatchRule>,
    /// Whether each document about dialogs tells all of them.
    pub dialog_info_full: Option<bool>,
    /// The event packages that it has.
    pub packages: Option<std::collections::BTreeSet<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_may_have_ports_and_brackets() {
        let table = [
            ("example.test", Some(("example.test", None))),
            ("127.0.0.1:7060", Some(("127.0.0.1", Some(7060)))),
            ("[::1]:5060", Some(("::1", Some(5060)))),
            ("[::1]", Some(("::1", None))),
            ("[::1]5060", None),
            ("host:port", None),
            ("host:0", None),
            ("host:70000", None),
            ("", None),
            ("two words", None),
        ];
        for (text, expected) in table {
            let parsed = HostPort::parse(text);
            let parts = parsed.as_ref().map(|p| (p.host.as_str(), p.port));
            assert_eq!(parts, expected, "{text}");
            if let Some(parsed) = parsed {
                assert_eq!(parsed.to_string(), text);
            }
        }
    }
}
