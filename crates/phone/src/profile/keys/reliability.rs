//! `[reliability]`: reliable provisional responses.

use super::Key;
use crate::profile::model::Reliable;
use crate::profile::value::store;

const GROUP: &str = "reliability";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "100rel",
        apply: |p, v, d| {
            let choices = [
                ("off", Reliable::Off),
                ("supported", Reliable::Supported),
                ("required", Reliable::Required),
            ];
            store(&mut p.reliability.provisional, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "prack-offer",
        apply: |p, v, d| store(&mut p.reliability.prack_offer, v.boolean(), d),
    },
];
