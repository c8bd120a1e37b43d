//! Captures of the built-in scenarios: those of SIPp are no part of this program.

use std::time::Duration;

use gannet_media::script::{
    Datagrams, DtmfKeys, Payload, PayloadFormat, PayloadStream, PlannedDatagram, Rounds,
    StreamIdentity,
};
use gannet_media::{Codec, Encoder, Tone, render};

const SECONDS: u32 = 8;
const PCMA: u8 = 8;
const IDENTITY: StreamIdentity = StreamIdentity {
    ssrc: 0x6761_6e6e,
    sequence: 1,
    timestamp: 0,
};

/// Stands in for a capture by its name: a tone in A-law, or a key.
pub(super) fn generated_capture(name: &[u8]) -> Option<Datagrams> {
    match name {
        b"pcap/g711a.pcap" => Some(tone()),
        b"pcap/dtmf_2833_1.pcap" => {
            let keys = DtmfKeys::parse("1").ok()?;
            Some(keys.datagrams(IDENTITY.ssrc, IDENTITY.sequence, IDENTITY.timestamp))
        }
        _ => None,
    }
}

/// A second of it sounds, the next one does not: that is easily told from silence and from noise.
fn tone() -> Datagrams {
    let sound = render(&[Tone::new(440.0)], Duration::from_secs(1));
    let mut octets = Vec::new();
    let mut encoder = Encoder::new(Codec::Pcma);
    encoder.encode(&sound, &mut octets);
    encoder.encode(&vec![0; sound.len()], &mut octets);
    let format = PayloadFormat::of(PCMA, None).expect("A-law is known");
    let payload = Payload::Stored(octets.into());
    let rounds = Rounds::Times(SECONDS / 2);
    let mut stream = PayloadStream::new(payload, PCMA, format, rounds, IDENTITY);
    let mut packets = Vec::new();
    let mut offset = Duration::ZERO;
    loop {
        let mut packet = Vec::new();
        if !stream.write_next(&mut packet) {
            return Datagrams::new(packets);
        }
        packets.push(PlannedDatagram {
            offset,
            port_offset: 0,
            payload: packet,
        });
        offset += Duration::from_millis(format.interval_ms.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_captures_are_there() {
        let tone = generated_capture(b"pcap/g711a.pcap").expect("made");
        assert_eq!(tone.packets().len(), 400);
        assert_eq!(tone.packets()[399].offset, Duration::from_millis(7_980));
        assert!(generated_capture(b"pcap/dtmf_2833_1.pcap").is_some());
        assert!(generated_capture(b"other.pcap").is_none());
    }
}
