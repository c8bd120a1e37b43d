//! The jitter buffer of the echo source and of mixers.

use std::collections::VecDeque;

/// Received audio that waits to be sent back.
///
/// Playing begins when 40 ms are there and begins again after it ran
/// dry; above 200 ms the oldest are dropped.
#[derive(Debug)]
pub(crate) struct EchoBuffer {
    samples: VecDeque<i16>,
    rate: u32,
    playing: bool,
}

impl EchoBuffer {
    /// An empty buffer for audio of this rate.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            samples: VecDeque::new(),
            rate,
            playing: false,
        }
    }

    /// An empty buffer with room for all that it may hold.
    pub(crate) fn roomy(rate: u32) -> Self {
        let room = milliseconds(MAX_MS + PORTION_MS, rate);
        Self {
            samples: VecDeque::with_capacity(room),
            ..Self::new(rate)
        }
    }

    /// Samples per second.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    pub(crate) fn push(&mut self, samples: &[i16]) {
        self.samples.extend(samples);
        let excess = self
            .samples
            .len()
            .saturating_sub(milliseconds(MAX_MS, self.rate));
        self.samples.drain(..excess);
        self.playing |= self.samples.len() >= milliseconds(FILL_MS, self.rate);
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

fn milliseconds(time: u32, rate: u32) -> usize {
    (rate / 1000 * time + rate % 1000 * time / 1000) as usize
}

/// What is held before playing begins.
const FILL_MS: u32 = 40;
/// What is held at most.
const MAX_MS: u32 = 200;
/// The longest usual packet, there for a moment before the oldest samples are dropped.
const PORTION_MS: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playing_waits_for_the_fill_and_after_running_dry() {
        let mut echo = EchoBuffer::new(8000);
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
        for (rate, packet) in [(8000, 160), (44_100, 882)] {
            let mut echo = EchoBuffer::new(rate);
            for value in 0..20 {
                echo.push(&vec![value; packet]);
            }
            let mut out = vec![0; packet];
            echo.fill(&mut out);
            assert_eq!(out, vec![10; packet], "{rate}");
        }
    }
}
