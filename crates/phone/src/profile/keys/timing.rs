//! `[timers]`: T1, T2 and T4 in milliseconds (RFC 3261 17.1.1.1), and others that do not follow from
//! them.

use std::time::Duration;

use gannet_diag::{Diagnostic, Diagnostics};

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
    Key {
        group: GROUP,
        name: "timer-b-ms",
        apply: |p, v, d| store(&mut p.own_timers.timer_b, own_time(v), d),
    },
    Key {
        group: GROUP,
        name: "timer-f-ms",
        apply: |p, v, d| store(&mut p.own_timers.timer_f, own_time(v), d),
    },
    Key {
        group: GROUP,
        name: "timer-h-ms",
        apply: |p, v, d| store(&mut p.own_timers.timer_h, own_time(v), d),
    },
    Key {
        group: GROUP,
        name: "glare-caller-ms",
        apply: |p, v, d| bounds(&mut p.glare.caller, v, d),
    },
    Key {
        group: GROUP,
        name: "glare-callee-ms",
        apply: |p, v, d| bounds(&mut p.glare.callee, v, d),
    },
];

/// A time, or 0 for what follows from T1.
fn own_time(value: Value<'_>) -> Result<Option<Duration>, Diagnostic> {
    let ms = value.integer(0..=10 * MILLISECONDS_MAX)?;
    Ok((ms > 0).then(|| Duration::from_millis(ms as u64)))
}

/// The shortest and the longest time.
fn bounds(place: &mut (u32, u32), value: Value<'_>, problems: &mut Diagnostics) {
    let bounds = value.list(problems, |item| item.integer(0..=MILLISECONDS_MAX));
    match bounds.as_deref() {
        None => {}
        Some([low, high]) if low <= high => *place = (*low as u32, *high as u32),
        Some(_) => {
            problems.push(value.wrong("expected the shortest and the longest time, in this order"));
        }
    }
}

fn time(value: Value<'_>) -> Result<Duration, Diagnostic> {
    value
        .integer(1..=MILLISECONDS_MAX)
        .map(|ms| Duration::from_millis(ms as u64))
}
