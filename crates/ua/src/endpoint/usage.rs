//! Who lives in which dialog (RFC 5057): subscriptions in dialogs of their own, several in one, or
//! in the dialog of a call, which they may outlive.

use std::collections::BTreeMap;

use gannet_sip::{Message, MessageBuilder, Method, Scheme, Uri};
use smallvec::SmallVec;

use super::call::CallState;
use super::core::{Endpoint, SendError};
use super::happening::{CallId, NoticeId, SubscriptionId};
use crate::dialog::Dialog;
use crate::hashing::HashMap;
use crate::target::Target;

/// Number of a dialog that subscriptions live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct HomeId(u64);

/// One who lives in a dialog, beside the call that may have made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    /// We subscribed.
    Subscriber(SubscriptionId),
    /// They subscribed.
    Notifier(NoticeId),
}

/// Who keeps the dialog.
#[derive(Debug)]
enum Seat {
    /// It is here: a SUBSCRIBE or NOTIFY made it, or a call left it behind.
    Own(Box<Dialog>),
    /// The call, as long as it lasts.
    InCall(CallId),
}

/// A dialog with subscriptions in it.
#[derive(Debug)]
pub(crate) struct Home {
    /// Call-ID and local tag.
    key: (String, String),
    remote_tag: String,
    seat: Seat,
    pub(crate) usages: SmallVec<[Usage; 1]>,
    /// Where its first message came from or went.
    pub(crate) peer: Target,
}

/// All dialogs with subscriptions in them. A home is given up when the last one moves out.
#[derive(Debug, Default)]
pub(crate) struct Homes {
    by_id: BTreeMap<HomeId, Home>,
    by_key: HashMap<(String, String), SmallVec<[HomeId; 1]>>,
    last: u64,
}

impl Homes {
    /// The dialog that a message with these identifiers belongs to.
    pub(crate) fn find(
        &self,
        call_id: &str,
        local_tag: &str,
        remote_tag: &str,
    ) -> Option<(HomeId, &Home)> {
        let key = (call_id.to_owned(), local_tag.to_owned());
        let mut same = self.by_key.get(&key)?.iter();
        same.find_map(|id| {
            let home = self.by_id.get(id)?;
            (home.remote_tag == remote_tag).then_some((*id, home))
        })
    }

    /// The same for a request of theirs.
    pub(crate) fn of_request(&self, request: &Message, local_tag: &str) -> Option<(HomeId, &Home)> {
        let remote_tag = request.from_tag().unwrap_or_default();
        self.find(request.call_id()?, local_tag, &remote_tag)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// How many dialogs have this Call-ID and local tag.
    pub(crate) fn count(&self, key: &(String, String)) -> usize {
        self.by_key.get(key).map_or(0, SmallVec::len)
    }

    pub(crate) fn get(&self, id: HomeId) -> Option<&Home> {
        self.by_id.get(&id)
    }

    /// A new home for a dialog that is nobody else's.
    pub(crate) fn open(&mut self, dialog: Dialog, peer: Target, usage: Usage) -> HomeId {
        let key = (dialog.call_id.clone(), dialog.local_tag.clone());
        let remote_tag = dialog.remote_tag.clone();
        self.insert(key, remote_tag, Seat::Own(Box::new(dialog)), peer, usage)
    }

    fn insert(
        &mut self,
        key: (String, String),
        remote_tag: String,
        seat: Seat,
        peer: Target,
        usage: Usage,
    ) -> HomeId {
        self.last += 1;
        let id = HomeId(self.last);
        self.by_key.entry(key.clone()).or_default().push(id);
        let home = Home {
            key,
            remote_tag,
            seat,
            usages: SmallVec::from_iter([usage]),
            peer,
        };
        self.by_id.insert(id, home);
        id
    }

    /// One more lives there; one who does already moves to the end of the list.
    pub(crate) fn join(&mut self, id: HomeId, usage: Usage) {
        if let Some(home) = self.by_id.get_mut(&id) {
            home.usages.retain(|known| *known != usage);
            home.usages.push(usage);
        }
    }

    /// One moves out.
    pub(crate) fn leave(&mut self, id: HomeId, usage: Usage) {
        let Some(home) = self.by_id.get_mut(&id) else {
            return;
        };
        home.usages.retain(|known| *known != usage);
        if !home.usages.is_empty() {
            return;
        }
        if let Some(home) = self.by_id.remove(&id)
            && let Some(same) = self.by_key.get_mut(&home.key)
        {
            same.retain(|known| *known != id);
            if same.is_empty() {
                self.by_key.remove(&home.key);
            }
        }
    }
}

impl Home {
    /// The call that keeps the dialog.
    pub(crate) const fn call(&self) -> Option<CallId> {
        match self.seat {
            Seat::InCall(call) => Some(call),
            Seat::Own(_) => None,
        }
    }
}

impl Endpoint {
    /// The dialog of a home; `None` if the call that kept it is gone without leaving it behind.
    pub(crate) fn dialog_at(&self, id: HomeId) -> Option<&Dialog> {
        let home = self.homes.by_id.get(&id)?;
        match &home.seat {
            Seat::Own(dialog) => Some(dialog),
            Seat::InCall(call) => self.calls.get(call)?.known_dialog(&home.remote_tag),
        }
    }

