//! The table of TCP connections and how a message finds one.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use gannet_sip::Transport;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::connection;
use super::incoming::{ConnectionId, Outgoing, SendError};
use super::shared::{Shared, add, lock};

/// Open connections, and those that are being opened.
#[derive(Debug, Default)]
pub(super) struct Connections {
    by_id: HashMap<ConnectionId, Connection>,
    /// The newest connection with each remote.
    by_remote: HashMap<SocketAddr, ConnectionId>,
}

#[derive(Debug)]
struct Connection {
    remote: SocketAddr,
    queue: mpsc::Sender<Bytes>,
}

impl Connections {
    fn add(
        &mut self,
        remote: SocketAddr,
        outgoing_max: usize,
    ) -> (ConnectionId, mpsc::Receiver<Bytes>) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed));
        let (queue, waiting) = mpsc::channel(outgoing_max);
        self.by_id.insert(id, Connection { remote, queue });
        self.by_remote.insert(remote, id);
        (id, waiting)
    }

    fn remove(&mut self, id: ConnectionId) {
        if let Some(connection) = self.by_id.remove(&id)
            && self.by_remote.get(&connection.remote) == Some(&id)
        {
            let others = self.by_id.iter();
            let same = others.filter(|(_, other)| other.remote == connection.remote);
            match same.map(|(id, _)| *id).max() {
                Some(newest) => self.by_remote.insert(connection.remote, newest),
                None => self.by_remote.remove(&connection.remote),
            };
        }
    }

    /// The connection that was asked for, else the one with that remote (RFC 3261 18.2.2, 18).
    fn find(&self, wanted: Option<ConnectionId>, remote: SocketAddr) -> Option<ConnectionId> {
        wanted
            .filter(|id| self.by_id.contains_key(id))
            .or_else(|| self.by_remote.get(&remote).copied())
    }

    fn queue(&self, id: ConnectionId) -> Option<&mpsc::Sender<Bytes>> {
        self.by_id.get(&id).map(|connection| &connection.queue)
    }
}

/// Sends over an open connection or a new one. Does not wait.
pub(super) fn send(shared: &Arc<Shared>, outgoing: Outgoing) {
    let (remote, limit) = (outgoing.remote, shared.limits.outgoing_max);
    let mut table = lock(&shared.connections);
    let (bytes, error) = match &mut *table {
        None => (
            outgoing.bytes,
            SendError::NotBound {
                transport: Transport::Tcp,
            },
        ),
        Some(connections) => {
            let mut bytes = outgoing.bytes;
            if let Some(id) = connections.find(outgoing.connection, remote) {
                let queue = connections.queue(id).expect("found just now");
                bytes = match queue.try_send(bytes) {
                    Ok(()) => return,
                    Err(TrySendError::Full(bytes)) => {
                        drop(table);
                        let error = SendError::QueueFull { limit };
                        shared.report_now(shared.failure(Transport::Tcp, remote, bytes, error));
                        return;
                    }
                    // It has just ended and will leave the table by itself.
                    Err(TrySendError::Closed(bytes)) => {
                        connections.remove(id);
                        bytes
                    }
                };
            }
            let connections_max = shared.limits.connections_max;
            if connections.by_id.len() < connections_max {
                let (id, waiting) = connections.add(remote, limit);
                let queue = connections.queue(id).expect("added just now");
                queue.try_send(bytes).expect("an empty queue has room");
                drop(table);
                shared.spawn(connection::open(shared.clone(), id, remote, waiting));
                return;
            }
            let limit = connections_max;
            (bytes, SendError::TooManyConnections { limit })
        }
    };
    drop(table);
    shared.report_now(shared.failure(Transport::Tcp, remote, bytes, error));
}

/// Queues bytes on one connection, if it is still there and has room.
pub(super) fn send_on(shared: &Shared, id: ConnectionId, bytes: Bytes) {
    if let Some(connections) = &*lock(&shared.connections)
        && let Some(queue) = connections.queue(id)
    {
        // Only keep-alive answers go this way: with a full queue the peer sees us alive anyway.
        let _ = queue.try_send(bytes);
    }
}

/// Opens a connection beside those that there are; `None` if there are too many, or TCP is not open. That
/// it cannot be opened is told with the first message that is to go over it.
pub(super) fn open_another(shared: &Arc<Shared>, remote: SocketAddr) -> Option<ConnectionId> {
    let mut table = lock(&shared.connections);
    let connections = table.as_mut()?;
    if connections.by_id.len() >= shared.limits.connections_max {
        return None;
    }
    let (id, waiting) = connections.add(remote, shared.limits.outgoing_max);
    drop(table);
    shared.spawn(connection::open(shared.clone(), id, remote, waiting));
    Some(id)
}

/// Forgets a connection, so that nothing more is queued on it.
pub(super) fn forget(shared: &Shared, id: ConnectionId) {
    if let Some(connections) = &mut *lock(&shared.connections) {
        connections.remove(id);
    }
}

/// Takes connections from others.
pub(super) async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => take(&shared, stream, remote),
            // Out of descriptors, or the peer has gone again: the next try may do.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(20);

fn take(shared: &Arc<Shared>, stream: TcpStream, remote: SocketAddr) {
    let mut table = lock(&shared.connections);
    let Some(connections) = &mut *table else {
        return;
    };
    if connections.by_id.len() >= shared.limits.connections_max {
        add(&shared.counters.refused_connections);
        return;
    }
    let (id, waiting) = connections.add(remote, shared.limits.outgoing_max);
    drop(table);
    shared.spawn(connection::run(shared.clone(), id, stream, remote, waiting));
}
