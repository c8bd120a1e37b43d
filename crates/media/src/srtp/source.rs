//! How far a source (SSRC) has come.

/// Numbers of RTP until they begin anew.
pub(super) const SEQUENCES: u64 = 1 << 16;
/// How many of the newest packets are known one by one (RFC 3711 3.3.2 asks for 64 or more).
const WINDOW: u64 = 128;

/// How far a source has come, with the packets that were there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub(super) ssrc: u32,
    /// The highest number, with how often it has begun anew above its 16 bits.
    pub(super) highest: u64,
    /// Which of the newest were there: bit n is `highest` - n. None yet if only the number is known.
    seen: u128,
}

impl Source {
    pub(super) fn new(ssrc: u32, index: u64) -> Self {
        Self {
            ssrc,
            highest: index,
            seen: 1,
        }
    }

    /// One that goes on under another key: the count of rounds does (RFC 3711 3.3.1).
    pub(super) fn carried(self) -> Self {
        Self { seen: 0, ..self }
    }

    /// A packet was there.
    pub(super) fn note(&mut self, index: u64) {
        if index > self.highest {
            let further = index - self.highest;
            self.seen = if further < WINDOW {
                self.seen << further | 1
            } else {
                1
            };
            self.highest = index;
        } else if self.highest - index < WINDOW {
            self.seen |= 1 << (self.highest - index);
        }
    }

    /// Whether a packet was there already, or is too old to know.
    pub(super) fn is_replayed(&self, index: u64) -> bool {
        // Of one that was carried over nothing has come under this key.
        if self.seen == 0 || index > self.highest {
            return false;
        }
        let behind = self.highest - index;
        behind >= WINDOW || self.seen >> behind & 1 == 1
    }

    /// The packet's number: that of its possible ones that is nearest to the highest so far
    /// (RFC 3711 3.3.1).
    pub(super) fn index_of(&self, sequence: u16) -> u64 {
        let near = self.highest - self.highest % SEQUENCES + u64::from(sequence);
        if near + SEQUENCES / 2 < self.highest {
            near + SEQUENCES
        } else if near > self.highest + SEQUENCES / 2 && near >= SEQUENCES {
            near - SEQUENCES
        } else {
            near
        }
    }
}

/// Sources that are remembered; of more the oldest is forgotten.
pub(super) const SOURCES_MAX: usize = 16;

/// Those of a direction. Most calls have one.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    pub(super) list: Vec<Source>,
}

impl Sources {
    pub(super) fn find(&self, ssrc: u32) -> Option<&Source> {
        self.list.iter().find(|source| source.ssrc == ssrc)
    }

    pub(super) fn note(&mut self, ssrc: u32, index: u64) {
        if let Some(source) = self.list.iter_mut().find(|source| source.ssrc == ssrc) {
            source.note(index);
            return;
        }
        self.insert(Source::new(ssrc, index));
    }

    pub(super) fn insert(&mut self, source: Source) {
        if self.list.len() == SOURCES_MAX {
            self.list.remove(0);
        }
        self.list.push(source);
    }

    /// Forgets what was only carried over of a source.
    pub(super) fn forget(&mut self, ssrc: u32) {
        self.list.retain(|source| source.ssrc != ssrc);
    }

    /// The same sources under another key.
    pub(super) fn carried(&self) -> Self {
        let list = self.list.iter().map(|source| source.carried()).collect();
        Self { list }
    }

    /// Whether all that is known of a source is from another key.
    pub(super) fn is_carried(&self, ssrc: u32) -> bool {
        self.find(ssrc).is_some_and(|source| source.seen == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_known_for_a_while() {
        let mut source = Source::new(1, 1000);
        for index in [1001, 1005, 1003] {
            assert!(!source.is_replayed(index), "{index}");
            source.note(index);
            assert!(source.is_replayed(index), "{index}");
        }
        assert!(!source.is_replayed(1004));
        assert!(!source.is_replayed(999));
        source.note(1005 + WINDOW - 1);
        assert!(source.is_replayed(1005));
        assert!(!source.is_replayed(1006));
        source.note(1005 + WINDOW);
        assert!(source.is_replayed(1005), "too old to know");
        source.note(5000);
        assert!(!source.is_replayed(4999));
        assert!(source.is_replayed(5000));
    }

    #[test]
    fn under_another_key_only_the_rounds_go_on() {
        let source = Source::new(1, 3 * SEQUENCES + 5).carried();
        assert!(!source.is_replayed(source.highest));
        assert_eq!(source.index_of(6), 3 * SEQUENCES + 6);
        assert_eq!(source.index_of(65_535), 3 * SEQUENCES - 1);
    }
}
