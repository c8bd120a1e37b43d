//! `[incoming]`: what happens to calls that come in.

use super::Key;
use crate::profile::value::store;

const GROUP: &str = "incoming";
/// Most calls that a phone may be set to hold at once.
const CALLS_MAX: i64 = 1000;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "ring-code",
        apply: |p, v, d| {
            let code = v.code(180..=183).and_then(|code| match code {
                180 | 183 => Ok(code),
                _ => Err(v.wrong(format!("expected 180 or 183, found {code}"))),
            });
            store(&mut p.incoming.ring_code, code, d);
        },
    },
    Key {
        group: GROUP,
        name: "ring-time",
        apply: |p, v, d| store(&mut p.incoming.ring_time, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "no-answer-code",
        apply: |p, v, d| store(&mut p.incoming.no_answer_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "busy-code",
        apply: |p, v, d| store(&mut p.incoming.busy_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "reject-code",
        apply: |p, v, d| store(&mut p.incoming.reject_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "dnd-code",
        apply: |p, v, d| store(&mut p.incoming.dnd_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "calls-max",
        apply: |p, v, d| {
            store(
                &mut p.incoming.calls_max,
                v.integer(1..=CALLS_MAX).map(|n| n as u32),
                d,
            );
        },
    },
];
