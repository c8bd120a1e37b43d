//! Numbers for connections: what the protocol layers know of them.

use std::collections::HashMap;

use gannet_net::ConnectionId;

/// Gives each connection a number and finds it again.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    numbers: HashMap<ConnectionId, u64>,
    by_number: HashMap<u64, ConnectionId>,
    last: u64,
}

impl Connections {
    /// The number of a connection, a new one if it has none.
    pub(crate) fn number(&mut self, connection: ConnectionId) -> u64 {
        if let Some(number) = self.numbers.get(&connection) {
            return *number;
        }
        self.last += 1;
        self.numbers.insert(connection, self.last);
        self.by_number.insert(self.last, connection);
        self.last
    }

    /// The connection with a number, if it is still open.
    pub(crate) fn get(&self, number: u64) -> Option<ConnectionId> {
        self.by_number.get(&number).copied()
    }

    /// Forgets a connection that is gone.
    pub(crate) fn remove(&mut self, connection: ConnectionId) {
        if let Some(number) = self.numbers.remove(&connection) {
            self.by_number.remove(&number);
        }
    }
}
