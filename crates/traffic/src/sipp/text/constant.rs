//! Keywords that are the same for the whole run.

use std::net::IpAddr;

use gannet_scenario::sipp::model::Keyword;

use super::writer::Writer;
use crate::sipp::Settings;

/// The port of a peer that none is known of.
const DEFAULT_PORT: u16 = 5060;

/// Whether [`append`] gives the keyword's value. `[users]` may change while a run is under way.
pub(super) fn is_constant(keyword: &Keyword, settings: &Settings) -> bool {
    match keyword {
        Keyword::Service
        | Keyword::RemoteIp
        | Keyword::RemoteHost
        | Keyword::RemotePort(_)
        | Keyword::Transport
        | Keyword::LocalIp
        | Keyword::LocalIpType
        | Keyword::MediaIp
        | Keyword::MediaIpType
        | Keyword::Pid
        | Keyword::SippVersion => true,
        Keyword::Users => settings.users.is_none(),
        _ => false,
    }
}

/// Appends the value; nothing for other keywords.
pub(super) fn append(keyword: &Keyword, settings: &Settings, writer: &mut Writer<'_, '_>) {
    let facts = &settings.facts;
    match keyword {
        Keyword::Service => writer.bytes(facts.service.as_bytes()),
        Keyword::RemoteIp => {
            if let Some(remote) = facts.remote {
                writer.address(remote.ip());
            }
        }
        Keyword::RemoteHost => writer.bytes(facts.remote_host.as_bytes()),
        Keyword::RemotePort(offset) => {
            let port = facts.remote.map_or(DEFAULT_PORT, |remote| remote.port());
            writer.signed(i64::from(port) + i64::from(*offset));
        }
        Keyword::Transport => writer.bytes(settings.protocol.name().as_bytes()),
        Keyword::LocalIp => writer.address(facts.local_ip),
        Keyword::LocalIpType => writer.bytes(version(facts.local_ip)),
        // Without brackets, as in SDP (RFC 8866 5.7).
        Keyword::MediaIp => writer.display(facts.media_ip),
        Keyword::MediaIpType => writer.bytes(version(facts.media_ip)),
        Keyword::Pid => writer.number(u64::from(facts.pid)),
        Keyword::SippVersion => writer.bytes(facts.version.as_bytes()),
        Keyword::Users => match settings.users {
            Some(users) => writer.number(users),
            None => writer.bytes(b"-1"),
        },
        _ => {}
    }
}

fn version(address: IpAddr) -> &'static [u8] {
    if address.is_ipv6() { b"6" } else { b"4" }
}
