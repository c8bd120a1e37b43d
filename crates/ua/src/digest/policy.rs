//! How a client chooses, and what it does wrong on purpose.

use super::{Algorithm, AuthParam, Qop};

/// Which of several supported challenges of a realm is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlgorithmOrder {
    /// The topmost one, as RFC 8760 2.4 recommends.
    #[default]
    Server,
    /// The one whose algorithm comes first in [`ClientPolicy::algorithms`].
    Client,
}

/// What stands in the `uri` of credentials. RFC 3261 22.4 wants the Request-URI; servers have to bear
/// with others, because proxies rewrite it (RFC 7616 3.4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UriChoice {
    /// The Request-URI.
    #[default]
    Request,
    /// The Request-URI without parameters and header fields.
    WithoutParameters,
    /// Scheme, host and port of the Request-URI.
    HostOnly,
}

impl UriChoice {
    /// What stands there for a Request-URI.
    pub(super) fn of(self, uri: &str) -> String {
        let host = uri.rfind('@').map_or(0, |at| at + 1);
        let end = uri[host..]
            .find([';', '?'])
            .map_or(uri.len(), |at| host + at);
        match self {
            Self::Request => uri.to_owned(),
            Self::WithoutParameters => uri[..end].to_owned(),
            Self::HostOnly if host == 0 => uri[..end].to_owned(),
            Self::HostOnly => {
                let scheme = uri.split_once(':').map_or("sip", |(scheme, _)| scheme);
                format!("{scheme}:{}", &uri[host..end])
            }
        }
    }
}

/// How a client chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientPolicy {
    /// The algorithms that may be used; a challenge with another one is passed over.
    pub algorithms: Vec<Algorithm>,
    /// What decides between several challenges.
    pub order: AlgorithmOrder,
    /// The qualities of protection that may be used, most wanted first.
    pub qop: Vec<Qop>,
    /// Whether a challenge without qop (RFC 2069) is answered.
    pub without_qop: bool,
    /// Whether a request for a hashed user name is granted.
    pub userhash: bool,
    /// Whether requests carry credentials for cached sessions without being asked
    /// (RFC 7616 3.6).
    pub preemptive: bool,
    /// What stands in `uri`.
    pub uri: UriChoice,
    /// How many stale nonces one request tolerates of a realm.
    pub stale_retries_max: u32,
    /// How many sessions are kept; the one unused for longest goes first.
    pub sessions_max: usize,
}

impl Default for ClientPolicy {
    fn default() -> Self {
        Self {
            algorithms: Algorithm::ALL.to_vec(),
            order: AlgorithmOrder::Server,
            qop: vec![Qop::Auth, Qop::AuthInt],
            without_qop: true,
            userhash: true,
            preemptive: true,
            uri: UriChoice::Request,
            stale_retries_max: 3,
            sessions_max: 16,
        }
    }
}

/// Faults to be committed on purpose, to test servers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientKnobs {
    /// Spoil the first digit of `response`.
    pub wrong_response: bool,
    /// Send this nonce count always, also in the digest.
    pub nonce_count: Option<u32>,
    /// Send this client nonce always, also in the digest.
    pub cnonce: Option<String>,
    /// Send this `uri` instead of the Request-URI, also in the digest.
    pub uri: Option<String>,
    /// Leave these parameters out of the header field.
    pub omit: Vec<String>,
    /// Write these parameters instead of the computed ones, or add them.
    pub replace: Vec<AuthParam>,
}

#[cfg(test)]
mod tests {
    use super::UriChoice::{HostOnly, Request, WithoutParameters};

    #[test]
    fn the_uri_is_cut_as_the_device_does() {
        let uri = "sip:a;x=1@b.test:5070;transport=udp?Subject=s";
        assert_eq!(Request.of(uri), uri);
        assert_eq!(WithoutParameters.of(uri), "sip:a;x=1@b.test:5070");
        assert_eq!(HostOnly.of(uri), "sip:b.test:5070");
        assert_eq!(HostOnly.of("sip:b.test;lr"), "sip:b.test");
    }
}
