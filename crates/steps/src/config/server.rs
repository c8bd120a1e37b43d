//! `[server.NAME]`.

use gannet_sip::Transport;

use super::model::{Config, HostPort, ServerConfig};
use super::reader::{At, Section};

/// The transports that phones carry.
pub(super) const TRANSPORTS: [(&str, Transport); 2] =
    [("udp", Transport::Udp), ("tcp", Transport::Tcp)];

pub(super) fn read(root: &mut Section<'_, '_, '_>, config: &mut Config) {
    let Some(servers) = root.section("server") else {
        return;
    };
    for (name, section) in servers.named_sections() {
        if let Some(server) = read_one(name, section) {
            config.servers.insert(server.name.clone(), server);
        }
    }
}

fn read_one(name: At<String>, mut section: Section<'_, '_, '_>) -> Option<ServerConfig> {
    const EXPECTED: &str = "host or host:port";
    let had_address = section.value("address").is_some();
    let address = section.parsed("address", EXPECTED, HostPort::parse);
    let transport = section.choice("transport", &TRANSPORTS);
    let domain = section.string("domain").map(|domain| domain.value);
    let outbound_proxy = section.parsed("outbound_proxy", EXPECTED, HostPort::parse);
    let probe = section.boolean("probe").unwrap_or(true);
    let features = section.strings("features").unwrap_or_default();
    let event_socket = section.parsed("event_socket", EXPECTED, HostPort::parse);
    let event_socket_password = section.string("event_socket_password");
    let default_password = section.string("default_password");
    if !had_address {
        section.missing(
            "address",
            "say where the server listens: address = \"192.0.2.1:5060\"",
        );
    }
    section.finish();
    Some(ServerConfig {
        name: name.value,
        address: address?,
        transport: transport.unwrap_or_default(),
        domain,
        outbound_proxy,
        probe,
        features: features.into_iter().map(|feature| feature.value).collect(),
        event_socket,
        event_socket_password: event_socket_password.map(|password| password.value),
        default_password: default_password.map(|password| password.value),
    })
}
