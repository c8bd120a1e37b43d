//! Dates and times as Seagull writes them.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, Utc};

/// `YYYY-MM-DD HH:MM:SS`, in statistics.
pub(super) fn date_time(at: SystemTime, offset: FixedOffset) -> String {
    local(at, offset).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// `YYYY-MM-DD.HH:MM:SS.mmm`, in the log.
pub(super) fn log_stamp(at: SystemTime, offset: FixedOffset) -> String {
    local(at, offset)
        .format("%Y-%m-%d.%H:%M:%S%.3f")
        .to_string()
}

/// `YYYY-MM-DD.HH-MM-SS.mmm`, in file names.
pub(super) fn file_stamp(at: SystemTime, offset: FixedOffset) -> String {
    local(at, offset)
        .format("%Y-%m-%d.%H-%M-%S%.3f")
        .to_string()
}

/// `HH:MM:SS`, fractions cut off.
pub(super) fn hours(time: Duration) -> String {
    let seconds = time.as_secs();
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The time from one moment of a run to another as the difference of what [`hours`] shows of each:
/// a period that is some milliseconds short is shown whole, and all periods add up to the run.
pub(super) fn hours_between(earlier: Duration, now: Duration) -> String {
    let seconds = now.as_secs().saturating_sub(earlier.as_secs());
    hours(Duration::from_secs(seconds))
}

fn local(at: SystemTime, offset: FixedOffset) -> DateTime<FixedOffset> {
    DateTime::<Utc>::from(at).with_timezone(&offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_add_up() {
        let ms = Duration::from_millis;
        let moments = [ms(0), ms(1_001), ms(2_000), ms(2_600)];
        let shown = |at: usize| hours_between(moments[at], moments[at + 1]);
        assert_eq!(
            [shown(0), shown(1), shown(2)],
            ["00:00:01", "00:00:01", "00:00:00"]
        );
        assert_eq!(hours(moments[3]), "00:00:02");
    }

    #[test]
    fn local_time_follows_the_offset() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_138_900_405_922);
        let offset = FixedOffset::east_opt(3600).expect("an hour is in range");
        assert_eq!(date_time(at, offset), "2006-02-02 18:13:25");
        assert_eq!(log_stamp(at, offset), "2006-02-02.18:13:25.922");
        assert_eq!(file_stamp(at, offset), "2006-02-02.18-13-25.922");
        assert_eq!(hours(Duration::from_millis(360_061_999)), "100:01:01");
    }
}
