//! `setdest`: where a call sends from now on.

use std::net::SocketAddr;

use gannet_scenario::sipp::model::Text;

use super::Verdict;
use super::run::Stop;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, rendered};
use crate::sipp::{Protocol, Sockets};

/// Address and protocol of host, port and protocol.
pub(super) fn destination(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    [host, port, protocol]: [&Text; 3],
) -> Result<(SocketAddr, Protocol), Stop> {
    let host = rendered(env, state, at, host)?;
    let port = rendered(env, state, at, port)?;
    let protocol = rendered(env, state, at, protocol)?;
    let found = resolve(env, &host, &port, &protocol);
    for buffer in [host, port, protocol] {
        env.common.scratch.give(buffer);
    }
    found.map_err(|what| Verdict::Fatal(format!("setdest: {what}")))
}

fn resolve(
    env: &mut Env<'_>,
    host: &[u8],
    port: &[u8],
    protocol: &[u8],
) -> Result<(SocketAddr, Protocol), String> {
    let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let protocol = [Protocol::Udp, Protocol::Tcp, Protocol::Tls, Protocol::Sctp]
        .into_iter()
        .find(|known| known.name().as_bytes().eq_ignore_ascii_case(protocol))
        .ok_or_else(|| format!("unknown protocol \"{}\"", shown(protocol)))?;
    let own = env.settings.protocol;
    if protocol != own {
        return Err(format!(
            "protocol {} in a run that uses {}",
            protocol.name(),
            own.name()
        ));
    }
    if protocol != Protocol::Udp && env.settings.sockets != Sockets::PerCall {
        return Err(format!(
            "{} needs a connection for each call (-t {}n)",
            protocol.name(),
            protocol.name()[..1].to_ascii_lowercase()
        ));
    }
    let number = std::str::from_utf8(port).ok();
    let number = number.and_then(|port| port.trim().parse().ok());
    let number = number.ok_or_else(|| format!("\"{}\" is no port", shown(port)))?;
    let name = std::str::from_utf8(host).map_or("", str::trim);
    let address = gannet_sip::parse_ip(name).or_else(|| env.world.resolve(name));
    let address = address.ok_or_else(|| format!("host \"{}\" has no address", shown(host)))?;
    Ok((SocketAddr::new(address, number), protocol))
}
