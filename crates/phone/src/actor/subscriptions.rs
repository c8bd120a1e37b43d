//! Subscriptions that the user of a phone asked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use gannet_sip::Message;
use gannet_ua::bodies::{
    Applied, BodyError, DIALOG_INFO_CONTENT_TYPE, DialogInfo, DialogTable, PIDF_CONTENT_TYPE,
    Presence,
};
use gannet_ua::endpoint::{Outcome, Resubscribe, SubscriptionId};
use gannet_ua::{ForkPolicy, SubscriptionChange, SubscriptionSpec};

use super::core::Actor;
use crate::error::PhoneError;
use crate::events::{Watch, WatchHandle, WatchStage, Watching};

/// Which subscription of the core belongs to which handle.
#[derive(Debug, Default)]
pub(super) struct Watches {
    ids: BTreeMap<WatchHandle, SubscriptionId>,
    handles: HashMap<SubscriptionId, WatchHandle>,
    last: u64,
}

impl Watches {
    /// Forgets all of them; numbers go on.
    pub(super) fn forget(&mut self) {
        self.ids.clear();
        self.handles.clear();
    }
}

impl Actor {
    /// Subscribes and comes back at once.
    pub(crate) fn start_watching(
        &mut self,
        now: Instant,
        watch: Watch,
    ) -> Result<WatchHandle, PhoneError> {
        self.require_power()?;
        let (uri, to, mut target) = self.addresses.callee(&watch.target);
        if watch.straight {
            target = Some(self.straight(&uri)?);
        }
        let from = self.addresses.from();
        let contact = self.addresses.contact();
        let event = watch.event.clone();
        let mut spec = SubscriptionSpec::new(uri.clone(), from, to, contact, watch.event);
        spec.accept = watch.accept;
        spec.expires = watch.expires;
        spec.body = watch.body;
        spec.conditional = watch.conditional;
        spec.refreshes = watch.kept;
        spec.anew = watch.kept;
        spec.destination = target;
        if watch.each_fork {
            spec.fork = ForkPolicy::Each;
        }
        self.watches.last += 1;
        let handle = WatchHandle(self.watches.last);
        self.show(|state| state.events.add(Watching::new(handle, event, uri)));
        let id = self.endpoint.subscribe(now, spec);
        self.watches.ids.insert(handle, id);
        self.watches.handles.insert(id, handle);
        Ok(handle)
    }

    /// Sends SUBSCRIBE again. Gives how many will have ended before that one has.
    pub(crate) fn rewatch(
        &mut self,
        now: Instant,
        handle: WatchHandle,
        how: Resubscribe,
    ) -> Result<u64, PhoneError> {
        self.require_power()?;
        let id = self.watches.ids.get(&handle).copied();
        let view = id.and_then(|id| Some((id, self.endpoint.subscription(id)?)));
        let Some((id, view)) = view.filter(|(_, view)| !view.over) else {
            let stage = self.watching(handle).map(|watching| watching.stage);
            return Err(PhoneError::WrongState {
                phone: self.config.name.clone(),
                action: "send SUBSCRIBE",
                expected: "active",
                found: stage.map_or_else(|| "unknown".to_owned(), |stage| stage.to_string()),
            });
        };
        let answers = self.watching(handle).map_or(0, |watching| watching.answers);
        self.endpoint.resubscribe(now, id, how);
        Ok(answers + u64::from(view.asking))
    }

    /// Ends all subscriptions and publications, that to the own message summary too.
    pub(crate) fn end_events(&mut self, now: Instant) {
        let mut ids: Vec<_> = self.watches.ids.values().copied().collect();
        ids.extend(self.subscription);
        for id in ids {
            self.endpoint.unsubscribe(now, id);
        }
        self.remove_publications(now);
    }

    /// One more notifier has made a subscription; its NOTIFY follows.
    fn watch_fork(&mut self, of: WatchHandle, id: SubscriptionId) {
        let Some(parent) = self.watching(of) else {
            return;
        };
        self.watches.last += 1;
        let handle = WatchHandle(self.watches.last);
        let mut fork = Watching::new(handle, parent.event.clone(), parent.target.clone());
        fork.fork_of = Some(of);
        self.show(|state| state.events.add(fork));
        self.watches.ids.insert(handle, id);
        self.watches.handles.insert(id, handle);
    }

