//! The server of a scenario.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use gannet_pbx::Pbx;
use gannet_pbx::{PbxConfig, PbxError};

use crate::config::{PbxSettings, ServerConfig};

use super::surroundings::Surroundings;

/// The server of a scenario: an embedded one of its own, or a real one that all share.
#[derive(Debug, Clone)]
pub enum Server {
    /// An embedded server that nobody else uses: users of the same name in other scenarios never
    /// meet.
    Embedded(Pbx),
    /// A server that Gannet did not start.
    Real(RealServer),
}

/// A server that Gannet did not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RealServer {
    /// What is known of it.
    pub config: ServerConfig,
    /// Where messages go: its outbound proxy if it has one.
    pub address: SocketAddr,
}

impl Server {
    /// The name: `embedded`, or that of the configuration.
    pub fn name(&self) -> &str {
        match self {
            Self::Embedded(_) => crate::config::EMBEDDED,
            Self::Real(real) => &real.config.name,
        }
    }

    /// Where messages go.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Embedded(pbx) => pbx.address(),
            Self::Real(real) => real.address,
        }
    }

    /// The domain of its users.
    pub fn domain(&self) -> String {
        match self {
            Self::Embedded(pbx) => pbx.domain().to_owned(),
            Self::Real(real) => real.config.domain(),
        }
    }

    /// The embedded server, if it is one: for set-up that a real server has by itself.
    pub fn pbx(&self) -> Option<&Pbx> {
        match self {
            Self::Embedded(pbx) => Some(pbx),
            Self::Real(_) => None,
        }
    }
}

/// Starts an embedded server for one scenario.
pub(super) fn start_embedded(
    surroundings: &Surroundings,
    capture: &gannet_net::Capture,
    seed: u64,
    ipv6: bool,
    hold_music: bool,
) -> Result<Pbx, PbxError> {
    let ip = if ipv6 {
        Ipv6Addr::LOCALHOST.into()
    } else {
        surroundings.loopback_or_bind()
    };
    let settings = &surroundings.config().pbx;
    let defaults = PbxConfig::default();
    let mut config = PbxConfig {
        bind: SocketAddr::new(ip, 0),
        domain: settings.domain.clone().unwrap_or(defaults.domain.clone()),
        algorithms: settings
            .algorithms
            .clone()
            .unwrap_or(defaults.algorithms.clone()),
        digest_uri: settings.digest_uri.unwrap_or(defaults.digest_uri),
        music_on_hold: settings.music_on_hold.unwrap_or(hold_music),
        no_answer: settings.no_answer.unwrap_or(defaults.no_answer),
        timers: surroundings.config().timers.unwrap_or(defaults.timers),
        seed,
        capture: capture.clone(),
        scheduler: Some(surroundings.scheduler().clone()),
        ..defaults
    };
    adapt(&mut config, settings);
    Pbx::start(config)
}

/// Shortest registration unless configured: short enough to see a refresh within a scenario.
const EXPIRES_MIN: Duration = Duration::from_secs(5);

fn adapt(config: &mut PbxConfig, settings: &PbxSettings) {
    config.voicemail.directory.clone_from(&settings.recordings);
    config.expires.min_s = whole_seconds(settings.expires_min.unwrap_or(EXPIRES_MIN));
    if let Some(echo) = &settings.echo {
        config.extensions.echo.clone_from(echo);
    }
    if let Some(music) = &settings.music {
        config.extensions.music.clone_from(music);
    }
    if let Some(rooms) = &settings.conference {
        config.extensions.conference.clone_from(rooms);
    }
}

fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
