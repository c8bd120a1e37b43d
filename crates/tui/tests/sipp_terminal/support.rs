//! A run that the tests look at.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::FixedOffset;
use gannet_events::sipp::{
    CommandKind, Failure, Figures, Lag, Layout, Snapshot, StepFigures, StepLayout,
};
use gannet_events::traffic::Phase;
use gannet_tui::sipp::{Beside, Circuits, Facts, State, StepActions};

fn step(kind: CommandKind, name: &str) -> StepLayout {
    StepLayout {
        kind,
        name: name.into(),
        display: None,
        hidden: false,
        blank_line_after: false,
        retransmits: false,
        has_timeout: false,
        may_be_lost: false,
        optional: false,
        starts_timer: None,
        stops_timer: None,
    }
}

/// The built-in caller.
pub(crate) fn uac() -> Arc<Layout> {
    use CommandKind::{Pause, ReceiveResponse, SendRequest};
    let mut steps = vec![
        step(SendRequest, "INVITE"),
        step(ReceiveResponse, "100"),
        step(ReceiveResponse, "180"),
        step(ReceiveResponse, "183"),
        step(ReceiveResponse, "200"),
        step(SendRequest, "ACK"),
        step(Pause, "0ms"),
        step(SendRequest, "BYE"),
        step(ReceiveResponse, "200"),
    ];
    for sent in [0, 7] {
        steps[sent].retransmits = true;
    }
    steps[4].stops_timer = Some("1".into());
    steps[8].blank_line_after = true;
    Arc::new(Layout {
        scenario: "Basic Sipstone UAC".into(),
        is_client: true,
        steps,
        timers: vec!["1".into()],
        timer_bounds_ms: vec![vec![10, 20, 30]],
        call_length_bounds_ms: vec![10, 5_000],
        counters: Vec::new(),
    })
}

/// The built-in callee.
pub(crate) fn uas() -> Arc<Layout> {
    use CommandKind::{ReceiveRequest, SendResponse, Timewait};
    let mut steps = vec![
        step(ReceiveRequest, "INVITE"),
        step(SendResponse, "180"),
        step(SendResponse, "200"),
        step(ReceiveRequest, "ACK"),
        step(ReceiveRequest, "BYE"),
        step(SendResponse, "200"),
        step(Timewait, "4000ms"),
    ];
    steps[2].retransmits = true;
    for last in [0, 3] {
        steps[last].blank_line_after = true;
    }
    steps[3].stops_timer = Some("1".into());
    Arc::new(Layout {
        scenario: "Basic UAS responder".into(),
        is_client: false,
        steps,
        ..Layout::clone(&uac())
    })
}

/// Every kind of step, several timers and counters.
pub(crate) fn varied() -> Arc<Layout> {
    let mut layout = Layout::clone(&uac());
    layout.scenario = "varied".into();
    layout.steps[0].starts_timer = Some("invite".into());
    layout.steps[2].hidden = true;
    layout.steps[5].may_be_lost = true;
    layout.steps[4].stops_timer = Some("2".into());
    let display = |text: &str| Some(text.to_owned());
    layout.steps.extend([
        step(CommandKind::Nop, ""),
        StepLayout {
            display: display("take the answer"),
            ..step(CommandKind::Nop, "")
        },
        step(CommandKind::SendCommand, ""),
        StepLayout {
            has_timeout: true,
            ..step(CommandKind::ReceiveCommand, "")
        },
        step(CommandKind::ReceiveRequest, "INFO|NOTIFY|OPTIONS"),
        step(CommandKind::SendResponse, "200"),
    ]);
    layout.timers = vec!["invite".into(), "2".into(), "a long name of a timer".into()];
    layout.timer_bounds_ms = vec![vec![10, 20], Vec::new(), vec![100]];
    layout.counters = vec!["7".into(), "named".into()];
    Arc::new(layout)
}

pub(crate) fn figures(layout: &Layout, calls: u64) -> Figures {
    let mut figures = Figures::new(layout);
    if layout.is_client {
        figures.outgoing = calls;
    } else {
        figures.incoming = calls;
    }
    figures.open = 20;
    figures.open_max = 31;
    figures.successful = calls - 26;
    (0..4).for_each(|_| figures.fail(4, Failure::UnexpectedMessage));
    figures.fail(4, Failure::TimeoutOnRecv);
    figures.fail(0, Failure::MaxUdpRetrans);
    figures.dead_call = 2;
    figures.out_of_call = 1;
    figures.retransmissions = 7;
    figures.messages_sent = 3 * calls;
    figures.messages_received = 3 * calls - 1;
    for (index, step) in (0..).zip(&mut figures.steps) {
        *step = StepFigures {
            messages: calls,
            retransmissions: index,
            timeouts: index + 1,
            unexpected: index + 2,
            lost: index / 5,
            paused_now: 0,
        };
    }
    for call in 0..calls {
        for timer in &mut figures.timers {
            timer.record((1 + call % 30) * 1_000_000 + 500_000);
        }
        figures.call_length.record(2_000_000_000);
    }
    for (index, counter) in (1..).zip(&mut figures.counters) {
        *counter = calls * index;
    }
    figures
}

/// A hundred calls a second.
pub(crate) fn snapshot(layout: &Layout, elapsed_ms: u64) -> Snapshot {
    Snapshot {
        started: SystemTime::UNIX_EPOCH + Duration::from_micros(1_138_900_405_000_123),
        elapsed: Duration::from_millis(elapsed_ms),
        figures: figures(layout, elapsed_ms / 10),
        received: None,
        out_of_call: None,
        rate: 100.0,
        rate_period: Duration::from_secs(1),
        calls_limit: 300,
        users: None,
        phase: Phase::Running,
    }
}

pub(crate) fn behind() -> Lag {
    Lag {
        late_starts: 1_234,
        longest_turn_ns: 812_000_000,
        dropped_datagrams: 45,
    }
}

pub(crate) fn state(layout: Arc<Layout>) -> State {
    let facts = Facts {
        local_port: 5061,
        remote: "127.0.0.1:5060".into(),
        transport: "UDP".into(),
        pause_ms: 0,
        calls_max: None,
        twin: None,
        actions: vec![StepActions {
            step: 4,
            actions: vec!["log \"an answer\"".into(), "assign 1 to $seen".into()],
        }],
    };
    let offset = FixedOffset::east_opt(3600).expect("an hour is in range");
    State::new(layout, facts, offset)
}

pub(crate) fn beside() -> Beside {
    Beside {
        sockets_open: 1,
        send_errors: 2,
        receive_errors: 3,
        congestions: 4,
        running: 15,
        paused: 5,
        woken: 6,
        peak_after: Duration::from_secs(7),
        media: None,
        circuits: Some(Circuits {
            width: 4,
            in_use: vec![true, false, true, true, false, false],
        }),
        variables: vec![("seen".into(), "1.000000".into())],
    }
}
