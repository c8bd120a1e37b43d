//! Where the page is served.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use thiserror::Error;

/// An address to listen on. A port alone means the loopback address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpAddress(pub SocketAddr);

/// Something that is no address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected an address and a port, or a port alone: 127.0.0.1:8080, [::1]:8080, 8080")]
pub struct HttpAddressError;

impl FromStr for HttpAddress {
    type Err = HttpAddressError;

    fn from_str(text: &str) -> Result<Self, HttpAddressError> {
        let port = text.strip_prefix(':').unwrap_or(text);
        if let Ok(port) = port.parse() {
            return Ok(Self((Ipv4Addr::LOCALHOST, port).into()));
        }
        let host = text.strip_prefix("localhost:").map(str::parse);
        match host {
            Some(Ok(port)) => Ok(Self((Ipv4Addr::LOCALHOST, port).into())),
            _ => text.parse().map(Self).map_err(|_| HttpAddressError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_on_loopback() {
        for (text, expected) in [
            ("8080", "127.0.0.1:8080"),
            (":0", "127.0.0.1:0"),
            ("localhost:80", "127.0.0.1:80"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            let read: HttpAddress = text.parse().expect(text);
            assert_eq!(read.0.to_string(), expected);
        }
        for wrong in ["", ":", "host:80", "1.2.3.4", "70000", "::1:80:"] {
            assert!(wrong.parse::<HttpAddress>().is_err(), "{wrong}");
        }
    }
}
