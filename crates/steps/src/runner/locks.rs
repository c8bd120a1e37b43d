//! Scenarios that use the same user of a real server take turns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// One lock for each name.
#[derive(Debug, Default)]
pub(super) struct Locks {
    turns: Mutex<BTreeMap<String, Arc<Turn<()>>>>,
}

impl Locks {
    /// Waits for all the names. They are taken in alphabetical order, so that no two scenarios
    /// wait for each other.
    pub(super) async fn take(&self, names: &BTreeSet<String>) -> Vec<OwnedMutexGuard<()>> {
        let mut guards = Vec::with_capacity(names.len());
        for name in names {
            let turn = {
                let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(turns.entry(name.clone()).or_default())
            };
            guards.push(turn.lock_owned().await);
        }
        guards
    }
}
