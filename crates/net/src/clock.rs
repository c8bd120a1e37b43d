//! From the monotonic clock to the wall clock.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// The wall-clock time of a moment on the monotonic clock, since the Unix epoch.
///
/// Both clocks are read together once per process, so that steps of the wall clock during a run do
/// not disturb the order of what was captured.
pub fn wallclock_of(moment: Instant) -> Duration {
    let &(instant, epoch) = anchor();
    match moment.checked_duration_since(instant) {
        Some(after) => epoch + after,
        None => epoch.saturating_sub(instant.duration_since(moment)),
    }
}

fn anchor() -> &'static (Instant, Duration) {
    static ANCHOR: OnceLock<(Instant, Duration)> = OnceLock::new();
    ANCHOR.get_or_init(|| {
        let epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        (Instant::now(), epoch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_on_both_clocks_are_equal_before_and_after_the_first_use() {
        let early = Instant::now();
        let middle = early + Duration::from_millis(250);
        let late = early + Duration::from_secs(3);
        for moment in [middle, late] {
            let distance = wallclock_of(moment).abs_diff(wallclock_of(early));
            assert_eq!(distance, moment.duration_since(early));
        }
    }

    #[test]
    fn now_is_about_what_the_system_says() {
        let system = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("after 1970");
        assert!(wallclock_of(Instant::now()).abs_diff(system) < Duration::from_secs(5));
    }
}
