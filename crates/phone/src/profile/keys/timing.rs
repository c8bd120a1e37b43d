//! `[timers]`: T1, T2 and T4 in milliseconds (RFC 3261 17.1.1.1).

use std::time::Duration;

use gannet_diag::Diagnostic;

use super::Key;
use crate::profile::value::{Value, store};

const GROUP: &str = "timers";
const MILLISECONDS_MAX: i64 = 60_000;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "t1-ms",
        apply: |p, v, d| store(&mut p.timers.t1, time(v), d),
    },
    Key {
        group: GROUP,
        name: "t2-ms",
        apply: |p, v, d| store(&mut p.timers.t2, time(v), d),
    },
    Key {
        group: GROUP,
        name: "t4-ms",
        apply: |p, v, d| store(&mut p.timers.t4, time(v), d),
    },
];

fn time(value: Value<'_>) -> Result<Duration, Diagnostic> {
    value
        .integer(1..=MILLISECONDS_MAX)
        .map(|ms| Duration::from_millis(ms as u64))
}
