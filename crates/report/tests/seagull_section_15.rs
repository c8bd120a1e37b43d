//! SEAGULL.md section 15: statistics files.

use std::time::{Duration, SystemTime};

use chrono::FixedOffset;
use gannet_events::traffic::{Figures, Layout, MessageFigures, Phase, ProtocolLayout, Snapshot};
use gannet_report::seagull::{
    DATA_LOG_HEADER, DataLog, Distribution, ProtocolStatistics, Statistics,
};

fn layout() -> Layout {
    Layout {
        protocols: vec![ProtocolLayout {
            name: "sip-protocol".into(),
            messages: vec!["INVITE".into(), "200".into()],
        }],
        response_bounds_ms: vec![50, 75, 100, 150, 300, 5000],
        ..Layout::default()
    }
}

fn offset() -> FixedOffset {
    FixedOffset::east_opt(3600).expect("an hour is in range")
}

fn snapshot(elapsed_ms: u64, calls: u64) -> Snapshot {
    let mut figures = Figures::new(&layout());
    figures.outgoing_calls = calls;
    figures.messages_sent = calls * 3;
    figures.messages_received = calls * 3;
    figures.unexpected_messages = calls / 10;
    figures.calls_open = calls.min(2);
    figures.traffic_successful = calls;
    figures.failed = calls / 20;
    figures.failed_timeout = calls / 20;
    for call in 0..calls {
        figures
            .response_times
            .record((40 + 20 * (call % 3)) * 1_000_000);
    }
    figures.protocols[0] = vec![
        MessageFigures {
            received: 0,
            sent: calls,
        },
        MessageFigures {
            received: calls * 2,
            sent: 0,
        },
    ];
    Snapshot {
        started: SystemTime::UNIX_EPOCH + Duration::from_millis(1_138_900_405_922),
        elapsed: Duration::from_millis(elapsed_ms),
        reset: Duration::ZERO,
        at_reset: None,
        figures,
        call_rate: 10.0,
        call_rate_scale: 1.0,
        phase: Phase::Running,
    }
}

#[test]
fn the_header_spells_every_column() {
    assert_eq!(
        Statistics::new(&layout(), offset()).header(),
        "StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);Rate(P);Rate(C);\
         IncomingCall(P);IncomingCall(C);OutgoingCall(P);OutgoingCall(C);MsgRecvPerS(P);\
         MsgRecvPerS(C);MsgSendPerS(P);MsgSendPerS(C);UnexpectedMsg(P);UnexpectedMsg(C);\
         CurrentCall;InitSuccessfulCall(P);InitSuccessfulCall(C);TrafficSuccessfulCall(P);\
         TrafficSuccessfulCall(C);DefaultSuccessfulCall(P);DefaultSuccessfulCall(C);\
         AbortSuccessfulCall(P);AbortSuccessfulCall(C);FailedCall(P);FailedCall(C);\
         FailedRefused(P);FailedRefused(C);FailedAborted(P);FailedAborted(C);FailedTimeout(P);\
         FailedTimeout(C);ResponseTime(P);ResponseTime(C);ResponseTimeRepartition;<50;<75;<100;\
         <150;<300;<5000;>=5000;\n"
    );
}

#[test]
fn the_first_line_is_all_zero() {
    assert_eq!(
        Statistics::new(&layout(), offset()).line(None, &snapshot(0, 0)),
        "2006-02-02 18:13:25;2006-02-02 18:13:25;2006-02-02 18:13:25;00:00:00;00:00:00;0;0;\
         0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;\
         00:00:00:000;00:00:00:000;;0;0;0;0;0;0;0;\n"
    );
}

#[test]
fn a_line_has_the_period_and_the_whole_run() {
    let (before, now) = (snapshot(3_000, 30), snapshot(4_001, 41));
    assert_eq!(
        Statistics::new(&layout(), offset()).line(Some(&before), &now),
        "2006-02-02 18:13:25;2006-02-02 18:13:25;2006-02-02 18:13:29;00:00:01;00:00:04;\
         10.989;10.2474;0;0;11;41;32.967;30.7423;32.967;30.7423;1;4;2;0;0;11;41;0;0;0;0;\
         1;2;0;0;0;0;1;2;00:00:00:058;00:00:00:059;;14;14;13;0;0;0;0;\n"
    );
}

#[test]
fn header_and_lines_have_as_many_columns() {
    let layouts = [layout(), Layout::default()];
    for layout in layouts {
        let statistics = Statistics::new(&layout, offset());
        let mut now = snapshot(1_000, 10);
        now.figures = Figures::new(&layout);
        let columns = |text: &str| text.matches(';').count();
        let header = columns(&statistics.header());
        assert_eq!(columns(&statistics.line(None, &now)), header);
    }
}

#[test]
fn the_last_reset_is_that_of_the_display() {
    let mut now = snapshot(4_001, 41);
    now.reset = Duration::from_secs(3);
    let line = Statistics::new(&layout(), offset()).line(None, &now);
    assert!(line.starts_with("2006-02-02 18:13:25;2006-02-02 18:13:28;2006-02-02 18:13:29;"));
}

#[test]
fn protocol_statistics_have_four_columns_for_each_message() {
    let statistics = ProtocolStatistics::new(&layout(), 0, offset()).expect("a dictionary");
    assert_eq!(
        statistics.header(),
        "StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);\
         INVITE received(P);INVITE received(C);INVITE sent(P);INVITE sent(C);\
         200 received(P);200 received(C);200 sent(P);200 sent(C);\n"
    );
    let (before, now) = (snapshot(3_000, 30), snapshot(4_001, 41));
    assert_eq!(
        statistics.line(Some(&before), &now),
        "2006-02-02 18:13:25;2006-02-02 18:13:28;2006-02-02 18:13:29;00:00:01;00:00:04;\
         0;0;11;41;22;82;0;0;\n"
    );
    assert!(ProtocolStatistics::new(&layout(), 1, offset()).is_none());
}

#[test]
fn the_data_log_has_every_measure() {
    assert_eq!(DATA_LOG_HEADER, "time-ms;response-time-ms;\n");
    let mut log = DataLog::new(2);
    log.record(1_234_567_899, 40_500_999);
    assert!(!log.is_due());
    log.record(2_000_000_000, 0);
    assert!(log.is_due());
    assert_eq!(
        log.take(),
        "1234.567000;40.500000;\n2000.000000;0.000000;\n"
    );
    assert!(!log.is_due());
    assert_eq!(log.take(), "");
}

#[test]
fn measures_are_dropped_when_twice_the_number_waits() {
    let mut log = DataLog::new(2);
    for _ in 0..7 {
        log.record(0, 1_000_000);
    }
    assert_eq!(log.dropped(), 3);
    assert_eq!(log.take().lines().count(), 4);
}

#[test]
fn rtdistrib_counts_by_the_millisecond() {
    let mut distribution = Distribution::new(10);
    assert_eq!(distribution.periodic(), "");
    for us in [900, 1_100, 1_999, 10_000, 5_000_000] {
        distribution.record(us * 1_000);
    }
    assert_eq!(
        distribution.periodic(),
        "Dump Periodic;\n0;1;\n1;2;\n10;2;\n"
    );
    distribution.record(2_000_000);
    assert_eq!(distribution.periodic(), "Dump Periodic;\n2;1;\n");
    assert_eq!(distribution.periodic(), "");
    assert_eq!(
        distribution.cumulative(),
        "Dump Cumulative;\n0;1;\n1;2;\n2;1;\n10;2;\n"
    );
}
