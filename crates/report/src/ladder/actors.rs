//! Who stands at which end of an arrow.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use gannet_events::WireRecord;

use crate::text;

/// Longest name of a column.
const NAME_COLUMNS_MAX: usize = 30;

/// One end of an arrow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Actor {
    /// The owner of a captured socket.
    Owner(Arc<str>),
    /// An address that is nobody's that we know.
    Address(SocketAddr),
}

/// Knows whose address is whose, and gives each actor its column when it first appears.
#[derive(Debug)]
pub(super) struct Columns {
    owners: HashMap<SocketAddr, Arc<str>>,
    /// Owners of sockets bound to all addresses, by port.
    owners_by_port: HashMap<u16, Arc<str>>,
    placed: Vec<Actor>,
}

impl Columns {
    pub(super) fn new(records: &[WireRecord]) -> Self {
        let mut owners = HashMap::new();
        let mut owners_by_port = HashMap::new();
        for record in records.iter().filter(|record| !record.owner.is_empty()) {
            let owner = Arc::clone(&record.owner);
            if record.local.ip().is_unspecified() {
                owners_by_port.entry(record.local.port()).or_insert(owner);
            } else {
                owners.entry(record.local).or_insert(owner);
            }
        }
        Self {
            owners,
            owners_by_port,
            placed: Vec::new(),
        }
    }

    /// The actor at an address.
    pub(super) fn at(&self, address: SocketAddr) -> Actor {
        self.owners
            .get(&address)
            .or_else(|| self.owners_by_port.get(&address.port()))
            .map_or(Actor::Address(address), |owner| {
                Actor::Owner(Arc::clone(owner))
            })
    }

    /// The column of an actor, a new one to the right if it has none.
    pub(super) fn place(&mut self, actor: &Actor) -> usize {
        self.placed
            .iter()
            .position(|placed| placed == actor)
            .unwrap_or_else(|| {
                self.placed.push(actor.clone());
                self.placed.len() - 1
            })
    }

    /// The names of the columns so far.
    pub(super) fn names(&self) -> Vec<String> {
        self.placed
            .iter()
            .map(|actor| match actor {
                Actor::Owner(name) => text::cut(&text::clean(name), NAME_COLUMNS_MAX),
                Actor::Address(address) => address.to_string(),
            })
            .collect()
    }
}
