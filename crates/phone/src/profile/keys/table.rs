//! The table of all keys.

use gannet_diag::Diagnostics;

use super::{
    addresses, digest, events, identity, incoming, keep_alive, lines, lists, media, messages,
    outbound, outgoing, quirks, registration, reliability, sdp, session_timers, srtp, texts,
    timing, transfer, transport,
};
use crate::profile::model::Profile;
use crate::profile::value::Value;

/// One key of a profile file.
pub(in crate::profile) struct Key {
    /// Table of the key.
    pub(in crate::profile) group: &'static str,
    /// Name within the table.
    pub(in crate::profile) name: &'static str,
    /// Reads the value into the profile or reports what is wrong.
    pub(in crate::profile) apply: fn(&mut Profile, Value<'_>, &mut Diagnostics),
}

const GROUPS: [&[Key]; 22] = [
    identity::KEYS,
    messages::KEYS,
    lines::KEYS,
    addresses::KEYS,
    lists::KEYS,
    registration::KEYS,
    outbound::KEYS,
    keep_alive::KEYS,
    digest::KEYS,
    incoming::KEYS,
    outgoing::KEYS,
    reliability::KEYS,
    media::KEYS,
    sdp::KEYS,
    srtp::KEYS,
    events::KEYS,
    session_timers::KEYS,
    texts::KEYS,
    timing::KEYS,
    transfer::KEYS,
    quirks::KEYS,
    transport::KEYS,
];

/// All keys.
pub(in crate::profile) fn keys() -> impl Iterator<Item = &'static Key> {
    GROUPS.into_iter().flatten()
}

/// The names of all settings as `group.key`.
pub fn setting_names() -> impl Iterator<Item = String> {
    keys().map(|key| format!("{}.{}", key.group, key.name))
}
