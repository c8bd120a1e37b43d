//! A run that the tests look at.

use std::time::{Duration, SystemTime};

use gannet_events::traffic::{
    Figures, Layout, MessageFigures, Phase, ProtocolLayout, SectionLayout, Snapshot, StepDirection,
    StepFigures, StepLayout,
};

pub(crate) fn layout() -> Layout {
    let step = |name: &str, direction| StepLayout {
        name: name.into(),
        direction,
    };
    Layout {
        scenario: "client".into(),
        is_client: true,
        sections: vec![SectionLayout {
            name: "Traffic".into(),
            steps: vec![
                step("INVITE", StepDirection::Sent),
                step("200", StepDirection::Received),
                step("2000 ms", StepDirection::Pause),
            ],
        }],
        protocols: vec![ProtocolLayout {
            name: "sip-protocol".into(),
            messages: vec!["INVITE".into(), "200".into()],
        }],
        response_bounds_ms: vec![50, 75],
    }
}

/// Ten calls a second, two of the first failed, two open.
pub(crate) fn snapshot(elapsed_ms: u64) -> Snapshot {
    let calls = elapsed_ms / 100;
    let mut figures = Figures::new(&layout());
    figures.outgoing_calls = calls;
    figures.messages_sent = calls * 3;
    figures.messages_received = elapsed_ms * 29 / 1_000;
    figures.unexpected_messages = 1;
    figures.calls_open = 2;
    figures.traffic_successful = calls - 4;
    figures.failed = 2;
    figures.failed_timeout = 2;
    for _ in 2..40 {
        figures.response_times.record(40_000_000);
    }
    figures.sections[0] = vec![
        StepFigures {
            messages: calls,
            retransmissions: 3,
            ..StepFigures::default()
        },
        StepFigures {
            messages: calls - 2,
            timeouts: 2,
            unexpected: 1,
            calls_failed: 2,
            ..StepFigures::default()
        },
        StepFigures {
            messages: calls - 4,
            ..StepFigures::default()
        },
    ];
    figures.protocols[0] = vec![
        MessageFigures {
            sent: calls,
            received: 0,
        },
        MessageFigures {
            sent: 0,
            received: calls - 2,
        },
    ];
    Snapshot {
        started: SystemTime::UNIX_EPOCH,
        elapsed: Duration::from_millis(elapsed_ms),
        reset: Duration::ZERO,
        at_reset: None,
        figures,
        call_rate: 10.0,
        call_rate_scale: 1.0,
        phase: Phase::Running,
    }
}
