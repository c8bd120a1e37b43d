//! Calls and messages.

use std::time::SystemTime;

use chrono::{DateTime, FixedOffset, Utc};
use gannet_events::traffic::{Figures, Period, Phase, Snapshot, clock_text};

use super::State;
use super::frame::{counts, cross, entry, filled, footer, line, rates, row};

pub(super) fn draw(state: &State, now: &Snapshot, earlier: Option<&Snapshot>) -> Vec<String> {
    let (period, whole) = (Period::between(earlier, now), Period::cumulative(now));
    let (recent, all) = (&period.figures, &whole.figures);
    let pair = |name: &str, count: fn(&Figures) -> u64| counts(name, count(recent), count(all));
    let rate = |name: &str, count: fn(&Figures) -> u64| {
        let recent = period.per_second(count(recent));
        rates(name, recent, whole.per_second(count(all)))
    };
    vec![
        cross(),
        dates(now, state.offset),
        cross(),
        row(
            "   Counter Name",
            "     Periodic value",
            "    Cumulative value",
        ),
        cross(),
        row(
            "Elapsed Time",
            &clock_text(period.elapsed),
            &clock_text(whole.elapsed),
        ),
        rate("Call rate (/s)", Figures::calls_started),
        cross(),
        pair("Incoming calls", |figures| figures.incoming_calls),
        pair("Outgoing calls", |figures| figures.outgoing_calls),
        rate("Msg Recv/s", |figures| figures.messages_received),
        rate("Msg Sent/s", |figures| figures.messages_sent),
        pair("Unexpected msg", |figures| figures.unexpected_messages),
        row(
            "Current calls",
            &format!("{:>8}", all.calls_open),
            &format!("{:>8} at most", all.calls_open_max),
        ),
        cross(),
        pair("Successful calls", Figures::calls_successful),
        pair("Failed calls", |figures| figures.failed),
        pair("Refused calls", |figures| figures.failed_refused),
        pair("Aborted calls", |figures| figures.failed_aborted),
        pair("Timeout calls", |figures| figures.failed_timeout),
        cross(),
        entry("Last Info", &info(state, now)),
        entry("Last Error", &state.error),
        footer("Next screen: key 1", "Help: key h"),
    ]
}

/// The other page: successful calls by the section that ended them.
pub(super) fn by_section(now: &Snapshot, earlier: Option<&Snapshot>) -> Vec<String> {
    let (period, whole) = (Period::between(earlier, now), Period::cumulative(now));
    let (recent, all) = (&period.figures, &whole.figures);
    let pair = |name: &str, count: fn(&Figures) -> u64| counts(name, count(recent), count(all));
    let lines = vec![
        cross(),
        pair("Success init calls", |figures| figures.init_successful),
        pair("Success traffic calls", |figures| {
            figures.traffic_successful
        }),
        pair("Success default calls", |figures| {
            figures.default_successful
        }),
        pair("Success abort calls", |figures| figures.abort_successful),
        cross(),
    ];
    filled(
        lines,
        &line(""),
        footer("Next screen: key 1", "Help: key h"),
    )
}

fn dates(now: &Snapshot, offset: FixedOffset) -> String {
    let text = |at: SystemTime| {
        let local = DateTime::<Utc>::from(at).with_timezone(&offset);
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    };
    let (start, current) = (text(now.started), text(now.started + now.elapsed));
    row(
        "Start/Current Time",
        &format!("{start:>25}"),
        &format!("{current:>23}"),
    )
}

/// What the run does.
fn info(state: &State, now: &Snapshot) -> String {
    let rate = now.call_rate;
    match now.phase {
        Phase::Init => "Init section".into(),
        Phase::Running if state.layout.is_client => format!("Wanted: {rate} calls/s"),
        Phase::Running => "Waiting for calls".into(),
        Phase::Paused => "Paused".into(),
        Phase::Stopping => "Stopping: waiting for open calls, q again ends now".into(),
        Phase::Ended => "Ended".into(),
    }
}
