//! The way from what a session receives to what it plays.

use std::time::Instant;

use super::Source;
use super::echo::EchoBuffer;
use crate::mix::LiveFeed;

/// Where received audio goes besides the listener: to the echo, or to a mixer.
#[derive(Debug, Default)]
pub(crate) struct ReturnPath {
    echo: EchoBuffer,
    live: Option<LiveFeed>,
}

impl ReturnPath {
    /// The way for a source.
    pub(crate) fn of(source: &Source) -> Self {
        Self {
            echo: EchoBuffer::default(),
            live: match source {
                Source::Live(feed) => Some(feed.clone()),
                _ => None,
            },
        }
    }

    /// Takes received audio in.
    pub(crate) fn push(&mut self, samples: &[i16]) {
        match &self.live {
            Some(feed) => feed.put(samples),
            None => self.echo.push(samples),
        }
    }

    /// Overwrites `out` with what comes back: the echo, or what a mixer has for the peer.
    pub(crate) fn fill(&mut self, now: Instant, out: &mut [i16]) {
        match &self.live {
            Some(feed) => feed.take(now, out),
            None => self.echo.fill(out),
        }
    }
}
