//! `[addresses]`: form of From, To, Contact and Request-URI.

use super::Key;
use crate::profile::model::UriTransport;
use crate::profile::value::store;

const GROUP: &str = "addresses";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "port-shown",
        apply: |p, v, d| store(&mut p.addresses.port_shown, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "user-phone",
        apply: |p, v, d| store(&mut p.addresses.user_phone, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "contact-transport",
        apply: |p, v, d| store(&mut p.addresses.contact_transport, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "quoted-display-name",
        apply: |p, v, d| store(&mut p.addresses.quoted_display_name, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "uri-transport",
        apply: |p, v, d| {
            let choices = [
                ("none", UriTransport::None),
                ("register", UriTransport::Register),
                ("all", UriTransport::All),
            ];
            store(&mut p.addresses.uri_transport, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "contact-display-name",
        apply: |p, v, d| store(&mut p.addresses.contact_display_name, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "host",
        apply: |p, v, d| {
            let choices = [("domain", false), ("server-address", true)];
            store(&mut p.addresses.host_is_address, v.choice(&choices), d);
        },
    },
];
