//! All subscriptions and publications of a phone.

use std::borrow::Cow;
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

    /// A subscription with what the other notifiers tell that its SUBSCRIBE has reached: the dialogs of
    /// somebody with several phones are those of all of them (RFC 4235 3.9).
    pub fn with_forks<'a>(&self, watching: &'a Arc<Watching>) -> Cow<'a, Watching> {
        let root = |of: &Watching| of.fork_of.unwrap_or(of.handle);
        let siblings = self.watching.values().filter(|other| {
            other.handle != watching.handle
                && other.stage.is_open()
                && root(other) == root(watching)
        });
        let mut merged = Cow::Borrowed(watching.as_ref());
        for sibling in siblings {
            let dialogs = &mut merged.to_mut().dialogs;
            dialogs.add(sibling.handle.0, &sibling.dialogs);
        }
        merged
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

#[cfg(test)]
mod tests {
    use gannet_sip::Uri;
    use gannet_ua::EventPackage;
    use gannet_ua::bodies::{DialogEntry, DialogInfo, DialogStage};

    use super::*;
    use crate::events::WatchStage;

    fn told(number: u64, fork_of: Option<u64>, stage: DialogStage) -> Watching {
        let target = Uri::parse("sip:bob@example.com").expect("a URI");
        let event = EventPackage::new("dialog");
        let mut watching = Watching::new(WatchHandle(number), event, target);
        watching.fork_of = fork_of.map(WatchHandle);
        watching.stage = WatchStage::Active {
            expires: std::time::Duration::from_mins(1),
        };
        watching.dialogs.apply(&DialogInfo {
            version: 0,
            full: true,
            entity: "sip:bob@example.com".into(),
            dialogs: vec![DialogEntry::new("1", stage)],
            others: Vec::new(),
        });
        watching
    }

    #[test]
    fn a_lamp_shows_the_dialogs_of_all_phones_that_one_subscribe_has_reached() {
        let mut events = Events::new();
        events.add(told(1, None, DialogStage::Confirmed));
        events.add(told(2, Some(1), DialogStage::Terminated));
        events.add(told(3, Some(1), DialogStage::Early));
        let lamp = |events: &Events| {
            let newest = events.current().next().expect("three");
            events.with_forks(newest).dialogs.lamp()
        };
        assert_eq!(lamp(&events), Some(DialogStage::Confirmed));
        // A notifier that has ended its subscription tells nothing any more.
        let mut over = told(1, None, DialogStage::Confirmed);
        over.stage = WatchStage::Over;
        events.add(over);
        assert_eq!(lamp(&events), Some(DialogStage::Early));
        // A subscription of its own is not of the fork.
        events.add(told(4, None, DialogStage::Terminated));
        assert_eq!(lamp(&events), Some(DialogStage::Terminated));
    }
}
