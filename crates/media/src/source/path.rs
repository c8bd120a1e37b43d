//! The way from what a session receives to what it plays.

use std::time::Instant;

use super::Source;
use super::echo::EchoBuffer;
use crate::codec::SAMPLE_RATE;
use crate::mix::LiveFeed;
use crate::resample::Conversion;

/// Where received audio goes besides the listener: to the echo, or to a mixer.
#[derive(Debug, Default)]
pub(crate) enum ReturnPath {
    /// Nowhere.
    #[default]
    None,
    /// Back to where it comes from.
    Echo(Box<Echo>),
    /// To a mixer.
    Live(LiveFeed),
}

impl ReturnPath {
    /// The way for a source.
    pub(crate) fn of(source: &Source) -> Self {
        match source {
            Source::Live(feed) => Self::Live(feed.clone()),
            Source::Echo => Self::Echo(Box::new(Echo::new())),
            _ => Self::None,
        }
    }

    /// Takes received audio of a rate in.
    pub(crate) fn push(&mut self, samples: &[i16], rate: u32) {
        match self {
            Self::None => {}
            Self::Echo(echo) => echo.push(samples, rate),
            Self::Live(feed) => feed.put(samples, rate),
        }
    }

    /// Overwrites `out` with what comes back at a rate: the echo, or what a mixer has for the peer.
    pub(crate) fn fill(&mut self, now: Instant, out: &mut [i16], rate: u32) {
        match self {
            Self::None => out.fill(0),
            Self::Echo(echo) => echo.fill(out, rate),
            Self::Live(feed) => feed.take(now, out, rate),
        }
    }
}

/// An echo that may come back at another rate.
#[derive(Debug)]
pub(crate) struct Echo {
    buffer: EchoBuffer,
    conversion: Conversion,
}

impl Echo {
    fn new() -> Self {
        Self {
            buffer: EchoBuffer::new(SAMPLE_RATE),
            conversion: Conversion::default(),
        }
    }

    fn push(&mut self, samples: &[i16], rate: u32) {
        self.conversion.set(rate, self.buffer.rate());
        self.buffer.push(self.conversion.convert(samples));
    }

    fn fill(&mut self, out: &mut [i16], rate: u32) {
        if rate != self.buffer.rate() {
            self.buffer = EchoBuffer::new(rate);
        }
        self.buffer.fill(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_comes_back_at_the_rate_that_is_played() {
        let mut path = ReturnPath::of(&Source::Echo);
        let mut out = [0; 320];
        for _ in 0..30 {
            path.push(&[1000; 960], 48_000);
            path.fill(Instant::now(), &mut out, 16_000);
        }
        assert!(out.iter().all(|sample| sample.abs_diff(1000) <= 1));
    }
}
