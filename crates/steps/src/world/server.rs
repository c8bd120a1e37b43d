//! The server of a scenario.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use gannet_pbx::{Action, Numbers, Pbx};
use gannet_pbx::{PbxConfig, PbxError, PbxUser};

use crate::config::{Config, PbxEventSettings, PbxSettings, ServerConfig};

use super::phones::user_part;
use super::state::World;
use super::surroundings::Surroundings;

/// The server of a scenario: an embedded one of its own, or a real one that all share.
#[derive(Debug, Clone)]
pub enum Server {
    /// An embedded server that nobody else uses: users of the same name in other scenarios never
    /// meet.
    Embedded(Pbx),
    /// A server that Gannet did not start.
    Real(Box<RealServer>),
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

    /// The password that the configuration gives a user who has none of their own.
    pub(super) fn default_password(&self, user: &str) -> Option<String> {
        match self {
            Self::Embedded(_) => None,
            Self::Real(real) => real.config.password_of(user),
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
    (users, hold_music): (Vec<PbxUser>, bool),
    stir: Option<gannet_pbx::PbxStir>,
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
        prack: settings.prack.unwrap_or(defaults.prack),
        music_on_hold: settings.music_on_hold.unwrap_or(hold_music),
        no_answer: settings.no_answer.unwrap_or(defaults.no_answer),
        registrar: settings.registrar,
        trust: settings.trust,
        stir,
        timers: surroundings.config().timers.unwrap_or(defaults.timers),
        users,
        seed,
        capture: capture.clone(),
        scheduler: Some(surroundings.scheduler().clone()),
        ..defaults
    };
    adapt(&mut config, settings);
    config.numbers = numbers(surroundings.config());
    Pbx::start(config)
}

/// Shortest registration unless configured: short enough to see a refresh within a scenario.
const EXPIRES_MIN: Duration = Duration::from_secs(5);

fn adapt(config: &mut PbxConfig, settings: &PbxSettings) {
    adapt_events(config, &settings.events);
    config.voicemail.directory.clone_from(&settings.recordings);
    config.expires.min_s = whole_seconds(settings.expires_min.unwrap_or(EXPIRES_MIN));
    if settings.session_timers == Some(false) {
        config.session_timers = None;
    }
    if let Some(policy) = &mut config.session_timers {
        policy.expires = settings.session_expires;
        policy.min_se = settings.session_min_se.unwrap_or(policy.min_se);
    }
    if let Some(echo) = &settings.echo {
        config.extensions.echo.clone_from(echo);
    }
    if let Some(music) = &settings.music {
        config.extensions.music.clone_from(music);
    }
    if let Some(rooms) = &settings.conference {
        config.extensions.conference.clone_from(rooms);
    }
    let extensions = &settings.extensions;
    config.transfer = extensions.transfer;
    config.forward_marks = extensions.forward_marks;
    config.keeps_texts = extensions.keep_messages;
    if let Some(time) = extensions.park_return {
        config.park_return = time;
    }
}

/// The numbers with the users' names at the server.
fn numbers(config: &Config) -> Numbers {
    let at_server = |names: &[String]| -> Vec<String> {
        let names = names.iter().map(|name| name_at_server(config, name));
        names.collect()
    };
    let mut numbers = config.pbx.extensions.numbers.clone();
    let named: Vec<_> = numbers.iter().cloned().collect();
    for mut number in named {
        match &mut number.action {
            Action::Hunt(users) | Action::Queue(users) => *users = at_server(users),
            _ => continue,
        }
        numbers.set(number);
    }
    numbers
}

impl World {
    /// Whether the configuration has switched off at the embedded server what this number would do.
    pub(crate) fn is_switched_off(&self, action: &Action) -> bool {
        let numbers = &self.surroundings.config().pbx.extensions.numbers;
        self.server().pbx().is_some() && !numbers.has(action.capability())
    }

    /// The number with which the embedded server does something about `target`, or without a target
    /// what needs none.
    pub(crate) fn feature_number(&self, action: &Action, target: &str) -> Option<String> {
        self.server().pbx()?;
        let numbers = &self.surroundings.config().pbx.extensions.numbers;
        let mut fitting = numbers.iter().filter(|number| {
            number.action == *action
                && number.takes_more != target.is_empty()
                && numbers.has(action.capability())
        });
        Some(format!("{}{target}", fitting.next()?.digits))
    }
}

/// A user as the embedded server knows them: features and the configuration may use other names.
/// Numbers stay.
pub(super) fn name_at_server(config: &Config, name: &str) -> String {
    match config.user(name) {
        Some(user) => user.user.clone(),
        None => user_part(name),
    }
}

fn adapt_events(config: &mut PbxConfig, events: &PbxEventSettings) {
    if let Some(lifetime) = events.nonce_lifetime {
        config.nonce_lifetime = lifetime;
    }
    if let Some(code) = events.subscribe_code {
        config.subscribe_code = code;
    }
    if let Some(target) = events.subscribe_challenge {
        config.subscribe_challenge = target;
    }
    if let Some(rule) = events.watching {
        config.watching = rule;
    }
    if let Some(full) = events.dialog_info_full {
        config.dialog_info_full = full;
    }
    if let Some(packages) = &events.packages {
        config.packages.clone_from(packages);
    }
}

fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
