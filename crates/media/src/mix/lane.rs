//! A way of audio to or from a mixer, whose rate may be another one.

use super::mixer::FRAMES_PER_SECOND;
use crate::resample::Conversion;
use crate::source::EchoBuffer;

/// A jitter buffer at the rate of a party, and what brings its frames to or from the mixer's rate.
#[derive(Debug)]
pub(super) struct Lane {
    buffer: EchoBuffer,
    conversion: Conversion,
    /// A frame of the party's rate.
    frame: Vec<i16>,
}

impl Lane {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            buffer: EchoBuffer::roomy(rate),
            conversion: Conversion::default(),
            frame: Vec::new(),
        }
    }

    /// Samples per second of the party.
    pub(super) fn rate(&self) -> u32 {
        self.buffer.rate()
    }

    /// The party has this rate now. Whether it is another one: what waits is lost then.
    pub(super) fn set_rate(&mut self, rate: u32) -> bool {
        let changed = rate != self.rate();
        if changed {
            *self = Self::new(rate);
        }
        changed
    }

    /// Frames are taken at this rate of the mixer.
    pub(super) fn convert_to(&mut self, mixer: u32) {
        self.convert(self.rate(), mixer);
    }

    /// Frames are put at this rate of the mixer.
    pub(super) fn convert_from(&mut self, mixer: u32) {
        self.convert(mixer, self.rate());
    }

    fn convert(&mut self, from: u32, to: u32) {
        self.conversion.set(from, to);
        self.frame
            .resize((self.rate() / FRAMES_PER_SECOND) as usize, 0);
    }

    /// What the party says.
    pub(super) fn push(&mut self, samples: &[i16]) {
        self.buffer.push(samples);
    }

    /// What the party hears.
    pub(super) fn fill(&mut self, out: &mut [i16]) {
        self.buffer.fill(out);
    }

    /// Overwrites `out` with the next frame at the mixer's rate.
    pub(super) fn take_frame(&mut self, out: &mut [i16]) {
        self.buffer.fill(&mut self.frame);
        // 20 ms of one rate are 20 ms of the other.
        out.copy_from_slice(self.conversion.convert(&self.frame));
    }

    /// Takes a frame at the mixer's rate.
    pub(super) fn put_frame(&mut self, frame: &[i16]) {
        self.buffer.push(self.conversion.convert(frame));
    }
}
