//! One end of a SIP exchange.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use gannet_net::{
    Capture, CloseReason, ConnectionId, Incoming, Outgoing, SipBinding, SipTransport,
};
use gannet_sip::Transport;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

pub(crate) const OPTIONS: &str = "OPTIONS sip:bob@host SIP/2.0\r\nContent-Length: 0\r\n\r\n";
pub(crate) const OK: &str = "SIP/2.0 200 OK\r\nContent-Length: 4\r\n\r\nbody";
/// Far longer than anything here takes; ends a test that would hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// One bound transport with its reports.
pub(crate) struct End {
    pub(crate) transport: SipTransport,
    pub(crate) incoming: Receiver<Incoming>,
    pub(crate) capture: Capture,
}

impl End {
    pub(crate) fn bind(host: &str) -> Self {
        Self::bind_with(host, |_| {})
    }

    pub(crate) fn bind_with(host: &str, change: impl FnOnce(&mut SipBinding)) -> Self {
        let address = format!("{host}:0").parse().expect("an address");
        let mut binding = SipBinding::new(address, "Alice");
        change(&mut binding);
        let capture = binding.capture.clone();
        let (transport, incoming) = SipTransport::bind(binding).expect("a free port");
        Self {
            transport,
            incoming,
            capture,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.transport.address()
    }

    pub(crate) fn send(&self, transport: Transport, remote: SocketAddr, text: &'static str) {
        self.send_on(transport, remote, text, None);
    }

    pub(crate) fn send_on(
        &self,
        transport: Transport,
        remote: SocketAddr,
        text: &'static str,
        connection: Option<ConnectionId>,
    ) {
        self.transport.send(Outgoing {
            transport,
            remote,
            bytes: Bytes::from_static(text.as_bytes()),
            connection,
        });
    }

    /// A datagram.
    pub(crate) fn send_bytes(&self, remote: SocketAddr, bytes: Bytes) {
        self.transport.send(Outgoing {
            transport: Transport::Udp,
            remote,
            bytes,
            connection: None,
        });
    }

    pub(crate) async fn next(&mut self) -> Incoming {
        timeout(PATIENCE, self.incoming.recv())
            .await
            .expect("something comes in")
            .expect("the transport is open")
    }

    /// The next message: its text, where it came from and over what.
    pub(crate) async fn message(&mut self) -> (String, SocketAddr, Option<ConnectionId>) {
        match self.next().await {
            Incoming::Message {
                bytes,
                remote,
                connection,
                ..
            } => (
                String::from_utf8_lossy(&bytes).into_owned(),
                remote,
                connection,
            ),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    pub(crate) async fn closed(&mut self) -> CloseReason {
        match self.next().await {
            Incoming::Closed { reason, .. } => reason,
            other => panic!("expected the end of a connection, got {other:?}"),
        }
    }
}

/// The loopback addresses that this machine has.
#[expect(clippy::print_stderr, reason = "a skipped family shall be seen")]
pub(crate) fn hosts() -> Vec<&'static str> {
    let mut hosts = vec!["127.0.0.1", "[::1]"];
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        eprintln!("skipped: no IPv6 on this machine");
        hosts.pop();
    }
    hosts
}
