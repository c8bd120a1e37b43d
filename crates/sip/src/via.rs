//! Via (RFC 3261 20.42, RFC 3581).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::field_error::FieldError;
use crate::params::Params;
use crate::transport::Transport;
use crate::uri::{host_text, parse_ip};
use crate::via_view::ViaView;

/// The start of every branch of RFC 3261 and later (8.1.1.7).
pub const BRANCH_COOKIE: &str = "z9hG4bK";

/// One Via value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// `SIP/2.0` as written, without blanks.
    pub version: String,
    /// The transport token as written.
    pub transport: String,
    /// Host of sent-by; IPv6 keeps its brackets.
    pub host: String,
    /// Port of sent-by, if written.
    pub port: Option<u16>,
    /// Parameters.
    pub params: Params,
}

impl Via {
    /// A Via of ours.
    pub fn new(transport: Transport, host: &str, port: Option<u16>, branch: &str) -> Self {
        Self {
            version: "SIP/2.0".to_owned(),
            transport: transport.as_str().to_owned(),
            host: host.to_owned(),
            port,
            params: Params::new().with("branch", branch),
        }
    }

    /// Reads one value.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Ok(ViaView::read(text)?.to_via())
    }

    /// The branch parameter.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// True when the branch begins with the magic cookie of RFC 3261 8.1.1.7.
    pub fn has_rfc3261_branch(&self) -> bool {
        self.branch().is_some_and(|branch| {
            branch
                .get(..BRANCH_COOKIE.len())
                .is_some_and(|c| c.eq_ignore_ascii_case(BRANCH_COOKIE))
        })
    }

    /// The transport, if known to Gannet.
    pub fn transport(&self) -> Option<Transport> {
        Transport::from_token(&self.transport)
    }

    /// Host and port of sent-by in lower case, for comparisons (RFC 3261 17.2.3).
    pub fn sent_by(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host.to_ascii_lowercase()),
            None => self.host.to_ascii_lowercase(),
        }
    }

    /// Adds what a server learns from the packet's source: `received` where it differs from
    /// sent-by (RFC 3261 18.2.1), and the value of `rport` where the client asked for it
    /// (RFC 3581 4).
    pub fn note_source(&mut self, source: SocketAddr) {
        let asked = self.params.has("rport");
        if asked {
            self.params.set("rport", source.port().to_string());
        }
        if asked || parse_ip(&self.host) != Some(source.ip()) {
            self.params
                .set("received", host_text(source.ip()).trim_matches(['[', ']']));
        }
    }

    /// Where a response goes over an unreliable transport: RFC 3261 18.2.2 with RFC 3581 4. `None`
    /// where the host is a name.
    pub fn response_address(&self) -> Option<SocketAddr> {
        let default = self.transport().unwrap_or_default().default_port();
        let sent_by_port = self.port.unwrap_or(default);
        let ip_of = |name: &str| self.params.get(name).and_then(parse_ip);
        if let Some(maddr) = ip_of("maddr") {
            return Some(SocketAddr::new(maddr, sent_by_port));
        }
        let rport = self.params.get("rport").and_then(|port| port.parse().ok());
        let ip: IpAddr = ip_of("received").or_else(|| parse_ip(&self.host))?;
        Some(SocketAddr::new(ip, rport.unwrap_or(sent_by_port)))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {}", self.version, self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_spacing_is_read() {
        let via =
            Via::parse("SIP  / 2.0\r\n / TCP     192.0.2.2 : 5070 ;branch=z9hG4bK390skdjuw ; x")
                .expect("valid");
        assert_eq!(
            via.to_string(),
            "SIP/2.0/TCP 192.0.2.2:5070;branch=z9hG4bK390skdjuw;x"
        );
        assert!(via.has_rfc3261_branch());
        assert_eq!(via.transport(), Some(Transport::Tcp));
    }

    #[test]
    fn wrong_values_are_refused() {
        for text in [
            "",
            "SIP/2.0",
            "SIP/2.0/UDP",
            "SIP/2.0/UDP ",
            "SIP/2.0/UDP h:x",
            "SIP/2.0/UDP ;branch=1",
        ] {
            assert!(Via::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn responses_follow_received_and_rport() {
        let source: SocketAddr = "10.1.1.1:4000".parse().expect("address");
        let cases = [
            ("SIP/2.0/UDP 10.1.1.1:5070;branch=z9hG4bK1", "10.1.1.1:5070"),
            (
                "SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1",
                "10.1.1.1:5070",
            ),
            (
                "SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1",
                "10.1.1.1:4000",
            ),
            ("SIP/2.0/UDP host.example;branch=z9hG4bK1", "10.1.1.1:5060"),
        ];
        for (text, expected) in cases {
            let mut via = Via::parse(text).expect("valid");
            via.note_source(source);
            assert_eq!(via.response_address(), expected.parse().ok(), "{text}");
        }
    }
}
