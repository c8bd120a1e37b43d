//! `--server` and `--user`.

use std::str::FromStr;

use gannet_sip::Transport;

use super::model::{HostPort, ServerConfig, UserConfig};
use super::user::split_aor;

/// Why an argument cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// `--server` is neither a name nor a SIP URI.
    #[error("`{0}` is no server: expected a name of gannet.toml, `embedded`, or sip:host:port")]
    Server(String),
    /// A transport that phones do not carry.
    #[error("transport `{0}` does not work yet: use udp or tcp")]
    Transport(String),
    /// `--user` has another form.
    #[error("`{0}` is no user: expected NAME=user:password@domain or NAME=user:password")]
    User(String),
}

/// The value of `--server`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerArgument {
    /// The name of a server in the configuration, or `embedded`.
    Named(String),
    /// A server that stands on the command line.
    Address(Box<ServerConfig>),
}

impl FromStr for ServerArgument {
    type Err = ArgumentError;

    /// `NAME`, `sip:host:port`, `sip:host:port;transport=tcp`, or `sip:domain@host:port` for a
    /// domain that has no DNS entry.
    fn from_str(text: &str) -> Result<Self, ArgumentError> {
        let fail = || ArgumentError::Server(text.to_owned());
        let Some(uri) = text.strip_prefix("sip:") else {
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            return if !text.is_empty() && text.chars().all(is_name) {
                Ok(Self::Named(text.to_owned()))
            } else {
                Err(fail())
            };
        };
        let mut parts = uri.split(';');
        let place = parts.next().unwrap_or_default();
        let (domain, address) = match place.split_once('@') {
            Some((domain, address)) => (Some(domain), address),
            None => (None, place),
        };
        let mut transport = Transport::Udp;
        for parameter in parts {
            let Some(token) = parameter.strip_prefix("transport=") else {
                return Err(fail());
            };
            transport = match Transport::from_token(token) {
                Some(known @ (Transport::Udp | Transport::Tcp)) => known,
                _ => return Err(ArgumentError::Transport(token.to_owned())),
            };
        }
        Ok(Self::Address(Box::new(ServerConfig {
            name: place.to_owned(),
            address: HostPort::parse(address).ok_or_else(fail)?,
            transport,
            domain: domain.map(str::to_owned),
            outbound_proxy: None,
            probe: true,
            features: std::collections::BTreeSet::new(),
            event_socket: None,
            event_socket_password: None,
            default_password: None,
        })))
    }
}

/// The value of `--user`: `NAME=user:password@domain`, the domain may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserArgument(pub UserConfig);

impl FromStr for UserArgument {
    type Err = ArgumentError;

    fn from_str(text: &str) -> Result<Self, ArgumentError> {
        let fail = || ArgumentError::User(text.to_owned());
        let (name, rest) = text.split_once('=').ok_or_else(fail)?;
        let (user, secret) = rest.split_once(':').ok_or_else(fail)?;
        // A password may hold an `@`, a domain may not.
        let (password, domain) = match secret.rsplit_once('@') {
            Some((password, domain)) => (password, Some(domain)),
            None => (secret, None),
        };
        let valid = split_aor(&format!("{user}@{}", domain.unwrap_or("domain"))).is_some();
        if name.is_empty() || !valid {
            return Err(fail());
        }
        Ok(Self(UserConfig {
            name: name.to_owned(),
            user: user.to_owned(),
            domain: domain.map(str::to_owned),
            password: Some(password.to_owned()),
            ..UserConfig::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_or_a_uri() {
        assert_eq!("kam".parse(), Ok(ServerArgument::Named("kam".to_owned())));
        let Ok(ServerArgument::Address(server)) =
            "sip:kam.test@127.0.0.1:7060;transport=tcp".parse()
        else {
            panic!("it is a server");
        };
        assert_eq!(server.domain(), "kam.test");
        assert_eq!(server.address.to_string(), "127.0.0.1:7060");
        assert_eq!(server.transport, Transport::Tcp);
        for bad in [
            "",
            "a b",
            "sip:",
            "sip:host:port",
            "sip:host;lr",
            "sip:host;transport=tls",
        ] {
            assert!(bad.parse::<ServerArgument>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_user_has_name_user_password_and_maybe_domain() {
        let UserArgument(user) = "Alice1=alice:p@ss@kam.test".parse().unwrap();
        assert_eq!(user.name, "Alice1");
        assert_eq!(user.user, "alice");
        assert_eq!(user.password.as_deref(), Some("p@ss"));
        assert_eq!(user.domain.as_deref(), Some("kam.test"));
        let UserArgument(user) = "Bob=bob:secret".parse().unwrap();
        assert_eq!(user.domain, None);
        for bad in ["", "Alice", "Alice=alice", "=a:b", "A=a b:c@d", "A=a:b@"] {
            assert!(bad.parse::<UserArgument>().is_err(), "{bad}");
        }
    }
}
