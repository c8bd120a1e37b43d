//! The sockets of calls, as the traffic thread knows them.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use gannet_net::NetError;
use gannet_net::load::{BoundUdp, PortOptions};
use gannet_scenario::sipp::model::MediaKind;

use super::inbox::{Command, Inbox, SocketId};
use super::rtp_ports::{RtpPair, RtpPorts};

/// Sockets by their ports. Calls whose descriptions name the same port have one socket.
#[derive(Debug)]
pub(super) struct Sockets {
    ip: IpAddr,
    options: PortOptions,
    inbox: Arc<Inbox>,
    shared: HashMap<u16, Shared>,
    pairs: RtpPorts,
    next_id: u64,
    /// The thread that gets the next pair.
    next_worker: u16,
}

#[derive(Debug)]
struct Shared {
    id: SocketId,
    users: usize,
}

/// The sockets of a port pair of a call's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnPair {
    pub(super) port: u16,
    pub(super) rtp: SocketId,
    pub(super) rtcp: SocketId,
}

impl Sockets {
    /// Binds to an address, or to all where the address is none of this machine's: one that stands
    /// for it beyond a translator of addresses.
    pub(super) fn new(
        ip: IpAddr,
        options: PortOptions,
        pairs: RtpPorts,
        inbox: Arc<Inbox>,
    ) -> Self {
        let is_own = BoundUdp::open(SocketAddr::new(ip, 0), &options).is_ok();
        let any = match ip {
            IpAddr::V4(_) => IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
        };
        Self {
            ip: if is_own { ip } else { any },
            options,
            inbox,
            shared: HashMap::new(),
            pairs,
            next_id: 0,
            next_worker: 0,
        }
    }

    /// One more user of the socket at a port, which is opened for that thread if there is none.
    pub(super) fn lease(
        &mut self,
        port: u16,
        kind: MediaKind,
        worker: u16,
    ) -> Result<SocketId, NetError> {
        if let Some(shared) = self.shared.get_mut(&port) {
            shared.users += 1;
            return Ok(shared.id);
        }
        // Many calls may share it: what leaves together for one peer goes through the kernel as one.
        let options = PortOptions {
            segmentation: true,
            ..self.options
        };
        let bound = BoundUdp::open(SocketAddr::new(self.ip, port), &options)?;
        let id = self.adopt(worker, Some(kind), bound);
        self.shared.insert(port, Shared { id, users: 1 });
        Ok(id)
    }

    /// One user less.
    pub(super) fn release(&mut self, port: u16) {
        let Some(shared) = self.shared.get_mut(&port) else {
            return;
        };
        shared.users -= 1;
        if shared.users == 0 {
            self.inbox.send(Command::Close(shared.id));
            self.shared.remove(&port);
        }
    }

    /// The socket at a port that somebody uses.
    pub(super) fn at(&self, port: u16) -> Option<SocketId> {
        self.shared.get(&port).map(|shared| shared.id)
    }

    /// A pair for one call; `None` if none is free.
    pub(super) fn open_pair(&mut self, kind: MediaKind) -> Option<OwnPair> {
        let RtpPair { rtp, rtcp } = self.pairs.open(self.ip, &self.options)?;
        let worker = self.next_worker;
        self.next_worker = (worker + 1) % self.inbox.workers();
        Some(OwnPair {
            port: rtp.local_addr().port(),
            rtp: self.adopt(worker, Some(kind), rtp),
            rtcp: self.adopt(worker, None, rtcp),
        })
    }

    pub(super) fn close_pair(&mut self, pair: OwnPair) {
        self.inbox.send(Command::Close(pair.rtp));
        self.inbox.send(Command::Close(pair.rtcp));
    }

    fn adopt(&mut self, worker: u16, kind: Option<MediaKind>, bound: BoundUdp) -> SocketId {
        let id = SocketId {
            worker,
            number: self.next_id,
        };
        self.next_id += 1;
        self.inbox.send(Command::Adopt(id, kind, Box::new(bound)));
        id
    }
}
