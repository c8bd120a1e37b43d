//! Values of the lines that have a fixed grammar: `o=`, `c=` and `m=`.

use std::fmt;
use std::net::IpAddr;

use crate::media_line_view::MediaLineView;

/// The address type of an `o=` or `c=` line (RFC 8866 8.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressType {
    /// `IP4`
    Ip4,
    /// `IP6`
    Ip6,
}

impl AddressType {
    /// The type that an address belongs to.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::Ip4,
            IpAddr::V6(_) => Self::Ip6,
        }
    }

    fn parse(token: &str) -> Option<Self> {
        match token {
            "IP4" => Some(Self::Ip4),
            "IP6" => Some(Self::Ip6),
            _ => None,
        }
    }
}

impl fmt::Display for AddressType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ip4 => "IP4",
            Self::Ip6 => "IP6",
        })
    }
}

/// The `o=` line (RFC 8866 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// User name, `-` where the host has none.
    pub username: String,
    /// Session id, digits. Text, because 64 bits are not guaranteed by peers.
    pub session_id: String,
    /// Session version; a changed description needs a higher one (RFC 3264 8).
    pub session_version: u64,
    /// Address type of `address`.
    pub address_type: AddressType,
    /// Host name or address.
    pub address: String,
}

impl Origin {
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let origin = Self {
            username: fields.next()?.to_owned(),
            session_id: fields.next().filter(|id| is_digits(id))?.to_owned(),
            session_version: fields.next().filter(|id| is_digits(id))?.parse().ok()?,
            address_type: {
                fields.next().filter(|net| *net == "IN")?;
                AddressType::parse(fields.next()?)?
            },
            address: fields.next()?.to_owned(),
        };
        fields.next().is_none().then_some(origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} IN {} {}",
            self.username, self.session_id, self.session_version, self.address_type, self.address
        )
    }
}

/// A `c=` line (RFC 8866 5.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Connection {
    /// Address type of `address`.
    pub address_type: AddressType,
    /// Address or host name without the multicast suffix.
    pub address: String,
    /// Multicast suffix after the first `/` (TTL, number of addresses).
    pub suffix: Option<String>,
}

impl Connection {
    /// The connection line of a unicast address.
    pub fn unicast(address: IpAddr) -> Self {
        Self {
            address_type: AddressType::of(address),
            address: address.to_string(),
            suffix: None,
        }
    }

    /// The address, where it is one and not a host name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.parse().ok()
    }

    pub(crate) fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        fields.next().filter(|net| *net == "IN")?;
        let address_type = AddressType::parse(fields.next()?)?;
        let whole = fields.next()?;
        let (address, suffix) = match whole.split_once('/') {
            Some((address, suffix)) => (address, Some(suffix.to_owned())),
            None => (whole, None),
        };
        if address.is_empty() || fields.next().is_some() {
            return None;
        }
        Some(Self {
            address_type,
            address: address.to_owned(),
            suffix,
        })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IN {} {}", self.address_type, self.address)?;
        self.suffix
            .as_ref()
            .map_or(Ok(()), |suffix| write!(f, "/{suffix}"))
    }
}

/// An `m=` line (RFC 8866 5.14).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaLine {
    /// Media type: `audio`, `video`, `image`, …
    pub kind: String,
    /// Transport port; 0 means that the media is rejected or not offered (RFC 3264 5.1).
    pub port: u16,
    /// Number of port pairs, after a `/`.
    pub port_count: Option<u16>,
    /// Transport protocol: `RTP/AVP`, `RTP/SAVP`, …
    pub protocol: String,
    /// Formats in order of preference: payload types for the RTP protocols.
    pub formats: Vec<String>,
}

impl MediaLine {
    /// An `audio` line over `RTP/AVP` (RFC 3551).
    pub fn audio(port: u16, payload_types: &[u8]) -> Self {
        Self {
            kind: "audio".to_owned(),
            port,
            port_count: None,
            protocol: "RTP/AVP".to_owned(),
            formats: payload_types.iter().map(u8::to_string).collect(),
        }
    }

    /// The formats that are RTP payload types (0 to 127).
    pub fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.formats
            .iter()
            .filter_map(|format| format.parse().ok())
            .filter(|&pt: &u8| pt < 128)
    }

    pub(crate) fn parse(value: &str) -> Option<Self> {
        Some(MediaLineView::read(value)?.to_line())
    }
}

impl fmt::Display for MediaLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.port)?;
        if let Some(count) = self.port_count {
            write!(f, "/{count}")?;
        }
        write!(f, " {}", self.protocol)?;
        self.formats
            .iter()
            .try_for_each(|format| write!(f, " {format}"))
    }
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_they_were_read() {
        for text in [
            "- 20518 0 IN IP4 203.0.113.1",
            "alice 3 4 IN IP6 host.example",
        ] {
            assert_eq!(Origin::parse(text).expect(text).to_string(), text);
        }
        for text in [
            "IN IP4 224.2.1.1/127/3",
            "IN IP6 ::1",
            "IN IP4 host.example",
        ] {
            assert_eq!(Connection::parse(text).expect(text).to_string(), text);
        }
        for text in [
            "audio 49170 RTP/AVP 0 8",
            "video 49170/2 RTP/AVP 31",
            "image 0 udptl t38",
        ] {
            assert_eq!(MediaLine::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn wrong_values_are_refused() {
        for text in [
            "",
            "- a 0 IN IP4 h",
            "- 1 0 XX IP4 h",
            "- 1 0 IN IP5 h",
            "- 1 0 IN IP4 h x",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
        for text in ["", "IN IP4", "IN IP4 /3", "ATM NSAP 1"] {
            assert_eq!(Connection::parse(text), None, "{text}");
        }
        for text in [
            "audio",
            "audio 70000 RTP/AVP 0",
            "audio x RTP/AVP 0",
            "audio 1/x RTP/AVP 0",
        ] {
            assert_eq!(MediaLine::parse(text), None, "{text}");
        }
    }
}
