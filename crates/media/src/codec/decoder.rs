//! Octets to samples.

use std::fmt;

use audio_codec::Decoder as _;
use audio_codec::g722::G722Decoder;
use audio_codec_algorithms::{decode_alaw, decode_ulaw};

use super::kind::Codec;
use super::opus::OpusEar;

/// Decodes one stream.
pub struct Decoder {
    codec: Codec,
    work: Work,
}

enum Work {
    PerOctet(fn(u8) -> i16),
    G722(Box<G722Decoder>),
    Linear { channels: u8 },
    Opus(Box<OpusEar>),
}

impl Decoder {
    /// A decoder that has decoded nothing.
    pub fn new(codec: Codec) -> Self {
        let work = match codec {
            Codec::Pcmu => Work::PerOctet(decode_ulaw),
            Codec::Pcma => Work::PerOctet(decode_alaw),
            Codec::G722 => Work::G722(Box::new(G722Decoder::new())),
            Codec::L16 { channels, .. } => Work::Linear { channels },
            Codec::Opus => Work::Opus(Box::new(OpusEar::new())),
        };
        Self { codec, work }
    }

    /// What it decodes.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Appends the samples of `payload`, at the rate of the codec, to `out`. `false` if it is no
    /// payload of the codec: half a sample, or octets that Opus does not know. Nothing is appended
    /// then.
    pub fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> bool {
        match &mut self.work {
            Work::PerOctet(decode) => {
                out.extend(payload.iter().map(|&octet| decode(octet)));
                true
            }
            Work::G722(decoder) => {
                let start = out.len();
                out.resize(start + decoder.max_decode_samples(payload.len()), 0);
                let written = decoder.decode_into(payload, &mut out[start..]);
                out.truncate(start + *written.as_ref().unwrap_or(&0));
                written.is_ok()
            }
            Work::Linear { channels } => decode_linear(payload, usize::from(*channels), out),
            Work::Opus(ear) => ear.decode(payload, out),
        }
    }
}

fn decode_linear(payload: &[u8], channels: usize, out: &mut Vec<i16>) -> bool {
    if !payload.len().is_multiple_of(2 * channels) {
        return false;
    }
    let (samples, _) = payload.as_chunks::<2>();
    let sample = |octets: &[u8; 2]| i16::from_be_bytes(*octets);
    if channels == 1 {
        out.extend(samples.iter().map(sample));
    } else {
        let pairs = samples.chunks_exact(2);
        out.extend(pairs.map(|pair| i16::midpoint(sample(&pair[0]), sample(&pair[1]))));
    }
    true
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("codec", &self.codec)
            .finish_non_exhaustive()
    }
}
