//! Results for tests.

use gannet_events::traffic::ResponseTimes;

use super::{
    CallCounts, ExampleMessage, FailureExample, LOAD_RESULTS_VERSION, LoadFigures, LoadResults,
    LoadStep, LoadTimes, MessageCounts, NamedCount, Point, Series,
};

/// Results for tests: 100 calls, of which 2 failed.
pub(crate) fn sample() -> LoadResults {
    let point = |t_s, begun, failed| Point {
        t_s,
        length_s: 1.0,
        rate_wanted: 10.0,
        begun,
        failed,
        open: 3,
        p50_ms: 20.0,
        p99_ms: 30.0,
        ..Point::default()
    };
    LoadResults {
        format: LoadResults::FORMAT.into(),
        version: LOAD_RESULTS_VERSION,
        gannet: "0.0.0".into(),
        command: "sipp".into(),
        arguments: vec!["-sn".into(), "uac".into()],
        scenario: "Basic <caller>".into(),
        started: "2026-11-22T10:00:00Z".into(),
        verdict: None,
        figures: figures(),
        series: Series {
            interval_s: 1.0,
            points: vec![point(1.0, 10, 0), point(2.0, 12, 2)],
        },
        examples: vec![example()],
    }
}

fn figures() -> LoadFigures {
    let mut times = ResponseTimes::new(&[]);
    for _ in 0..97 {
        times.record(20_000_000);
    }
    times.record(30_000_000);
    let step = |number, kind: &str, name: &str, messages| LoadStep {
        section: String::new(),
        number,
        kind: kind.into(),
        name: name.into(),
        messages,
        retransmissions: 0,
        timeouts: 0,
        unexpected: 0,
        failed: 0,
    };
    LoadFigures {
        elapsed_s: 10.0,
        phase: "running".into(),
        rate_wanted: 10.0,
        rate_reached: 10.0,
        calls: CallCounts {
            begun: 100,
            outgoing: 100,
            open_max: 5,
            successful: 98,
            failed: 2,
            ..CallCounts::default()
        },
        messages: MessageCounts {
            sent: 300,
            received: 396,
            ..MessageCounts::default()
        },
        counts: Vec::new(),
        failures: vec![NamedCount {
            name: "unexpected message".into(),
            count: 2,
        }],
        steps: vec![
            step(1, "sent", "INVITE", 100),
            step(2, "received", "200", 98),
        ],
        times: vec![
            LoadTimes::of("1", "INVITE", &times),
            LoadTimes::of("call", "", &ResponseTimes::new(&[])),
        ],
    }
}

fn example() -> FailureExample {
    let message = |at_us, sent, text: &str| ExampleMessage {
        at_us,
        sent,
        transport: "UDP".into(),
        text: text.into(),
    };
    FailureExample {
        call_id: "7-1@127.0.0.1".into(),
        own: "127.0.0.1:5061".into(),
        peer: "127.0.0.1:5060".into(),
        place: "step 2, waiting for 200".into(),
        at_ms: 1_800_000_000_120,
        messages: vec![
            message(
                1_800_000_000_000_000,
                true,
                "INVITE sip:a@b SIP/2.0\r\nCall-ID: 7-1@127.0.0.1\r\nCSeq: 1 INVITE\r\n\r\n",
            ),
            message(
                1_800_000_000_120_000,
                false,
                "SIP/2.0 503 Service Unavailable\r\nCall-ID: 7-1@127.0.0.1\r\nCSeq: 1 INVITE\r\n\r\n",
            ),
        ],
        left_out: 0,
    }
}
