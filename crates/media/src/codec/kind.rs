//! The audio codecs that are implemented, and what they are in SDP and RTP.

use std::fmt;
use std::time::Duration;

/// Samples per second of G.711, and of audio that is rendered here: greetings, beeps, keys.
pub const SAMPLE_RATE: u32 = 8000;

/// An audio codec that is implemented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 mu-law, static payload type 0 (RFC 3551 4.5.14).
    Pcmu,
    /// G.711 A-law, static payload type 8 (RFC 3551 4.5.14).
    Pcma,
    /// G.722 at 64 kbit/s, static payload type 9: audio of 16 kHz under an RTP clock of 8000 Hz
    /// (RFC 3551 4.5.2).
    G722,
    /// Uncompressed samples of 16 bits (RFC 3551 4.5.11). Two channels are mixed when they come, and
    /// carry the same when they are sent.
    L16 {
        /// Samples per second, one of [`Codec::L16_RATES`].
        sample_rate: u32,
        /// 1 or 2.
        channels: u8,
    },
    /// Opus (RFC 7587): a clock of 48000 Hz and two channels in SDP, whatever is in the packets.
    Opus,
}

impl Codec {
    /// Rates of [`Codec::L16`] that can be agreed: 10 ms are whole samples.
    pub const L16_RATES: [u32; 6] = [8000, 16_000, 24_000, 32_000, 44_100, 48_000];

    /// The codec of an `a=rtpmap`: encoding name (without case), clock rate, and the number of
    /// channels if it is written. Opus is known by its name and clock alone: what it says of
    /// channels never changes (RFC 7587 7).
    pub fn from_rtpmap(encoding: &str, clock_rate: u32, channels: Option<&str>) -> Option<Self> {
        let is = |name: &str| encoding.eq_ignore_ascii_case(name);
        if is("opus") {
            return (clock_rate == 48_000).then_some(Self::Opus);
        }
        let channels = match channels {
            None | Some("1") => 1,
            Some("2") => 2,
            Some(_) => return None,
        };
        if is("L16") {
            return Self::L16_RATES.contains(&clock_rate).then_some(Self::L16 {
                sample_rate: clock_rate,
                channels,
            });
        }
        [Self::Pcmu, Self::Pcma, Self::G722]
            .into_iter()
            .find(|codec| is(codec.encoding()))
            .filter(|codec| codec.clock_rate() == clock_rate && channels == 1)
    }

    /// The codec that a payload type means without signalling (RFC 3551 6).
    pub fn from_static_payload_type(payload_type: u8) -> Option<Self> {
        let stereo = |channels| Self::L16 {
            sample_rate: 44_100,
            channels,
        };
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            9 => Some(Self::G722),
            10 => Some(stereo(2)),
            11 => Some(stereo(1)),
            _ => None,
        }
    }

    /// Encoding name of `a=rtpmap`.
    pub fn encoding(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::L16 { .. } => "L16",
            Self::Opus => "opus",
        }
    }

    /// RTP clock rate in Hz.
    pub fn clock_rate(self) -> u32 {
        match self {
            // RFC 3551 4.5.2: an error that is kept for compatibility.
            Self::G722 => 8000,
            other => other.sample_rate(),
        }
    }

    /// Samples per second of its audio.
    pub fn sample_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => SAMPLE_RATE,
            Self::G722 => 16_000,
            Self::L16 { sample_rate, .. } => sample_rate,
            Self::Opus => 48_000,
        }
    }

    /// Channels of `a=rtpmap`.
    pub fn channels(self) -> u8 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 1,
            Self::L16 { channels, .. } => channels,
            Self::Opus => 2,
        }
    }

    /// The static payload type (RFC 3551 6), if it has one.
    pub fn static_payload_type(self) -> Option<u8> {
        (0..=11).find(|&number| Self::from_static_payload_type(number) == Some(self))
    }

    /// Whether it goes by this name: `opus`, `opus/48000` or `opus/48000/2`, without case.
    pub fn is_named(self, name: &str) -> bool {
        let mut parts = name.split('/');
        let encoding = parts.next().unwrap_or_default();
        let (rate, channels) = (parts.next(), parts.next());
        encoding.eq_ignore_ascii_case(self.encoding())
            && rate.is_none_or(|rate| rate.parse() == Ok(self.clock_rate()))
            && channels.is_none_or(|channels| channels.parse() == Ok(self.channels()))
            && parts.next().is_none()
    }

    /// The length of packets that is nearest to what is `wanted`, and not above it where one is not:
    /// Opus has few lengths (RFC 6716 2.1.4), others need whole samples, and uncompressed packets
    /// should fit an Ethernet frame.
    pub fn packet_time(self, wanted: Duration) -> Duration {
        let wanted_ms = wanted.as_millis() as u64;
        let fitting = match self {
            Self::Pcmu | Self::Pcma | Self::G722 => return wanted,
            Self::Opus => {
                let mut longest_first = OPUS_PACKETS_MS.into_iter().rev();
                let fitting = longest_first.find(|length| *length <= wanted_ms);
                fitting.unwrap_or(OPUS_PACKETS_MS[0])
            }
            Self::L16 {
                sample_rate,
                channels,
            } => {
                let octets_per_second = u64::from(sample_rate) * 2 * u64::from(channels);
                let most = wanted_ms.min(L16_OCTETS_MAX * 1000 / octets_per_second);
                let whole = if sample_rate.is_multiple_of(200) {
                    5
                } else {
                    10
                };
                let step = if most >= 10 { 10 } else { whole };
                (most / step * step).max(whole)
            }
        };
        Duration::from_millis(fitting)
    }
}

