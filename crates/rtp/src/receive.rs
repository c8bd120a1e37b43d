//! What a receiver knows about one stream: sequence numbers, loss, jitter.

use std::time::Duration;

use crate::jitter::Jitter;
use crate::rtcp::ReportBlock;

/// A jump ahead of this many packets or more may be a restart (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3000;
/// A packet this far behind is late; one further behind may be a restart
/// (RFC 3550 A.1).
const MISORDER_MAX: u16 = 100;
const _: () = assert!(
    (MISORDER_MAX as u32) < u128::BITS,
    "the window must hold every late packet"
);

/// What a packet was to its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arrival {
    /// Follows what came before, perhaps after a gap.
    Ahead {
        /// Sequence number extended by the wraps since the start.
        extended_sequence: u64,
    },
    /// Came after a packet that was sent after it.
    Late {
        /// Sequence number extended by the wraps since the start.
        extended_sequence: u64,
    },
    /// Came before already.
    Duplicate,
    /// The sender began a new sequence; the extended number goes on above all
    /// earlier ones.
    Restart {
        /// Sequence number in the continued count.
        extended_sequence: u64,
    },
    /// Far from the sequence; taken as a stray unless the next packet follows it.
    Stray,
}

/// The receiver's figures of one SSRC (RFC 3550 6.4.1, A.1, A.3, A.8).
///
/// There is no probation (A.1): signalling said that the stream would come, so
/// its first packet counts.
#[derive(Debug, Clone)]
pub struct ReceiveStatistics {
    started: bool,
    base: u64,
    highest: u64,
    /// Offset from the sender's extended numbers to ours, grown by restarts.
    expected_before_restart: u64,
    bad_sequence: Option<u16>,
    /// Bit n: the packet n below `highest` has come.
    window: u128,
    unique: u64,
    duplicates: u64,
    reordered: u64,
    strays: u64,
    restarts: u64,
    jitter: Jitter,
    expected_prior: u64,
    received_prior: u64,
}

