//! What is learned from streams that come in: losses, and how late their packets are.

use std::collections::HashMap;
use std::time::Duration;

use gannet_media::script::PayloadFormat;
use gannet_rtp::{Arrival, DatagramKind, ReceiveStatistics, RtpPacket, datagram_kind};

use super::figures::{Figures, Seen};

/// Sources at one socket that are told apart; packets of others are only counted.
const SOURCES_MAX: usize = 16_384;
/// The clock of a payload type that is not known: of telephony.
const CLOCK_DEFAULT: u32 = 8_000;
/// The earliest packet of such a time stands for it when a drift is looked for.
const WINDOW_NS: i64 = 10_000_000_000;

/// The streams that come to one socket.
#[derive(Debug, Default)]
pub(super) struct Reception {
    /// The one of a call with a port of its own.
    first: Option<(u32, Box<Source>)>,
    others: HashMap<u32, Box<Source>>,
}

/// One stream (RFC 3550 5.1).
#[derive(Debug)]
struct Source {
    statistics: ReceiveStatistics,
    /// Nothing where the payload type does not say how fast timestamps run.
    pace: Option<Pace>,
}

/// Times of arrival against timestamps.
#[derive(Debug)]
struct Pace {
    clock_hz: u32,
    timestamp: u32,
    /// Timestamps since the first packet, without wraps.
    units: i64,
    /// When packets came, less their timestamps: the least of all.
    earliest_ns: i64,
    window: Window,
}

/// The least of such a difference in a window, and in the first one.
#[derive(Debug)]
struct Window {
    begun_ns: i64,
    earliest_ns: i64,
    first: Option<i64>,
}

impl Reception {
    /// Takes a datagram that came then, in nanoseconds since the start of the run.
    pub(super) fn take(&mut self, datagram: &[u8], arrived_ns: u64, figures: &Figures) {
        if datagram_kind(datagram) != DatagramKind::Rtp {
            return;
        }
        let Ok(packet) = RtpPacket::parse(datagram) else {
            return;
        };
        let Some(source) = self.source(packet.ssrc(), packet.payload_type()) else {
            return;
        };
        let seen = source.take(&packet, arrived_ns);
        figures.seen(seen);
    }

    fn source(&mut self, ssrc: u32, payload_type: u8) -> Option<&mut Source> {
        let (first, _) = self
            .first
            .get_or_insert_with(|| (ssrc, Box::new(Source::new(payload_type))));
        if *first == ssrc {
            return self.first.as_mut().map(|(_, source)| &mut **source);
        }
        if self.others.len() >= SOURCES_MAX && !self.others.contains_key(&ssrc) {
            return None;
        }
        let new = || Box::new(Source::new(payload_type));
        Some(&mut **self.others.entry(ssrc).or_insert_with(new))
    }
}

impl Source {
    fn new(payload_type: u8) -> Self {
        let clock_hz =
            PayloadFormat::of(payload_type, None).map(|of| of.units * 1_000 / of.interval_ms);
        Self {
            statistics: ReceiveStatistics::new(clock_hz.unwrap_or(CLOCK_DEFAULT)),
            pace: clock_hz.map(Pace::new),
        }
    }

    fn take(&mut self, packet: &RtpPacket<'_>, arrived_ns: u64) -> Seen {
        let lost = self.statistics.lost();
        let timestamp = packet.timestamp();
        let arrival = self.statistics.on_packet(
            packet.sequence_number(),
            timestamp,
            Duration::from_nanos(arrived_ns),
        );
        let mut seen = Seen {
            lost_more: self.statistics.lost() as i64 - lost as i64,
            ..Seen::default()
        };
        match arrival {
            Arrival::Ahead { .. } | Arrival::Late { .. } => {
                if let Some(pace) = &mut self.pace {
                    pace.take(timestamp, arrived_ns as i64, &mut seen);
                }
            }
            Arrival::Restart { .. } => {
                self.pace = self.pace.as_ref().map(|pace| Pace::new(pace.clock_hz));
            }
            Arrival::Duplicate => seen.is_duplicate = true,
            Arrival::Stray => {}
        }
        seen.is_reordered = matches!(arrival, Arrival::Late { .. });
        seen
    }
}

impl Pace {
    fn new(clock_hz: u32) -> Self {
        Self {
            clock_hz,
            timestamp: 0,
            units: 0,
            earliest_ns: i64::MAX,
            window: Window {
                begun_ns: 0,
                earliest_ns: i64::MAX,
                first: None,
            },
        }
    }

