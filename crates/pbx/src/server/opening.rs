//! How a server begins: its sockets and its parts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use gannet_net::{Incoming, MediaScheduler, SipBinding, SipTransport};
use gannet_sip::Method;
use gannet_ua::digest::{DigestServer, ServerPolicy};
use gannet_ua::endpoint::{Endpoint, EndpointConfig};
use gannet_ua::registrar::{Location, LocationPolicy};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

use super::directory::Directory;
use super::gruu::TemporaryGruus;
use super::state::Server;
use super::timetable::Timetable;
use super::watchers::Watchers;
use crate::config::PbxConfig;
use crate::dialogs::Dialogs;
use crate::error::PbxError;
use crate::event::PbxEvent;
use crate::media::MediaRoom;
use crate::numbers::Capability;
use crate::presence::Publications;
use crate::snapshot::PbxCounters;

/// What the server understands; everything else gets 405 with this list.
const METHODS: [Method; 14] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Info,
    Method::Update,
    Method::Message,
    Method::Notify,
    Method::Refer,
    Method::Register,
    Method::Subscribe,
    Method::Prack,
    Method::Publish,
];

/// Those that this server takes.
fn methods(config: &PbxConfig) -> Vec<Method> {
    let taken = |method: &Method| match method {
        Method::Prack => config.prack,
        Method::Refer => config.numbers.has(Capability::Transfer),
        _ => true,
    };
    METHODS.into_iter().filter(taken).collect()
}

/// The SIP sockets of a server.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(crate) transport: SipTransport,
    pub(crate) incoming: mpsc::Receiver<Incoming>,
}

/// Opens the sockets of a new server.
pub(crate) fn open(
    config: PbxConfig,
    events: broadcast::Sender<PbxEvent>,
) -> Result<(Server, Sockets), PbxError> {
    let scheduler = match &config.scheduler {
        Some(scheduler) => scheduler.clone(),
        None => MediaScheduler::shared()?,
    };
    let mut binding = SipBinding::new(config.bind, config.owner.clone());
    binding.capture = config.capture.clone();
    binding.impairment = config.impairment.clone();
    let (transport, incoming) = SipTransport::bind(binding)?;
    let server = Server::new(config, transport.address(), scheduler, events)?;
    let sockets = Sockets {
        transport,
        incoming,
    };
    Ok((server, sockets))
}

impl Server {
    fn new(
        mut config: PbxConfig,
        bound: SocketAddr,
        scheduler: MediaScheduler,
        events: broadcast::Sender<PbxEvent>,
    ) -> Result<Self, PbxError> {
        let now = Instant::now();
        let advertised = config.advertised.unwrap_or_else(|| reachable(bound.ip()));
        let local = SocketAddr::new(advertised, bound.port());
        let mut rng = fastrand::Rng::with_seed(config.seed);
        let methods = methods(&config);
        let names: Vec<_> = methods.iter().map(Method::as_str).collect();
        let agents = agents_of(&config);
        let users = std::mem::take(&mut config.users);
        let mut server = Self {
            bound,
            local,
            allow: names.join(", "),
            endpoint: Endpoint::new(endpoint(&config, local, rng.u64(..))),
            watchers: Watchers::default(),
            publications: Publications::new(config.limits.publications_max),
            dialogs: Dialogs::default(),
            digest: DigestServer::new(challenges(&config), now, &mut rng),
            location: Location::new(granting(&config)),
            gruus: TemporaryGruus::default(),
            heard: HashMap::new(),
            directory: Directory::default(),
            mailboxes: BTreeMap::new(),
            calls: BTreeMap::new(),
            legs: HashMap::new(),
            promised: HashMap::new(),
            parked: BTreeMap::new(),
            agents,
            queued: BTreeSet::new(),
            resting: BTreeSet::new(),
            pending: HashMap::new(),
            early_answers: HashMap::new(),
            deliveries: HashMap::new(),
            errands: HashMap::new(),
            kept_texts: HashMap::new(),
            rooms: BTreeMap::new(),
            screened: BTreeSet::new(),
            retrievals: HashMap::new(),
            holdings: HashMap::new(),
            told: HashMap::new(),
            timetable: Timetable::default(),
            room: MediaRoom {
                scheduler,
                bind: bound.ip(),
                advertised,
                owner: config.owner.clone(),
                capture: config.capture.clone(),
                impairment: config.impairment.clone(),
            },
            rng,
            counters: PbxCounters::default(),
            writes: JoinSet::new(),
            examinations: JoinSet::new(),
            judging: BTreeSet::new(),
            stopping: false,
            last_call: 0,
            events,
            changed: false,
            config,
        };
        for user in users {
            server.add_user(user)?;
        }
        Ok(server)
    }
}

/// The agents of all queues, as they are at the start.
fn agents_of(config: &PbxConfig) -> BTreeMap<String, Vec<String>> {
    let queues = config.numbers.queues();
    let agents = queues.map(|(name, agents)| (name.to_owned(), agents.to_vec()));
    agents.collect()
}

fn endpoint(config: &PbxConfig, local: SocketAddr, seed: u64) -> EndpointConfig {
    let mut endpoint = EndpointConfig::new(local, seed);
    endpoint.timers = config.timers;
    endpoint.allow = methods(config);
    endpoint.supported = option_tags(config);
    endpoint.session = config.session_timers;
    endpoint.between_phones = true;
    endpoint
}

fn challenges(config: &PbxConfig) -> ServerPolicy {
    let mut policy = ServerPolicy::new(config.domain.clone());
    policy.algorithms.clone_from(&config.algorithms);
    policy.nonce_lifetime = config.nonce_lifetime;
    policy
}

fn granting(config: &PbxConfig) -> LocationPolicy {
    LocationPolicy {
        default_expires_s: config.expires.default_s,
        min_expires_s: config.expires.min_s,
        max_expires_s: config.expires.max_s,
        bindings_max: config.limits.bindings_per_user_max,
        ..LocationPolicy::default()
    }
}

/// The address that others use: our own on the way out, where the server listens on all of them.
fn reachable(bound: IpAddr) -> IpAddr {
    if !bound.is_unspecified() {
        return bound;
    }
    // Nothing is sent: the routing table is asked for the way to a documentation address
    // (RFC 5737). Without any route only this machine itself can reach the server.
    let outside = SocketAddr::from(([192, 0, 2, 1], 9));
    match gannet_net::local_address_towards(outside) {
        Ok(ip) if bound.is_ipv4() => ip,
        _ if bound.is_ipv4() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => IpAddr::V6(Ipv6Addr::LOCALHOST),
    }
}

/// The extensions that the server lists in Supported.
pub(super) fn option_tags(config: &PbxConfig) -> Vec<String> {
    let mut tags = config.registrar.option_tags();
    if config.prack {
        tags.push("100rel".to_owned());
    }
    if config.numbers.has(Capability::Replaces) {
        tags.push("replaces".to_owned());
    }
    if config.numbers.has(Capability::Transfer) {
        tags.extend(["norefersub", "nosub"].map(str::to_owned));
    }
    tags
}
