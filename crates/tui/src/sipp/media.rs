//! How well media were sent and what came in: lines, a verdict on the generator, JSON.

use serde::Serialize;

use super::{MediaCount, MediaFigures};
use crate::words::{count, counted, microseconds};

/// How long after their times packets left or came, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MediaLateness {
    /// Packets that were measured.
    pub packets: u64,
    /// Half are at most this late.
    pub p50_us: u64,
    /// 99 % are at most this late.
    pub p99_us: u64,
    /// 99.9 % are at most this late.
    pub p99_9_us: u64,
    /// The worst.
    pub max_us: u64,
    /// Packets from 2 ms on.
    pub over_2_ms: u64,
    /// Packets from 10 ms on.
    pub over_10_ms: u64,
}

/// What is known of RTP streams that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MediaArrivals {
    /// Packets whose numbers are missing (RFC 3550 A.3).
    pub lost: u64,
    /// Packets that came after a later one.
    pub reordered: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// How long after their times packets came, by their timestamps and the earliest one of each
    /// stream.
    pub lateness: MediaLateness,
    /// By how much the packets of the worst stream come later than at its beginning, in
    /// microseconds; less than 0 if sooner. Nothing before two windows of 10 s.
    pub drift_us: Option<i64>,
}

/// Lateness and losses, in lines of the screen.
pub(super) fn timing_lines(media: &MediaFigures) -> Vec<String> {
    let mut lines = Vec::new();
    let within = |what: &str, times: &MediaLateness| {
        format!(
            "  RTP {what}: 99.9 % within {}, worst {}, {} from 2 ms on",
            microseconds(times.p99_9_us),
            microseconds(times.max_us),
            count(times.over_2_ms)
        )
    };
    if media.departures.packets > 0 {
        lines.push(within("left late", &media.departures));
    }
    let arrivals = &media.arrivals;
    if arrivals.lateness.packets > 0 {
        lines.push(within("came late", &arrivals.lateness));
    }
    if arrivals.lost + arrivals.reordered + arrivals.duplicates > 0 {
        lines.push(format!(
            "  RTP received: {} lost, {} reordered, {} duplicates",
            arrivals.lost, arrivals.reordered, arrivals.duplicates
        ));
    }
    lines
}

/// A line that says that packets left late, not at all, or were not fetched by the generator's own
/// fault; nothing if that was not so.
pub fn media_saturation(media: &MediaFigures) -> Option<String> {
    let rows = [
        (media.late, "left more than 10 ms after their time"),
        (media.left_out, "left out because their time was long over"),
        (
            media.dropped,
            "thrown away by the system before they were read",
        ),
    ];
    let reasons: Vec<String> = rows
        .into_iter()
        .filter(|(packets, _)| *packets > 0)
        .map(|(packets, what)| format!("{} {what}", counted(packets, "RTP packet")))
        .collect();
    (!reasons.is_empty()).then(|| {
        format!(
            "generator saturated: {}; at most {} behind; losses and jitter of media may be its \
             own, not those of the tested system",
            reasons.join("; "),
            microseconds(media.departures.max_us)
        )
    })
}

#[derive(Serialize)]
struct Document<'a> {
    packets_sent: u64,
    octets_sent: u64,
    packets_received: u64,
    octets_received: u64,
    packets_echoed: u64,
    streams_open: u64,
    late_departures: &'a MediaLateness,
    left_out: u64,
    not_sent: u64,
    dropped_unread: u64,
    received: &'a MediaArrivals,
    failed_checks: u64,
    generator_saturated: bool,
}

/// The figures for programs, as JSON with a line end.
pub fn media_json(media: &MediaFigures) -> String {
    let packets = |of: &[MediaCount; 3]| of.iter().map(|one| one.packets).sum();
    let octets = |of: &[MediaCount; 3]| of.iter().map(|one| one.octets).sum();
    let document = Document {
        packets_sent: packets(&media.sent),
        octets_sent: octets(&media.sent),
        packets_received: packets(&media.received),
        octets_received: octets(&media.received),
        packets_echoed: packets(&media.echoed),
        streams_open: media.streams_open,
        late_departures: &media.departures,
        left_out: media.left_out,
        not_sent: media.unsent,
        dropped_unread: media.dropped,
        received: &media.arrivals,
        failed_checks: media.checks_failed,
        generator_saturated: media_saturation(media).is_some(),
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("numbers and fixed names are JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> MediaFigures {
        MediaFigures {
            departures: MediaLateness {
                packets: 1_000,
                p99_9_us: 1_900,
                max_us: 25_000,
                over_2_ms: 3,
                ..MediaLateness::default()
            },
            ..MediaFigures::default()
        }
    }

    #[test]
    fn only_what_the_generator_did_wrong_is_its_fault() {
        let mut media = figures();
        media.arrivals.lost = 10;
        assert_eq!(media_saturation(&media), None);
        (media.late, media.dropped) = (1, 2_000);
        let told = media_saturation(&media).expect("it was late");
        for part in [
            "1 RTP packet left",
            "2,000 RTP packets thrown",
            "25.0 ms behind",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn lines_tell_lateness_and_losses() {
        assert!(timing_lines(&MediaFigures::default()).is_empty());
        let mut media = figures();
        media.arrivals.lost = 2;
        let lines = timing_lines(&media);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("99.9 % within 1.9 ms"), "{lines:?}");
        let json: serde_json::Value = serde_json::from_str(&media_json(&media)).expect("JSON");
        assert_eq!(json["received"]["lost"], 2);
        assert_eq!(json["late_departures"]["over_2_ms"], 3);
    }
}
