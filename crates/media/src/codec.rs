//! The audio codecs: G.711 with both laws.

use std::time::Duration;

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// Samples per second of all audio inside this crate.
pub const SAMPLE_RATE: u32 = 8000;

/// An audio codec that is implemented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 mu-law, static payload type 0 (RFC 3551 4.5.14).
    Pcmu,
    /// G.711 A-law, static payload type 8 (RFC 3551 4.5.14).
    Pcma,
}

impl Codec {
    /// The codec of an `a=rtpmap` encoding name (without case) and clock rate.
    pub fn from_encoding(encoding: &str, clock_rate: u32) -> Option<Self> {
        [Self::Pcmu, Self::Pcma]
            .into_iter()
            .find(|codec| codec.encoding().eq_ignore_ascii_case(encoding))
            .filter(|codec| codec.clock_rate() == clock_rate)
    }

    /// The codec that a payload type means without signalling (RFC 3551 6).
    pub fn from_static_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            _ => None,
        }
    }

    /// Encoding name of `a=rtpmap`.
    pub fn encoding(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// RTP clock rate in Hz.
    pub fn clock_rate(self) -> u32 {
        SAMPLE_RATE
    }

    /// The static payload type (RFC 3551 6).
    pub fn static_payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// Appends the octets of `samples` to `out`, one per sample.
    pub fn encode(self, samples: &[i16], out: &mut Vec<u8>) {
        let encode = match self {
            Self::Pcmu => encode_ulaw,
            Self::Pcma => encode_alaw,
        };
        out.extend(samples.iter().map(|&sample| encode(sample)));
    }

    /// Appends the samples of `payload` to `out`, one per octet.
    pub fn decode(self, payload: &[u8], out: &mut Vec<i16>) {
        let decode = match self {
            Self::Pcmu => decode_ulaw,
            Self::Pcma => decode_alaw,
        };
        out.extend(payload.iter().map(|&octet| decode(octet)));
    }
}

/// Whole samples in a time.
pub(crate) fn samples_in(time: Duration) -> u64 {
    (time.as_nanos() * u128::from(SAMPLE_RATE) / 1_000_000_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(codec: Codec, sample: i16) -> u8 {
        let mut out = Vec::new();
        codec.encode(&[sample], &mut out);
        out[0]
    }

    fn decoded(codec: Codec, octet: u8) -> i16 {
        let mut out = Vec::new();
        codec.decode(&[octet], &mut out);
        out[0]
    }

    #[test]
    fn known_values_of_both_laws() {
        // Decision and quantised values of ITU-T G.711 tables 1 and 2, scaled to 16 bits.
        for (octet, sample) in [
            (0xff, 0),
            (0x7f, 0),
            (0x80, 32124),
            (0x00, -32124),
            (0xfe, 8),
            (0xf0, 120),
            (0x8f, 16764),
        ] {
            assert_eq!(decoded(Codec::Pcmu, octet), sample, "mu-law {octet:#x}");
        }
        for (octet, sample) in [
            (0xd5, 8),
            (0x55, -8),
            (0xaa, 32256),
            (0x2a, -32256),
            (0xd4, 24),
            (0xc5, 264),
        ] {
            assert_eq!(decoded(Codec::Pcma, octet), sample, "A-law {octet:#x}");
        }
        assert_eq!(encoded(Codec::Pcmu, 0), 0xff);
        assert_eq!(encoded(Codec::Pcma, 0), 0xd5);
        assert_eq!(encoded(Codec::Pcmu, i16::MAX), 0x80);
        assert_eq!(encoded(Codec::Pcma, i16::MAX), 0xaa);
        assert_eq!(encoded(Codec::Pcmu, i16::MIN), 0x00);
        assert_eq!(encoded(Codec::Pcma, i16::MIN), 0x2a);
    }

    #[test]
    fn every_octet_survives_decoding_and_encoding() {
        for octet in 0..=255 {
            assert_eq!(encoded(Codec::Pcma, decoded(Codec::Pcma, octet)), octet);
            // Negative zero of mu-law has no sample of its own.
            let expected = if octet == 0x7f { 0xff } else { octet };
            assert_eq!(encoded(Codec::Pcmu, decoded(Codec::Pcmu, octet)), expected);
        }
    }

    #[test]
    fn quantisation_error_stays_within_the_step() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            for sample in (i16::MIN..i16::MAX).step_by(7) {
                let error = i32::from(decoded(codec, encoded(codec, sample))) - i32::from(sample);
                let allowed = i32::from(sample.unsigned_abs() / 16).max(16);
                // The top step clips: 32635 is the largest input of mu-law.
                assert!(
                    error.abs() <= allowed.max(700 * i32::from(sample.unsigned_abs() > 31_000))
                );
            }
        }
    }

    #[test]
    fn names_and_payload_types_match() {
        assert_eq!(Codec::from_encoding("pcma", 8000), Some(Codec::Pcma));
        assert_eq!(Codec::from_encoding("PCMA", 16000), None);
        assert_eq!(Codec::from_encoding("G722", 8000), None);
        for codec in [Codec::Pcmu, Codec::Pcma] {
            assert_eq!(
                Codec::from_static_payload_type(codec.static_payload_type()),
                Some(codec)
            );
        }
    }
}
