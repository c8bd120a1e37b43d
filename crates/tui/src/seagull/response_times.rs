//! Response times.

use gannet_events::traffic::{Period, ResponseTimes, Snapshot, clock_text};

use super::State;
use super::frame::{cross, filled, footer, line, row};

/// Classes that have room; more are said to be more.
const CLASSES_MAX: usize = 12;
/// Beyond Seagull's classes.
const SHARES: [(&str, f64); 4] = [("50", 0.5), ("90", 0.9), ("99", 0.99), ("99.9", 0.999)];

pub(super) fn draw(state: &State, now: &Snapshot, earlier: Option<&Snapshot>) -> Vec<String> {
    let (period, whole) = (Period::between(earlier, now), Period::cumulative(now));
    let times = &whole.figures.response_times;
    let mut lines = vec![
        cross(),
        line("Start/Stop timer repartition"),
        cross(),
        row(
            "Time (Period/Average)",
            &clock_text(period.response_time()),
            &clock_text(whole.response_time()),
        ),
        cross(),
    ];
    lines.extend(repartition(times, state.percent));
    lines.push(cross());
    lines.extend(percentiles(times));
    filled(
        lines,
        &line(""),
        footer("Percentages: key a", "Help: key h"),
    )
}

fn repartition(times: &ResponseTimes, percent: bool) -> Vec<String> {
    let bounds = times.bounds_ms();
    let Some(last) = bounds.last() else {
        return vec![line("  No repartition")];
    };
    let from = std::iter::once(&0).chain(bounds);
    let mut lines: Vec<String> = from
        .zip(bounds)
        .zip(times.classes())
        .map(|((from, to), count)| {
            let share = share(times, *count, percent);
            line(&format!(
                "  {from:>8} ms <= n <  {to:>8} ms : {count:>10}{share}"
            ))
        })
        .collect();
    let beyond = times.classes().last().copied().unwrap_or_default();
    let share = share(times, beyond, percent);
    lines.push(line(&format!(
        "  {:>14} n >= {last:>8} ms : {beyond:>10}{share}",
        ""
    )));
    if lines.len() > CLASSES_MAX {
        let hidden = lines.len() - (CLASSES_MAX - 1);
        lines.truncate(CLASSES_MAX - 1);
        lines.push(line(&format!("  {hidden} more in the statistics file")));
    }
    lines
}

fn share(times: &ResponseTimes, count: u64, percent: bool) -> String {
    if !percent {
        return String::new();
    }
    let share = match times.count() {
        0 => 0.0,
        all => 100.0 * count as f64 / all as f64,
    };
    format!("     : {share:>8.3}")
}

fn percentiles(times: &ResponseTimes) -> Vec<String> {
    if times.count() == 0 {
        return Vec::new();
    }
    let entry = |name: &str, us: u64| {
        let ms = us as f64 / 1e3;
        line(&format!("  {name:>26} : {ms:>14.3} ms"))
    };
    let mut lines: Vec<String> = SHARES
        .iter()
        .map(|(name, share)| entry(&format!("{name} % at most"), times.quantile_us(*share)))
        .collect();
    lines.push(entry("longest", times.max_ns() / 1_000));
    lines
}
