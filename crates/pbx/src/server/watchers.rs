//! Who watches what: what the subscriptions of others are about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gannet_ua::EventPackage;
use gannet_ua::bodies::DialogEntry;
use gannet_ua::endpoint::NoticeId;

use super::packages::Package;

/// One subscription.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    /// The package.
    pub(super) package: &'static Package,
    /// Event with its parameters.
    pub(super) event: EventPackage,
    /// Whose state: the name of a user.
    pub(super) resource: String,
    /// Who watches: name of a user, or URI.
    pub(super) watcher: String,
    /// Whether nothing may be told yet.
    pub(super) pending: bool,
    /// The number of the next document.
    pub(super) version: u32,
    /// Dialogs that changed since the last document.
    pub(super) changed: BTreeMap<String, DialogEntry>,
    /// Whether a document is on its way that was not answered yet.
    pub(super) in_flight: bool,
    /// Whether there is more to tell once it is.
    pub(super) dirty: bool,
    /// Whether a full document waits behind one that is on its way, so that the next must be full.
    pub(super) full_waits: bool,
    /// The name of the state that was told last.
    pub(super) etag: Option<String>,
}

impl Watch {
    /// A subscription that was told nothing yet.
    pub(super) fn new(
        package: &'static Package,
        event: EventPackage,
        resource: String,
        watcher: String,
    ) -> Self {
        Self {
            package,
            event,
            resource,
            watcher,
            pending: false,
            version: 0,
            changed: BTreeMap::new(),
            in_flight: false,
            dirty: false,
            full_waits: false,
            etag: None,
        }
    }
}

/// Subscriptions and their resources, both ways.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    watches: HashMap<NoticeId, Watch>,
    by_resource: HashMap<String, BTreeSet<(&'static str, NoticeId)>>,
}

impl Watchers {
    /// Notes a new subscription.
    pub(super) fn insert(&mut self, notice: NoticeId, watch: Watch) {
        let watchers = self.by_resource.entry(watch.resource.clone()).or_default();
        watchers.insert((watch.package.name, notice));
        self.watches.insert(notice, watch);
    }

    /// A subscription is over.
    pub(super) fn remove(&mut self, notice: NoticeId) {
        let Some(watch) = self.watches.remove(&notice) else {
            return;
        };
        if let Some(watchers) = self.by_resource.get_mut(&watch.resource) {
            watchers.remove(&(watch.package.name, notice));
            if watchers.is_empty() {
                self.by_resource.remove(&watch.resource);
            }
        }
    }

    /// A subscription.
    pub(super) fn get(&self, notice: NoticeId) -> Option<&Watch> {
        self.watches.get(&notice)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, notice: NoticeId) -> Option<&mut Watch> {
        self.watches.get_mut(&notice)
    }

    /// The subscriptions to a resource by a package, oldest first.
    pub(super) fn of(&self, package: &str, resource: &str) -> Vec<NoticeId> {
        let watchers = self.by_resource.get(resource);
        let watchers = watchers.into_iter().flatten();
        watchers
            .filter(|(name, _)| *name == package)
            .map(|(_, notice)| *notice)
            .collect()
    }

    /// All subscriptions to a resource.
    pub(super) fn of_all(&self, resource: &str) -> Vec<NoticeId> {
        let watchers = self.by_resource.get(resource);
        let watchers = watchers.into_iter().flatten();
        watchers.map(|(_, notice)| *notice).collect()
    }
}
