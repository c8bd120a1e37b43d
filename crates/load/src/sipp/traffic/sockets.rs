//! The sockets of a run.

use std::net::{IpAddr, SocketAddr};

use gannet_net::NetError;
use gannet_net::load::{PortId, PortOptions, Ports, TlsClient, TlsServer};
use gannet_traffic::sipp::{OpenError, OpenRequest, Protocol, Sockets};

use super::super::error::SippError;

/// The ports that are tried if none is asked for.
const PORTS: std::ops::Range<u16> = 5_060..5_120;

/// What sockets a run has.
#[derive(Debug, Clone)]
pub(in crate::sipp) struct SocketPlan {
    /// The protocol.
    pub(in crate::sipp) protocol: Protocol,
    /// Whose they are.
    pub(in crate::sipp) sockets: Sockets,
    /// What they are bound to.
    pub(in crate::sipp) bind_ip: IpAddr,
    /// `-p`.
    pub(in crate::sipp) port: Option<u16>,
    /// Where a client sends.
    pub(in crate::sipp) send_to: Option<SocketAddr>,
    /// Calls begin here.
    pub(in crate::sipp) is_client: bool,
    /// Sockets that calls may open.
    pub(in crate::sipp) sockets_max: usize,
    /// `-buff_size`.
    pub(in crate::sipp) buffer_bytes: Option<usize>,
    /// With TLS: how it is spoken.
    pub(in crate::sipp) tls: Option<TlsSides>,
}

/// How TLS is spoken.
#[derive(Debug, Clone)]
pub(in crate::sipp) struct TlsSides {
    /// To those that are called.
    pub(in crate::sipp) client: TlsClient,
    /// To those that call; `None` without a certificate.
    pub(in crate::sipp) server: Option<TlsServer>,
}

/// The sockets that a run begins with.
#[derive(Debug, Clone, Copy)]
pub(in crate::sipp) struct Opened {
    /// The socket of datagrams, or the one that listens.
    pub(in crate::sipp) main: PortId,
    /// Its own address.
    pub(in crate::sipp) address: SocketAddr,
    /// The connection of all calls, which is being made.
    pub(in crate::sipp) connection: Option<PortId>,
}

impl SocketPlan {
    fn options(&self) -> PortOptions {
        PortOptions {
            buffer_bytes: self.buffer_bytes,
            segmentation: true,
            arrival_times: true,
            ..PortOptions::default()
        }
    }

    /// Opens what the run begins with: a socket at the port of `-p`, or at the first free one.
    pub(in crate::sipp) fn open(&self, ports: &mut Ports) -> Result<Opened, SippError> {
        if self.sockets == Sockets::PerAddress {
            // The sockets of the source addresses have the port; no call uses this one.
            return Ok(Opened {
                main: self.open_main(ports, 0).map_err(SippError::Bind)?,
                address: SocketAddr::new(self.bind_ip, self.own_port()),
                connection: None,
            });
        }
        // Before anything listens, so that nobody calls itself if there is nobody to be called.
        let connection = if self.is_client && self.sockets == Sockets::Shared {
            self.connect(ports)?
        } else {
            None
        };
        let main = match self.port {
            Some(port) => self.open_main(ports, port),
            None => PORTS
                .map(|port| self.open_main(ports, port))
                .find(Result::is_ok)
                .unwrap_or_else(|| self.open_main(ports, 0)),
        }
        .map_err(SippError::Bind)?;
        let address = ports
            .local_addr(main)
            .unwrap_or(SocketAddr::new(self.bind_ip, self.port.unwrap_or(0)));
        Ok(Opened {
            main,
            address,
            connection,
        })
    }

    /// Begins the connection of all calls, where there is one.
    pub(in crate::sipp) fn connect(&self, ports: &mut Ports) -> Result<Option<PortId>, SippError> {
        match (self.protocol, self.send_to) {
            (Protocol::Udp, _) | (_, None) => Ok(None),
            (_, Some(peer)) => {
                // From the port of -p, as in SIPp, unless something else has it. Of SCTP only one socket
                // can have a port.
                let port = match self.protocol {
                    Protocol::Sctp => 0,
                    _ => self.own_port(),
                };
                let own = SocketAddr::new(self.bind_ip, port);
                let any = SocketAddr::new(self.bind_ip, 0);
                let source = |from: SocketAddr| {
                    (from.port() != 0 || !from.ip().is_unspecified()).then_some(from)
                };
                self.connect_to(ports, source(own), peer)
                    .or_else(|_| self.connect_to(ports, source(any), peer))
                    .map(Some)
                    .map_err(SippError::Sockets)
            }
        }
    }

    /// The port of all source addresses; 0: any.
    fn own_port(&self) -> u16 {
        self.port.unwrap_or(0)
    }

    fn open_main(&self, ports: &mut Ports, port: u16) -> Result<PortId, NetError> {
        let address = SocketAddr::new(self.bind_ip, port);
        match self.protocol {
            Protocol::Udp => ports.open_udp(address, &self.options()),
            Protocol::Sctp => ports.listen_sctp(address, &self.options()),
            Protocol::Tcp | Protocol::Tls => match self.tls.as_ref().map(|tls| &tls.server) {
                Some(Some(server)) => ports.listen_tls(address, server, &self.options()),
                _ => ports.listen_tcp(address, &self.options()),
            },
        }
    }

    fn connect_to(
        &self,
        ports: &mut Ports,
        source: Option<SocketAddr>,
        peer: SocketAddr,
    ) -> Result<PortId, NetError> {
        // The socket that listens has the port too.
        let options = PortOptions {
            reuse_address: true,
            ..self.options()
        };
        match (self.protocol, &self.tls) {
            (Protocol::Sctp, _) => ports.connect_sctp(source, peer, &options),
            (_, Some(tls)) => ports.connect_tls(source, peer, &tls.client, &options),
            _ => ports.connect_tcp(source, peer, &options),
        }
    }

    /// Opens a socket that a call wants for itself.
    pub(in crate::sipp) fn open_for_call(
        &self,
        ports: &mut Ports,
        request: OpenRequest,
        open_count: usize,
    ) -> Result<PortId, OpenError> {
        if open_count >= self.sockets_max {
            return Err(OpenError::Full);
        }
        let ip = request.local.unwrap_or(self.bind_ip);
        let source = SocketAddr::new(ip, 0);
        let port = match self.sockets {
            Sockets::PerAddress => self.own_port(),
            _ => 0,
        };
        let opened = match (request.protocol, request.remote) {
            (Protocol::Udp, _) => {
                // Thousands of sockets with the largest buffers would take all memory.
                let options = PortOptions {
                    buffer_bytes: self.buffer_bytes.or(Some(CALL_BUFFER_BYTES)),
                    ..self.options()
                };
                let source = SocketAddr::new(ip, port);
                ports.open_udp(source, &options)
            }
            (_, Some(peer)) => {
                let source = (!ip.is_unspecified()).then_some(source);
                self.connect_to(ports, source, peer)
            }
            (_, None) => return Err(OpenError::Refused),
        };
        opened.map_err(|error| match error {
            NetError::TooManyPorts { .. } | NetError::TooManyFiles { .. } => OpenError::Full,
            _ => OpenError::Refused,
        })
    }
}

/// Buffers of a socket that carries one call.
const CALL_BUFFER_BYTES: usize = 64 * 1024;