impl ReceiveStatistics {
    /// For a stream of `clock_rate` Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self {
            started: false,
            base: 0,
            highest: 0,
            expected_before_restart: 0,
            bad_sequence: None,
            window: 0,
            unique: 0,
            duplicates: 0,
            reordered: 0,
            strays: 0,
            restarts: 0,
            jitter: Jitter::new(clock_rate),
            expected_prior: 0,
            received_prior: 0,
        }
    }

    /// The packets that follow are of another clock, because the sender goes on in another codec:
    /// their timestamps tell nothing of those before. No change if it is the same rate.
    pub fn set_clock_rate(&mut self, clock_rate: u32) {
        self.jitter.set_clock_rate(clock_rate);
    }

    /// Counts a packet. `at` is its arrival, since any fixed moment.
    pub fn on_packet(&mut self, sequence: u16, timestamp: u32, at: Duration) -> Arrival {
        let arrival = self.sequence(sequence);
        match arrival {
            Arrival::Ahead { .. } => self.jitter.on_packet(timestamp, at),
            Arrival::Late { .. } => {
                self.reordered += 1;
                self.jitter.on_packet(timestamp, at);
            }
            Arrival::Restart { .. } => {
                self.restarts += 1;
                self.jitter.restart();
                self.jitter.on_packet(timestamp, at);
            }
            Arrival::Duplicate => self.duplicates += 1,
            Arrival::Stray => self.strays += 1,
        }
        arrival
    }

    /// Packets that came, each counted once.
    pub fn received(&self) -> u64 {
        self.unique
    }

    /// Packets that the sequence numbers say were sent.
    pub fn expected(&self) -> u64 {
        if self.started {
            self.expected_before_restart + self.highest - self.base + 1
        } else {
            0
        }
    }

    /// Packets that never came (or not yet).
    pub fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.unique)
    }

    /// Lost packets in percent of the expected ones.
    pub fn lost_percent(&self) -> f64 {
        match self.expected() {
            0 => 0.0,
            expected => self.lost() as f64 * 100.0 / expected as f64,
        }
    }

    /// Packets that came again.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Packets that came after a later one.
    pub fn reordered(&self) -> u64 {
        self.reordered
    }

    /// Packets far from the sequence, counted nowhere else.
    pub fn strays(&self) -> u64 {
        self.strays
    }

    /// How often the sender began a new sequence under the same SSRC.
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Interarrival jitter in timestamp units (RFC 3550 6.4.1).
    pub fn jitter_units(&self) -> f64 {
        self.jitter.units()
    }

    /// Interarrival jitter.
    pub fn jitter(&self) -> Duration {
        self.jitter.duration()
    }

    /// The highest interarrival jitter so far.
    pub fn jitter_max(&self) -> Duration {
        self.jitter.highest()
    }

    /// The mean of the interarrival jitter over all packets.
    pub fn jitter_mean(&self) -> Duration {
        self.jitter.mean()
    }

    /// Whether a packet with this sequence number goes on where the stream is: a little ahead of
    /// the last one, or late.
    pub fn continues(&self, sequence: u16) -> bool {
        let highest = self.highest as u16;
        !self.started
            || sequence.wrapping_sub(highest) < DROPOUT_MAX
            || highest.wrapping_sub(sequence) <= MISORDER_MAX
    }

    /// The report block for this stream (RFC 3550 6.4.1). Begins the next
    /// interval of "fraction lost". As A.3 wants, duplicates count as received.
    pub fn report_block(
        &mut self,
        ssrc: u32,
        last_sender_report: u32,
        delay_since: u32,
    ) -> ReportBlock {
        let expected = self.expected();
        let received = self.unique + self.duplicates;
        let expected_interval = expected - self.expected_prior;
        let received_interval = received - self.received_prior;
        self.expected_prior = expected;
        self.received_prior = received;
        let lost_interval = expected_interval.saturating_sub(received_interval);
        let fraction_lost = match expected_interval {
            0 => 0,
            expected => u8::try_from((lost_interval << 8) / expected).unwrap_or(u8::MAX),
        };
        let lost = expected as i64 - received as i64;
        ReportBlock {
            ssrc,
            fraction_lost,
            cumulative_lost: lost.clamp(-0x80_0000, 0x7f_ffff) as i32,
            extended_sequence: self.highest as u32,
            jitter: self.jitter.units() as u32,
            last_sender_report,
            delay_since_last_sender_report: delay_since,
        }
    }

    /// RFC 3550 A.1, with 64 bits in place of the cycle count.
    fn sequence(&mut self, sequence: u16) -> Arrival {
        if !self.started {
            self.started = true;
            self.begin(u64::from(sequence));
            return Arrival::Ahead {
                extended_sequence: self.highest,
            };
        }
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead == 0 {
            return Arrival::Duplicate;
        }
        if ahead < DROPOUT_MAX {
            self.highest += u64::from(ahead);
            self.window = self.window.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            self.unique += 1;
            self.bad_sequence = None;
            return Arrival::Ahead {
                extended_sequence: self.highest,
            };
        }
        let behind = (self.highest as u16).wrapping_sub(sequence);
        if behind <= MISORDER_MAX {
            return self.late(behind);
        }
        if self.bad_sequence == Some(sequence) {
            // Two packets in sequence: the sender has restarted (RFC 3550 A.1).
            self.bad_sequence = None;
            self.expected_before_restart = self.expected();
            let cycles = (self.highest >> 16) + 1;
            self.begin((cycles << 16) | u64::from(sequence));
            return Arrival::Restart {
                extended_sequence: self.highest,
            };
        }
        self.bad_sequence = Some(sequence.wrapping_add(1));
        Arrival::Stray
    }

    fn late(&mut self, behind: u16) -> Arrival {
        let bit = 1_u128 << behind;
        if self.window & bit != 0 {
            return Arrival::Duplicate;
        }
        let Some(extended_sequence) = self.highest.checked_sub(u64::from(behind)) else {
            return Arrival::Stray;
        };
        self.window |= bit;
        self.unique += 1;
        self.base = self.base.min(extended_sequence);
        Arrival::Late { extended_sequence }
    }

    fn begin(&mut self, extended: u64) {
        self.base = extended;
        self.highest = extended;
        self.window = 1;
        self.unique += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(value: u64) -> Duration {
        Duration::from_millis(value)
    }

    fn feed(sequences: impl IntoIterator<Item = u16>) -> ReceiveStatistics {
        let mut stats = ReceiveStatistics::new(8000);
        for (index, sequence) in sequences.into_iter().enumerate() {
            stats.on_packet(sequence, index as u32 * 160, ms(20 * index as u64));
        }
        stats
    }

    #[test]
    fn loss_duplicates_and_order_are_counted() {
        let cases: &[(&[u16], [u64; 4])] = &[
            // sequences, [expected, received, duplicates, reordered]
            (&[], [0, 0, 0, 0]),
            (&[7], [1, 1, 0, 0]),
            (&[7, 8, 9], [3, 3, 0, 0]),
            (&[7, 9, 10], [4, 3, 0, 0]),
            (&[7, 9, 8, 10], [4, 4, 0, 1]),
            (&[7, 8, 8, 9, 7], [3, 3, 2, 0]),
            (&[65534, 65535, 0, 1], [4, 4, 0, 0]),
            (&[65535, 1, 0, 65535], [3, 3, 1, 1]),
            (&[10, 9, 11], [3, 3, 0, 1]),
            (&[0, 65535, 1], [2, 2, 0, 0]),
        ];
        for (sequences, expected) in cases {
            let stats = feed(sequences.iter().copied());
            let got = [
                stats.expected(),
                stats.received(),
                stats.duplicates(),
                stats.reordered(),
            ];
            assert_eq!(got, *expected, "{sequences:?}");
        }
    }

    #[test]
    fn sequence_numbers_extend_over_many_wraps() {
        let mut stats = ReceiveStatistics::new(8000);
        for index in 0..200_000_u64 {
            let arrival = stats.on_packet((index + 65_000) as u16, 0, ms(index));
            assert_eq!(
                arrival,
                Arrival::Ahead {
                    extended_sequence: index + 65_000
                }
            );
        }
        assert_eq!((stats.expected(), stats.lost()), (200_000, 0));
    }

    #[test]
    fn a_restart_is_seen_at_its_second_packet_and_a_stray_is_not_one() {
        let mut stats = feed([100, 101, 102]);
        assert_eq!(stats.on_packet(40_000, 0, ms(60)), Arrival::Stray);
        assert_eq!(
            stats.on_packet(103, 480, ms(80)),
            Arrival::Ahead {
                extended_sequence: 103
            }
        );
        assert_eq!(stats.on_packet(50_000, 0, ms(100)), Arrival::Stray);
        let restart = stats.on_packet(50_001, 160, ms(120));
        assert_eq!(
            restart,
            Arrival::Restart {
                extended_sequence: 65_536 + 50_001
            }
        );
        assert_eq!(
            (stats.expected(), stats.received(), stats.restarts()),
            (5, 5, 1)
        );
        assert_eq!(stats.strays(), 2);
    }

    #[test]
    fn report_blocks_give_the_fraction_of_their_interval() {
        let mut stats = feed([1, 2, 4]);
        let block = stats.report_block(9, 0, 0);
        assert_eq!((block.fraction_lost, block.cumulative_lost), (64, 1));
        assert_eq!(block.extended_sequence, 4);
        stats.on_packet(5, 0, ms(100));
        let block = stats.report_block(9, 0, 0);
        assert_eq!((block.fraction_lost, block.cumulative_lost), (0, 1));
        stats.on_packet(5, 0, ms(100));
        stats.on_packet(5, 0, ms(100));
        assert_eq!(stats.report_block(9, 0, 0).cumulative_lost, -1);
    }
}
