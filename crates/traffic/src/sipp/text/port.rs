//! Keywords that depend on a socket or a medium of the call.

use gannet_scenario::sipp::model::Keyword;

use super::writer::Writer;
use super::{At, Env, RenderError};
use crate::sipp::state::CallState;
use crate::sipp::{MediaOrder, Sockets};

/// Ports that the calls use in turn, four for each.
const AUTO_MEDIA_PORTS: u64 = 10_000;

pub(super) fn append(
    env: &mut Env<'_>,
    state: &CallState,
    at: At,
    keyword: &Keyword,
    writer: &mut Writer<'_, '_>,
) -> Result<(), RenderError> {
    let (number, offset, kind) = match *keyword {
        Keyword::LocalPort(offset) => (u64::from(local_port(env, at)), offset, None),
        Keyword::MediaPort(offset, kind) => {
            (u64::from(env.settings.facts.media_port), offset, kind)
        }
        Keyword::AutoMediaPort(offset, kind) => {
            let turn = 4 * state.number().saturating_sub(1) % AUTO_MEDIA_PORTS;
            (
                u64::from(env.settings.facts.media_port) + turn,
                offset,
                kind,
            )
        }
        Keyword::RtpStreamPort(kind, offset) => {
            let port = env.world.media_port(at.call, kind);
            let port = port.ok_or(RenderError::NoMediaPort)?;
            (u64::from(port), offset, None)
        }
        _ => {
            let address = at.port.and_then(|port| env.world.local_addr(port));
            writer.display(address.map_or(env.settings.facts.local_ip, |own| own.ip()));
            return Ok(());
        }
    };
    let number = number as i64 + i64::from(offset);
    writer.signed(number);
    if let (Some(kind), Ok(port), true) = (kind, u16::try_from(number), env.common.plays_media) {
        env.world.media(at.call, MediaOrder::Local { kind, port });
    }
    Ok(())
}

fn local_port(env: &Env<'_>, at: At) -> u16 {
    let shared = env.settings.facts.local_port;
    if env.settings.sockets == Sockets::Shared {
        return shared;
    }
    let own = at.port.and_then(|port| env.world.local_addr(port));
    own.map_or(shared, |address| address.port())
}
