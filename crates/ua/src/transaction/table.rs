//! All transactions of one layer, by number and by deadline.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use super::invite_client::InviteClient;
use super::invite_server::InviteServer;
use super::layer::TransactionId;
use super::non_invite_client::NonInviteClient;
use super::non_invite_server::NonInviteServer;
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

/// A machine with what the layer keeps about it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) machine: Machine,
    pub(crate) target: Target,
    key: String,
    merge_key: Option<String>,
    deadline: Option<Instant>,
}

/// Finds machines by key and by earliest deadline.
#[derive(Debug, Default)]
pub(crate) struct Table {
    entries: BTreeMap<TransactionId, Entry>,
    clients: HashMap<String, TransactionId>,
    servers: HashMap<String, TransactionId>,
    merged: HashMap<String, TransactionId>,
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
        target: Target,
        key: String,
        merge_key: Option<String>,
    ) -> TransactionId {
        self.last_id += 1;
        let id = TransactionId(self.last_id);
        let by_key = match machine {
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => &mut self.clients,
            Machine::InviteServer(_) | Machine::NonInviteServer(_) => &mut self.servers,
        };
        by_key.insert(key.clone(), id);
        if let Some(merge_key) = &merge_key {
            self.merged.insert(merge_key.clone(), id);
        }
        self.entries.insert(
            id,
            Entry {
                machine,
                target,
                key,
                merge_key,
                deadline: None,
            },
        );
        self.settle(id);
        id
    }

    pub(crate) fn get_mut(&mut self, id: TransactionId) -> Option<&mut Entry> {
        self.entries.get_mut(&id)
    }

    pub(crate) fn get(&self, id: TransactionId) -> Option<&Entry> {
        self.entries.get(&id)
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

    /// After a machine changed: files its new deadline, or removes it. True if it was removed.
    pub(crate) fn settle(&mut self, id: TransactionId) -> bool {
        let Some(entry) = self.entries.get_mut(&id) else {
            return false;
        };
        if let Some(old) = entry.deadline.take() {
            self.deadlines.remove(&(old, id));
        }
        if entry.machine.is_terminated() {
            if let Some(entry) = self.entries.remove(&id) {
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
            return true;
        }
        entry.deadline = entry.machine.next_deadline();
        if let Some(deadline) = entry.deadline {
            self.deadlines.insert((deadline, id));
        }
        false
    }

    /// Client transactions that talk to this target.
    pub(crate) fn clients_towards(&self, target: Target) -> Vec<TransactionId> {
        let is_client =
            |m: &Machine| matches!(m, Machine::InviteClient(_) | Machine::NonInviteClient(_));
        self.entries
            .iter()
            .filter(|(_, entry)| is_client(&entry.machine))
            .filter(|(_, entry)| {
                entry.target.address == target.address && entry.target.transport == target.transport
            })
            .map(|(id, _)| *id)
            .collect()
    }
}