    fn take(&mut self, timestamp: u32, arrived_ns: i64, seen: &mut Seen) {
        if self.earliest_ns == i64::MAX {
            self.timestamp = timestamp;
            self.window.begun_ns = arrived_ns;
        }
        self.units += i64::from(timestamp.wrapping_sub(self.timestamp) as i32);
        self.timestamp = timestamp;
        // Over a year at 90 kHz stays far below the bound of the multiplication.
        let media_ns = i128::from(self.units) * 1_000_000_000 / i128::from(self.clock_hz);
        let transit_ns = arrived_ns - media_ns as i64;
        self.earliest_ns = self.earliest_ns.min(transit_ns);
        seen.late_ns = Some((transit_ns - self.earliest_ns) as u64);
        seen.drift_ns = self.window.take(arrived_ns, transit_ns);
    }
}

impl Window {
    /// Gives how much the earliest packet of a window that is over came later, or sooner, than that
    /// of the first window.
    fn take(&mut self, arrived_ns: i64, transit_ns: i64) -> Option<i64> {
        let mut drift = None;
        if arrived_ns - self.begun_ns >= WINDOW_NS {
            drift = self.first.map(|first_ns| self.earliest_ns - first_ns);
            self.first.get_or_insert(self.earliest_ns);
            self.begun_ns = arrived_ns;
            self.earliest_ns = i64::MAX;
        }
        self.earliest_ns = self.earliest_ns.min(transit_ns);
        drift
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gannet_media::script::{Payload, PayloadStream, Rounds, StreamIdentity};
    use gannet_tui::sipp::MediaArrivals;

    use super::*;

    const MS: u64 = 1_000_000;

    fn packets(ssrc: u32, count: usize) -> Vec<Vec<u8>> {
        let format = PayloadFormat::of(0, None).expect("known");
        let identity = StreamIdentity {
            ssrc,
            sequence: u16::MAX - 2,
            timestamp: u32::MAX - 300,
        };
        let pattern = Payload::Pattern(1);
        let mut stream = PayloadStream::new(pattern, 0, format, Rounds::Endless, identity);
        let packet = |_| {
            let mut out = Vec::new();
            stream.write_next(&mut out);
            out
        };
        (0..count).map(packet).collect()
    }

    #[test]
    fn losses_and_lateness_are_told_across_wraps_for_each_source() {
        let figures = Arc::new(Figures::default());
        let mut reception = Reception::default();
        let (one, other) = (packets(1, 10), packets(2, 10));
        for index in 0..10 {
            let at_ns = 5 * MS + index as u64 * 20 * MS;
            if index != 3 && index != 4 {
                reception.take(&one[index], at_ns, &figures);
            }
            let late = if index == 6 { 7 * MS } else { 0 };
            reception.take(&other[index], at_ns + MS + late, &figures);
        }
        // One of the two comes after all, and once more.
        reception.take(&one[3], 300 * MS, &figures);
        reception.take(&one[3], 301 * MS, &figures);
        let arrivals = figures.read().arrivals;
        assert_eq!(
            (arrivals.lost, arrivals.reordered, arrivals.duplicates),
            (1, 1, 1)
        );
        assert_eq!(arrivals.lateness.packets, 19);
        let worst = arrivals.lateness.max_us;
        assert_eq!(worst, (300 - 5 - 60) * 1_000);
        assert_eq!(arrivals.lateness.over_2_ms, 2);
        assert_eq!(arrivals.drift_us, None);
    }

    #[test]
    fn a_sender_whose_clock_is_slow_drifts() {
        let figures = Arc::new(Figures::default());
        let mut reception = Reception::default();
        for (index, packet) in packets(1, 2_000).iter().enumerate() {
            // 50 us in a second.
            let at_ns = index as u64 * (20 * MS + 1_000);
            reception.take(packet, at_ns, &figures);
        }
        let drift_us = figures.read().arrivals.drift_us;
        assert!(
            drift_us.is_some_and(|drift| (950..=1_010).contains(&drift)),
            "{drift_us:?}"
        );
    }

    #[test]
    fn what_is_no_rtp_is_nothing() {
        let figures = Arc::new(Figures::default());
        let mut reception = Reception::default();
        for datagram in [&b""[..], b"x", &[0x80, 200, 0, 1, 0, 0, 0, 1], &[0x40; 20]] {
            reception.take(datagram, 0, &figures);
        }
        assert_eq!(figures.read().arrivals, MediaArrivals::default());
    }
}
