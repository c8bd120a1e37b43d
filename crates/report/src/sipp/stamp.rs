//! Dates and times as SIPp writes them.

use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use gannet_events::traffic::clock_text;

/// How dates are written, in the time of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    offset: FixedOffset,
    rfc3339: bool,
}

impl Stamp {
    /// SIPp's own form, in the time of `offset`.
    pub fn new(offset: FixedOffset) -> Self {
        Self {
            offset,
            rfc3339: false,
        }
    }

    /// The form of RFC 3339 5.6 (`-rfc3339`).
    #[must_use]
    pub fn with_rfc3339(self) -> Self {
        Self {
            rfc3339: true,
            ..self
        }
    }

    /// `YYYY-MM-DD<TAB>HH:MM:SS.uuuuuu<TAB>epoch.uuuuuu`, in all files but the message log.
    pub fn append(self, out: &mut Vec<u8>, at: SystemTime) {
        if self.rfc3339 {
            return self.append_rfc3339(out, at);
        }
        let date = self.local(at).format("%Y-%m-%d\t%H:%M:%S%.6f");
        let epoch = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (seconds, us) = (epoch.as_secs(), epoch.subsec_micros());
        written(write!(out, "{date}\t{seconds:010}.{us:06}"));
    }

    /// `YYYY-MM-DD HH:MM:SS.uuuuuu`, in the message log.
    pub fn append_short(self, out: &mut Vec<u8>, at: SystemTime) {
        if self.rfc3339 {
            return self.append_rfc3339(out, at);
        }
        let date = self.local(at).format("%Y-%m-%d %H:%M:%S%.6f");
        written(write!(out, "{date}"));
    }

    fn append_rfc3339(self, out: &mut Vec<u8>, at: SystemTime) {
        let text = self.local(at).to_rfc3339_opts(SecondsFormat::Micros, true);
        out.extend_from_slice(text.as_bytes());
    }

    fn local(self, at: SystemTime) -> DateTime<FixedOffset> {
        DateTime::<Utc>::from(at).with_timezone(&self.offset)
    }
}

/// Takes note that bytes in memory can always be written.
pub(super) fn written(result: std::io::Result<()>) {
    result.expect("memory takes what is written to it");
}

/// `HH:MM:SS`, fractions cut off.
pub(super) fn hours(time: Duration) -> String {
    let mut text = clock_text(time);
    text.truncate(text.len() - ":mmm".len());
    text
}

/// `HH:MM:SS:uuuuuu`, as SIPp's clock of milliseconds gives it.
pub(super) fn hours_ms(time: Duration) -> String {
    clock_text(time) + "000"
}

/// `HH:MM:SS:uuuuuu`.
pub(super) fn hours_us(time: Duration) -> String {
    format!("{}{:03}", clock_text(time), time.subsec_micros() % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(append: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        append(&mut out);
        String::from_utf8(out).expect("dates are ASCII")
    }

    #[test]
    fn dates_are_local_and_epochs_are_not() {
        let at = UNIX_EPOCH + Duration::from_micros(1_795_278_376_081_388);
        let stamp = Stamp::new(FixedOffset::east_opt(3600).expect("an hour is in range"));
        assert_eq!(
            shown(|out| stamp.append(out, at)),
            "2026-11-21\t17:26:16.081388\t1795278376.081388"
        );
        assert_eq!(
            shown(|out| stamp.append_short(out, at)),
            "2026-11-21 17:26:16.081388"
        );
        let rfc3339 = "2026-11-21T17:26:16.081388+01:00";
        let stamp = stamp.with_rfc3339();
        assert_eq!(shown(|out| stamp.append(out, at)), rfc3339);
        assert_eq!(shown(|out| stamp.append_short(out, at)), rfc3339);
    }

    #[test]
    fn durations_have_colons_only() {
        let time = Duration::from_micros(3_661_009_876);
        assert_eq!(hours(time), "01:01:01");
        assert_eq!(hours_ms(time), "01:01:01:009000");
        assert_eq!(hours_us(time), "01:01:01:009876");
        assert_eq!(hours(Duration::from_hours(100)), "100:00:00");
    }
}
