//! URIs: sip, sips and tel taken apart, others kept as text (RFC 3261 19.1, RFC 3966).

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;

use crate::lex;
use crate::params::Params;
use crate::transport::Transport;
use crate::uri_parts::UriParts;

/// What kind of URI it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Anything else, as written.
    Other(String),
}

impl Scheme {
    /// The scheme without its colon.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Tel => "tel",
            Self::Other(text) => text,
        }
    }
}

/// A URI. For `sip:` and `sips:` all parts are filled; for `tel:` the number is in `user` and the
/// parameters in `params`; for other schemes everything after the colon is in `opaque`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Uri {
    /// The scheme.
    pub scheme: Scheme,
    /// The user part, escapes kept. `None` when there is no `@`.
    pub user: Option<String>,
    /// The password, escapes kept.
    pub password: Option<String>,
    /// Host name or address; IPv6 addresses keep their brackets.
    pub host: String,
    /// The port, if written.
    pub port: Option<u16>,
    /// URI parameters.
    pub params: Params,
    /// Header fields after `?`, as written, in order.
    pub headers: Vec<(String, String)>,
    /// What follows the colon of a scheme that Gannet does not take apart.
    pub opaque: String,
}

/// Why a text is not a URI.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UriError {
    /// No `scheme:` at the start.
    #[error("no scheme at the start of \"{0}\"")]
    NoScheme(String),
    /// A sip or sips URI without a host.
    #[error("no host in \"{0}\"")]
    NoHost(String),
    /// The port is no number from 0 to 65535.
    #[error("port \"{0}\" is not a number from 0 to 65535")]
    BadPort(String),
    /// A character that may not stand there.
    #[error("character {character:?} may not stand in the {part} of \"{uri}\"")]
    BadCharacter {
        /// The character.
        character: char,
        /// Which part of the URI.
        part: &'static str,
        /// The whole text.
        uri: String,
    },
}

impl Uri {
    /// A `sip:` URI from its parts.
    pub fn sip(user: Option<&str>, host: &str, port: Option<u16>) -> Self {
        Self {
            scheme: Scheme::Sip,
            user: user.map(str::to_owned),
            password: None,
            host: host.to_owned(),
            port,
            params: Params::new(),
            headers: Vec::new(),
            opaque: String::new(),
        }
    }

    /// A `sip:` URI that points at a socket address.
    pub fn at(user: Option<&str>, address: SocketAddr) -> Self {
        Self::sip(user, &host_text(address.ip()), Some(address.port()))
    }

    /// Reads a URI (RFC 3261 19.1.1). White space and angle brackets around it are errors.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        Ok(UriParts::split(text)?.to_uri())
    }

    /// A URI parameter with name and value decoded: `%6C%72` is `lr` (RFC 4475 3.1.1.3). A parameter
    /// without value gives an empty text.
    fn decoded_param(&self, wanted: &str) -> Option<Cow<'_, str>> {
        self.params
            .iter()
            .find(|(name, _)| lex::unescape_text(name).eq_ignore_ascii_case(wanted))
            .map(|(_, value)| lex::unescape_text(value.unwrap_or("")))
    }

    /// True for `sip:` and `sips:`.
    pub fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// True when the `lr` parameter is there: a loose router (RFC 3261 19.1.1).
    pub fn is_loose_router(&self) -> bool {
        self.decoded_param("lr").is_some()
    }

    /// The user part with `%HH` decoded, as far as it is UTF-8.
    pub fn user_decoded(&self) -> Option<String> {
        self.user
            .as_deref()
            .map(|user| String::from_utf8_lossy(&lex::unescape(user)).into_owned())
    }

    /// The `transport` parameter, if it names a transport known to Gannet.
    pub fn transport(&self) -> Option<Transport> {
        let token = self.decoded_param("transport")?;
        Transport::from_token(&token)
    }

    /// The address where the host is an IP address literal; the `maddr` parameter wins over the
    /// host (RFC 3261 19.1.1). The port defaults by transport.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        let maddr = self
            .decoded_param("maddr")
            .filter(|maddr| !maddr.is_empty());
        let host = maddr.as_deref().unwrap_or(&self.host);
        let transport = self.transport().unwrap_or(match self.scheme {
            Scheme::Sips => Transport::Tls,
            _ => Transport::Udp,
        });
        Some(SocketAddr::new(
            parse_ip(host)?,
            self.port.unwrap_or(transport.default_port()),
        ))
    }

    /// The same URI without port, parameters and header fields: an address of record
    /// (RFC 3261 10.3 step 5 for the canonical form).
    pub fn to_aor(&self) -> Self {
        let mut aor = Self::sip(self.user.as_deref(), &self.host.to_ascii_lowercase(), None);
        aor.scheme = self.scheme.clone();
        aor.opaque.clone_from(&self.opaque);
        aor
    }

    /// Equality by RFC 3261 19.1.4. `tel` URIs compare without visual separators (RFC 3966 4),
    /// other schemes as text.
    pub fn is_equivalent(&self, other: &Self) -> bool {
        crate::uri_compare::equivalent(self, other)
    }
}

