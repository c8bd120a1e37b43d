//! The jitter buffer of the echo source and of mixers.

use std::collections::VecDeque;

/// Received audio that waits to be sent back.
///
/// Playing begins when [`FILL_SAMPLES`] are there and begins again after it ran
/// dry; above [`MAX_SAMPLES`] the oldest are dropped.
#[derive(Debug, Default)]
pub(crate) struct EchoBuffer {
    samples: VecDeque<i16>,
    playing: bool,
}

impl EchoBuffer {
    /// An empty buffer with room for all that it may hold.
    pub(crate) fn roomy() -> Self {
        Self {
            samples: VecDeque::with_capacity(MAX_SAMPLES + PORTION_SAMPLES),
            playing: false,
        }
    }

    pub(crate) fn push(&mut self, samples: &[i16]) {
        self.samples.extend(samples);
        let excess = self.samples.len().saturating_sub(MAX_SAMPLES);
        self.samples.drain(..excess);
        self.playing |= self.samples.len() >= FILL_SAMPLES;
    }

    /// Overwrites `out` with what waits, or with silence.
    pub(crate) fn fill(&mut self, out: &mut [i16]) {
        if self.samples.len() < out.len() {
            self.playing = false;
        }
        for sample in out.iter_mut() {
            *sample = if self.playing {
                self.samples.pop_front().unwrap_or(0)
            } else {
                0
            };
        }
    }
}

/// 40 ms: what is held before playing begins.
const FILL_SAMPLES: usize = 320;
/// 200 ms: what is held at most.
const MAX_SAMPLES: usize = 1600;
/// 60 ms: the longest usual packet, there for a moment before the oldest samples are dropped.
const PORTION_SAMPLES: usize = 480;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playing_waits_for_the_fill_and_after_running_dry() {
        let mut echo = EchoBuffer::default();
        let mut out = [9; 160];
        echo.push(&[1; 160]);
        echo.fill(&mut out);
        assert_eq!(out, [0; 160]);
        echo.push(&[2; 160]);
        echo.fill(&mut out);
        assert_eq!(out, [1; 160]);
        echo.fill(&mut out);
        assert_eq!(out, [2; 160]);
        echo.fill(&mut out);
        assert_eq!(out, [0; 160]);
    }

    #[test]
    fn the_oldest_samples_are_dropped_above_the_limit() {
        let mut echo = EchoBuffer::default();
        for value in 0..20 {
            echo.push(&[value; 160]);
        }
        let mut out = [0; 160];
        echo.fill(&mut out);
        assert_eq!(out, [10; 160]);
    }
}
