//! The file of figures: a line each second.

use std::fmt::Write as _;

use gannet_events::traffic::{Period, Snapshot};

/// The columns.
pub(super) const HEADER: &str = "\
elapsed_s,wanted_calls_per_s,calls_per_s,calls_begun,calls_successful,calls_failed,calls_timed_out,\
calls_refused,calls_open,late_starts,messages_sent,messages_received,messages_unexpected,\
retransmissions_sent,retransmissions_absorbed,response_count,response_mean_ms,response_p50_ms,\
response_p90_ms,response_p99_ms,response_max_ms\n";

/// What happened since `earlier`, as a line; calls that are open are those of now. Response times are
/// empty if none was measured.
pub(super) fn line(earlier: Option<&Snapshot>, now: &Snapshot) -> String {
    let period = Period::between(earlier, now);
    let figures = &period.figures;
    let mut line = format!(
        "{:.3},{},{:.3}",
        now.elapsed.as_secs_f64(),
        now.call_rate,
        period.call_rate()
    );
    for count in [
        figures.calls_started(),
        figures.calls_successful(),
        figures.failed,
        figures.failed_timeout,
        figures.failed_refused,
        now.figures.calls_open,
        figures.late_starts,
        figures.messages_sent,
        figures.messages_received,
        figures.unexpected_messages,
        figures.retransmissions_sent,
        figures.retransmissions_absorbed,
        figures.response_times.count(),
    ] {
        let _ = write!(line, ",{count}");
    }
    let times = &figures.response_times;
    if times.count() == 0 {
        line.push_str(",,,,,\n");
    } else {
        let _ = write!(line, ",{:.3}", times.mean_ns() as f64 / 1e6);
        for share in [0.5, 0.9, 0.99, 1.0] {
            let _ = write!(line, ",{:.3}", times.quantile_us(share) as f64 / 1e3);
        }
        line.push('\n');
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use gannet_events::traffic::{Figures, Layout, Phase};

    use super::*;

    #[test]
    fn each_line_has_a_cell_for_each_column() {
        let mut figures = Figures::new(&Layout::default());
        let mut snapshot = Snapshot {
            started: SystemTime::UNIX_EPOCH,
            elapsed: Duration::from_secs(2),
            reset: Duration::ZERO,
            at_reset: None,
            figures: figures.clone(),
            call_rate: 0.5,
            call_rate_scale: 1.0,
            phase: Phase::Running,
        };
        let columns = HEADER.split(',').count();
        assert_eq!(line(None, &snapshot).split(',').count(), columns);
        figures.outgoing_calls = 4;
        figures.traffic_successful = 3;
        figures.calls_open = 1;
        figures.response_times.record(2_000_000);
        snapshot.figures = figures;
        let text = line(None, &snapshot);
        assert_eq!(text.split(',').count(), columns);
        assert!(text.starts_with("2.000,0.5,2.000,4,3,0,0,0,1,0,"), "{text}");
        assert!(text.contains(",1,2.000,2.0"), "{text}");
    }
}
