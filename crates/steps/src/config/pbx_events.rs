//! What `[pbx]` says about subscriptions, publications and presence.

use std::time::Duration;

use gannet_pbx::{PbxConfig, WatchRule};
use gannet_ua::digest::AuthTarget;

use super::model::PbxEventSettings;
use super::reader::Section;

pub(super) fn read(section: &mut Section<'_, '_, '_>, events: &mut PbxEventSettings) {
    events.nonce_lifetime = section.time("nonce_lifetime");
    if events.nonce_lifetime == Some(Duration::ZERO) {
        let span = section.span.clone();
        section.bad_value("nonce_lifetime", "a time that is not zero", span);
    }
    events.subscribe_code = section.one_of("subscribe_code", &[200, 202]);
    events.subscribe_challenge = match section.one_of("subscribe_challenge", &[401, 407]) {
        Some(401) => Some(AuthTarget::Origin),
        Some(_) => Some(AuthTarget::Proxy),
        None => None,
    };
    let rules = [
        ("allow", WatchRule::Allow),
        ("refuse", WatchRule::Refuse),
        ("pending", WatchRule::Pending),
    ];
    events.watching = section.choice("watching", &rules);
    let extents = [("full", true), ("partial", false)];
    events.dialog_info_full = section.choice("dialog_info", &extents);
    let Some(names) = section.strings("packages") else {
        return;
    };
    let known = PbxConfig::default().packages;
    let mut packages = std::collections::BTreeSet::new();
    for name in names {
        if known.contains(&name.value) {
            packages.insert(name.value);
        } else {
            let known: Vec<_> = known.iter().map(String::as_str).collect();
            section.bad_value("packages", &known.join(", "), name.span);
        }
    }
    events.packages = Some(packages);
}
