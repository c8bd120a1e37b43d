//! `[transport]`.

use std::net::SocketAddr;

use super::Key;

/// Most servers that can be asked before the phone's own.
const SERVERS_MAX: usize = 8;

pub(super) const KEYS: &[Key] = &[Key {
    group: "transport",
    name: "servers-before",
    apply: |p, v, d| {
        let servers = v.list(d, |item| {
            let text = item.text()?;
            text.parse::<SocketAddr>().map_err(|_| {
                item.wrong(format!(
                    "expected an IP address with a port, found \"{text}\""
                ))
            })
        });
        match servers {
            Some(servers) if servers.len() > SERVERS_MAX => {
                d.push(v.wrong(format!("more than {SERVERS_MAX} servers")));
            }
            Some(servers) => p.transport.servers_before = servers,
            None => {}
        }
    },
}];
