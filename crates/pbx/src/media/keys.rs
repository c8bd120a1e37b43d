//! DTMF keys that callers press, as telephone-events or as tones in the audio.

use std::time::{Duration, Instant};

use gannet_media::RtpSession;

/// Which keys of a session are new.
#[derive(Debug, Default)]
pub(crate) struct KeyReader {
    /// Telephone-events that were read.
    events: usize,
    /// When the last tone that was read began.
    tone: Option<Instant>,
    /// The last key and when it came, whichever way.
    last: Option<(char, Instant)>,
}

impl KeyReader {
    /// The keys since the last time, in order.
    pub(crate) fn fresh(&mut self, session: &RtpSession) -> Vec<char> {
        let events = session.received_events();
        let new = events.get(self.events..).unwrap_or_default();
        let mut came: Vec<(Instant, char, Way)> = new
            .iter()
            .filter_map(|event| Some((event.at, event.key?, Way::Event)))
            .collect();
        self.events = events.len();
        for tone in session.listener().dtmf_keys() {
            if self.tone.is_none_or(|last| tone.at > last + SAME_TONE) {
                self.tone = Some(tone.at);
                came.push((tone.at, tone.key, Way::Tone));
            }
        }
        came.sort_by_key(|(at, ..)| *at);
        let mut keys = Vec::new();
        for (at, key, way) in came {
            // Some devices send each key both ways.
            let twice = way == Way::Tone
                && self.last.is_some_and(|(last, before)| {
                    last == key && at.saturating_duration_since(before) < TWICE
                });
            if !twice {
                keys.push(key);
                self.last = (way == Way::Event).then_some((key, at)).or(self.last);
            }
        }
        keys
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Event,
    Tone,
}

/// A tone that seems to begin so little after the last one is the same: its place on the timeline was
/// corrected.
const SAME_TONE: Duration = Duration::from_millis(60);
/// A tone so soon after the same key as an event is that key again.
const TWICE: Duration = Duration::from_millis(300);
