//! A stream of RTP from stored octets.

use std::sync::Arc;

use super::PayloadFormat;

/// Octets of an RTP header without contributing sources and extensions (RFC 3550 5.1).
const HEADER: usize = 12;
const VERSION: u8 = 2 << 6;

/// The octets that packets carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Those of a file, one after the other.
    Stored(Arc<[u8]>),
    /// Always the same.
    Pattern(u8),
}

/// How often the octets are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// So many times.
    Times(u32),
    /// Again and again.
    Endless,
}

/// What marks a stream among others (RFC 3550 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamIdentity {
    /// The source.
    pub ssrc: u32,
    /// Number of the first packet.
    pub sequence: u16,
    /// Timestamp of the first packet.
    pub timestamp: u32,
}

/// Makes the packets of a stream, one at each [`PayloadFormat::interval_ms`].
#[derive(Debug, Clone)]
pub struct PayloadStream {
    payload: Payload,
    payload_type: u8,
    format: PayloadFormat,
    rounds: Rounds,
    next: StreamIdentity,
    position: usize,
}

impl PayloadStream {
    /// A stream that has sent nothing.
    pub fn new(
        payload: Payload,
        payload_type: u8,
        format: PayloadFormat,
        rounds: Rounds,
        identity: StreamIdentity,
    ) -> Self {
        Self {
            payload,
            payload_type,
            format,
            rounds,
            next: identity,
            position: 0,
        }
    }

    /// How its octets are cut.
    pub fn format(&self) -> PayloadFormat {
        self.format
    }

    /// What it carries.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// What marks its next packet.
    pub fn identity(&self) -> StreamIdentity {
        self.next
    }

    /// Appends the next packet. False when all rounds were sent. A packet that a round does not fill
    /// goes on with the next one, at the end with the beginning of the octets.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> bool {
        let ended = match self.rounds {
            Rounds::Times(times) => times == 0,
            Rounds::Endless => false,
        };
        if ended || matches!(&self.payload, Payload::Stored(octets) if octets.is_empty()) {
            return false;
        }
        let StreamIdentity {
            ssrc,
            sequence,
            timestamp,
        } = self.next;
        out.reserve(HEADER + self.format.octets);
        out.extend([VERSION, self.payload_type & 0x7f]);
        out.extend(sequence.to_be_bytes());
        out.extend(timestamp.to_be_bytes());
        out.extend(ssrc.to_be_bytes());
        self.write_payload(out);
        self.next.sequence = sequence.wrapping_add(1);
        self.next.timestamp = timestamp.wrapping_add(self.format.units);
        true
    }

    /// Lets so many intervals pass in which nothing is sent.
    pub fn skip(&mut self, intervals: u32) {
        let units = self.format.units.wrapping_mul(intervals);
        self.next.timestamp = self.next.timestamp.wrapping_add(units);
    }

    fn write_payload(&mut self, out: &mut Vec<u8>) {
        let octets = match &self.payload {
            Payload::Pattern(octet) => {
                out.resize(out.len() + self.format.octets, *octet);
                return;
            }
            Payload::Stored(octets) => octets,
        };
        let mut wanted = self.format.octets;
        while wanted > 0 {
            let piece = (octets.len() - self.position).min(wanted);
            out.extend_from_slice(&octets[self.position..self.position + piece]);
            self.position += piece;
            wanted -= piece;
            if self.position == octets.len() {
                self.position = 0;
                if let Rounds::Times(times) = &mut self.rounds {
                    *times = times.saturating_sub(1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use gannet_rtp::RtpPacket;

    use super::*;

    const IDENTITY: StreamIdentity = StreamIdentity {
        ssrc: 0xCA11_0000,
        sequence: u16::MAX,
        timestamp: u32::MAX,
    };

    fn stream(octets: &[u8], rounds: Rounds) -> PayloadStream {
        let format = PayloadFormat::of(18, None).expect("known");
        PayloadStream::new(Payload::Stored(octets.into()), 18, format, rounds, IDENTITY)
    }

    #[test]
    fn packets_are_numbered_and_go_over_the_end_of_a_round() {
        let octets: Vec<u8> = (0..30).collect();
        let mut stream = stream(&octets, Rounds::Times(2));
        let mut payloads = Vec::new();
        for number in 0..3_u16 {
            let mut out = Vec::new();
            assert!(stream.write_next(&mut out));
            let packet = RtpPacket::parse(&out).expect("RTP");
            assert_eq!((packet.payload_type(), packet.ssrc()), (18, 0xCA11_0000));
            assert_eq!(packet.sequence_number(), u16::MAX.wrapping_add(number));
            let units = u32::MAX.wrapping_add(160 * u32::from(number));
            assert_eq!(packet.timestamp(), units);
            payloads.extend_from_slice(packet.payload());
        }
        assert_eq!(payloads, [&octets[..], &octets[..]].concat());
        assert!(!stream.write_next(&mut Vec::new()));
    }

    #[test]
    fn a_file_shorter_than_a_packet_fills_it() {
        let mut stream = stream(b"abc", Rounds::Times(1));
        let mut out = Vec::new();
        assert!(stream.write_next(&mut out));
        assert_eq!(&out[HEADER..], b"abcabcabcabcabcabcab");
        assert!(!stream.write_next(&mut out));
        assert!(!super::tests::stream(b"", Rounds::Endless).write_next(&mut out));
    }

    #[test]
    fn patterns_do_not_end_and_pauses_count_in_timestamps() {
        let format = PayloadFormat::of(8, None).expect("known");
        let pattern = Payload::Pattern(0xAA);
        let mut stream = PayloadStream::new(pattern, 8, format, Rounds::Endless, IDENTITY);
        stream.skip(3);
        for _ in 0..1_000 {
            let mut out = Vec::new();
            assert!(stream.write_next(&mut out));
            assert_eq!(out[HEADER..], [0xAA; 160]);
        }
        let expected = u32::MAX.wrapping_add(1_003 * 160);
        assert_eq!(stream.identity().timestamp, expected);
    }
}
