//! Attributes (`a=` lines) and the typed ones among them.

use std::fmt;
use std::net::IpAddr;

use crate::line::cut;
use crate::rtpmap_view::RtpMapView;
use crate::value::Connection;

/// One `a=` line (RFC 8866 5.13): a property, or a name with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attribute<'a> {
    /// Name; attribute names are case-sensitive.
    pub name: &'a str,
    /// What follows the first `:`.
    pub value: Option<&'a str>,
    /// Number of the line in the description, from 1.
    pub line: usize,
}

/// The direction of a media stream, from the view of whoever wrote it
/// (RFC 8866 6.7, RFC 3264 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Sends and receives; the default when no attribute says otherwise.
    #[default]
    SendRecv,
    /// Sends only: a held party hears music or nothing.
    SendOnly,
    /// Receives only.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// The direction with these two abilities.
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the writer sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the writer receives.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same stream seen from the other end.
    pub fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    /// What both directions allow (both from the same view).
    pub fn intersect(self, other: Self) -> Self {
        Self::new(
            self.sends() && other.sends(),
            self.receives() && other.receives(),
        )
    }

    /// The attribute name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The direction that an attribute name means.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::SendRecv,
            Self::SendOnly,
            Self::RecvOnly,
            Self::Inactive,
        ]
        .into_iter()
        .find(|direction| direction.as_str() == name)
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An `a=rtpmap` value (RFC 8866 6.6).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RtpMap {
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Encoding name as written; compare it without case.
    pub encoding: String,
    /// Clock rate in Hz.
    pub clock_rate: u32,
    /// Encoding parameters: the number of channels for audio.
    pub parameters: Option<String>,
}

impl RtpMap {
    /// The mapping of a static payload type that needs no `a=rtpmap`
    /// (RFC 3551 6), for the audio types in use.
    pub fn of_static(payload_type: u8) -> Option<Self> {
        RtpMapView::of_static(payload_type).map(RtpMapView::to_map)
    }

    /// Whether this is the encoding of that name (without case) and rate.
    pub fn is(&self, encoding: &str, clock_rate: u32) -> bool {
        self.encoding.eq_ignore_ascii_case(encoding) && self.clock_rate == clock_rate
    }

    pub(crate) fn parse(value: &str) -> Option<Self> {
        RtpMapView::read(value).map(RtpMapView::to_map)
    }
}

impl fmt::Display for RtpMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}/{}",
            self.payload_type, self.encoding, self.clock_rate
        )?;
        self.parameters
            .as_ref()
            .map_or(Ok(()), |parameters| write!(f, "/{parameters}"))
    }
}

/// An `a=fmtp` value (RFC 8866 6.15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fmtp<'a> {
    /// The format: a payload type for the RTP protocols.
    pub format: &'a str,
    /// Parameters, in the form that the format defines.
    pub parameters: &'a str,
}

impl<'a> Fmtp<'a> {
    pub(crate) fn parse(value: &'a str) -> Option<Self> {
        let (format, parameters) = cut(value, b' ')?;
        Some(Self {
            format,
            parameters: parameters.trim_start(),
        })
    }
}

/// An `a=rtcp` value (RFC 3605 2.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RtcpAddress {
    /// Port for RTCP.
    pub port: u16,
    /// Address for RTCP, where it differs from that of RTP.
    pub address: Option<IpAddr>,
}

impl RtcpAddress {
    pub(crate) fn parse(value: &str) -> Option<Self> {
        match value.split_once(' ') {
            None => Some(Self {
                port: value.parse().ok()?,
                address: None,
            }),
            Some((port, rest)) => {
                let address = Connection::parse(rest)?.ip();
                Some(Self {
                    port: port.parse().ok()?,
                    address,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_reverse_and_intersect() {
        use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
        for (direction, reversed) in [
            (SendRecv, SendRecv),
            (SendOnly, RecvOnly),
            (RecvOnly, SendOnly),
            (Inactive, Inactive),
        ] {
            assert_eq!(direction.reversed(), reversed);
            assert_eq!(Direction::from_name(direction.as_str()), Some(direction));
            assert_eq!(direction.intersect(SendRecv), direction);
        }
        assert_eq!(SendOnly.intersect(RecvOnly), Inactive);
        assert_eq!(Direction::from_name("SendRecv"), None);
    }

    #[test]
    fn rtpmap_is_read_and_printed() {
        for text in [
            "0 PCMU/8000",
            "101 telephone-event/8000",
            "111 opus/48000/2",
        ] {
            assert_eq!(RtpMap::parse(text).expect(text).to_string(), text);
        }
        for text in [
            "0",
            "0 PCMU",
            "128 PCMU/8000",
            "x PCMU/8000",
            "0 /8000",
            "0 PCMU/x",
        ] {
            assert_eq!(RtpMap::parse(text), None, "{text}");
        }
        assert!(
            RtpMap::parse("0 pcmu/8000")
                .expect("valid")
                .is("PCMU", 8000)
        );
    }

    #[test]
    fn rtcp_address_is_read_with_and_without_address() {
        let with = RtcpAddress::parse("53020 IN IP4 126.16.64.4").expect("valid");
        assert_eq!(
            (with.port, with.address),
            (53020, "126.16.64.4".parse().ok())
        );
        let without = RtcpAddress::parse("53020").expect("valid");
        assert_eq!((without.port, without.address), (53020, None));
        assert_eq!(RtcpAddress::parse("53020 x"), None);
    }
}
