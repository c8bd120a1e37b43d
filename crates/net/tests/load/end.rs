//! One end: ports and what they reported.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_net::load::{
    CloseReason, PortEvent, PortId, PortLimits, PortOptions, Ports, SendFailure, TlsClient,
    TlsServer, TlsSettings,
};

/// Far longer than anything here takes; ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one end waits before the other gets its turn.
const TURN: Duration = Duration::from_millis(1);

pub(crate) const LOOPBACK: &str = "127.0.0.1:0";

/// What an event was, kept.
#[derive(Debug)]
pub(crate) enum Seen {
    Accepted(PortId, SocketAddr),
    Connected(PortId),
    Closed(PortId, CloseReason),
    Unreachable(PortId, Option<SocketAddr>, io::ErrorKind),
    SendFailed(PortId, SendFailure),
    AcceptFailed,
}

#[derive(Debug)]
pub(crate) struct End {
    pub(crate) ports: Ports,
    pub(crate) seen: Vec<Seen>,
    pub(crate) datagrams: Vec<(SocketAddr, Vec<u8>)>,
    pub(crate) received: Vec<u8>,
}

impl End {
    pub(crate) fn new() -> Self {
        Self::with(PortLimits::default())
    }

    pub(crate) fn with(limits: PortLimits) -> Self {
        Self {
            ports: Ports::new(limits).expect("descriptors"),
            seen: Vec::new(),
            datagrams: Vec::new(),
            received: Vec::new(),
        }
    }

    /// A UDP port and its address.
    pub(crate) fn udp(&mut self, bind: &str, options: PortOptions) -> (PortId, SocketAddr) {
        let bind = bind.parse().expect("an address");
        let port = self.ports.open_udp(bind, &options).expect("a free port");
        (port, self.ports.local_addr(port).expect("open"))
    }

    pub(crate) fn listen(&mut self, bind: &str, options: PortOptions) -> (PortId, SocketAddr) {
        let bind = bind.parse().expect("an address");
        let port = self.ports.listen_tcp(bind, &options).expect("a free port");
        (port, self.ports.local_addr(port).expect("open"))
    }

    pub(crate) fn connect(&mut self, dest: SocketAddr, options: PortOptions) -> PortId {
        let connected = self.ports.connect_tcp(None, dest, &options);
        connected.expect("a descriptor and a port")
    }

    /// A port that listens for TLS.
    pub(crate) fn listen_tls(&mut self, settings: &TlsSettings) -> (PortId, SocketAddr) {
        let server = TlsServer::new(settings).expect("good settings");
        let bind = LOOPBACK.parse().expect("an address");
        let port = self
            .ports
            .listen_tls(bind, &server, &PortOptions::default());
        let port = port.expect("a free port");
        (port, self.ports.local_addr(port).expect("open"))
    }

    pub(crate) fn connect_tls(&mut self, dest: SocketAddr, client: &TlsClient) -> PortId {
        let connected = self
            .ports
            .connect_tls(None, dest, client, &PortOptions::default());
        connected.expect("a descriptor and a port")
    }

    pub(crate) fn poll(&mut self) {
        let Self {
            ports,
            seen,
            datagrams,
            received,
        } = self;
        let mut keep = |event: PortEvent<'_>| match event {
            PortEvent::Datagram { from, bytes, .. } => datagrams.push((from, bytes.to_vec())),
            PortEvent::Received { bytes, .. } => received.extend_from_slice(bytes),
            PortEvent::Accepted { port, from, .. } => seen.push(Seen::Accepted(port, from)),
            PortEvent::Connected { port } => seen.push(Seen::Connected(port)),
            PortEvent::Closed { port, reason } => seen.push(Seen::Closed(port, reason)),
            PortEvent::Unreachable { port, to, error } => {
                seen.push(Seen::Unreachable(port, to, error.kind()));
            }
            PortEvent::SendFailed { port, failure, .. } => {
                seen.push(Seen::SendFailed(port, failure));
            }
            PortEvent::AcceptFailed { .. } => seen.push(Seen::AcceptFailed),
        };
        ports.poll(Some(TURN), &mut keep).expect("can wait");
    }

    /// Polls until something is so.
    pub(crate) fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let limit = Instant::now() + PATIENCE;
        while !done(self) {
            assert!(Instant::now() < limit, "never: {what}: {self:?}");
            self.poll();
        }
    }

    pub(crate) fn payloads(&self) -> impl Iterator<Item = &[u8]> {
        self.datagrams.iter().map(|(_, bytes)| &bytes[..])
    }

    /// The connection that was accepted first.
    pub(crate) fn accepted(&self) -> Option<PortId> {
        self.accepted_all().next()
    }

    pub(crate) fn accepted_all(&self) -> impl Iterator<Item = PortId> {
        self.seen.iter().filter_map(|seen| match seen {
            Seen::Accepted(port, _) => Some(*port),
            _ => None,
        })
    }

    pub(crate) fn connected(&self, wanted: PortId) -> bool {
        let is_wanted = |seen: &Seen| matches!(seen, Seen::Connected(port) if *port == wanted);
        self.seen.iter().any(is_wanted)
    }

    /// Why a connection is gone, if it is.
    pub(crate) fn closed(&self, wanted: PortId) -> Option<&CloseReason> {
        self.seen.iter().find_map(|seen| match seen {
            Seen::Closed(port, reason) if *port == wanted => Some(reason),
            _ => None,
        })
    }
}

/// Says that a test has nothing to test here.
#[expect(clippy::print_stderr, reason = "a skipped test shall be seen")]
pub(crate) fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// Polls both ends in turns until something is so.
pub(crate) fn until(what: &str, ends: [&mut End; 2], done: impl Fn(&End, &End) -> bool) {
    let [one, other] = ends;
    let limit = Instant::now() + PATIENCE;
    while !done(one, other) {
        assert!(Instant::now() < limit, "never: {what}: {one:?} {other:?}");
        one.poll();
        other.poll();
    }
}
