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

fn local(at: SystemTime, offset: FixedOffset) -> DateTime<FixedOffset> {
    DateTime::<Utc>::from(at).with_timezone(&offset)
}

#[cfg(test)]
mod tests {
    use super::*;

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
