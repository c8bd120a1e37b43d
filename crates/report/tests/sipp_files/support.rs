//! Scenarios and runs that the tests look at.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::FixedOffset;
use gannet_events::sipp::{CommandKind, Figures, Layout, Snapshot, StepLayout};
use gannet_events::traffic::Phase;
use gannet_report::sipp::{CsvForm, Stamp};

/// 2006-02-02 17:13:25.000123 UTC.
const STARTED_US: u64 = 1_138_900_405_000_123;

pub(crate) fn stamp() -> Stamp {
    Stamp::new(FixedOffset::east_opt(3600).expect("an hour is in range"))
}

pub(crate) fn started() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(STARTED_US)
}

pub(crate) fn form() -> CsvForm {
    CsvForm::new(stamp())
}

pub(crate) fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    append(&mut out);
    String::from_utf8(out).expect("the tests write text")
}

pub(crate) fn step(kind: CommandKind, name: &str) -> StepLayout {
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

fn again(step: StepLayout) -> StepLayout {
    StepLayout {
        retransmits: true,
        ..step
    }
}

/// The built-in caller.
pub(crate) fn uac() -> Arc<Layout> {
    use CommandKind::{Pause, ReceiveResponse, SendRequest};
    Arc::new(Layout {
        scenario: "Basic Sipstone UAC".into(),
        is_client: true,
        steps: vec![
            again(step(SendRequest, "INVITE")),
            step(ReceiveResponse, "100"),
            step(ReceiveResponse, "180"),
            step(ReceiveResponse, "183"),
            step(ReceiveResponse, "200"),
            step(SendRequest, "ACK"),
            step(Pause, "0ms"),
            again(step(SendRequest, "BYE")),
            step(ReceiveResponse, "200"),
        ],
        timers: vec!["1".into()],
        timer_bounds_ms: vec![vec![10, 20, 30, 40, 50, 100, 150, 200]],
        call_length_bounds_ms: vec![10, 50, 100, 500, 1_000, 5_000, 10_000],
        counters: Vec::new(),
    })
}

/// The built-in callee.
pub(crate) fn uas() -> Arc<Layout> {
    use CommandKind::{ReceiveRequest, SendResponse, Timewait};
    let caller = uac();
    Arc::new(Layout {
        scenario: "Basic UAS responder".into(),
        is_client: false,
        steps: vec![
            step(ReceiveRequest, "INVITE"),
            step(SendResponse, "180"),
            again(step(SendResponse, "200")),
            step(ReceiveRequest, "ACK"),
            step(ReceiveRequest, "BYE"),
            step(SendResponse, "200"),
            step(Timewait, "4000ms"),
        ],
        ..Layout::clone(&caller)
    })
}

/// A caller with several timers and counters, with and without classes, names and numbers.
pub(crate) fn varied() -> Arc<Layout> {
    use CommandKind::{Nop, Pause, ReceiveResponse, SendRequest};
    let lost = StepLayout {
        may_be_lost: true,
        ..step(SendRequest, "ACK")
    };
    let hidden = StepLayout {
        hidden: true,
        ..step(ReceiveResponse, "180")
    };
    Arc::new(Layout {
        scenario: "varied".into(),
        is_client: true,
        steps: vec![
            again(step(SendRequest, "INVITE")),
            hidden,
            step(ReceiveResponse, "200"),
            lost,
            step(Nop, ""),
            step(Pause, "10ms"),
            again(step(SendRequest, "BYE")),
            step(ReceiveResponse, "200"),
        ],
        timers: vec!["invite".into(), "2".into(), "late".into()],
        timer_bounds_ms: vec![vec![10, 20], vec![10, 20], Vec::new()],
        call_length_bounds_ms: vec![1_000],
        counters: vec!["7".into(), "named".into()],
    })
}

/// A run of that many calls and milliseconds.
pub(crate) fn snapshot(layout: &Layout, elapsed_ms: u64, calls: u64) -> Snapshot {
    let mut figures = Figures::new(layout);
    figures.outgoing = calls;
    figures.open = calls.min(3);
    figures.successful = calls / 2;
    figures.retransmissions = calls / 10;
    for call in 0..calls {
        for timer in &mut figures.timers {
            timer.record((5 + 10 * (call % 2)) * 1_000_000 + 500);
        }
        figures.call_length.record(2_000_000_000);
    }
    for (index, counter) in (1..).zip(&mut figures.counters) {
        *counter = calls * index;
    }
    Snapshot {
        started: started(),
        elapsed: Duration::from_millis(elapsed_ms),
        figures,
        received: None,
        out_of_call: None,
        rate: 10.0,
        rate_period: Duration::from_secs(1),
        calls_limit: 30,
        users: None,
        phase: Phase::Running,
    }
}
