//! What the sockets tell, handed over to a player.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gannet_net::load::{CloseReason, PortEvent, PortId};
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::Player;

use super::driver::SharedLink;
use super::world::{SippWorld, WorldState};
use crate::chain::chain;

/// Datagrams do not wait longer at a socket, unless this thread stood still.
const AGE_MAX: Duration = Duration::from_secs(10);

/// Together they take some 20 us.
const EVENTS_PER_LOOK: u32 = 16;

/// Hands an event over.
pub(super) fn hand_over(
    player: &mut Player,
    world: &mut SippWorld<'_>,
    link: &mut SharedLink,
    event: PortEvent<'_>,
    clock: &mut Clock,
) {
    if !matches!(event, PortEvent::Datagram { .. }) {
        // What a connection brings may be hundreds of messages.
        clock.left = 0;
    }
    let now_ns = clock.now_ns(world.state);
    let key = |port: PortId| PortKey(port.number());
    match event {
        PortEvent::Datagram {
            port,
            from,
            bytes,
            arrived,
        } => {
            let arrived_ns = arrived.map_or(now_ns, |arrived| clock.arrived_ns(arrived));
            player.handle_datagram(now_ns, arrived_ns, key(port), from, bytes, world);
        }
        PortEvent::Received { port, bytes } => {
            if world.state.twins.has(port) {
                commands(player, world, port, bytes);
            } else {
                player.handle_stream(now_ns, key(port), bytes, world);
            }
        }
        PortEvent::Accepted { listener, port, .. } => {
            if !world.state.twins.accepted(listener, port) {
                player.handle_accepted(key(port));
            }
        }
        PortEvent::Connected { port } => {
            let way = Way {
                port: key(port),
                to: None,
            };
            if link.awaited == Some(port) {
                link.awaited = None;
                player.bind(way);
            } else if !world.state.twins.has(port) {
                player.handle_connected(now_ns, way, world);
            }
        }
        PortEvent::Closed { port, reason } => closed(player, world, link, port, &reason),
        PortEvent::Unreachable { to, error, .. } => world.state.tell_unreachable(to, &error),
        PortEvent::SendFailed { to, failure, .. } => {
            let peer = to.map_or_else(|| "a connection".to_owned(), |to| to.to_string());
            let text = format!("a message to {peer} was not sent: {}", chain(&failure));
            world.state.logs.warn(&text);
        }
        PortEvent::AcceptFailed { error, .. } => {
            let text = format!("connections cannot be accepted for now: {error}");
            world.state.logs.warn(&text);
        }
    }
}

/// The time of a few events: to read both clocks for each costs as much as to read a message.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// Events that have this time too.
    left: u32,
    now_ns: u64,
    /// The same as a date.
    date: Duration,
}

impl Clock {
    /// What time it is, or was a few events ago.
    fn now_ns(&mut self, state: &WorldState) -> u64 {
        if self.left == 0 {
            self.left = EVENTS_PER_LOOK;
            self.now_ns = state.now_ns();
            self.date = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
        }
        self.left -= 1;
        self.now_ns
    }

    /// When the system got a datagram. A clock that was set meanwhile says nonsense: then it was now.
    fn arrived_ns(&self, arrived: Duration) -> u64 {
        let age = self.date.saturating_sub(arrived);
        if age < AGE_MAX {
            self.now_ns.saturating_sub(age.as_nanos() as u64)
        } else {
            self.now_ns
        }
    }
}

fn commands(player: &mut Player, world: &mut SippWorld<'_>, port: PortId, bytes: &[u8]) {
    let now_ns = world.state.now_ns();
    let mut whole: Vec<Vec<u8>> = Vec::new();
    world
        .state
        .twins
        .received(port, bytes, |command| whole.push(command.to_vec()));
    for command in whole {
        player.handle_command(now_ns, &command, world);
    }
}

fn closed(
    player: &mut Player,
    world: &mut SippWorld<'_>,
    link: &mut SharedLink,
    port: PortId,
    reason: &CloseReason,
) {
    let now_ns = world.state.now_ns();
    if world.state.twins.closed(port) {
        if player.figures().open > 0 {
            let text = format!("the connection to a twin is gone: {}", chain(reason));
            world.state.logs.warn(&text);
        }
        if let CloseReason::Connect(_) = reason {
            link.no_twin = Some(chain(reason));
        }
        link.twin_gone = true;
        return;
    }
    if link.awaited == Some(port) {
        link.awaited = None;
        if !link.may_retry {
            link.refused = Some(chain(reason));
        }
        return;
    }
    world.state.opened.remove(&port.number());
    if !matches!(reason, CloseReason::ByPeer) {
        let text = format!("a connection is gone: {}", chain(reason));
        world.state.logs.warn(&text);
    }
    player.handle_closed(now_ns, PortKey(port.number()), world);
}
