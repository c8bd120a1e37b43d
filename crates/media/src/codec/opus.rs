//! Opus (RFC 6716) as RTP carries it (RFC 7587).

use opus_pure::{Application, MAX_PACKET_SAMPLES, OpusDecoder, OpusEncoder, RateControl};

use super::kind::Codec;

/// How a receiver wants Opus, from its `a=fmtp` (RFC 7587 6.1). What it says of what it sends itself
/// (`sprop-...`) and of stereo needs no heed: mono may always be sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpusWishes {
    /// It uses what in-band error correction tells of lost packets.
    pub inband_fec: bool,
    /// Packets of one size.
    pub constant_rate: bool,
    /// Bits per second at most, on average.
    pub bitrate_max: Option<u32>,
}

impl OpusWishes {
    /// Reads `a=fmtp` parameters, `useinbandfec=1;cbr=0;maxaveragebitrate=20000`. Others, and values
    /// that are none, count as not there.
    pub fn parse(parameters: &str) -> Self {
        let mut wishes = Self::default();
        for parameter in parameters.split(';') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "useinbandfec" => wishes.inband_fec = value == "1",
                "cbr" => wishes.constant_rate = value == "1",
                "maxaveragebitrate" => wishes.bitrate_max = value.parse().ok(),
                _ => {}
            }
        }
        wishes
    }
}

/// Encodes mono.
pub(super) struct OpusVoice {
    encoder: OpusEncoder,
}

impl OpusVoice {
    pub(super) fn new(wishes: OpusWishes) -> Self {
        let rate = Codec::Opus.sample_rate() as i32;
        // Tones are to be heard as they are: nothing is tuned for speech.
        let mut encoder = OpusEncoder::new(rate, 1, Application::Audio)
            .expect("48 kHz and one channel are among what Opus has");
        let bitrate = wishes.bitrate_max.unwrap_or(BITRATE);
        encoder.bitrate_bps = bitrate.clamp(BITRATE_MIN, BITRATE) as i32;
        encoder.complexity = COMPLEXITY;
        if wishes.constant_rate {
            encoder.rate_control = RateControl::Cbr;
        }
        encoder.use_inband_fec = wishes.inband_fec;
        Self { encoder }
    }

    pub(super) fn encode(&mut self, samples: &[i16], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + PACKET_OCTETS_MAX, 0);
        let written = self
            .encoder
            .encode_s16(samples, samples.len(), &mut out[start..]);
        out.truncate(start + written.unwrap_or(0));
    }
}

/// Decodes to mono, whatever is in the packets.
pub(super) struct OpusEar {
    decoder: OpusDecoder,
}

impl OpusEar {
    pub(super) fn new() -> Self {
        let rate = Codec::Opus.sample_rate() as i32;
        let decoder =
            OpusDecoder::new(rate, 1).expect("48 kHz and one channel are among what Opus has");
        Self { decoder }
    }

    pub(super) fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> bool {
        // The library takes no octets for a loss to be concealed.
        if payload.is_empty() {
            return false;
        }
        let start = out.len();
        out.resize(start + MAX_PACKET_SAMPLES, 0);
        let room = &mut out[start..];
        let samples = self.decoder.decode_s16(payload, MAX_PACKET_SAMPLES, room);
        out.truncate(start + *samples.as_ref().unwrap_or(&0));
        samples.is_ok()
    }
}

/// Bits per second for mono up to 20 kHz.
const BITRATE: u32 = 64_000;
/// The lowest that Opus has.
const BITRATE_MIN: u32 = 6_000;
/// Of 10: half of the work.
const COMPLEXITY: i32 = 5;
/// A packet that is no Ethernet frame's worth of octets is none of ours.
const PACKET_OCTETS_MAX: usize = 1_400;
