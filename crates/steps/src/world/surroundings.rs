//! What all scenarios of a run share.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_net::{MediaScheduler, NetError, local_address_towards};
use gannet_phone::{
    Destination, Phone, PhoneConfig, PhoneError, Profile, ProfileError, ProfileLibrary,
    Server as ServerOfPhone,
};
use gannet_sip::{Method, Transport, Uri};

use crate::config::{Config, HostPort, ServerConfig};

use super::server::RealServer;

/// Which server a run uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerChoice {
    /// An embedded one for each scenario.
    Embedded,
    /// A real one.
    Real(Box<ServerConfig>),
}

/// What the machine or the network refused before the run began.
#[derive(Debug, thiserror::Error)]
pub enum SurroundingsError {
    /// Threads or sockets.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The name of the server is not known.
    #[error(
        "cannot find the address of `{host}` (server {server}): check the name, or write its IP address"
    )]
    NameNotFound {
        /// The server.
        server: String,
        /// The name that was looked up.
        host: HostPort,
        /// What the system said.
        source: io::Error,
    },
    /// The server does not answer.
    #[error(
        "no answer from server {server} at {address} over {transport} after {:.1} s: \
         is it running? If it ignores OPTIONS, write `probe = false` for it in gannet.toml",
        waited.as_secs_f64()
    )]
    Unreachable {
        /// The server.
        server: String,
        /// Where it should be.
        address: SocketAddr,
        /// How it was tried.
        transport: Transport,
        /// How long was waited.
        waited: Duration,
        /// What the phone that asked met with.
        source: Box<PhoneError>,
    },
    /// No socket for the question whether the server answers.
    #[error("cannot ask the server whether it is there")]
    Probe(#[source] Box<PhoneError>),
    /// The profile of phones for which nothing names one cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// What all scenarios of a run share: configuration, device profiles, media threads, and the
/// address of the server.
#[derive(Debug)]
pub struct Surroundings {
    config: Config,
    profiles: ProfileLibrary,
    scheduler: MediaScheduler,
    real: Option<RealServer>,
}

/// The profile of phones for which nothing names one.
const DEFAULT_PROFILE: &str = "generic";

impl Surroundings {
    /// Looks up the server's name, and asks it with OPTIONS whether it is there.
    ///
    /// # Errors
    /// What the environment refuses.
    pub async fn prepare(
        config: Config,
        profiles: ProfileLibrary,
        choice: ServerChoice,
    ) -> Result<Arc<Self>, SurroundingsError> {
        let scheduler = MediaScheduler::shared()?;
        let mut surroundings = Self {
            config,
            profiles,
            scheduler,
            real: None,
        };
        if let ServerChoice::Real(server) = choice {
            let real = surroundings.find(*server).await?;
            if real.config.probe {
                surroundings.probe(&real).await?;
            }
            surroundings.real = Some(real);
        }
        Ok(Arc::new(surroundings))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The device profiles.
    pub fn profiles(&self) -> &ProfileLibrary {
        &self.profiles
    }

    /// The real server of the run; `None` if each scenario has an embedded one.
    pub fn real_server(&self) -> Option<&RealServer> {
        self.real.as_ref()
    }

    /// The server in words.
    pub fn describe_server(&self) -> String {
        match &self.real {
            Some(real) => format!("{} at {}", real.config.name, real.address),
            None => format!(
                "an embedded server for each scenario on {}",
                self.loopback_or_bind()
            ),
        }
    }

    pub(super) fn scheduler(&self) -> &MediaScheduler {
        &self.scheduler
    }

    pub(super) fn loopback_or_bind(&self) -> IpAddr {
        self.config
            .network
            .bind
            .unwrap_or(Ipv4Addr::LOCALHOST.into())
    }

    /// The address of phones that talk to `server`.
    pub(super) fn local_ip(&self, server: SocketAddr) -> Result<IpAddr, NetError> {
        match self.config.network.bind {
            Some(ip) if ip.is_ipv6() == server.is_ipv6() => Ok(ip),
            _ => local_address_towards(server),
        }
    }

    /// The named profile, or the one of phones for which nothing names one.
    pub(super) fn profile(&self, name: Option<&str>) -> Result<Arc<Profile>, ProfileError> {
        let default = self
            .config
            .default_device
            .as_deref()
            .unwrap_or(DEFAULT_PROFILE);
        self.profiles.load(name.unwrap_or(default))
    }

    /// Looks up the address of a server.
    pub(super) async fn find(&self, server: ServerConfig) -> Result<RealServer, SurroundingsError> {
        let hop = server.next_hop().clone();
        let port = hop.port.unwrap_or(DEFAULT_PORT);
        let fail = |source| SurroundingsError::NameNotFound {
            server: server.name.clone(),
            host: hop.clone(),
            source,
        };
        let family = self.config.network.bind.map(|ip| ip.is_ipv4());
        let lookup = tokio::net::lookup_host((hop.host.as_str(), port));
        let found = match tokio::time::timeout(self.config.signalling(), lookup).await {
            Ok(found) => found.map_err(fail)?,
            Err(_) => return Err(fail(io::ErrorKind::TimedOut.into())),
        };
        let mut fitting = found.filter(|address| family.is_none_or(|v4| v4 == address.is_ipv4()));
        let address = fitting
            .next()
            .ok_or_else(|| fail(io::Error::other("it has no address of the wanted family")))?;
        Ok(RealServer {
            config: server,
            address,
        })
    }

    /// A phone that nobody sees sends OPTIONS (RFC 3261 11): any answer will do.
    async fn probe(&self, real: &RealServer) -> Result<(), SurroundingsError> {
        let mut config = PhoneConfig::new("gannet", self.profiles.load(DEFAULT_PROFILE)?);
        "gannet".clone_into(&mut config.user);
        config.domain = real.config.domain();
        config.server = Some(ServerOfPhone {
            address: real.address,
            outbound_proxy: true,
        });
        config.transport = real.config.transport;
        config.bind_ip = self.local_ip(real.address)?;
        config.scheduler = Some(self.scheduler.clone());
        let failed = |error| SurroundingsError::Probe(Box::new(error));
        let phone = Phone::start(config).await.map_err(failed)?;
        let asked = Instant::now();
        let limit = self.config.signalling();
        let deadline = asked + limit;
        let uri = Uri::parse(&format!("sip:{}", real.config.domain()));
        let destination = uri.map_or_else(|_| Destination::User(String::new()), Destination::Uri);
        let answer = phone
            .request(Method::Options, &destination, Vec::new(), None, deadline)
            .await;
        let waited = asked.elapsed();
        // The phone has neither calls nor a registration that could be lost.
        let _ = phone.stop(false, Instant::now() + limit).await;
        answer
            .map(drop)
            .map_err(|error| SurroundingsError::Unreachable {
                server: real.config.name.clone(),
                address: real.address,
                transport: real.config.transport,
                waited,
                source: Box::new(error),
            })
    }
}

/// The port of SIP over UDP and TCP (RFC 3261 19.1.2).
const DEFAULT_PORT: u16 = 5060;
