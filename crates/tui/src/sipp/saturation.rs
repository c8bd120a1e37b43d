//! Whether the generator itself was too slow.

use gannet_events::sipp::Lag;

use crate::words::{count, counted, per_second};
use crate::{Pace, duration};

/// A peer sends again what is not answered in this time: T1 (RFC 3261 17.1.1.1).
const T1_NS: u64 = 500_000_000;

/// Whether a run with that lag says more of the generator than of its peer: calls began late,
/// datagrams were not fetched, or a turn of the loop took so long that a peer sends again.
pub(super) fn is_behind(lag: Lag) -> bool {
    lag.late_starts > 0 || lag.dropped_datagrams > 0 || lag.longest_turn_ns >= T1_NS
}

/// A line that says that the generator was too slow, and how; nothing if it was not. `pace` is
/// what was wanted and reached, where calls began on this side.
pub fn saturation(lag: Lag, pace: Option<&Pace>) -> Option<String> {
    if !is_behind(lag) {
        return None;
    }
    let mut reasons = Vec::new();
    if let Some(pace) = pace {
        reasons.push(format!(
            "wanted {} calls/s, reached {}",
            per_second(pace.wanted_calls_per_s),
            per_second(pace.reached_calls_per_s)
        ));
    }
    if lag.late_starts > 0 {
        let calls = counted(lag.late_starts, "call");
        reasons.push(format!("{calls} began late or never"));
    }
    if lag.dropped_datagrams > 0 {
        let datagrams = counted(lag.dropped_datagrams, "datagram");
        reasons.push(format!("{datagrams} dropped before they were read"));
    }
    let turn = std::time::Duration::from_nanos(lag.longest_turn_ns);
    reasons.push(if lag.longest_turn_ns < T1_NS {
        format!("at most {} ms behind", count(turn.as_millis() as u64))
    } else {
        format!("at most {} behind", duration(turn))
    });
    Some(format!(
        "generator saturated: {}; failures and times may be its own, not those of the tested \
         system",
        reasons.join("; ")
    ))
}
