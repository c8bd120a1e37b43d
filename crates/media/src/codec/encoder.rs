//! Samples to octets.

use std::fmt;

use audio_codec::Encoder as _;
use audio_codec::g722::G722Encoder;
use audio_codec_algorithms::{encode_alaw, encode_ulaw};

use super::kind::Codec;
use super::opus::{OpusVoice, OpusWishes};

/// Encodes one stream.
pub struct Encoder {
    codec: Codec,
    work: Work,
}

enum Work {
    PerSample(fn(i16) -> u8),
    G722(Box<G722Encoder>),
    Linear { channels: u8 },
    Opus(Box<OpusVoice>),
}

impl Encoder {
    /// An encoder that has encoded nothing.
    pub fn new(codec: Codec) -> Self {
        Self::as_wished(codec, OpusWishes::default())
    }

    /// The same, for a receiver who said how it wants Opus.
    pub fn as_wished(codec: Codec, wishes: OpusWishes) -> Self {
        let work = match codec {
            Codec::Pcmu => Work::PerSample(encode_ulaw),
            Codec::Pcma => Work::PerSample(encode_alaw),
            Codec::G722 => Work::G722(Box::new(G722Encoder::new())),
            Codec::L16 { channels, .. } => Work::Linear { channels },
            Codec::Opus => Work::Opus(Box::new(OpusVoice::new(wishes))),
        };
        Self { codec, work }
    }

    /// What it encodes to.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Appends the octets of `samples`, which are of the codec's rate, to `out`. G.722 takes them in
    /// pairs; Opus in portions of a packet of its own, and gives nothing for any other number.
    pub fn encode(&mut self, samples: &[i16], out: &mut Vec<u8>) {
        match &mut self.work {
            Work::PerSample(encode) => out.extend(samples.iter().map(|&sample| encode(sample))),
            Work::G722(encoder) => {
                let start = out.len();
                out.resize(start + encoder.max_encode_bytes(samples.len()), 0);
                let written = encoder.encode_into(samples, &mut out[start..]);
                out.truncate(start + written.unwrap_or(0));
            }
            Work::Linear { channels } => {
                // Network order, the channels of a sample one after the other (RFC 3551 4.1).
                for sample in samples {
                    for _ in 0..*channels {
                        out.extend(sample.to_be_bytes());
                    }
                }
            }
            Work::Opus(voice) => voice.encode(samples, out),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("codec", &self.codec)
            .finish_non_exhaustive()
    }
}
