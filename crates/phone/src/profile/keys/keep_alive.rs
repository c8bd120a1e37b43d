//! `[keep-alive]` and `[nat]`.

use std::net::{IpAddr, SocketAddr};

use gannet_diag::Diagnostic;
use gannet_ua::{KeepAliveKind, OnLoss};

use super::Key;
use crate::profile::value::{Value, store};

const GROUP: &str = "keep-alive";
const NAT: &str = "nat";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "kind",
        apply: |p, v, d| {
            let choices = [
                ("none", KeepAliveKind::None),
                ("rfc5626", KeepAliveKind::ByTransport),
                ("crlf", KeepAliveKind::Crlf),
                ("stun", KeepAliveKind::Stun),
                ("options", KeepAliveKind::Options),
                ("notify", KeepAliveKind::Notify),
                ("zero-byte", KeepAliveKind::ZeroBytes),
            ];
            store(&mut p.keep_alive.kind, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "interval",
        apply: |p, v, d| store(&mut p.keep_alive.interval, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "answer-wait",
        apply: |p, v, d| store(&mut p.keep_alive.answer_wait, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "on-loss",
        apply: |p, v, d| {
            let choices = [("new-flow", OnLoss::NewFlow), ("nothing", OnLoss::Nothing)];
            store(&mut p.keep_alive.on_loss, v.choice(&choices), d);
        },
    },
    Key {
        group: NAT,
        name: "contact",
        apply: |p, v, d| store(&mut p.nat.contact, outside(v), d),
    },
];

/// `own`, an IP address, or an IP address with a port.
fn outside(value: Value<'_>) -> Result<Option<(IpAddr, Option<u16>)>, Diagnostic> {
    let text = value.text()?;
    if text == "own" {
        return Ok(None);
    }
    let with_port = text.parse::<SocketAddr>().ok();
    let with_port = with_port.map(|address| (address.ip(), Some(address.port())));
    let plain = || text.parse().ok().map(|ip| (ip, None));
    with_port.or_else(plain).map(Some).ok_or_else(|| {
        value.wrong(format!(
            "expected \"own\", an IP address or an IP address with a port, found \"{text}\""
        ))
    })
}
