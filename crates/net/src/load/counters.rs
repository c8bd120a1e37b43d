//! What went through the ports.

/// What went through all ports so far, those that are closed among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PortCounters {
    /// Datagrams that the system took.
    pub datagrams_sent: u64,
    /// Datagrams handed out.
    pub datagrams_received: u64,
    /// Octets that the system took, of datagrams and streams.
    pub bytes_sent: u64,
    /// Octets handed out, of datagrams and streams.
    pub bytes_received: u64,
    /// System calls that sent.
    pub send_calls: u64,
    /// System calls that received, those that found nothing among them.
    pub receive_calls: u64,
    /// Times that the system took no more for now. Nothing is lost by that.
    pub would_block: u64,
    /// Messages that were not sent, by reason.
    pub send_failures: SendFailures,
    /// Reports of datagrams that the network could not deliver.
    pub unreachable: u64,
    /// Datagrams that the kernel dropped because a receive buffer was full.
    pub kernel_drops: u64,
    /// Datagrams longer than the receive buffer, handed out without their ends.
    pub truncated: u64,
    /// Connections that came about, either way; those that we asked for with TLS once that is
    /// agreed on.
    pub connections_opened: u64,
    /// Connections that are gone, either way; and those that never came about.
    pub connections_closed: u64,
    /// Connections from outside that were closed at once because as many ports were open as may be.
    pub connections_refused: u64,
    /// Handshakes of TLS that succeeded, either way.
    pub tls_handshakes: u64,
    /// Those of them that resumed an earlier session.
    pub tls_resumed: u64,
    /// Handshakes of TLS that failed, either way.
    pub tls_failures: u64,
}

/// Messages that were not sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SendFailures {
    /// As many octets waited at the port as may.
    pub queue_full: u64,
    /// Longer than the network or any datagram takes.
    pub too_long: u64,
    /// No way to the destination.
    pub no_route: u64,
    /// Given to a port that is closed or cannot send, or without a destination.
    pub no_port: u64,
    /// Waiting when their port was closed or lost.
    pub at_close: u64,
    /// Refused by the system for another reason.
    pub other: u64,
}

impl SendFailures {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.queue_full + self.too_long + self.no_route + self.no_port + self.at_close + self.other
    }
}
