//! Remote control of a run.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use gannet_control::{Run, Server, ServerError};
use gannet_events::traffic::{Layout, Snapshot};

use crate::session::{Inbox, SessionEvent};

/// The newest state of a run, for whoever asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latest(Arc<Mutex<Option<Arc<Snapshot>>>>);

impl Latest {
    pub(crate) fn set(&self, snapshot: &Arc<Snapshot>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(snapshot.clone());
    }

    fn get(&self) -> Option<Arc<Snapshot>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Listens for orders, which go to the inbox.
pub(crate) fn serve(
    address: SocketAddr,
    layout: Arc<Layout>,
    inbox: &Inbox,
    latest: Latest,
) -> Result<Server, ServerError> {
    let send = inbox.sender();
    let run = Run {
        orders: Box::new(move |order| {
            // After the end of the session there is nothing to steer.
            let _ = send(SessionEvent::Order(order));
        }),
        snapshots: Box::new(move || latest.get()),
    };
    Server::start(address, layout, run)
}