    fn watching(&self, handle: WatchHandle) -> Option<Arc<Watching>> {
        self.state.borrow().events.watching.get(&handle).cloned()
    }

    pub(super) fn handle_watch(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        change: SubscriptionChange,
    ) {
        let Some(handle) = self.watches.handles.get(&id).copied() else {
            return;
        };
        let view = self.endpoint.subscription(id);
        let over = view.is_none_or(|view| view.over);
        if view.is_none() {
            self.watches.handles.remove(&id);
            self.watches.ids.remove(&handle);
        }
        if let SubscriptionChange::Notified { notify, .. } = &change {
            self.note_summary(notify);
        }
        if let SubscriptionChange::Forked { new } = change {
            return self.watch_fork(handle, new);
        }
        let mut incomplete = false;
        self.show(|state| {
            if let Some(watching) = state.events.watching.get_mut(&handle) {
                incomplete = Arc::make_mut(watching).take_in(change, over);
            }
        });
        if incomplete {
            self.endpoint.refresh_subscription(now, id);
        }
    }
}

impl Watching {
    /// Takes in what changed; true if the dialogs are incomplete until a refresh brings them all
    /// (RFC 4235 4.3).
    fn take_in(&mut self, change: SubscriptionChange, over: bool) -> bool {
        match change {
            SubscriptionChange::Accepted { expires, response } => {
                self.answered(response.status().unwrap_or(200), Some(response));
                // The last NOTIFY may have come first.
                if expires.is_zero() {
                    self.stage = WatchStage::Over;
                } else if self.stage != WatchStage::Over {
                    self.stage = WatchStage::Active { expires };
                }
            }
            SubscriptionChange::Failed { outcome } => {
                let code = outcome.code();
                let response = match outcome {
                    Outcome::Response(response) => Some(response),
                    Outcome::Timeout | Outcome::TransportFailed => None,
                };
                self.answered(code, response);
                // A refresh that failed leaves it as it was, unless that says that it is gone.
                if over || self.stage == WatchStage::Asking {
                    self.stage = WatchStage::Failed { code };
                }
            }
            SubscriptionChange::Notified { state, notify } => {
                self.notified += 1;
                // No response of its own says so: there is one to each SUBSCRIBE.
                if self.fork_of.is_some() && self.stage == WatchStage::Asking {
                    let expires = state.expires.unwrap_or_default();
                    self.stage = WatchStage::Active { expires };
                }
                self.state = Some(state);
                if std::mem::replace(&mut self.fresh, false) {
                    self.dialogs = DialogTable::new();
                }
                let incomplete = self.read_body(&notify);
                self.notify = Some(notify);
                return incomplete;
            }
            SubscriptionChange::Terminated { .. } => {
                // The documents of a new dialog count from the beginning.
                self.fresh = !over;
                self.stage = if over {
                    WatchStage::Over
                } else {
                    WatchStage::Waiting
                };
            }
            SubscriptionChange::NotModified | SubscriptionChange::Forked { .. } => {}
        }
        false
    }

    fn answered(&mut self, code: u16, response: Option<Message>) {
        self.answers += 1;
        self.code = code;
        self.answer = response;
    }

    fn read_body(&mut self, notify: &Message) -> bool {
        self.unreadable = None;
        let (kind, body) = (notify.content_type(), notify.body());
        if body.is_empty() {
            return false;
        }
        let mut incomplete = false;
        let read: Result<(), BodyError> = if kind.eq_ignore_ascii_case(PIDF_CONTENT_TYPE) {
            Presence::parse(body).map(|presence| self.presence = Some(presence))
        } else if kind.eq_ignore_ascii_case(DIALOG_INFO_CONTENT_TYPE) {
            DialogInfo::parse(body).map(|info| {
                // Asked for once: a notifier that never tells all of it is not asked for ever.
                let asked = std::mem::replace(&mut self.incomplete, false);
                let gap = self.dialogs.apply(&info) == Applied::Gap;
                self.incomplete = gap || (asked && !info.full);
                incomplete = gap && !asked;
            })
        } else {
            Ok(())
        };
        self.unreadable = read.err().map(|error| error.to_string());
        incomplete
    }
}
