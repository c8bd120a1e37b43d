//! Users of `-users`: each has one call at a time.

use std::collections::VecDeque;
use std::num::NonZeroU32;

/// The users of a run.
#[derive(Debug)]
pub(super) struct Users {
    pub(super) wanted: u64,
    /// How many there ever were.
    known: u32,
    /// Those without a call; the one that has waited longest first.
    free: VecDeque<NonZeroU32>,
    busy: u64,
}

impl Users {
    /// So many, all without a call.
    pub(super) fn new(wanted: u64) -> Self {
        Self {
            wanted,
            known: 0,
            free: VecDeque::new(),
            busy: 0,
        }
    }

    /// The call of a user is over.
    pub(super) fn free(&mut self, user: NonZeroU32) {
        self.busy = self.busy.saturating_sub(1);
        self.free.push_back(user);
    }

    /// The one who calls next, if anyone is free.
    pub(super) fn next(&mut self) -> Option<NonZeroU32> {
        if !self.has_idle() {
            return None;
        }
        self.busy += 1;
        if let Some(user) = self.free.pop_front() {
            return Some(user);
        }
        self.known = self.known.saturating_add(1);
        NonZeroU32::new(self.known)
    }

    /// Whether somebody has no call.
    pub(super) fn has_idle(&self) -> bool {
        self.busy < self.wanted
    }
}
