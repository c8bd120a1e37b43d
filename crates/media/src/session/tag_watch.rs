//! Telling SRTP from RTP without a key: by the length of its payloads.

use gannet_rtp::RtpPacket;

use crate::codec::Codec;

/// Octets of the tags that suites have.
const TAGS: [i64; 3] = [4, 10, 16];

/// Compares how much a packet holds with how far the timestamp goes to the next one. What is more is a
/// tag. That works for codecs with a fixed length of each sample.
#[derive(Debug, Default)]
pub(super) struct TagWatch {
    last: Option<Last>,
    plain: u64,
    tagged: u64,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    payload_type: u8,
    octets: usize,
}

impl TagWatch {
    /// Packets that hold just what their timestamps say, as RTP does.
    pub(super) fn plain(&self) -> u64 {
        self.plain
    }

    /// Packets that hold more than their timestamps say, by a tag.
    pub(super) fn tagged(&self) -> u64 {
        self.tagged
    }

    /// Looks at a datagram that may be either.
    pub(super) fn see(&mut self, datagram: &[u8], codecs: &[(u8, Codec)]) {
        if let Ok(packet) = RtpPacket::parse(datagram) {
            self.see_packet(&packet, codecs);
        }
    }

    pub(super) fn see_packet(&mut self, packet: &RtpPacket<'_>, codecs: &[(u8, Codec)]) {
        let now = Last {
            ssrc: packet.ssrc(),
            sequence: packet.sequence_number(),
            timestamp: packet.timestamp(),
            payload_type: packet.payload_type(),
            octets: packet.payload().len(),
        };
        let Some(last) = self.last.replace(now) else {
            return;
        };
        let codec = codecs
            .iter()
            .find(|(number, _)| *number == now.payload_type);
        let Some(octets) = codec.and_then(|(_, codec)| octets_per_tick(*codec)) else {
            return;
        };
        let follows = last.ssrc == now.ssrc
            && last.payload_type == now.payload_type
            && last.sequence.wrapping_add(1) == now.sequence;
        if !follows {
            return;
        }
        let ticks = i64::from(now.timestamp.wrapping_sub(last.timestamp));
        let more = last.octets as i64 - ticks * octets;
        self.plain += u64::from(more == 0);
        self.tagged += u64::from(TAGS.contains(&more));
    }
}

/// Octets of payload for each tick of the RTP clock.
fn octets_per_tick(codec: Codec) -> Option<i64> {
    match codec {
        Codec::Pcmu | Codec::Pcma | Codec::G722 => Some(1),
        Codec::L16 { channels, .. } => Some(2 * i64::from(channels)),
        Codec::Opus => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32, octets: usize) -> Vec<u8> {
        let mut packet = vec![0x80, 8];
        packet.extend(sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend([0, 0, 0, 7]);
        packet.resize(12 + octets, 0x55);
        packet
    }

    #[test]
    fn a_tag_is_what_is_too_much() {
        let codecs = [(8, Codec::Pcma)];
        for (octets, plain, tagged) in [
            (160, 4, 0),
            (164, 0, 4),
            (170, 0, 4),
            (176, 0, 4),
            (80, 0, 0),
        ] {
            let mut watch = TagWatch::default();
            for n in 0..5_u16 {
                let timestamp = u32::from(n) * 160;
                watch.see(
                    &packet(65_533_u16.wrapping_add(n), timestamp, octets),
                    &codecs,
                );
            }
            assert_eq!((watch.plain(), watch.tagged()), (plain, tagged), "{octets}");
        }
    }

    #[test]
    fn what_does_not_follow_says_nothing() {
        let mut watch = TagWatch::default();
        for (sequence, codecs) in [(1, &[][..]), (2, &[]), (4, &[(8, Codec::Pcma)])] {
            watch.see(&packet(sequence, u32::from(sequence) * 160, 160), codecs);
        }
        watch.see(b"x", &[]);
        assert_eq!((watch.plain(), watch.tagged()), (0, 0));
    }
}
