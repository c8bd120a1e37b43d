//! A mixer between sessions that are driven by different threads.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::mixer::{Mixer, Seat};
use crate::source::Source;

/// A [`Mixer`] that sessions share; clones are the same mixer. It is locked for the length of a
/// packet at a time, always inside of a session and never the other way round.
#[derive(Clone)]
pub struct SharedMixer {
    mixer: Arc<Mutex<Mixer>>,
}

impl SharedMixer {
    /// A mixer without parties.
    pub fn new(now: Instant) -> Self {
        Self {
            mixer: Arc::new(Mutex::new(Mixer::new(now))),
        }
    }

    /// A place for the peer of a session: to be played as [`Source::Live`].
    pub fn join(&self) -> LiveFeed {
        let seat = self.lock().join();
        LiveFeed {
            place: Arc::new(Place::new(self, seat)),
        }
    }

    /// A place for audio that is made here.
    pub fn speak(&self, source: Source) -> Voice {
        let seat = self.lock().join_playing(source);
        Voice {
            place: Place::new(self, seat),
        }
    }

    /// How many places are taken.
    pub fn seats(&self) -> usize {
        self.lock().seats()
    }

    fn lock(&self) -> MutexGuard<'_, Mixer> {
        // A panic elsewhere leaves sums that are still worth hearing.
        self.mixer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SharedMixer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMixer").finish_non_exhaustive()
    }
}

/// A seat that is given back with its owner.
#[derive(Debug)]
struct Place {
    mixer: SharedMixer,
    seat: Seat,
}

impl Place {
    fn new(mixer: &SharedMixer, seat: Seat) -> Self {
        let mixer = mixer.clone();
        Self { mixer, seat }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.mixer.lock().leave(self.seat);
    }
}

/// A session's place in a [`SharedMixer`]: what the session receives goes in, what it sends comes
/// out. The place is given back with the last clone, or when the session is stopped or plays
/// something else.
#[derive(Debug, Clone)]
pub struct LiveFeed {
    place: Arc<Place>,
}

impl LiveFeed {
    /// What the peer says, at this rate.
    pub(crate) fn put(&self, samples: &[i16], rate: u32) {
        self.place.mixer.lock().put(self.place.seat, samples, rate);
    }

    /// What the peer hears, at this rate.
    pub(crate) fn take(&self, now: Instant, out: &mut [i16], rate: u32) {
        let seat = self.place.seat;
        self.place.mixer.lock().take(seat, now, out, rate);
    }
}

impl PartialEq for LiveFeed {
    /// The same place, not an equal one.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.place, &other.place)
    }
}

/// Audio that is made here and that all parties of a [`SharedMixer`] hear, as long as it lives.
#[derive(Debug)]
pub struct Voice {
    place: Place,
}

impl Voice {
    /// The mixer in which it is heard.
    pub fn mixer(&self) -> &SharedMixer {
        &self.place.mixer
    }

    /// Plays something else from now on; see [`Mixer::play`].
    pub fn play(&self, source: Source) {
        self.place.mixer.lock().play(self.place.seat, source);
    }

    /// Whether the others hear silence instead.
    pub fn set_muted(&self, muted: bool) {
        self.place.mixer.lock().set_muted(self.place.seat, muted);
    }

    /// Whether audio that plays once has been played.
    pub fn source_ended(&self) -> bool {
        self.place.mixer.lock().source_ended(self.place.seat)
    }
}
