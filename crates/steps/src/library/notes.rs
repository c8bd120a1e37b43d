//! What the sentences of one scenario remember for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::playing::Recording;
use crate::PhoneSetup;
use gannet_phone::{CallHandle, PendingRequest};

/// One scenario's notes.
#[derive(Debug, Default)]
pub struct Notes {
    /// Phones whose registration a sentence has taken in hand, or that are registered already.
    pub(super) manual: BTreeSet<String>,
    /// How phones were started.
    pub(super) setups: BTreeMap<String, PhoneSetup>,
    /// The call that was made last: caller and handle.
    pub(super) last_call: Option<(String, CallHandle)>,
    /// Whom that call was for.
    pub(super) last_callee: Option<String>,
    /// Calls by the name that a sentence gave them.
    pub(super) named_calls: BTreeMap<String, (String, CallHandle)>,
    /// The request that message-level sentences build, and whose it is.
    pub(super) pending: Option<(String, PendingRequest)>,
    /// Recordings that go on, by phone.
    pub(super) recordings: BTreeMap<String, Recording>,
}

impl Notes {
    /// Writes the recordings that no sentence has ended. Gives what went wrong.
    pub(crate) fn write_recordings(&self) -> Vec<String> {
        let written = self.recordings.values().map(Recording::write);
        written.filter_map(Result::err).collect()
    }
}
