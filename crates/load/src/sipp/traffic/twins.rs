//! Connections to twins (3PCC): commands are texts that end with an escape byte.

use std::net::SocketAddr;

use gannet_net::load::{PortId, PortOptions, Ports};

use super::super::error::SippError;

/// What ends a command.
const END: u8 = 27;
/// Longest command that is taken.
const COMMAND_BYTES_MAX: usize = 1 << 20;

/// Who the twins of a run are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sipp) enum TwinPlan {
    /// `-3pcc`.
    Classic(TwinSide, SocketAddr),
    /// `-master`, `-slave`.
    Extended {
        /// Where this side listens.
        own: SocketAddr,
        /// The others by name.
        peers: Vec<(String, SocketAddr)>,
        /// It connects to all others at once.
        is_master: bool,
    },
}

/// Who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sipp) enum TwinSide {
    /// This side.
    Connects,
    /// The other one.
    Listens,
}

/// Connections to twins.
#[derive(Debug)]
pub(super) struct Twins {
    plan: Option<TwinPlan>,
    listener: Option<PortId>,
    links: Vec<Link>,
}

#[derive(Debug)]
struct Link {
    port: PortId,
    /// Who it leads to, if this side made it.
    name: Option<String>,
    /// What has come of a command whose end has not.
    pending: Vec<u8>,
}

impl Twins {
    /// Opens what the plan says.
    pub(super) fn open(plan: Option<TwinPlan>, ports: &mut Ports) -> Result<Self, SippError> {
        let mut twins = Self {
            plan,
            listener: None,
            links: Vec::new(),
        };
        match twins.plan.clone() {
            None => {}
            Some(TwinPlan::Classic(TwinSide::Connects, peer)) => {
                twins.connect(ports, peer, None)?;
            }
            Some(TwinPlan::Classic(TwinSide::Listens, own)) => twins.listen(ports, own)?,
            Some(TwinPlan::Extended {
                own,
                peers,
                is_master,
            }) => {
                twins.listen(ports, own)?;
                for (name, peer) in peers.into_iter().filter(|_| is_master) {
                    twins.connect(ports, peer, Some(name))?;
                }
            }
        }
        Ok(twins)
    }

    fn listen(&mut self, ports: &mut Ports, own: SocketAddr) -> Result<(), SippError> {
        let listener = ports.listen_tcp(own, &PortOptions::default());
        self.listener = Some(listener.map_err(SippError::Bind)?);
        Ok(())
    }

    fn connect(
        &mut self,
        ports: &mut Ports,
        peer: SocketAddr,
        name: Option<String>,
    ) -> Result<PortId, SippError> {
        let port = ports
            .connect_tcp(None, peer, &PortOptions::default())
            .map_err(SippError::Sockets)?;
        self.links.push(Link {
            port,
            name,
            pending: Vec::new(),
        });
        Ok(port)
    }

    /// Sends a command; false if there is nobody to take it.
    pub(super) fn send(&mut self, ports: &mut Ports, to: Option<&str>, text: &[u8]) -> bool {
        let link = self
            .links
            .iter()
            .find(|link| to.is_none() || link.name.as_deref() == to);
        let port = match (link, &self.plan, to) {
            (Some(link), ..) => Some(link.port),
            (None, Some(TwinPlan::Extended { peers, .. }), Some(name)) => {
                let peer = peers.iter().find(|(known, _)| known == name).cloned();
                peer.and_then(|(name, peer)| self.connect(ports, peer, Some(name)).ok())
            }
            _ => None,
        };
        match port {
            Some(port) => {
                ports.send(port, None, &[text, &[END]]);
                true
            }
            None => false,
        }
    }

    /// A connection was accepted; true if it is a twin's.
    pub(super) fn accepted(&mut self, listener: PortId, port: PortId) -> bool {
        let is_twin = self.listener == Some(listener);
        if is_twin {
            self.links.push(Link {
                port,
                name: None,
                pending: Vec::new(),
            });
        }
        is_twin
    }

    /// Whether a connection is a twin's.
    pub(super) fn has(&self, port: PortId) -> bool {
        self.links.iter().any(|link| link.port == port)
    }

    /// Bytes came over a connection; `each` gets the commands that are whole. True if it is a
    /// twin's.
    pub(super) fn received(
        &mut self,
        port: PortId,
        bytes: &[u8],
        mut each: impl FnMut(&[u8]),
    ) -> bool {
        let Some(link) = self.links.iter_mut().find(|link| link.port == port) else {
            return false;
        };
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(END, rest) {
            link.pending.extend_from_slice(&rest[..end]);
            each(&link.pending);
            link.pending.clear();
            rest = &rest[end + 1..];
        }
        if link.pending.len() + rest.len() > COMMAND_BYTES_MAX {
            link.pending.clear();
        } else {
            link.pending.extend_from_slice(rest);
        }
        true
    }

    /// A connection is gone; true if it was a twin's.
    pub(super) fn closed(&mut self, port: PortId) -> bool {
        let before = self.links.len();
        self.links.retain(|link| link.port != port);
        self.links.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_cut_at_their_ends() {
        let port = PortId::from_number(7);
        let mut twins = Twins {
            plan: None,
            listener: None,
            links: vec![Link {
                port,
                name: None,
                pending: Vec::new(),
            }],
        };
        let mut commands = Vec::new();
        for bytes in [
            &b"Call-ID: 1"[..],
            b"\r\n\r\n\x1bCall-ID: 2\x1bCall",
            b"-ID: 3\x1b",
        ] {
            let is_twin = twins.received(port, bytes, |command| {
                commands.push(String::from_utf8_lossy(command).into_owned());
            });
            assert!(is_twin);
        }
        assert_eq!(commands, ["Call-ID: 1\r\n\r\n", "Call-ID: 2", "Call-ID: 3"]);
        assert!(!twins.received(PortId::from_number(8), b"x", |_| {}));
        assert!(twins.closed(port) && !twins.closed(port));
    }
}
