//! Transports by their Via token.

use std::fmt;

/// A transport that Gannet can carry SIP over, named by its Via token (RFC 3261 20.42, RFC 7118).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Transport {
    /// `UDP`.
    #[default]
    Udp,
    /// `TCP`.
    Tcp,
    /// `TLS`.
    Tls,
    /// `WS`.
    Ws,
    /// `WSS`.
    Wss,
    /// `SCTP`.
    Sctp,
}

impl Transport {
    /// The transport for a Via token or `transport` parameter, in any case.
    pub fn from_token(token: &str) -> Option<Self> {
        [
            Self::Udp,
            Self::Tcp,
            Self::Tls,
            Self::Ws,
            Self::Wss,
            Self::Sctp,
        ]
        .into_iter()
        .find(|transport| transport.as_str().eq_ignore_ascii_case(token))
    }

    /// The Via token, upper case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
            Self::Sctp => "SCTP",
        }
    }

    /// The value of a `transport` URI parameter, lower case.
    pub const fn as_param(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::Sctp => "sctp",
        }
    }

    /// True where the transport itself repeats lost data, so that transaction timers A, E, G, I, J
    /// and K are zero or off (RFC 3261 17).
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Self::Udp)
    }

    /// The port when none is written (RFC 3261 19.1.2).
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp | Self::Sctp => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
