//! What each socket and connection is used for.

use gannet_scenario::model::ChannelId;
use hashbrown::HashMap;

use super::PortKey;
use super::call::CallId;

/// What each socket and connection is used for.
#[derive(Debug, Default)]
pub(super) struct PortTable {
    uses: HashMap<PortKey, PortUse, foldhash::fast::FixedState>,
}

/// What a socket or connection is used for.
#[derive(Debug)]
pub(super) struct PortUse {
    pub(super) channel: ChannelId,
    /// The call that opened it for itself.
    pub(super) call: Option<CallId>,
    /// Bytes that are not a whole message yet.
    pub(super) pending: Vec<u8>,
}

impl PortTable {
    pub(super) fn insert(&mut self, port: PortKey, channel: ChannelId, call: Option<CallId>) {
        let pending = Vec::new();
        let port_use = PortUse {
            channel,
            call,
            pending,
        };
        self.uses.insert(port, port_use);
    }

    pub(super) fn remove(&mut self, port: PortKey) -> Option<PortUse> {
        self.uses.remove(&port)
    }

    #[inline]
    pub(super) fn get(&self, port: PortKey) -> Option<&PortUse> {
        self.uses.get(&port)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, port: PortKey) -> Option<&mut PortUse> {
        self.uses.get_mut(&port)
    }
}
