//! Where a message goes: next hops to addresses.

use std::net::SocketAddr;

use gannet_sip::{Method, NameAddr, Scheme, Transport, Uri, parse_ip};

use super::command::RequestSpec;
use super::config::EndpointConfig;
use super::core::Endpoint;
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

impl Endpoint {
    /// Gives an initial request the routes of Service-Route, unless it has routes of its own
    /// (RFC 3608 6.1). It goes to the first of them then (RFC 3261 8.1.2), over the connection that
    /// was meant if that leads there too.
    pub(crate) fn preload(&self, request: &mut RequestSpec) {
        if !request.routes.is_empty() || request.method == Method::Register {
            return;
        }
        request.routes.clone_from(&self.config.service_route);
        let first = request.routes.first();
        let first = first.and_then(|text| NameAddr::parse("Route", text).ok());
        let Some(hop) = first.and_then(|route| locate(&self.config, &route.uri)) else {
            return;
        };
        let meant = request.destination.or(self.config.outbound);
        let same =
            meant.filter(|meant| meant.address == hop.address && meant.transport == hop.transport);
        request.destination = Some(same.unwrap_or(hop));
    }
}
