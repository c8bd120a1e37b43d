//! Calls and times.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset, Utc};
use gannet_events::sipp::Figures;
use gannet_events::traffic::{ResponseTimes, clock_text};

use super::frame::{counts, cross, entry, row};
use super::{Moment, State};

pub(super) fn draw(state: &State, moment: Moment<'_>) -> Vec<String> {
    let (now, earlier) = (moment.now, moment.earlier);
    let since = earlier.map(|earlier| earlier.elapsed).unwrap_or_default();
    let elapsed = now.elapsed.saturating_sub(since);
    let all = state.figures(now);
    let recent = match earlier {
        Some(earlier) => all.since(state.figures(earlier)),
        None => all.clone(),
    };
    let pair = |name: &str, count: fn(&Figures) -> u64| counts(name, count(&recent), count(all));
    let date = |at: Duration| date(now.started + at, state.offset);
    let mut lines = vec![
        entry("Start Time", &date(Duration::ZERO)),
        entry("Last Reset Time", &date(since)),
        entry("Current Time", &date(now.elapsed)),
        cross(),
        row("Counter Name", "Periodic value", "Cumulative value"),
        cross(),
        row("Elapsed Time", &time(elapsed), &time(now.elapsed)),
        row(
            "Call Rate",
            &rate(recent.created(), elapsed),
            &rate(all.created(), now.elapsed),
        ),
        cross(),
        pair("Incoming calls created", |figures| figures.incoming),
        pair("Outgoing calls created", |figures| figures.outgoing),
        counts("Total Calls created", "", all.created()),
        counts("Current Calls", all.open, ""),
        cross(),
    ];
    let counters = &state.layout().counters;
    let counted = recent.counters.iter().zip(&all.counters);
    for (name, (recent, all)) in counters.iter().zip(counted) {
        lines.push(counts(&format!("Counter {name}"), recent, all));
    }
    if !counters.is_empty() {
        lines.push(cross());
    }
    lines.push(pair("Successful call", |figures| figures.successful));
    lines.push(pair("Failed call", |figures| figures.failed));
    lines.push(cross());
    let measured = recent.timers.iter().zip(&all.timers);
    for (name, (recent, all)) in state.layout().timers.iter().zip(measured) {
        let name = format!("Response Time {name}");
        lines.push(row(&name, &mean(recent), &mean(all)));
    }
    let (recent, all) = (&recent.call_length, &all.call_length);
    lines.push(row("Call Length", &mean(recent), &mean(all)));
    lines
}

fn date(at: SystemTime, offset: FixedOffset) -> String {
    let local = DateTime::<Utc>::from(at).with_timezone(&offset);
    let epoch = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!(
        "{}\t{}.{:06}",
        local.format("%Y-%m-%d\t%H:%M:%S%.6f"),
        epoch.as_secs(),
        epoch.subsec_micros()
    )
}

fn rate(calls: u64, elapsed: Duration) -> String {
    let per_second = match elapsed.as_millis() {
        0 => 0.0,
        ms => 1_000.0 * calls as f64 / ms as f64,
    };
    format!("{per_second:>8.3} cps")
}

fn mean(times: &ResponseTimes) -> String {
    time(Duration::from_nanos(times.mean_ns()))
}

/// `HH:MM:SS:uuuuuu`
fn time(time: Duration) -> String {
    format!("{}{:03}", clock_text(time), time.subsec_micros() % 1_000)
}
