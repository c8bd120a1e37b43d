//! `[events]`: what NOTIFYs without subscription make the phone do.

use super::Key;
use crate::profile::calls::CheckSync;
use crate::profile::value::store;

const GROUP: &str = "events";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "check-sync",
        apply: |p, v, d| {
            let choices = [
                ("nothing", CheckSync::Nothing),
                ("register", CheckSync::Register),
                ("restart", CheckSync::Restart),
            ];
            store(&mut p.events.check_sync, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "talk",
        apply: |p, v, d| store(&mut p.events.talk, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "hold",
        apply: |p, v, d| store(&mut p.events.hold, v.boolean(), d),
    },
];
