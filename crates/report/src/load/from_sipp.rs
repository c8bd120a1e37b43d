//! Figures of a run of SIPp's machine.

use gannet_events::sipp::{CommandKind, Failure, Figures, Layout, Snapshot, StepLayout};
use gannet_events::traffic::Phase;

use super::figures::{per_second, push, thousandths};
use super::{CallCounts, LoadFigures, LoadStep, LoadTimes, MessageCounts, NamedCount};

/// The scenarios of a run, in the order of the snapshot's figures.
pub struct SippLayouts<'l> {
    /// The main one.
    pub main: &'l Layout,
    /// Of `-rxsf`.
    pub received: Option<&'l Layout>,
    /// Of `-oocsf`.
    pub out_of_call: Option<&'l Layout>,
}

impl LoadFigures {
    /// The state of a run of SIPp's machine.
    pub fn of_sipp(layouts: &SippLayouts<'_>, now: &Snapshot) -> Self {
        let main = ("", Some(layouts.main), Some(&now.figures));
        let received = ("received", layouts.received, now.received.as_ref());
        let out_of_call = ("out of call", layouts.out_of_call, now.out_of_call.as_ref());
        let parts = [main, received, out_of_call];
        let parts: Vec<Part<'_>> = parts
            .into_iter()
            .filter_map(|(section, layout, figures)| Some((section, layout?, figures?)))
            .collect();
        let elapsed_s = thousandths(now.elapsed.as_secs_f64());
        let calls = calls(&parts);
        Self {
            elapsed_s,
            phase: phase_name(now.phase).to_owned(),
            rate_wanted: thousandths(now.rate / now.rate_period.as_secs_f64().max(1e-9)),
            rate_reached: per_second(calls.begun, elapsed_s),
            calls,
            messages: messages(&parts),
            counts: counts(&parts),
            failures: failures(&parts),
            steps: parts.iter().flat_map(steps).collect(),
            times: parts.iter().flat_map(times).collect(),
        }
    }
}

type Part<'p> = (&'static str, &'p Layout, &'p Figures);

/// As documents name it.
pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Init => "init",
        Phase::Running => "running",
        Phase::Paused => "paused",
        Phase::Stopping => "stopping",
        Phase::Ended => "ended",
    }
}

