//! All transactions of one layer, by number and by deadline.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::event::TransactionId;
use super::invite_client::InviteClient;
use super::invite_server::InviteServer;
use super::non_invite_client::NonInviteClient;
use super::non_invite_server::NonInviteServer;
use crate::hashing::HashMap;
use crate::target::Target;

/// One state machine of the four.
#[derive(Debug)]
pub(crate) enum Machine {
    InviteClient(InviteClient),
    NonInviteClient(NonInviteClient),
    InviteServer(InviteServer),
    NonInviteServer(NonInviteServer),
}

impl Machine {
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match self {
            Self::InviteClient(machine) => machine.next_deadline(),
            Self::NonInviteClient(machine) => machine.next_deadline(),
            Self::InviteServer(machine) => machine.next_deadline(),
            Self::NonInviteServer(machine) => machine.next_deadline(),
        }
    }

    pub(crate) const fn is_terminated(&self) -> bool {
        match self {
            Self::InviteClient(machine) => machine.is_terminated(),
            Self::NonInviteClient(machine) => machine.is_terminated(),
            Self::InviteServer(machine) => machine.is_terminated(),
            Self::NonInviteServer(machine) => machine.is_terminated(),
        }
    }
}

/// Where a transaction sends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) target: Target,
    /// Where it sends once the connection of `target` is gone.
    pub(crate) fallback: Option<Target>,
}

impl Route {
    pub(crate) const fn to(target: Target) -> Self {
        Self {
            target,
            fallback: None,
        }
    }
}

/// A machine with what the layer keeps about it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) machine: Machine,
    pub(crate) target: Target,
    pub(crate) fallback: Option<Target>,
    key: Arc<str>,
    merge_key: Option<Arc<str>>,
    deadline: Option<Instant>,
}

/// Finds machines by key and by earliest deadline.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Boxed: the nodes of a tree that grows at its end stay half empty.
    entries: BTreeMap<TransactionId, Box<Entry>>,
    clients: HashMap<Arc<str>, TransactionId>,
    servers: HashMap<Arc<str>, TransactionId>,
    merged: HashMap<Arc<str>, TransactionId>,
    deadlines: BTreeSet<(Instant, TransactionId)>,
    last_id: u64,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn insert(
        &mut self,
        machine: Machine,
        Route { target, fallback }: Route,
        key: String,
        merge_key: Option<String>,
    ) -> TransactionId {
        self.last_id += 1;
        let id = TransactionId(self.last_id);
        // Kept once, for the table and the entry.
        let key: Arc<str> = key.into();
        let merge_key: Option<Arc<str>> = merge_key.map(Into::into);
        let by_key = match machine {
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => &mut self.clients,
            Machine::InviteServer(_) | Machine::NonInviteServer(_) => &mut self.servers,
        };
        by_key.insert(Arc::clone(&key), id);
        if let Some(merge_key) = &merge_key {
            self.merged.insert(Arc::clone(merge_key), id);
        }
        self.entries.insert(
            id,
            Box::new(Entry {
                machine,
                target,
                fallback,
                key,
                merge_key,
                deadline: None,
            }),
        );
        self.settle(id);
        id
    }

    pub(crate) fn get_mut(&mut self, id: TransactionId) -> Option<&mut Entry> {
        self.entries.get_mut(&id).map(Box::as_mut)
    }

    pub(crate) fn get(&self, id: TransactionId) -> Option<&Entry> {
        self.entries.get(&id).map(Box::as_ref)
    }

    pub(crate) fn client(&self, key: &str) -> Option<TransactionId> {
        self.clients.get(key).copied()
    }

    pub(crate) fn server(&self, key: &str) -> Option<TransactionId> {
        self.servers.get(key).copied()
    }

    pub(crate) fn merged(&self, key: &str) -> Option<TransactionId> {
        self.merged.get(key).copied()
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// The transaction whose deadline has come, if any.
    pub(crate) fn due(&self, now: Instant) -> Option<TransactionId> {
        self.deadlines
            .first()
            .filter(|(at, _)| *at <= now)
            .map(|(_, id)| *id)
    }

    /// After a machine changed: files its new deadline, or removes it if it has ended.
    pub(crate) fn settle(&mut self, id: TransactionId) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        if entry.machine.is_terminated() {
            return self.remove(id);
        }
        let deadline = entry.machine.next_deadline();
        if entry.deadline == deadline {
            return;
        }
        if let Some(old) = entry.deadline {
            self.deadlines.remove(&(old, id));
        }
        entry.deadline = deadline;
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, id));
        }
    }

    /// Removes a machine, whatever its state.
    pub(crate) fn remove(&mut self, id: TransactionId) {
        let Some(entry) = self.entries.remove(&id) else {
            return;
        };
        if let Some(deadline) = entry.deadline {
            self.deadlines.remove(&(deadline, id));
        }
        let by_key = match entry.machine {
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => &mut self.clients,
            Machine::InviteServer(_) | Machine::NonInviteServer(_) => &mut self.servers,
        };
        if by_key.get(&entry.key) == Some(&id) {
            by_key.remove(&entry.key);
        }
        if let Some(merge_key) = entry.merge_key
            && self.merged.get(&merge_key) == Some(&id)
        {
            self.merged.remove(&merge_key);
        }
    }

    /// Transactions that a failure of `target` concerns: those that send over the same connection,
    /// or to the same address without having chosen a connection.
    pub(crate) fn towards(&self, target: Target) -> Vec<TransactionId> {
        let concerns = |own: Target| {
            own.transport == target.transport
                && own.address == target.address
                && (own.connection == target.connection
                    || own.connection.is_none()
                    || target.connection.is_none())
        };
        self.entries
            .iter()
            .filter(|(_, entry)| concerns(entry.target))
            .map(|(id, _)| *id)
            .collect()
    }
}