/// An IP address literal, IPv6 with or without brackets.
pub fn parse_ip(host: &str) -> Option<IpAddr> {
    match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse().ok(),
    }
}

/// An address as it is written in a URI or Via: IPv6 in brackets.
pub fn host_text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => dotted(address),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The same as its `Display`, which is slow for what stands several times in each message.
fn dotted(address: Ipv4Addr) -> String {
    const LONGEST: usize = "255.255.255.255".len();
    let mut out = String::with_capacity(LONGEST);
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            out.push('.');
        }
        for unit in [100, 10] {
            if octet >= unit {
                out.push(char::from(b'0' + octet / unit % 10));
            }
        }
        out.push(char::from(b'0' + octet % 10));
    }
    out
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme.as_str())?;
        match self.scheme {
            Scheme::Sip | Scheme::Sips => {
                if let Some(user) = &self.user {
                    f.write_str(user)?;
                    if let Some(password) = &self.password {
                        write!(f, ":{password}")?;
                    }
                    f.write_str("@")?;
                }
                f.write_str(&self.host)?;
                if let Some(port) = self.port {
                    write!(f, ":{port}")?;
                }
                write!(f, "{}", self.params)?;
                for (index, (name, value)) in self.headers.iter().enumerate() {
                    write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
                }
                Ok(())
            }
            Scheme::Tel => write!(f, "{}{}", self.user.as_deref().unwrap_or(""), self.params),
            Scheme::Other(_) => f.write_str(&self.opaque),
        }
    }
}

impl std::str::FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_taken_apart_and_printed_as_read() {
        let texts = [
            "sip:alice@atlanta.com",
            "sip:alice:secretword@atlanta.com;transport=tcp",
            "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:+1-212-555-1212:1234@gateway.com;user=phone",
            "sip:alice;day=tuesday@atlanta.com",
            "sip:[2001:db8::1]:5070;lr",
            "tel:+1-201-555-0123;phone-context=example.com",
            "mailto:bob@biloxi.example.com",
            "urn:service:sos",
        ];
        for text in texts {
            assert_eq!(Uri::parse(text).expect(text).to_string(), text);
        }
        let uri = Uri::parse("sip:alice;day=tuesday@[::1]:5070;maddr=10.0.0.1").expect("valid");
        assert_eq!(uri.user.as_deref(), Some("alice;day=tuesday"));
        assert_eq!(uri.host, "[::1]");
        assert_eq!(uri.socket_addr(), "10.0.0.1:5070".parse().ok());
    }

    #[test]
    fn addresses_are_written_as_usual() {
        for address in ["0.0.0.0", "10.200.3.45", "255.100.99.1", "127.0.0.1"] {
            let parsed = address.parse().expect("an address");
            assert_eq!(host_text(parsed), address);
        }
        let six = "2001:db8::1".parse().expect("an address");
        assert_eq!(host_text(six), "[2001:db8::1]");
    }

    #[test]
    fn wrong_uris_are_refused() {
        for text in [
            "",
            "alice",
            "sip:",
            "sip:@",
            "sip:a@b:99999",
            "sip:a@b:",
            "sip:a b@c",
            "<sip:a@b>",
        ] {
            assert!(Uri::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_aor_has_no_port_parameters_or_headers() {
        let uri = Uri::parse("sip:Bob@Biloxi.COM:5070;transport=tcp?x=y").expect("valid");
        assert_eq!(uri.to_aor().to_string(), "sip:Bob@biloxi.com");
    }
}
