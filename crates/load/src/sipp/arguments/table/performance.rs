//! Speed.

use super::super::row::{does, nothing};
use super::super::values::parsed;
use super::super::{OptionRow, Topic};

const P: Topic = Topic::Performance;

pub(super) const ROWS: &[OptionRow] = &[
    nothing(
        P,
        "-timer_resol",
        "TIME",
        "without effect: timers have a resolution of 1 ms",
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
    nothing(
        P,
        "-watchdog_minor_threshold",
        "TIME",
        "without effect: a turn that is half a second late is counted",
    ),
    nothing(
        P,
        "-watchdog_major_threshold",
        "TIME",
        "without effect: a turn that is three seconds late is counted as a major one",
    ),
    nothing(P, "-watchdog_minor_maxtriggers", "N", NEVER),
    nothing(P, "-watchdog_major_maxtriggers", "N", NEVER),
    nothing(P, "-watchdog_reset", "TIME", NEVER),
];

const NEVER: &str = "without effect: late turns never end a run; it says at its end that the generator was saturated";
