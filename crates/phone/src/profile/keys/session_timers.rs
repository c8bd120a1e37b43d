//! `[session-timers]`: RFC 4028.

use gannet_ua::{RefreshMethod, Refresher};

use super::Key;
use crate::profile::value::store;

const GROUP: &str = "session-timers";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "support",
        apply: |p, v, d| store(&mut p.session.support, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "expires",
        apply: |p, v, d| store(&mut p.session.policy.expires, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "min-se",
        apply: |p, v, d| store(&mut p.session.policy.min_se, v.seconds(), d),
    },
    Key {
        group: GROUP,
        name: "refresher",
        apply: |p, v, d| {
            let choices = [
                ("any", None),
                ("uac", Some(Refresher::Uac)),
                ("uas", Some(Refresher::Uas)),
            ];
            store(&mut p.session.policy.refresher, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "method",
        apply: |p, v, d| {
            let choices = [
                ("UPDATE", RefreshMethod::Update),
                ("INVITE", RefreshMethod::Invite),
            ];
            store(&mut p.session.policy.method, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "refreshes",
        apply: |p, v, d| store(&mut p.session.policy.refreshes, v.boolean(), d),
    },
];
