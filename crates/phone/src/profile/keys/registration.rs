//! `[registration]` and `[mwi]`.

use gannet_diag::Diagnostic;

use super::Key;
use crate::profile::model::{BootRemoval, InstanceStyle};
use crate::profile::value::{Value, store};

const GROUP: &str = "registration";
const MWI: &str = "mwi";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "expires",
        apply: |p, v, d| store(&mut p.registration.expires, v.seconds(), d),
    },
    Key {
        group: GROUP,
        name: "expires-in",
        apply: |p, v, d| {
            let choices = [("header", false), ("contact", true)];
            store(
                &mut p.registration.expires_in_contact,
                v.choice(&choices),
                d,
            );
        },
    },
    Key {
        group: GROUP,
        name: "refresh-before",
        apply: |p, v, d| store(&mut p.registration.refresh_before, v.seconds(), d),
    },
    Key {
        group: GROUP,
        name: "retry-after",
        apply: |p, v, d| store(&mut p.registration.retry_after, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "unregister-at-boot",
        apply: |p, v, d| store(&mut p.registration.boot_removal, boot_removal(v), d),
    },
    Key {
        group: GROUP,
        name: "follow-received",
        apply: |p, v, d| store(&mut p.registration.follow_received, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "instance",
        apply: |p, v, d| {
            let choices = [
                ("none", InstanceStyle::None),
                ("mac", InstanceStyle::Mac),
                ("random", InstanceStyle::Random),
            ];
            store(&mut p.registration.instance, v.choice(&choices), d);
        },
    },
    Key {
        group: MWI,
        name: "mode",
        apply: |p, v, d| {
            let choices = [("subscribe", true), ("unsolicited", false)];
            store(&mut p.mwi.subscribes, v.choice(&choices), d);
        },
    },
    Key {
        group: MWI,
        name: "expires",
        apply: |p, v, d| store(&mut p.mwi.expires, v.seconds(), d),
    },
];

/// `true` for all contacts, `false` for none, or a word.
fn boot_removal(value: Value<'_>) -> Result<BootRemoval, Diagnostic> {
    if value.is_boolean() {
        let all = value.boolean()?;
        return Ok(if all {
            BootRemoval::All
        } else {
            BootRemoval::Nothing
        });
    }
    value.choice(&[
        ("all", BootRemoval::All),
        ("own", BootRemoval::Own),
        ("nothing", BootRemoval::Nothing),
    ])
}
