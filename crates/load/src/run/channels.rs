//! Opening the channels of a run.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use gannet_net::NetError;
use gannet_net::load::{PortId, PortOptions, Ports, TcpClose};
use gannet_scenario::model::{
    Action, Channel, ChannelId, Endpoint, Mode, OpenArgs, Scenario, StepKind, TransportKind,
};

use super::error::LoadError;

/// Addresses of all names that a scenario opens.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    names: HashMap<(String, u16), SocketAddr>,
}

impl Addresses {
    /// Looks up every name of the scenario's channels and open actions.
    pub(super) fn of(scenario: &Scenario) -> Result<Self, LoadError> {
        let mut addresses = Self::default();
        for channel in &scenario.channels {
            addresses.add(&channel.name, &channel.open)?;
        }
        for step in scenario.sections.iter().flat_map(|section| &section.steps) {
            let (channel, actions) = match &step.kind {
                StepKind::Send(send) => (send.channel, [&send.before, &send.after]),
                StepKind::Receive(receive) => (receive.channel, [&receive.actions, &EMPTY]),
                StepKind::Pause(_) => continue,
            };
            for action in actions.into_iter().flatten() {
                if let Action::Open(Some(args)) = action {
                    addresses.add(&scenario.channels[channel.index()].name, args)?;
                }
            }
        }
        Ok(addresses)
    }

    fn add(&mut self, channel: &str, args: &OpenArgs) -> Result<(), LoadError> {
        let endpoints = [&args.source, &args.dest, &args.standby];
        for endpoint in endpoints.into_iter().flatten() {
            let Endpoint::Name(name, port) = endpoint else {
                continue;
            };
            let error = |why: String| LoadError::Name {
                channel: channel.to_owned(),
                name: name.clone(),
                why,
            };
            let address = (name.as_str(), *port)
                .to_socket_addrs()
                .map_err(|source| error(source.to_string()))?
                .next()
                .ok_or_else(|| error("no address".to_owned()))?;
            self.names.insert((name.clone(), *port), address);
        }
        Ok(())
    }

    pub(super) fn address(&self, endpoint: &Endpoint) -> Option<SocketAddr> {
        match endpoint {
            Endpoint::Address(address) => Some(*address),
            Endpoint::Name(name, port) => self.names.get(&(name.clone(), *port)).copied(),
        }
    }
}

static EMPTY: Vec<Action> = Vec::new();

/// What opening a channel gave.
#[derive(Debug, Clone, Copy)]
pub(super) enum OpenedPort {
    /// A socket that sends to this peer.
    Socket(PortId, SocketAddr),
    /// A socket or listener that waits for peers.
    Listening(PortId),
    /// A connection that is being made.
    Connecting(PortId),
}

/// Opens a channel by its arguments.
pub(super) fn open(
    ports: &mut Ports,
    addresses: &Addresses,
    channel: &Channel,
    args: &OpenArgs,
    sharing: Sharing,
) -> Result<OpenedPort, NetError> {
    let options = PortOptions {
        reuse_port: sharing.among_shards && args.mode == Mode::Server,
        reuse_address: channel.transport.kind == TransportKind::Tcp,
        buffer_bytes: args.buffer_bytes,
        close: if channel.transport.linger_ms == Some(0) {
            TcpClose::Reset
        } else {
            TcpClose::Graceful
        },
        segmentation: sharing.segmentation,
        sparse: false,
        arrival_times: false,
        dual_stack: false,
    };
    let source = args.source.as_ref().and_then(|at| addresses.address(at));
    let dest = args.dest.as_ref().and_then(|at| addresses.address(at));
    let dest = if sharing.standby {
        let standby = args.standby.as_ref().and_then(|at| addresses.address(at));
        standby.or(dest)
    } else {
        dest
    };
    match (channel.transport.kind, args.mode, dest) {
        (TransportKind::Udp, Mode::Client, Some(dest)) => {
            let source = source.unwrap_or_else(|| any_like(dest));
            Ok(OpenedPort::Socket(ports.open_udp(source, &options)?, dest))
        }
        (TransportKind::Tcp, Mode::Client, Some(dest)) => {
            let port = ports.connect_tcp(source, dest, &options)?;
            Ok(OpenedPort::Connecting(port))
        }
        (TransportKind::Udp, _, _) => {
            let source = source.unwrap_or(ANY);
            Ok(OpenedPort::Listening(ports.open_udp(source, &options)?))
        }
        (TransportKind::Tcp, _, _) => {
            let source = source.unwrap_or(ANY);
            Ok(OpenedPort::Listening(ports.listen_tcp(source, &options)?))
        }
    }
}

const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

fn any_like(peer: SocketAddr) -> SocketAddr {
    if peer.is_ipv6() {
        SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0)
    } else {
        ANY
    }
}

/// How the sockets of a channel are opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sharing {
    /// Several shards listen at one address.
    pub(super) among_shards: bool,
    /// Datagrams of equal length may cross the kernel as one.
    pub(super) segmentation: bool,
    /// The standby peer instead of the first one.
    pub(super) standby: bool,
}

/// A channel of the whole run whose connection is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Missing {
    pub(super) channel: ChannelId,
    /// The next attempt, as time since the run began.
    pub(super) retry_at: Duration,
    /// The peer that is tried.
    pub(super) standby: bool,
}

/// Why several shards cannot play a scenario, if they cannot.
pub(super) fn why_not_divisible(scenario: &Scenario) -> Option<String> {
    if scenario.channels.len() > 1 {
        return Some("a call that uses several channels would have to be on one shard".to_owned());
    }
    if scenario
        .section(gannet_scenario::model::SectionKind::Init)
        .is_some()
    {
        return Some("the init section runs once, before all calls".to_owned());
    }
    let any_port = scenario.channels.iter().find(|channel| {
        let source = channel.open.source.as_ref();
        channel.open.mode == Mode::Server && !source.is_some_and(has_fixed_port)
    });
    if let Some(channel) = any_port {
        return Some(format!(
            "channel \"{}\" waits at port 0, which would be another port for each shard",
            channel.name
        ));
    }
    let fixed = scenario.channels.iter().find(|channel| {
        channel.global
            && channel.open.mode == Mode::Client
            && channel.open.source.as_ref().is_some_and(has_fixed_port)
    })?;
    Some(format!(
        "channel \"{}\" has one source port, which only one shard can have; leave the port out or \
         set it to 0",
        fixed.name
    ))
}

fn has_fixed_port(endpoint: &Endpoint) -> bool {
    match endpoint {
        Endpoint::Address(address) => address.port() != 0,
        Endpoint::Name(_, port) => *port != 0,
    }
}
