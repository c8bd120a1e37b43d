//! One live line.

use std::fmt::Write as _;

use gannet_events::traffic::{Period, Phase, Snapshot};

use crate::words::{count, duration, microseconds};

/// What a run does now, in one line without its end: the rate and response times of the period
/// since `earlier`, the other figures from the start.
pub fn progress(earlier: Option<&Snapshot>, now: &Snapshot) -> String {
    let period = Period::between(earlier, now);
    let figures = &now.figures;
    let mut line = format!(
        "{}  {:.0} calls/s  {} open  {} ok  {} failed",
        duration(now.elapsed),
        period.call_rate(),
        count(figures.calls_open),
        count(figures.calls_successful()),
        count(figures.failed)
    );
    let times = &period.figures.response_times;
    if times.count() > 0 {
        let _ = write!(
            line,
            "  response p50 {} p99 {}",
            microseconds(times.quantile_us(0.5)),
            microseconds(times.quantile_us(0.99))
        );
    }
    let lost = [
        (figures.retransmissions_sent, "sent again"),
        (figures.late_starts, "late"),
    ];
    for (number, what) in lost.into_iter().filter(|(number, _)| *number > 0) {
        let _ = write!(line, "  {} {what}", count(number));
    }
    line.push_str(match now.phase {
        Phase::Running => "",
        Phase::Init => "  [init]",
        Phase::Paused => "  [paused]",
        Phase::Stopping => "  [ending: waits for open calls]",
        Phase::Ended => "  [ended]",
    });
    line
}
