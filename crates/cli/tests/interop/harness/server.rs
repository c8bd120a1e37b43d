//! The server between a phone of gannet and a foreign one: Kamailio, or gannet's own.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use gannet_pbx::{Pbx, PbxConfig, PbxUser};
use gannet_ua::digest::Algorithm;
use tokio::runtime::Runtime;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::kamailio::Kamailio;
use super::ports::Ports;
use super::until::until;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerKind {
    /// Kamailio of the peers.
    Kamailio,
    /// gannet's own, in this process.
    Embedded,
}

impl ServerKind {
    /// The programs that it needs.
    pub(crate) fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Kamailio => &["kamailio", "kamcmd", "sqlite3", "curl"],
            Self::Embedded => &[],
        }
    }
}

/// A running registrar for [`DOMAIN`] with the users [`USERS`].
#[derive(Debug)]
pub(crate) enum Server {
    /// A process.
    Kamailio(Kamailio),
    /// In this process.
    Embedded(EmbeddedPbx),
}

/// gannet's own server with the runtime that drives it.
#[derive(Debug)]
pub(crate) struct EmbeddedPbx {
    pbx: Pbx,
    runtime: Runtime,
}

/// What a foreign phone needs to be somebody.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// User part and user name of the credentials.
    pub(crate) user: String,
    /// The password.
    pub(crate) password: String,
    /// Host and port of the server.
    pub(crate) server: String,
    /// The domain of the user.
    pub(crate) domain: String,
}

/// The domain of both servers.
const DOMAIN: &str = "kam.test";
/// Users of both servers; the password is the name with `pw` behind it.
const USERS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// How long phones ring before the server gives up on them, where it does.
const RINGS_FOR: Duration = Duration::from_secs(4);

impl Server {
    /// Starts a server of this kind.
    pub(crate) fn start(site: &Site, kind: ServerKind) -> Self {
        match kind {
            ServerKind::Kamailio => Self::kamailio(site, &[]),
            ServerKind::Embedded => Self::embedded(|_| {}),
        }
    }

    /// Starts gannet's own with changes.
    pub(crate) fn embedded(change: impl FnOnce(&mut PbxConfig)) -> Self {
        Self::Embedded(EmbeddedPbx::start(change))
    }

    /// Starts a Kamailio with switches of the peers' README.
    pub(crate) fn kamailio(site: &Site, switches: &[&str]) -> Self {
        Self::Kamailio(Kamailio::start(site, switches))
    }

    /// Starts a Kamailio that says of its users what a PBX says.
    pub(crate) fn kamailio_with_states(site: &Site) -> Self {
        Self::Kamailio(Kamailio::with_states(site))
    }

    /// The port of SIP over UDP and TCP.
    pub(crate) fn port(&self) -> u16 {
        match self {
            Self::Kamailio(kamailio) => kamailio.port(),
            Self::Embedded(embedded) => embedded.pbx.address().port(),
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port())
    }

    /// The account of one of [`USERS`].
    pub(crate) fn account(&self, user: &str) -> Account {
        assert!(USERS.contains(&user), "there is no user {user}");
        Account {
            user: user.to_owned(),
            password: format!("{user}pw"),
            server: self.address(),
            domain: DOMAIN.to_owned(),
        }
    }

    /// The address-of-record of a user, as foreign phones dial it.
    pub(crate) fn uri(user: &str) -> String {
        format!("sip:{user}@{DOMAIN}")
    }

    /// A `gannet.toml` with this server and its users, named `Alice` and so on.
    pub(crate) fn gannet_toml(&self) -> String {
        self.gannet_toml_over("udp")
    }

    /// The same with phones that talk over `transport`.
    pub(crate) fn gannet_toml_over(&self, transport: &str) -> String {
        let names = USERS.map(capitalised);
        let users: Vec<_> = names.iter().map(String::as_str).zip(USERS).collect();
        self.toml("sut", transport, &users)
    }

    /// The same with another name for the server, and with names of features for its users.
    pub(crate) fn gannet_toml_of(&self, server: &str, users: &[(&str, &str)]) -> String {
        self.toml(server, "udp", users)
    }

