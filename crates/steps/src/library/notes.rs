//! What the sentences of one scenario remember for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::Answer;
use super::dtmf::Taken;
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
    /// The transfer that was asked for last: by whom, and its number.
    pub(super) last_transfer: Option<(String, u64)>,
    /// The request that message-level sentences build, and whose it is.
    pub(super) pending: Option<(String, PendingRequest)>,
    /// The final response to the request that a phone sent last, by phone.
    pub(super) answers: BTreeMap<String, Answer>,
    /// The phone that sent a text last.
    pub(super) last_writer: Option<String>,
    /// The number of the first text that no sentence has consumed, by phone.
    pub(super) texts: BTreeMap<String, u64>,
    /// Up to where sentences have consumed DTMF keys, by phone and call.
    pub(super) keys: BTreeMap<(String, CallHandle), Taken>,
    /// The phone that parked a call last, and when.
    pub(super) parked: Option<(String, std::time::Instant)>,
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
