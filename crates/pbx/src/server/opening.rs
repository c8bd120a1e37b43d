//! How a server begins: its sockets and its parts.

use std::collections::{BTreeMap, HashMap};
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
use super::state::Server;
use super::timetable::Timetable;
use super::watchers::Watchers;
use crate::config::PbxConfig;
use crate::error::PbxError;
use crate::event::PbxEvent;
use crate::media::MediaRoom;
use crate::snapshot::PbxCounters;

/// What the server understands; everything else gets 405 with this list.
const METHODS: [Method; 11] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Info,
    Method::Update,
    Method::Message,
    Method::Notify,
    Method::Register,
    Method::Subscribe,
];

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
        let advertised = match config.advertised {
            Some(ip) => ip,
            None => reachable(bound.ip()),
        };
        let local = SocketAddr::new(advertised, bound.port());
        let mut rng = fastrand::Rng::with_seed(config.seed);
        let names: Vec<_> = METHODS.iter().map(Method::as_str).collect();
        let users = std::mem::take(&mut config.users);
        let mut server = Self {
            bound,
            local,
            allow: names.join(", "),
            endpoint: Endpoint::new(endpoint(&config, local, rng.u64(..))),
            watchers: Watchers::default(),
            digest: DigestServer::new(challenges(&config), now, &mut rng),
            location: Location::new(granting(&config)),
            directory: Directory::default(),
            mailboxes: BTreeMap::new(),
            calls: BTreeMap::new(),
            legs: HashMap::new(),
            pending: HashMap::new(),
            deliveries: HashMap::new(),
            rooms: BTreeMap::new(),
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

fn endpoint(config: &PbxConfig, local: SocketAddr, seed: u64) -> EndpointConfig {
    let mut endpoint = EndpointConfig::new(local, seed);
    endpoint.timers = config.timers;
    endpoint.allow = METHODS.to_vec();
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