fn calls(parts: &[Part<'_>]) -> CallCounts {
    let mut calls = CallCounts::default();
    for (_, _, figures) in parts {
        calls.begun += figures.created();
        calls.incoming += figures.incoming;
        calls.outgoing += figures.outgoing;
        calls.open += figures.open;
        calls.open_max += figures.open_max;
        calls.successful += figures.successful;
        calls.failed += figures.failed;
    }
    calls
}

fn messages(parts: &[Part<'_>]) -> MessageCounts {
    let mut messages = MessageCounts::default();
    for (_, _, figures) in parts {
        messages.sent += figures.messages_sent;
        messages.received += figures.messages_received;
        messages.retransmissions += figures.retransmissions;
        for step in &figures.steps {
            messages.unexpected += step.unexpected;
            messages.timeouts += step.timeouts;
        }
    }
    messages
}

fn counts(parts: &[Part<'_>]) -> Vec<NamedCount> {
    let sum = |of: fn(&Figures) -> u64| parts.iter().map(|(_, _, figures)| of(figures)).sum();
    let mut counts = Vec::new();
    push(
        &mut counts,
        "out of call messages",
        sum(|it| it.out_of_call),
    );
    push(
        &mut counts,
        "messages of ended calls",
        sum(|it| it.dead_call),
    );
    push(&mut counts, "automatic answers", sum(|it| it.auto_answered));
    push(&mut counts, "warnings", sum(|it| it.warnings));
    push(&mut counts, "fatal errors", sum(|it| it.fatal_errors));
    push(&mut counts, "late starts", sum(|it| it.lag.late_starts));
    push(
        &mut counts,
        "datagrams dropped by the kernel",
        sum(|it| it.lag.dropped_datagrams),
    );
    for (_, layout, figures) in parts {
        for (name, count) in layout.counters.iter().zip(&figures.counters) {
            push(&mut counts, &format!("counter {name}"), *count);
        }
    }
    counts
}

fn failures(parts: &[Part<'_>]) -> Vec<NamedCount> {
    let mut failures = Vec::new();
    for failure in Failure::ALL {
        let count = parts.iter().map(|(_, _, it)| it.failures.of(failure)).sum();
        push(&mut failures, failure_name(failure), count);
    }
    failures
}

/// As people read it.
pub fn failure_name(failure: Failure) -> &'static str {
    match failure {
        Failure::CannotSendMessage => "message could not be sent",
        Failure::MaxUdpRetrans => "no answer to retransmissions",
        Failure::TcpConnect => "connection could not be made",
        Failure::TcpClosed => "connection closed by the peer",
        Failure::UnexpectedMessage => "unexpected message",
        Failure::CallRejected => "call given up",
        Failure::CmdNotSent => "twin command not sent",
        Failure::RegexpDoesntMatch => "expression did not match",
        Failure::RegexpShouldntMatch => "expression matched",
        Failure::RegexpHdrNotFound => "header field absent",
        Failure::OutboundCongestion => "no room to send",
        Failure::TimeoutOnRecv => "nothing came in time",
        Failure::TimeoutOnSend => "not sent in time",
        Failure::TestDoesntMatch => "test did not hold",
        Failure::TestShouldntMatch => "test held",
        Failure::StrcmpDoesntMatch => "texts differ",
        Failure::StrcmpShouldntMatch => "texts are equal",
    }
}

fn steps(part: &Part<'_>) -> Vec<LoadStep> {
    let (section, layout, figures) = part;
    let counted = figures.steps.iter().zip(&figures.failures_at);
    let rows = layout.steps.iter().zip(counted).zip(1..);
    rows.map(|((step, (counted, failures)), number)| LoadStep {
        section: (*section).to_owned(),
        number,
        kind: kind(step.kind).to_owned(),
        name: step.display.clone().unwrap_or_else(|| step.name.clone()),
        messages: counted.messages,
        retransmissions: counted.retransmissions,
        timeouts: counted.timeouts,
        unexpected: counted.unexpected,
        failed: Failure::ALL.iter().map(|one| failures.of(*one)).sum(),
    })
    .collect()
}

fn kind(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::SendRequest | CommandKind::SendResponse => "sent",
        CommandKind::ReceiveRequest | CommandKind::ReceiveResponse => "received",
        CommandKind::Pause | CommandKind::Timewait => "pause",
        CommandKind::Nop | CommandKind::SendCommand | CommandKind::ReceiveCommand => "other",
    }
}

fn times(part: &Part<'_>) -> Vec<LoadTimes> {
    let (section, layout, figures) = part;
    let named = |name: &str| match *section {
        "" => name.to_owned(),
        section => format!("{section} {name}"),
    };
    let timers = layout.timers.iter().zip(&figures.timers);
    timers
        .map(|(name, times)| LoadTimes::of(&named(name), &begins_with(layout, name), times))
        .chain([LoadTimes::of(&named("call"), "", &figures.call_length)])
        .collect()
}

/// The message that a response time begins with: where it is started, else at the first message of
/// the call, for all of SIPp's timers begin with the call.
fn begins_with(layout: &Layout, timer: &str) -> String {
    let starts = |step: &&StepLayout| step.starts_timer.as_deref() == Some(timer);
    let is_message = |step: &&StepLayout| !matches!(kind(step.kind), "pause" | "other");
    let mut steps = layout.steps.iter();
    let started = steps
        .clone()
        .find(starts)
        .or_else(|| steps.find(is_message));
    started.map(|step| step.name.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn a_time_is_named_after_the_message_that_it_begins_with() {
        let step = |kind, name: &str, starts: Option<&str>| StepLayout {
            kind,
            name: name.into(),
            display: None,
            hidden: false,
            blank_line_after: false,
            retransmits: false,
            has_timeout: false,
            may_be_lost: false,
            optional: false,
            starts_timer: starts.map(str::to_owned),
            stops_timer: None,
        };
        let layout = Layout {
            steps: vec![
                step(CommandKind::SendRequest, "INVITE", None),
                step(CommandKind::ReceiveResponse, "200", None),
                step(CommandKind::SendRequest, "BYE", Some("2")),
            ],
            timers: vec!["1".into(), "2".into()],
            timer_bounds_ms: vec![Vec::new(), Vec::new()],
            ..Layout::default()
        };
        let mut figures = Figures::new(&layout);
        figures.outgoing = 4;
        figures.successful = 3;
        figures.fail(1, Failure::UnexpectedMessage);
        figures.timers[0].record(20_000_000);
        let now = Snapshot {
            started: SystemTime::UNIX_EPOCH,
            elapsed: Duration::from_secs(2),
            figures,
            received: None,
            out_of_call: None,
            rate: 20.0,
            rate_period: Duration::from_secs(2),
            calls_limit: 0,
            users: None,
            phase: Phase::Running,
        };
        let layouts = SippLayouts {
            main: &layout,
            received: None,
            out_of_call: None,
        };
        let read = LoadFigures::of_sipp(&layouts, &now);
        let names: Vec<_> = read.times.iter().map(|it| (&*it.name, &*it.of)).collect();
        assert_eq!(names, [("1", "invite"), ("2", "bye"), ("call", "")]);
        assert_eq!((read.rate_wanted, read.rate_reached), (10.0, 2.0));
        assert_eq!(read.steps[1].failed, 1);
        assert_eq!(read.failures[0].name, "unexpected message");
        assert!((read.times[0].max_ms - 20.0).abs() < 1e-9);
        assert_eq!(read.response_codes()[0].name, "200");
    }
}
