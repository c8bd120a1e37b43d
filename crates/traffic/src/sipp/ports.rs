//! Sockets and connections, and which calls use them.

use std::collections::VecDeque;
use std::net::IpAddr;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::call::{CallId, NO_CALL};
use crate::shard::PortKey;

/// Sockets and connections.
#[derive(Debug, Default)]
pub(super) struct Ports {
    uses: HashMap<PortKey, Port, FixedState>,
    /// Those that calls opened for themselves.
    own: Vec<PortKey>,
    /// The one that is shared next when there may be no more.
    next_shared: usize,
    /// Those of source addresses (`-t ui`).
    by_address: HashMap<IpAddr, PortKey, FixedState>,
}

/// A socket or connection.
#[derive(Debug)]
pub(super) struct Port {
    /// It can be used.
    pub(super) is_open: bool,
    /// How many calls use it, if calls opened it.
    pub(super) users: u32,
    /// Its place among those that calls opened.
    own_at: Option<u32>,
    /// It stays when no call uses it.
    pub(super) stays: bool,
    /// Bytes that are not a whole message yet.
    pub(super) pending: Vec<u8>,
    /// The first call of the list of those that use the connection.
    pub(super) first_call: CallId,
    /// Calls that wait until the connection takes their messages.
    pub(super) waiting: VecDeque<CallId>,
}

impl Port {
    /// A socket or connection that no call uses yet.
    pub(super) fn new(is_open: bool) -> Self {
        Self {
            is_open,
            users: 0,
            own_at: None,
            stays: true,
            pending: Vec::new(),
            first_call: NO_CALL,
            waiting: VecDeque::new(),
        }
    }
}

impl Ports {
    /// Another one.
    pub(super) fn insert(&mut self, key: PortKey, port: Port) {
        self.uses.insert(key, port);
    }

    /// Another one that a call opened for itself.
    pub(super) fn insert_own(&mut self, key: PortKey, mut port: Port) {
        port.own_at = Some(self.own.len() as u32);
        port.stays = false;
        self.own.push(key);
        self.uses.insert(key, port);
    }

    #[inline]
    pub(super) fn get(&self, key: PortKey) -> Option<&Port> {
        self.uses.get(&key)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, key: PortKey) -> Option<&mut Port> {
        self.uses.get_mut(&key)
    }

    /// It is closed.
    pub(super) fn remove(&mut self, key: PortKey) -> Option<Port> {
        let port = self.uses.remove(&key)?;
        if let Some(at) = port.own_at {
            let at = at as usize;
            self.own.swap_remove(at);
            let moved = self.own.get(at).copied();
            if let Some(moved) = moved.and_then(|moved| self.uses.get_mut(&moved)) {
                moved.own_at = Some(at as u32);
            }
        }
        self.by_address.retain(|_, known| *known != key);
        Some(port)
    }

    /// One of those that calls opened, each in its turn.
    pub(super) fn next_shared(&mut self) -> Option<PortKey> {
        if self.own.is_empty() {
            return None;
        }
        self.next_shared = (self.next_shared + 1) % self.own.len();
        Some(self.own[self.next_shared])
    }

    /// The socket of a source address.
    pub(super) fn of_address(&self, address: IpAddr) -> Option<PortKey> {
        self.by_address.get(&address).copied()
    }

    /// That address has this socket from now on.
    pub(super) fn set_address(&mut self, address: IpAddr, key: PortKey) {
        self.by_address.insert(address, key);
        if let Some(port) = self.uses.get_mut(&key) {
            port.stays = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_of_calls_are_shared_in_turn() {
        let mut ports = Ports::default();
        assert_eq!(ports.next_shared(), None);
        for key in 0..3 {
            ports.insert_own(PortKey(key), Port::new(true));
        }
        let turns: Vec<_> = (0..4).filter_map(|_| ports.next_shared()).collect();
        assert_eq!(turns, [1, 2, 0, 1].map(PortKey));
        ports.remove(PortKey(0));
        ports.remove(PortKey(2));
        assert_eq!(ports.next_shared(), Some(PortKey(1)));
        ports.remove(PortKey(1));
        assert_eq!(ports.next_shared(), None);
    }
}
