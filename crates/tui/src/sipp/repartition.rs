//! How many times fell in each class.

use gannet_events::sipp::Snapshot;
use gannet_events::traffic::ResponseTimes;

use super::State;

/// The first timer and the call length.
pub(super) fn draw(state: &State, now: &Snapshot) -> Vec<String> {
    let mut lines = of_timer(state, now, 0);
    lines.push("  Average Call Length Repartition".into());
    lines.extend(classes(&state.figures(now).call_length));
    lines
}

/// The timer with that number in the layout.
pub(super) fn of_timer(state: &State, now: &Snapshot, timer: usize) -> Vec<String> {
    let name = state.layout().timers.get(timer);
    let times = state.figures(now).timers.get(timer);
    let (Some(name), Some(times)) = (name, times) else {
        return vec!["  The scenario has no such response time".into()];
    };
    let mut lines = vec![format!("  Average Response Time Repartition {name}")];
    lines.extend(classes(times));
    lines
}

fn classes(times: &ResponseTimes) -> Vec<String> {
    let bounds = times.bounds_ms();
    let Some(last) = bounds.last() else {
        return vec!["  No classes are defined".into()];
    };
    let from = std::iter::once(&0).chain(bounds);
    let ranges = from
        .zip(bounds)
        .map(|(from, below)| format!("    {from:>10} ms <= n < {below:>10} ms"));
    // A column to the left of the others, where scripts find it in SIPp's screens.
    let ranges = ranges.chain([format!("{:>24}{last:>10} ms", "n >= ")]);
    ranges
        .zip(times.classes())
        .map(|(range, count)| format!("{range} : {count:>10}"))
        .collect()
}