    fn toml(&self, server: &str, transport: &str, users: &[(&str, &str)]) -> String {
        let mut toml = format!(
            "default_server = \"{server}\"\n\n[server.{server}]\naddress = \"{}\"\n\
             domain = \"{DOMAIN}\"\ntransport = \"{transport}\"\n",
            self.address()
        );
        for (name, user) in users {
            let password = self.account(user).password;
            let _ = write!(
                toml,
                "\n[user.{name}]\nuser = \"{user}\"\npassword = \"{password}\"\n",
            );
        }
        toml
    }

    /// How many new and old messages a user of the embedded server has.
    pub(crate) fn messages(&self, user: &str) -> Option<(usize, usize)> {
        let Self::Embedded(embedded) = self else {
            return None;
        };
        let snapshot = embedded.runtime.block_on(embedded.pbx.snapshot()).ok()?;
        let mailbox = snapshot.mailbox(user)?;
        Some((mailbox.new_count(), mailbox.old_count()))
    }

    /// Waits until a user is registered, and gives the contact.
    pub(crate) fn wait_for_contact(&self, user: &str, limit: Duration) -> String {
        match self {
            Self::Kamailio(kamailio) => kamailio.wait_for_contact(user, limit),
            Self::Embedded(embedded) => {
                let what = format!("a registration of {user} at the embedded server");
                until(&what, limit, || embedded.contact(user))
            }
        }
    }

    /// Whether a user is registered now.
    pub(crate) fn has_contact(&self, user: &str) -> bool {
        match self {
            Self::Kamailio(kamailio) => !kamailio.contacts(user).is_empty(),
            Self::Embedded(embedded) => embedded.contact(user).is_some(),
        }
    }

    /// Waits until somebody has subscribed to the state of a user at the embedded server.
    pub(crate) fn wait_for_watcher(&self, package: &str, user: &str, limit: Duration) {
        let Self::Embedded(embedded) = self else {
            panic!("nobody can tell who watches at Kamailio");
        };
        let what = format!("a subscription to {package} of {user} at the embedded server");
        until(&what, limit, || {
            let snapshot = embedded.runtime.block_on(embedded.pbx.snapshot()).ok()?;
            let mut all = snapshot.subscriptions.iter();
            all.find(|it| it.package == package && it.user == user)
                .map(drop)
        });
    }

    /// Makes it give up on calls to this user after [`RINGS_FOR`].
    pub(crate) fn gives_up_on(&self, user: &str) {
        // The embedded server gives up on everyone after this time.
        if let Self::Kamailio(kamailio) = self {
            kamailio.set_ring_time(user, RINGS_FOR);
        }
    }
}

impl EmbeddedPbx {
    fn start(change: impl FnOnce(&mut PbxConfig)) -> Self {
        let runtime = Runtime::new().expect("a runtime can be had");
        let users = USERS.map(|user| {
            PbxUser::new(user)
                .with_password(format!("{user}pw"))
                .without_voicemail()
        });
        let mut config = PbxConfig {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), Ports::free().nth(0)),
            domain: DOMAIN.to_owned(),
            users: users.to_vec(),
            // Most of the foreign phones know MD5 alone.
            algorithms: vec![Algorithm::Md5],
            allow_foreign: true,
            no_answer: RINGS_FOR,
            ..PbxConfig::default()
        };
        change(&mut config);
        let pbx = {
            let _inside = runtime.enter();
            Pbx::start(config).expect("the port was free")
        };
        Self { pbx, runtime }
    }

    fn contact(&self, user: &str) -> Option<String> {
        let snapshot = self.runtime.block_on(self.pbx.snapshot()).ok()?;
        let binding = snapshot.bindings(user).next()?;
        Some(binding.contact.clone())
    }
}

impl Drop for EmbeddedPbx {
    fn drop(&mut self) {
        let snapshot = || self.runtime.block_on(self.pbx.snapshot());
        tell_if_failing(|| format!("--- the embedded server\n{:#?}", snapshot()));
        self.runtime.block_on(self.pbx.stop());
    }
}

fn capitalised(user: &str) -> String {
    let (first, rest) = user.split_at(1);
    first.to_ascii_uppercase() + rest
}
