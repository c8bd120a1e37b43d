//! `/seagull/counters/all`.

use std::fmt::Write as _;

use gannet_events::traffic::{Period, Snapshot, clock_text};

/// The figures by name. Rates of messages are means of the run; the call rate is that of `recent`.
pub(super) fn counters(recent: &Period, now: &Snapshot) -> String {
    let whole = Period::cumulative(now);
    let figures = &whole.figures;
    let mut text = format!(
        "elapsed_time={}\r\nreal_instant_call_rate_s={:8.3}\r\n",
        clock_text(now.elapsed),
        recent.call_rate()
    );
    let counts = [
        ("incoming_calls", figures.incoming_calls),
        ("outgoing_calls", figures.outgoing_calls),
        ("successful_calls", figures.calls_successful()),
        ("failed_calls", figures.failed),
    ];
    for (name, count) in counts {
        let _ = write!(text, "{name}={count:8}\r\n");
    }
    let rates = [
        ("msg_recv_s", figures.messages_received),
        ("msg_sent_s", figures.messages_sent),
    ];
    for (name, count) in rates {
        let _ = write!(text, "{name}={:8.3}\r\n", whole.per_second(count));
    }
    text
}
