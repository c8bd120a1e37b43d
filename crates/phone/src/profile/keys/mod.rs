//! Every key of a profile file: its name and how it is read.

mod addresses;
mod digest;
mod identity;
mod incoming;
mod lists;
mod messages;
mod registration;
mod sdp;
mod timing;

use gannet_diag::Diagnostics;

use super::model::Profile;
use super::value::Value;

/// One key of a profile file.
pub(super) struct Key {
    /// Table of the key.
    pub(super) group: &'static str,
    /// Name within the table.
    pub(super) name: &'static str,
    /// Reads the value into the profile or reports what is wrong.
    pub(super) apply: fn(&mut Profile, Value<'_>, &mut Diagnostics),
}

const GROUPS: [&[Key]; 9] = [
    identity::KEYS,
    messages::KEYS,
    addresses::KEYS,
    lists::KEYS,
    registration::KEYS,
    digest::KEYS,
    incoming::KEYS,
    sdp::KEYS,
    timing::KEYS,
];

/// All keys.
pub(super) fn keys() -> impl Iterator<Item = &'static Key> {
    GROUPS.into_iter().flatten()
}

/// The names of all settings as `group.key`.
pub fn setting_names() -> impl Iterator<Item = String> {
    keys().map(|key| format!("{}.{}", key.group, key.name))
}

/// Groups that describe real devices too, but that no phone obeys so far.
pub(super) const NOT_YET: [&str; 8] = [
    "hold",
    "transfer",
    "reliability",
    "keep-alive",
    "nat",
    "outgoing",
    "conference",
    "quirks",
];
