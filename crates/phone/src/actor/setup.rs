//! Building a phone's task from its configuration.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;

use gannet_net::{MediaScheduler, NetError, SipBinding, SipTransport};
use gannet_sip::Transport;
use gannet_ua::Target;
use gannet_ua::digest::{ClientAuth, Credentials};
use gannet_ua::endpoint::{Endpoint, EndpointConfig};
use tokio::sync::{mpsc, watch};

use super::core::{Act, Actor};
use super::filter::Filter;
use super::notifier::Watchers;
use super::publications::Publications;
use super::subscriptions::Watches;
use super::transfer::Transfers;
use crate::addresses::Addresses;
use crate::config::PhoneConfig;
use crate::error::PhoneError;
use crate::log::MessageLog;
use crate::media_line::LineControl;
use crate::phone::MediaTable;
use crate::profile::{Facts, ProfileDress, ProfileIdentifiers, Quirk, Reliable};
use crate::state::PhoneState;

impl Actor {
    pub(crate) fn new(
        config: PhoneConfig,
        commands: mpsc::Receiver<Act>,
    ) -> Result<Self, PhoneError> {
        let name = &config.name;
        if !matches!(config.transport, Transport::Udp | Transport::Tcp) {
            return Err(PhoneError::Transport {
                phone: name.clone(),
                transport: config.transport,
            });
        }
        let net = |error: NetError| PhoneError::from_net(name, &error);
        let (transport, incoming) = SipTransport::bind(binding_of(&config)).map_err(net)?;
        let scheduler = match &config.scheduler {
            Some(scheduler) => scheduler.clone(),
            None => MediaScheduler::shared().map_err(net)?,
        };
        let local = own_address(&config, &transport)?;
        let addresses = Addresses::new(&config, local).map_err(|error| PhoneError::Misuse {
            phone: name.clone(),
            problem: format!(
                "domain \"{}\" cannot stand in a URI: {error}",
                config.domain
            ),
        })?;
        let seed = mixed_seed(&config);
        Ok(Self {
            endpoint: endpoint_of(&config, local, seed),
            addresses,
            local,
            rng: fastrand::Rng::with_seed(seed ^ 1),
            seed,
            transport,
            incoming,
            commands,
            scheduler,
            state: watch::Sender::new(PhoneState::new()),
            log: MessageLog::new(),
            media: MediaTable::default(),
            line: LineControl::default(),
            legs: BTreeMap::new(),
            handles: HashMap::new(),
            last_call: 0,
            registration: None,
            flows: Vec::new(),
            boot: None,
            booted: false,
            subscription: None,
            watches: Watches::default(),
            publications: Publications::default(),
            watchers: Watchers::default(),
            waiting: HashMap::new(),
            changes: HashMap::new(),
            transfers: Transfers::default(),
            by_hand: false,
            prack_offers: HashMap::new(),
            sends_prack: true,
            left_open: Vec::new(),
            lingering: Vec::new(),
            filter: Filter::default(),
            finished: false,
            config,
        })
    }

    /// A core that knows nothing yet, as after switching on. Its randomness goes on.
    pub(super) fn reset_endpoint(&mut self) {
        self.seed = self.rng.u64(..);
        let rules = self.endpoint.take_rules();
        self.endpoint = endpoint_of(&self.config, self.local, self.seed);
        for rule in rules {
            self.endpoint.answer_by_rule(rule);
        }
        self.filter.clear();
    }

    pub(super) fn mac(&self) -> [u8; 6] {
        mac(&self.config)
    }
}

/// INVITE with and without credentials, BYE, and one more.
const TRANSACTIONS_PER_CALL: usize = 4;

/// The core of a phone, with the look and the credentials of its configuration.
pub(crate) fn endpoint_of(config: &PhoneConfig, local: SocketAddr, seed: u64) -> Endpoint {
    endpoint_for(config, local, seed, None)
}

