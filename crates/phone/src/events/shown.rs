//! All subscriptions and publications of a phone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::published::Published;
use super::watching::{WatchHandle, Watching};

/// Subscriptions that are remembered; the oldest that are over go first.
const WATCHINGS_MAX: usize = 4096;

/// What a phone watches and publishes.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// What it watches and has watched, in the order in which that began.
    pub watching: BTreeMap<WatchHandle, Arc<Watching>>,
    /// What it publishes and has published of itself, by the name of the event package.
    pub published: BTreeMap<String, Arc<Published>>,
}

impl Events {
    pub(crate) const fn new() -> Self {
        Self {
            watching: BTreeMap::new(),
            published: BTreeMap::new(),
        }
    }

    /// The subscriptions, newest first; of several to the same package of the same target only the
    /// newest: what an older one was told may not be true any more.
    pub fn current(&self) -> impl Iterator<Item = &Arc<Watching>> {
        let mut seen = BTreeSet::new();
        let newest_first = self.watching.values().rev();
        newest_first.filter(move |it| seen.insert((it.event.to_string(), it.target.to_string())))
    }

    pub(crate) fn add(&mut self, watching: Watching) {
        if self.watching.len() >= WATCHINGS_MAX {
            let mut all = self.watching.values();
            let over = all.find(|watching| !watching.stage.is_open());
            if let Some(handle) = over.map(|watching| watching.handle) {
                self.watching.remove(&handle);
            }
        }
        self.watching.insert(watching.handle, Arc::new(watching));
    }
}
