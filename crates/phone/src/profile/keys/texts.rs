//! `[texts]`: which texts the device takes (RFC 3428).

use super::Key;
use super::lists::media_type;
use crate::profile::value::store;

const GROUP: &str = "texts";
/// No datagram, and no message of a stream, is longer.
const BYTES_MAX: i64 = 65_535;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "types",
        apply: |p, v, d| {
            if let Some(types) = v.list(d, media_type) {
                if types.is_empty() {
                    d.push(v.wrong("expected a media type at least, as in text/plain"));
                } else {
                    p.texts.types = types;
                }
            }
        },
    },
    Key {
        group: GROUP,
        name: "bytes-max",
        apply: |p, v, d| {
            store(
                &mut p.texts.bytes_max,
                v.integer(1..=BYTES_MAX).map(|n| n as usize),
                d,
            );
        },
    },
];
