//! What the sockets tell, handed over to a shard.

use std::time::Duration;

use gannet_net::load::{PortEvent, PortId};
use gannet_scenario::model::{Channel, ChannelId, Endpoint, Mode, TransportKind};
use gannet_traffic::shard::{PortKey, Shard, Way};

use super::channels::Missing;
use super::error::LoadError;
use super::plan::RunPlan;
use super::world::ShardWorld;
use crate::chain::chain;

/// Channels of the whole run that need a connection.
pub(super) struct Globals<'g> {
    /// By socket, and whether the peer is the standby.
    pub(super) connections: &'g mut Vec<(PortId, ChannelId, bool)>,
    pub(super) missing: &'g mut Vec<Missing>,
    pub(super) plan: &'g RunPlan,
    /// Calls may have begun.
    pub(super) has_begun: bool,
    /// Why they never will.
    pub(super) failed: &'g mut Option<LoadError>,
}

/// Hands an event over.
pub(super) fn hand_over(
    shard: &mut Shard,
    world: &mut ShardWorld<'_, '_>,
    global: &mut Globals<'_>,
    event: PortEvent<'_>,
) {
    let now_ns = world.state.now_ns();
    let key = |port: PortId| PortKey(port.number());
    match event {
        PortEvent::Datagram {
            port, from, bytes, ..
        } => {
            shard.handle_datagram(now_ns, key(port), from, bytes, world);
        }
        PortEvent::Received { port, bytes } => {
            shard.handle_stream(now_ns, key(port), bytes, world);
        }
        PortEvent::Accepted { listener, port, .. } => {
            shard.handle_accepted(key(listener), key(port));
        }
        PortEvent::Connected { port } => {
            let way = Way {
                port: key(port),
                to: None,
            };
            match global.connections.iter().find(|(other, ..)| *other == port) {
                Some((_, channel, _)) => shard.bind(*channel, way),
                None => shard.handle_connected(now_ns, way, world),
            }
        }
        PortEvent::Closed { port, reason } => {
            let at = global
                .connections
                .iter()
                .position(|(other, ..)| *other == port);
            if let Some(at) = at {
                let (_, channel, standby) = global.connections.remove(at);
                lost(world, global, channel, standby, &chain(&reason));
            }
            shard.handle_closed(now_ns, key(port), world);
        }
        PortEvent::Unreachable { to, error, .. } => {
            world.state.tell_unreachable(to, &error);
        }
        PortEvent::SendFailed { to, failure, .. } => {
            let peer = to.map_or_else(|| "a connection".to_owned(), |to| to.to_string());
            let text = format!("a message to {peer} was not sent: {}", chain(&failure));
            world.state.log.trouble(world.state.elapsed(), &text);
        }
        PortEvent::AcceptFailed { error, .. } => {
            let text = format!("connections cannot be accepted for now: {error}");
            world.state.log.trouble(world.state.elapsed(), &text);
        }
    }
    if world.state.has_news() {
        tell_news(shard, world);
    }
}

/// A connection of the whole run is not there any more.
fn lost(
    world: &ShardWorld<'_, '_>,
    global: &mut Globals<'_>,
    channel: ChannelId,
    standby: bool,
    why: &str,
) {
    let now = world.state.elapsed();
    let described = &world.state.scenario.channels[channel.index()];
    let text = format!("channel \"{}\": {why}", described.name);
    world.state.log.trouble(now, &text);
    if described.reconnect && is_connection(described) {
        let retry_at = now + Duration::from_secs(global.plan.reconnect_lag_s);
        global.missing.push(Missing {
            channel,
            retry_at,
            standby: !standby && described.open.standby.is_some(),
        });
    } else if !global.has_begun {
        let address = |endpoint: &Option<Endpoint>| {
            let endpoint = endpoint.as_ref()?;
            world.state.addresses.address(endpoint)
        };
        *global.failed = address(&described.open.dest).map(|peer| LoadError::Connect {
            channel: described.name.clone(),
            peer,
            why: why.to_owned(),
        });
    }
}

fn is_connection(channel: &Channel) -> bool {
    channel.transport.kind == TransportKind::Tcp && channel.open.mode == Mode::Client
}

/// Tells the shard about ports that its calls opened in this turn.
pub(super) fn tell_news(shard: &mut Shard, world: &mut ShardWorld<'_, '_>) {
    while world.state.has_news() {
        let now_ns = world.state.now_ns();
        for way in std::mem::take(&mut world.state.ready) {
            shard.handle_connected(now_ns, way, world);
        }
        for port in std::mem::take(&mut world.state.refused) {
            shard.handle_closed(now_ns, port, world);
        }
    }
}
