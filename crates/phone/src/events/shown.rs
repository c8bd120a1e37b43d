//! All subscriptions and publications of a phone.

use std::collections::BTreeMap;
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
