//! Who watches what: what the subscriptions of others are about.

use std::collections::{BTreeMap, BTreeSet};

use gannet_ua::endpoint::NoticeId;

/// Subscriptions and their resources, both ways.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    resources: BTreeMap<NoticeId, String>,
    by_resource: BTreeMap<String, BTreeSet<NoticeId>>,
}

impl Watchers {
    /// Notes what a new subscription is about.
    pub(crate) fn insert(&mut self, notice: NoticeId, resource: &str) {
        self.resources.insert(notice, resource.to_owned());
        let watchers = self.by_resource.entry(resource.to_owned()).or_default();
        watchers.insert(notice);
    }

    /// A subscription is over.
    pub(crate) fn remove(&mut self, notice: NoticeId) {
        let Some(resource) = self.resources.remove(&notice) else {
            return;
        };
        if let Some(watchers) = self.by_resource.get_mut(&resource) {
            watchers.remove(&notice);
            if watchers.is_empty() {
                self.by_resource.remove(&resource);
            }
        }
    }

    /// What a subscription is about.
    pub(crate) fn resource(&self, notice: NoticeId) -> Option<&str> {
        self.resources.get(&notice).map(String::as_str)
    }

    /// All subscriptions to a resource.
    pub(crate) fn of(&self, resource: &str) -> Vec<NoticeId> {
        let watchers = self.by_resource.get(resource);
        watchers.into_iter().flatten().copied().collect()
    }
}
