//! The table of all keys.

use gannet_diag::Diagnostics;

use super::{
    addresses, digest, identity, incoming, lists, messages, registration, sdp, timing, transfer,
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

const GROUPS: [&[Key]; 10] = [
    identity::KEYS,
    messages::KEYS,
    addresses::KEYS,
    lists::KEYS,
    registration::KEYS,
    digest::KEYS,
    incoming::KEYS,
    sdp::KEYS,
    timing::KEYS,
    transfer::KEYS,
];

/// All keys.
pub(in crate::profile) fn keys() -> impl Iterator<Item = &'static Key> {
    GROUPS.into_iter().flatten()
}

/// The names of all settings as `group.key`.
pub fn setting_names() -> impl Iterator<Item = String> {
    keys().map(|key| format!("{}.{}", key.group, key.name))
}

/// Groups that describe real devices too, but that no phone obeys so far.
pub(in crate::profile) const NOT_YET: [&str; 6] = [
    "reliability",
    "keep-alive",
    "nat",
    "outgoing",
    "conference",
    "quirks",
];
