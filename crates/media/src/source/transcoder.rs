//! Payload of one codec made payload of another.

use crate::codec::{Codec, Decoder, Encoder, OpusWishes};
use crate::resample::Conversion;

/// Brings the packets of one stream from one codec to another.
#[derive(Debug)]
pub(crate) struct Transcoder {
    decoder: Decoder,
    conversion: Conversion,
    encoder: Encoder,
    decoded: Vec<i16>,
}

impl Transcoder {
    pub(crate) fn new(from: Codec, to: Codec, wishes: OpusWishes) -> Self {
        let mut conversion = Conversion::default();
        conversion.set(from.sample_rate(), to.sample_rate());
        Self {
            decoder: Decoder::new(from),
            conversion,
            encoder: Encoder::as_wished(to, wishes),
            decoded: Vec::new(),
        }
    }

    /// Between which codecs.
    pub(crate) fn codecs(&self) -> (Codec, Codec) {
        (self.decoder.codec(), self.encoder.codec())
    }

    /// Appends the payload in the other codec to `out`: nothing, if it is no payload of the first
    /// one, or of a length that the other does not have.
    pub(crate) fn transcode(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        self.decoded.clear();
        self.decoder.decode(payload, &mut self.decoded);
        let samples = self.conversion.convert(&self.decoded);
        if !samples.is_empty() {
            self.encoder.encode(samples, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::level_dbfs;
    use crate::source::{Tone, render_at};

    #[test]
    fn a_tone_in_one_codec_is_one_in_the_other() {
        let l16 = Codec::L16 {
            sample_rate: 44_100,
            channels: 2,
        };
        for (from, to) in [
            (Codec::Pcmu, Codec::Pcma),
            (Codec::Pcma, Codec::Opus),
            (Codec::G722, Codec::Pcmu),
            (l16, Codec::G722),
            (Codec::Pcmu, l16),
        ] {
            let mut transcoder = Transcoder::new(from, to, OpusWishes::default());
            let (mut encoder, mut decoder) = (Encoder::new(from), Decoder::new(to));
            let rate = from.sample_rate();
            let tone = render_at(rate, &[Tone::new(700.0)], Duration::from_secs(1));
            let mut heard = Vec::new();
            for packet in tone.chunks_exact(rate as usize / 50) {
                let (mut payload, mut other) = (Vec::new(), Vec::new());
                encoder.encode(packet, &mut payload);
                transcoder.transcode(&payload, &mut other);
                assert!(decoder.decode(&other, &mut heard), "{from} to {to}");
            }
            assert_eq!(heard.len(), to.sample_rate() as usize, "{from} to {to}");
            let change = level_dbfs(&heard[heard.len() / 2..]) + 13.0;
            assert!(change.abs() < 0.7, "{from} to {to}: {change} dB");
        }
    }
}
