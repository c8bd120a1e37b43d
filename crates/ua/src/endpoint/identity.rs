//! Where a message goes: next hops to addresses.

use std::net::SocketAddr;

use gannet_sip::{Scheme, Transport, Uri, parse_ip};

use super::config::EndpointConfig;
use crate::target::Target;

/// The address behind a URI: a literal, a name that the configuration knows, or the outbound
/// target. `None` if none of these helps.
pub(crate) fn locate(config: &EndpointConfig, uri: &Uri) -> Option<Target> {
    let transport = uri.transport().unwrap_or(match uri.scheme {
        Scheme::Sips => Transport::Tls,
        _ => config.transport,
    });
    let host = uri.params.get("maddr").unwrap_or(&uri.host);
    let port = uri.port.unwrap_or(transport.default_port());
    if let Some(ip) = parse_ip(host) {
        return Some(Target::new(transport, SocketAddr::new(ip, port)));
    }
    if let Some(address) = config.hosts.get(&host.to_ascii_lowercase()) {
        return Some(Target::new(transport, *address));
    }
    config.outbound
}
