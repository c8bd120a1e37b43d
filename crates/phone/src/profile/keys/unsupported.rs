//! What real devices have and phones do not obey yet: refused by name.

use std::ops::Range;

use gannet_diag::Diagnostic;

/// A setting that no phone obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsupported {
    /// Table.
    pub group: &'static str,
    /// Name within the table.
    pub name: &'static str,
    /// What a device does with it.
    pub about: &'static str,
}

const fn setting(group: &'static str, name: &'static str, about: &'static str) -> Unsupported {
    Unsupported { group, name, about }
}

/// All of them.
const SETTINGS: [Unsupported; 27] = [
    setting("transport", "protocols", "which transports it speaks"),
    setting("transport", "dns", "A, SRV and NAPTR lookups"),
    setting("transport", "local-port", "the rule for its SIP port"),
    setting(
        "transport",
        "source-port",
        "sending from another port than it listens on",
    ),
    setting(
        "transport",
        "connection-reuse",
        "one connection for both directions",
    ),
    setting("transport", "tls-versions", "versions of TLS"),
    setting("transport", "udp-size-max", "larger requests go over TCP"),
    setting("messages", "body-line-ends", "line ends of bodies"),
    setting(
        "registration",
        "minimum",
        "the shortest lifetime that it takes",
    ),
    setting(
        "registration",
        "failover",
        "another server when one is down",
    ),
    setting(
        "registration",
        "failback",
        "when it goes back to the first server",
    ),
    setting(
        "nat",
        "stun-server",
        "asking a STUN server for its address; keep-alive.kind has STUN",
    ),
    setting("nat", "alg-compensation", "repairing what gateways rewrote"),
    setting(
        "incoming",
        "intercom-prefix",
        "numbers whose calls it answers by itself",
    ),
    setting("outgoing", "digit-sending", "overlap dialling (RFC 3578)"),
    setting("sdp", "silence-suppression", "no packets in silence"),
    setting("rtp", "port-step", "pairs of ports further apart than two"),
    setting("rtp", "jitter-buffer", "size of the jitter buffer"),
    setting("rtp", "rtcp-xr", "extended reports (RFC 3611)"),
    setting("hold", "music", "audio for whom it holds; a step plays it"),
    setting(
        "hold",
        "resume",
        "taking a call back without a new description",
    ),
    setting(
        "transfer",
        "local-bridge",
        "bridging both calls where REFER is refused",
    ),
    setting(
        "park",
        "way",
        "parking by DTMF or lamp key; steps park by REFER to park.number",
    ),
    setting(
        "events",
        "blf-list",
        "one subscription for all lamps (RFC 4662)",
    ),
    setting(
        "events",
        "as-feature-event",
        "feature keys in step with the server",
    ),
    setting(
        "events",
        "presence",
        "its presence; steps publish and subscribe",
    ),
    setting("mwi", "refresh", "when its subscription is refreshed"),
];

/// The settings that no phone obeys yet.
pub fn unsupported_settings() -> &'static [Unsupported] {
    &SETTINGS
}

/// Whether all that is known of a table is not supported.
pub(in crate::profile) fn unsupported_group(group: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.group == group)
}

/// The error for a setting that is known and not supported.
pub(in crate::profile) fn refusal(
    group: &str,
    name: &str,
    span: Range<usize>,
) -> Option<Diagnostic> {
    let known = SETTINGS
        .iter()
        .find(|setting| setting.group == group && setting.name == name)?;
    let message = format!("{group}.{name} is not supported yet ({})", known.about);
    Some(Diagnostic::error("not-yet", message, span))
}
