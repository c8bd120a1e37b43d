//! A way of audio to or from a mixer, whose rate may be another one.

use super::mixer::FRAMES_PER_SECOND;
use crate::resample::Resampler;
use crate::source::EchoBuffer;

/// A jitter buffer at the rate of a party, and what brings its frames to or from the mixer's rate.
#[derive(Debug)]
pub(super) struct Lane {
    buffer: EchoBuffer,
    /// From which rate to which, if they differ.
    conversion: Option<(u32, u32, Resampler)>,
    /// A frame of the party's rate.
    frame: Vec<i16>,
    converted: Vec<i16>,
}

impl Lane {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            buffer: EchoBuffer::roomy(rate),
            conversion: None,
            frame: Vec::new(),
            converted: Vec::new(),
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
        let is_so = |conversion: &(u32, u32, Resampler)| (conversion.0, conversion.1) == (from, to);
        if from == to {
            self.conversion = None;
        } else if !self.conversion.as_ref().is_some_and(is_so) {
            self.conversion = Some((from, to, Resampler::new(from, to)));
        }
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
        let Some((_, _, resampler)) = &mut self.conversion else {
            self.buffer.fill(out);
            return;
        };
        self.buffer.fill(&mut self.frame);
        self.converted.clear();
        resampler.process(&self.frame, &mut self.converted);
        // 20 ms of one rate are 20 ms of the other.
        out.copy_from_slice(&self.converted);
    }

    /// Takes a frame at the mixer's rate.
    pub(super) fn put_frame(&mut self, frame: &[i16]) {
        let Some((_, _, resampler)) = &mut self.conversion else {
            self.buffer.push(frame);
            return;
        };
        self.converted.clear();
        resampler.process(frame, &mut self.converted);
        self.buffer.push(&self.converted);
    }
}
