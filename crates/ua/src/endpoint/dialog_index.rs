//! Finding calls by the identifiers of their dialogs.

use std::hash::BuildHasher;

use smallvec::SmallVec;

use super::happening::CallId;
use crate::hashing::{HashMap, Hashing};

/// Calls by Call-ID and local tag. Both stand in the call already and are not kept again: the index
/// has their hash, and its user says which of the calls with that hash is meant.
#[derive(Debug, Default)]
pub(crate) struct DialogIndex {
    hashing: Hashing,
    calls: HashMap<u64, SmallVec<[CallId; 1]>>,
}

impl DialogIndex {
    pub(crate) fn insert(&mut self, call_id: &str, local_tag: &str, call: CallId) {
        let hash = self.hash(call_id, local_tag);
        self.calls.entry(hash).or_default().push(call);
    }

    pub(crate) fn remove(&mut self, call_id: &str, local_tag: &str, call: CallId) {
        let hash = self.hash(call_id, local_tag);
        let Some(same) = self.calls.get_mut(&hash) else {
            return;
        };
        same.retain(|known| *known != call);
        if same.is_empty() {
            self.calls.remove(&hash);
        }
    }

    /// The newest call with these identifiers, as far as `is_meant` agrees.
    pub(crate) fn find(
        &self,
        call_id: &str,
        local_tag: &str,
        is_meant: impl Fn(CallId) -> bool,
    ) -> Option<CallId> {
        let same = self.calls.get(&self.hash(call_id, local_tag))?;
        same.iter().rev().copied().find(|call| is_meant(*call))
    }

    fn hash(&self, call_id: &str, local_tag: &str) -> u64 {
        self.hashing.hash_one((call_id, local_tag))
    }
}