impl fmt::Display for Codec {
    /// As in `a=rtpmap`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.encoding(), self.clock_rate())?;
        match self.channels() {
            1 => Ok(()),
            channels => write!(f, "/{channels}"),
        }
    }
}

/// Lengths of Opus packets in milliseconds, of those that are whole.
const OPUS_PACKETS_MS: [u64; 8] = [5, 10, 20, 40, 60, 80, 100, 120];
/// Payload that fits an Ethernet frame with all headers.
const L16_OCTETS_MAX: u64 = 1440;

/// Whole samples of this rate in a time.
pub(crate) fn samples_in(time: Duration, rate: u32) -> u64 {
    (time.as_nanos() * u128::from(rate) / 1_000_000_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const L16_STEREO: Codec = Codec::L16 {
        sample_rate: 44_100,
        channels: 2,
    };

    #[test]
    fn names_and_payload_types_match() {
        for (encoding, rate, channels, expected) in [
            ("pcma", 8000, None, Some(Codec::Pcma)),
            ("PCMA", 16_000, None, None),
            ("PCMU", 8000, Some("2"), None),
            ("g722", 8000, Some("1"), Some(Codec::G722)),
            ("G722", 16_000, None, None),
            ("opus", 48_000, Some("2"), Some(Codec::Opus)),
            ("OPUS", 48_000, None, Some(Codec::Opus)),
            ("opus", 16_000, Some("2"), None),
            ("L16", 44_100, Some("2"), Some(L16_STEREO)),
            ("L16", 11_025, None, None),
            ("L16", 44_100, Some("3"), None),
            ("G729", 8000, None, None),
        ] {
            let found = Codec::from_rtpmap(encoding, rate, channels);
            assert_eq!(found, expected, "{encoding}/{rate} {channels:?}");
        }
        for number in [0, 8, 9, 10, 11] {
            let codec = Codec::from_static_payload_type(number).expect("static");
            assert_eq!(codec.static_payload_type(), Some(number));
        }
        assert_eq!(Codec::Opus.static_payload_type(), None);
    }

    #[test]
    fn codecs_are_called_by_more_or_less_of_their_name() {
        for name in ["opus", "Opus/48000", "opus/48000/2"] {
            assert!(Codec::Opus.is_named(name), "{name}");
        }
        for name in ["opus/8000", "opus/48000/1", "opus/48000/2/x", "op", ""] {
            assert!(!Codec::Opus.is_named(name), "{name}");
        }
        assert!(Codec::G722.is_named("G722/8000") && !Codec::G722.is_named("G722/16000"));
        assert_eq!(L16_STEREO.to_string(), "L16/44100/2");
        assert_eq!(Codec::Pcmu.to_string(), "PCMU/8000");
    }

    #[test]
    fn packets_have_lengths_that_the_codec_can_make() {
        let l16 = |sample_rate| Codec::L16 {
            sample_rate,
            channels: 1,
        };
        for (codec, wanted, expected) in [
            (Codec::Pcmu, 33, 33),
            (Codec::Opus, 20, 20),
            (Codec::Opus, 30, 20),
            (Codec::Opus, 200, 120),
            (Codec::Opus, 1, 5),
            (l16(16_000), 20, 20),
            (l16(16_000), 200, 40),
            (l16(48_000), 20, 10),
            (l16(44_100), 5, 10),
            (l16(8000), 5, 5),
            (L16_STEREO, 20, 10),
        ] {
            let found = codec.packet_time(Duration::from_millis(wanted));
            assert_eq!(found.as_millis(), expected, "{codec} {wanted} ms");
        }
    }
}
