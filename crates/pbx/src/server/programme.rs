//! What a service plays, and what happens when.

use std::time::Duration;

use gannet_media::{LiveFeed, Source};

use crate::media::{greeting, length_of, melody, message_separator};

/// How long the server goes on after the last sound, so that its end is heard.
const TAIL: Duration = Duration::from_millis(300);

/// The course of a service.
#[derive(Debug)]
pub(crate) struct Programme {
    /// What is played.
    pub(crate) source: Source,
    /// Record for so long at most once it has been played.
    pub(crate) record: Option<Duration>,
    /// When the server hangs up, from the start.
    pub(crate) length: Option<Duration>,
}

impl Programme {
    /// Sends back what comes in.
    pub(crate) fn echo() -> Self {
        Self::endless(Source::Echo)
    }

    /// Plays a melody again and again.
    pub(crate) fn music() -> Self {
        Self::endless(Source::repeated(melody()))
    }

    /// Says that something was set.
    pub(crate) fn confirmation() -> Self {
        let samples = message_separator();
        Self {
            length: Some(length_of(&samples) + TAIL),
            source: Source::once(samples),
            record: None,
        }
    }

    /// Greets, then records.
    pub(crate) fn voicemail(recording_max: Duration) -> Self {
        let greeting = greeting();
        Self {
            length: Some(length_of(&greeting) + recording_max + TAIL),
            source: Source::once(greeting),
            record: Some(recording_max),
        }
    }

    /// Says nothing until it is told what.
    pub(crate) fn mailbox() -> Self {
        Self::endless(Source::Silence)
    }

    /// Mixes the caller with all others in a room.
    pub(crate) fn conference(seat: LiveFeed) -> Self {
        Self::endless(Source::Live(seat))
    }

    fn endless(source: Source) -> Self {
        Self {
            source,
            record: None,
            length: None,
        }
    }
}
