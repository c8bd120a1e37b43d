//! The kinds of sources.

use std::sync::Arc;

use super::mark::Mark;
use super::replay::Replay;
use super::tone::Tone;
use super::wav::Audio;
use crate::codec::SAMPLE_RATE;
use crate::mix::LiveFeed;

/// What a session plays.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Packets of digital silence.
    Silence,
    /// No packets at all.
    Mute,
    /// One or more steady tones at once.
    Tones(Vec<Tone>),
    /// The mark of a phone.
    Mark(Mark),
    /// Recorded or rendered audio.
    Samples(Samples),
    /// Packets of a capture, at their times, again and again.
    Replay(Arc<Replay>),
    /// What is received, delayed by a small jitter buffer (40 to 200 ms).
    Echo,
    /// What the other parties of a mixer say; what is received goes into the mixer.
    Live(LiveFeed),
}

impl Source {
    /// Audio at [`SAMPLE_RATE`] that is played once; silence follows and
    /// [`crate::RtpSession::source_ended`] turns true.
    pub fn once(samples: impl Into<Arc<[i16]>>) -> Self {
        Self::Samples(Samples {
            samples: samples.into(),
            rate: SAMPLE_RATE,
            repeats: false,
        })
    }

    /// The same with audio of any rate that codecs have, such as a file's.
    pub fn audio_once(audio: Audio) -> Self {
        Self::Samples(Samples {
            samples: audio.samples.into(),
            rate: audio.rate,
            repeats: false,
        })
    }

    /// Audio at [`SAMPLE_RATE`] that is played again and again.
    pub fn repeated(samples: impl Into<Arc<[i16]>>) -> Self {
        Self::Samples(Samples {
            samples: samples.into(),
            rate: SAMPLE_RATE,
            repeats: true,
        })
    }

    /// A steady tone of -13 dBFS.
    pub fn tone(frequency_hz: f32) -> Self {
        Self::Tones(vec![Tone::new(frequency_hz)])
    }
}

/// Audio; clones share the samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Samples {
    /// The samples.
    pub samples: Arc<[i16]>,
    /// How many there are in a second.
    pub rate: u32,
    /// Whether they begin again at their end.
    pub repeats: bool,
}

impl std::fmt::Debug for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Samples")
            .field("samples", &self.samples.len())
            .field("rate", &self.rate)
            .field("repeats", &self.repeats)
            .finish()
    }
}
