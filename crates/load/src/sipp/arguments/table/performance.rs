//! Speed.

use super::super::defaults::GATHER_MAX;
use super::super::row::{Expected, does, nothing};
use super::super::values::{parsed, time_ms};
use super::super::{OptionRow, Topic};

const P: Topic = Topic::Performance;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        P,
        "-timer_resol",
        "TIME",
        "the longest time between two looks at sockets that bring thousands of messages a second \
         (ms): 3 at most, and without it; 0 to be woken by each message",
        |all, values| {
            all.gather_interval = time_ms(&values[0])?.min(GATHER_MAX);
            Ok(())
        },
    ),
    does(
        P,
        "-max_recv_loops",
        "N",
        "messages that are taken before anything else is done; 1000",
        |all, values| {
            all.receives_per_turn = parsed::<usize>(&values[0], "whole number")?.max(1);
            Ok(())
        },
    ),
    nothing(
        P,
        "-max_sched_loops",
        "N",
        "without effect: due calls are played with every turn",
    ),
    nothing(
        P,
        "-watchdog_interval",
        "TIME",
        "without effect: every turn is watched",
    ),
    does(
        P,
        "-watchdog_minor_threshold",
        "TIME",
        "a turn that is so late is counted (ms); 500",
        |all, values| {
            all.watchdog.minor_ns = threshold_ns(&values[0])?;
            Ok(())
        },
    ),
    does(
        P,
        "-watchdog_major_threshold",
        "TIME",
        "a turn that is so late is counted as a major one (ms); 3 s",
        |all, values| {
            all.watchdog.major_ns = threshold_ns(&values[0])?;
            Ok(())
        },
    ),
    nothing(P, "-watchdog_minor_maxtriggers", "N", NEVER),
    nothing(P, "-watchdog_major_maxtriggers", "N", NEVER),
    nothing(P, "-watchdog_reset", "TIME", NEVER),
];

/// A turn that is not late is never counted.
fn threshold_ns(text: &str) -> Result<u64, Expected> {
    Ok((time_ms(text)?.as_nanos() as u64).max(1))
}

const NEVER: &str = "without effect: late turns never end a run; it says at its end that the generator was saturated";
