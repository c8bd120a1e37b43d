//! Whether a stream comes back as it was sent.

use gannet_rtp::RtpPacket;

/// Packets that were sent so shortly before the end need not have come back.
const UNDERWAY_MS: u32 = 100;

/// Compares what comes back with a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Check {
    octet: u8,
    length: usize,
    /// Packets that may be underway at the end.
    underway_max: u64,
    tolerance: f64,
    sent: u64,
    good: u64,
    bad: u64,
}

impl Check {
    /// Of a stream with such packets; the share of them that makes the check fail.
    pub(super) fn new(octet: u8, length: usize, interval_ms: u32, tolerance: f64) -> Self {
        Self {
            octet,
            length,
            underway_max: u64::from(UNDERWAY_MS / interval_ms.max(1)),
            tolerance,
            sent: 0,
            good: 0,
            bad: 0,
        }
    }

    pub(super) fn note_sent(&mut self) {
        self.sent += 1;
    }

    /// Takes what has come. Only the payload counts: a peer may number packets anew.
    pub(super) fn take(&mut self, datagram: &[u8]) {
        let is_good = RtpPacket::parse(datagram).is_ok_and(|packet| {
            let payload = packet.payload();
            payload.len() == self.length && payload.iter().all(|octet| *octet == self.octet)
        });
        if is_good {
            self.good += 1;
        } else {
            self.bad += 1;
        }
    }

    /// Something has come that is not authentic.
    pub(super) fn refuse(&mut self) {
        self.bad += 1;
    }

    /// Whether too little of it came back unharmed.
    pub(super) fn has_failed(&self) -> bool {
        if self.sent == 0 {
            return false;
        }
        let expected = self.sent.saturating_sub(self.underway_max).max(1);
        let missing = expected.saturating_sub(self.good + self.bad);
        let failed = missing + self.bad;
        failed as f64 / expected as f64 >= self.tolerance.max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tolerance: f64, sent: u64, good: u64, bad: u64) -> bool {
        let mut check = Check::new(0xAA, 4, 20, tolerance);
        let packet = |octet| [&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0][..], &[octet; 4]].concat();
        for _ in 0..sent {
            check.note_sent();
        }
        for _ in 0..good {
            check.take(&packet(0xAA));
        }
        for _ in 0..bad {
            check.take(&packet(0xAB));
        }
        check.has_failed()
    }

    #[test]
    fn the_share_that_fails_decides() {
        for (tolerance, sent, good, bad, fails) in [
            (1.0, 0, 0, 0, false),
            (1.0, 100, 0, 0, true),
            (1.0, 100, 1, 0, false),
            (1.0, 100, 0, 100, true),
            (0.1, 105, 91, 0, false),
            (0.1, 105, 90, 0, true),
            (0.1, 105, 95, 10, true),
            // Five may be underway.
            (0.0, 100, 95, 0, false),
            (0.0, 100, 94, 0, true),
            (0.0, 1, 0, 0, true),
            (0.0, 1, 1, 0, false),
        ] {
            let found = check(tolerance, sent, good, bad);
            assert_eq!(found, fails, "{tolerance} {sent} {good} {bad}");
        }
    }

    #[test]
    fn other_lengths_and_no_rtp_are_bad() {
        let mut check = Check::new(0xAA, 4, 20, 1.0);
        check.take(b"");
        check.take(&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xAA]);
        assert_eq!((check.good, check.bad), (0, 2));
    }
}