    /// The same, to change it.
    pub(crate) fn dialog_at_mut(&mut self, id: HomeId) -> Option<&mut Dialog> {
        let home = self.homes.by_id.get_mut(&id)?;
        match &mut home.seat {
            Seat::Own(dialog) => Some(dialog),
            Seat::InCall(call) => self.calls.get_mut(call)?.dialog_with(&home.remote_tag),
        }
    }

    /// The home of a subscription in the dialog of a call with this remote tag, early or not. The
    /// call may have ended since the SUBSCRIBE came: then it leaves the dialog to it.
    pub(crate) fn settle_in_call(
        &mut self,
        call: CallId,
        remote_tag: &str,
        usage: Usage,
    ) -> Option<HomeId> {
        let entry = self.calls.get(&call)?;
        let key = (entry.sip_call_id.clone(), entry.local_tag.clone());
        if let Some((id, _)) = self.homes.find(&key.0, &key.1, remote_tag) {
            self.homes.join(id, usage);
            return Some(id);
        }
        let dialog = entry.known_dialog(remote_tag)?;
        let seat = match entry.state {
            CallState::Ended => Seat::Own(Box::new(dialog.clone())),
            _ => Seat::InCall(call),
        };
        let peer = entry.peer;
        let tag = remote_tag.to_owned();
        Some(self.homes.insert(key, tag, seat, peer, usage))
    }

    /// A call is over, or one of its forks is: the subscriptions that live in its dialogs keep them,
    /// with the numbers as they stand (RFC 5057 4.1). Only the dialog with the tag `but` stays.
    pub(crate) fn inherit_dialogs(&mut self, call: CallId, but: Option<&str>) {
        if self.homes.len() == 0 {
            return;
        }
        let Some(entry) = self.calls.get(&call) else {
            return;
        };
        let key = (entry.sip_call_id.clone(), entry.local_tag.clone());
        let Some(same) = self.homes.by_key.get(&key) else {
            return;
        };
        for id in same {
            let Some(home) = self.homes.by_id.get_mut(id) else {
                continue;
            };
            let theirs = home.call() == Some(call) && but != Some(home.remote_tag.as_str());
            if let Some(dialog) = entry.known_dialog(&home.remote_tag).filter(|_| theirs) {
                home.seat = Seat::Own(Box::new(dialog.clone()));
            }
        }
    }

    /// A request inside the dialog of a home, and where it goes.
    pub(crate) fn request_at(
        &mut self,
        id: HomeId,
        method: &Method,
    ) -> Result<(MessageBuilder, Target), SendError> {
        let target = self.target_at(id)?;
        let gap = self.config.cseq_gap();
        let dialog = self.dialog_at_mut(id).ok_or(SendError::NoDialog)?;
        dialog.skip_numbers(gap);
        Ok((dialog.request(method), target))
    }

    /// Where requests of a home go.
    pub(crate) fn target_at(&self, id: HomeId) -> Result<Target, SendError> {
        let dialog = self.dialog_at(id).ok_or(SendError::NoDialog)?;
        let next_hop = dialog.routing().next_hop;
        let home = self.homes.get(id).ok_or(SendError::NoDialog)?;
        match home.seat {
            Seat::InCall(call) => self.target_in_call(call, &next_hop),
            Seat::Own(_) => Ok(self.target_from(home.peer, &next_hop)),
        }
    }

    /// By the next hop's URI; where that is a name nobody knows, back to the peer. A connection to
    /// the same machine serves again, also where the URI names another port: clients connect from
    /// ports that nobody listens on.
    fn target_from(&self, peer: Target, next_hop: &Uri) -> Target {
        let Ok(mut target) = self.locate(next_hop) else {
            return peer;
        };
        if target.address.ip() != peer.address.ip() {
            return target;
        }
        if next_hop.transport().is_none() && next_hop.scheme == Scheme::Sip {
            target.transport = peer.transport;
        }
        if target.transport == peer.transport {
            target.connection = peer.connection;
        }
        target
    }
}
