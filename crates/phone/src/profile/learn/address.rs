//! Where a device is.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// The address of a device: all of a host, or one port of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceAddress {
    /// The host.
    pub ip: IpAddr,
    /// The port; `None`: all that the host sends is the device's.
    pub port: Option<u16>,
}

/// A text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an IP address, with a port or without: 192.0.2.7, 192.0.2.7:5060, [2001:db8::7]:5060"
)]
pub struct NoAddress;

impl DeviceAddress {
    /// Whether what comes from there comes from the device.
    pub(super) fn covers(self, source: SocketAddr) -> bool {
        source.ip() == self.ip && self.port.is_none_or(|port| port == source.port())
    }
}

impl FromStr for DeviceAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        if let Ok(ip) = text.parse() {
            return Ok(Self { ip, port: None });
        }
        let address: SocketAddr = text.parse().map_err(|_| NoAddress)?;
        Ok(Self {
            ip: address.ip(),
            port: Some(address.port()),
        })
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.ip, port).fmt(f),
            None => self.ip.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports() {
        for text in [
            "192.0.2.7",
            "192.0.2.7:5060",
            "2001:db8::7",
            "[2001:db8::7]:5060",
        ] {
            assert_eq!(text.parse::<DeviceAddress>().unwrap().to_string(), text);
        }
        assert_eq!("phone".parse::<DeviceAddress>(), Err(NoAddress));
    }
}
