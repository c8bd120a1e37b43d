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
        scenario: "client.xml".into(),
        is_client: true,
        sections: vec![
            SectionLayout {
                name: "Traffic".into(),
                steps: vec![
                    step("INVITE", StepDirection::Sent),
                    step("180", StepDirection::Received),
                    step("200", StepDirection::Received),
                    step("ACK", StepDirection::Sent),
                    step("2000 ms", StepDirection::Pause),
                    step("BYE", StepDirection::Sent),
                    step("200", StepDirection::Received),
                ],
            },
            SectionLayout {
                name: "Default 0".into(),
                steps: (0..30)
                    .map(|index| step(&format!("{}", 400 + index), StepDirection::Received))
                    .collect(),
            },
        ],
        protocols: vec![ProtocolLayout {
            name: "sip-protocol".into(),
            messages: (0..25).map(|index| format!("MESSAGE-{index:02}")).collect(),
        }],
        response_bounds_ms: vec![50, 75, 100, 150, 300, 5000],
    }
}

/// A hundred calls a second.
pub(crate) fn snapshot(elapsed_ms: u64) -> Snapshot {
    let calls = elapsed_ms / 10;
    let layout = layout();
    let mut figures = Figures::new(&layout);
    figures.outgoing_calls = calls;
    figures.messages_sent = calls * 3;
    figures.messages_received = calls * 3 - 1;
    figures.unexpected_messages = 3;
    figures.calls_open = 20;
    figures.calls_open_max = 31;
    figures.traffic_successful = calls - 24;
    figures.failed = 4;
    figures.failed_timeout = 1;
    figures.retransmissions_sent = 7;
    figures.late_starts = 2;
    for call in 0..calls {
        figures
            .response_times
            .record((1 + call % 100) * 1_000_000 + 500_000);
    }
    for step in &mut figures.sections[0] {
        step.messages = calls;
    }
    figures.sections[0][2] = StepFigures {
        messages: calls - 4,
        retransmissions: 7,
        timeouts: 1,
        unexpected: 3,
        actions_failed: 1,
        calls_failed: 4,
    };
    for (index, message) in figures.protocols[0].iter_mut().enumerate() {
        *message = MessageFigures {
            sent: calls * index as u64,
            received: calls,
        };
    }
    Snapshot {
        started: SystemTime::UNIX_EPOCH + Duration::from_secs(1_138_900_405),
        elapsed: Duration::from_millis(elapsed_ms),
        reset: Duration::ZERO,
        at_reset: None,
        figures,
        call_rate: 100.0,
        call_rate_scale: 10.0,
        phase: Phase::Running,
    }
}
