//! RTCP of a session: when it is sent and what it says.

use std::time::{Duration, Instant};

use gannet_rtp::{ReportBlock, RtcpPacket, SenderInfo, write_rtcp};

use super::config::RtpSessionConfig;
use super::report::{RemoteReport, SentStream};

/// Times and makes RTCP packets.
#[derive(Debug)]
pub(super) struct Reporter {
    ssrc: u32,
    cname: String,
    start: Instant,
    ntp_start: u64,
    interval: Option<Duration>,
    rng: fastrand::Rng,
    due: Option<Instant>,
    /// RTP packets sent at the last report; an SR needs news (RFC 3550 6.4).
    packets_reported: u64,
    /// Packets and octets sent under SSRCs that were given up: a report counts those of its own
    /// (RFC 3550 6.4.1).
    before: (u64, u64),
    /// The last packet, to know it again.
    last: Vec<u8>,
    remote: Option<RemoteReport>,
    sent: u64,
}

impl Reporter {
    pub(super) fn new(config: &RtpSessionConfig, now: Instant) -> Self {
        let mut reporter = Self {
            ssrc: config.ssrc,
            cname: config.cname.clone(),
            start: now,
            ntp_start: config.ntp_start,
            interval: config.rtcp_interval,
            rng: fastrand::Rng::with_seed(config.rtcp_seed),
            due: None,
            packets_reported: 0,
            before: (0, 0),
            last: Vec::new(),
            remote: None,
            sent: 0,
        };
        // The first interval is half as long (RFC 3550 6.2).
        reporter.due = reporter
            .interval
            .map(|interval| now + reporter.spread(interval / 2));
        reporter
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    pub(super) fn remote(&self) -> Option<RemoteReport> {
        self.remote
    }

    /// Whether a report is due; sets the time of the next one.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        match (self.due, self.interval) {
            (Some(due), Some(interval)) if due <= now => {
                self.due = Some(now + self.spread(interval));
                true
            }
            _ => false,
        }
    }

    /// No more reports.
    pub(super) fn stop(&mut self) {
        self.due = None;
    }

    /// Whether RTCP is sent at all.
    pub(super) fn is_enabled(&self) -> bool {
        self.interval.is_some()
    }

    /// Appends a compound packet: SR or RR, SDES, and BYE at the end
    /// (RFC 3550 6.1).
    pub(super) fn write(
        &mut self,
        now: Instant,
        sent: &SentStream,
        rtp_timestamp: u32,
        blocks: Vec<ReportBlock>,
        bye: bool,
        out: &mut Vec<u8>,
    ) {
        let ssrc = self.ssrc;
        let report = if sent.packets > self.packets_reported {
            RtcpPacket::SenderReport {
                ssrc,
                info: SenderInfo {
                    ntp_timestamp: self.ntp(now),
                    rtp_timestamp,
                    packet_count: (sent.packets - self.before.0) as u32,
                    octet_count: (sent.octets - self.before.1) as u32,
                },
                blocks,
            }
        } else {
            RtcpPacket::ReceiverReport { ssrc, blocks }
        };
        self.packets_reported = sent.packets;
        let mut packets = vec![
            report,
            RtcpPacket::SourceDescription {
                ssrc,
                cname: self.cname.clone(),
            },
        ];
        if bye {
            packets.push(RtcpPacket::Bye {
                sources: vec![ssrc],
                reason: None,
            });
        }
        // A CNAME of the caller that is longer than 255 octets is left out.
        if write_rtcp(&packets, out).is_err() {
            packets.remove(1);
            write_rtcp(&packets, out).expect("at most 31 blocks and one source fit their fields");
        }
        self.sent += 1;
        self.last.clone_from(out);
    }

    /// Whether the datagram is the last one of ours, that came back.
    pub(super) fn has_sent(&self, datagram: &[u8]) -> bool {
        !self.last.is_empty() && self.last == datagram
    }

    /// Takes another SSRC and gives it; `sent` is what went out before.
    pub(super) fn change_ssrc(&mut self, sent: &SentStream) -> u32 {
        let old = self.ssrc;
        while self.ssrc == old {
            self.ssrc = self.rng.u32(..);
        }
        self.before = (sent.packets, sent.octets);
        self.packets_reported = sent.packets;
        self.ssrc
    }

    /// Takes in what the peer reports about our stream, whose RTP clock has this rate.
    pub(super) fn on_blocks(&mut self, blocks: &[ReportBlock], clock_rate: u32, now: Instant) {
        let Some(block) = blocks.iter().find(|block| block.ssrc == self.ssrc) else {
            return;
        };
        // RFC 3550 6.4.1: now - LSR - DLSR, all in 1/65536 s.
        let round_trip = (block.last_sender_report != 0).then(|| {
            let middle = (self.ntp(now) >> 16) as u32;
            let units = middle
                .wrapping_sub(block.last_sender_report)
                .wrapping_sub(block.delay_since_last_sender_report);
            // A clock step of the rounding can make it slightly negative.
            Duration::from_secs_f64(f64::from((units as i32).max(0)) / 65_536.0)
        });
        self.remote = Some(RemoteReport {
            lost_percent: f64::from(block.fraction_lost) * 100.0 / 256.0,
            cumulative_lost: block.cumulative_lost,
            jitter: Duration::from_secs_f64(f64::from(block.jitter) / f64::from(clock_rate)),
            round_trip,
            at: now,
        });
    }

    fn ntp(&self, now: Instant) -> u64 {
        let nanos = now.saturating_duration_since(self.start).as_nanos();
        self.ntp_start
            .wrapping_add(((nanos << 32) / 1_000_000_000) as u64)
    }

    /// Half to one and a half of `interval`, by the factor of RFC 3550 6.3.1.
    fn spread(&mut self, interval: Duration) -> Duration {
        interval.mul_f64((0.5 + self.rng.f64()) / 1.218_28)
    }
}