/// The same for so many calls at once, those included that ended within the last 64*T1.
pub(crate) fn endpoint_for(
    config: &PhoneConfig,
    local: SocketAddr,
    seed: u64,
    calls_max: Option<usize>,
) -> Endpoint {
    let profile = &config.profile;
    let mut settings = EndpointConfig::new(local, seed);
    settings.timers = config.timers.unwrap_or(profile.timers);
    settings.own_timers = profile.own_timers;
    settings.cancel_at_once = profile.outgoing.cancels_at_once;
    settings.success_before_prack = profile.quirks.has(Quirk::AnswersBeforePrack);
    settings.cseq_step = profile.identifiers.cseq_step;
    settings.rport = profile.messages.rport;
    let lists = profile.effective_lists();
    settings.allow = lists.allow;
    settings.supported = lists.supported;
    settings.require_100rel = profile.reliable() == Reliable::Required;
    settings.prack_by_user = true;
    settings.session = profile.session.support.then_some(profile.session.policy);
    settings.hosts.clone_from(&config.hosts);
    settings.outbound = config.server_target();
    let before = profile.transport.servers_before.iter();
    settings.before_outbound = before
        .map(|server| Target::new(config.transport, *server))
        .collect();
    settings.outbound_always = config.server.is_some_and(|server| server.outbound_proxy);
    settings.transport = config.transport;
    if let Some(calls_max) = calls_max {
        settings.calls_max = calls_max;
        settings.transactions_max = calls_max.saturating_mul(TRANSACTIONS_PER_CALL);
    }
    settings.identifiers = Arc::new(ProfileIdentifiers(profile.identifiers.clone()));
    settings.dress = Some(Arc::new(dress(config)));
    let mut endpoint = Endpoint::new(settings);
    let mut auth = ClientAuth::new(profile.digest.clone());
    if let Some(user) = &config.auth {
        auth.add_credentials(None, Credentials::password(&user.user, &user.password));
    }
    *endpoint.auth_mut() = auth;
    endpoint
}

pub(super) fn dress(config: &PhoneConfig) -> ProfileDress {
    let identity = &config.profile.identity;
    let facts = Facts {
        vendor: &identity.vendor,
        model: &identity.model,
        firmware: &identity.firmware,
        mac: mac(config),
    };
    ProfileDress::new(Arc::clone(&config.profile), &facts)
}

/// The profile's MAC address, else one made from name and seed, locally administered.
fn mac(config: &PhoneConfig) -> [u8; 6] {
    config.profile.identity.mac.unwrap_or_else(|| {
        let mut mac = [0x02; 6];
        mac[1..].copy_from_slice(&mixed_seed(config).to_be_bytes()[..5]);
        mac
    })
}

/// Phones of one run have one seed and many names.
fn mixed_seed(config: &PhoneConfig) -> u64 {
    let mut hasher = DefaultHasher::new();
    config.name.hash(&mut hasher);
    config.seed.hash(&mut hasher);
    hasher.finish()
}

/// Where the phone listens.
fn binding_of(config: &PhoneConfig) -> SipBinding {
    let address = SocketAddr::new(config.bind_ip, config.sip_port);
    let mut binding = SipBinding::new(address, config.name.as_str());
    binding.tcp = config.listen_tcp || config.transport == Transport::Tcp;
    binding.capture = config.capture.clone();
    binding.impairment = config.impairment.clone();
    binding
}

/// The address under which peers reach the phone.
fn own_address(config: &PhoneConfig, transport: &SipTransport) -> Result<SocketAddr, PhoneError> {
    let bound = transport.address();
    if !bound.ip().is_unspecified() {
        return Ok(bound);
    }
    let server = config.server.ok_or_else(|| PhoneError::Misuse {
        phone: config.name.clone(),
        problem: format!(
            "bound to {} it needs a server to know its own address",
            bound.ip()
        ),
    })?;
    transport
        .local_address_towards(server.address)
        .map_err(|error| PhoneError::from_net(&config.name, &error))
}
