//! SIP over UDP: one socket for both directions.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use gannet_events::Direction;
use gannet_sip::Transport;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::impairment::SocketImpairment;

use super::incoming::{Incoming, KeepAlive, SendError};
use super::shared::{Shared, add, is_keep_alive, is_stun, lock};

/// A send that meets an ICMP error of an earlier datagram sends nothing and clears that error; it
/// is tried again as long as there may be another one.
const SEND_ATTEMPTS_MAX: usize = 8;
const RECEIVE_BYTES: usize = 65_536;

/// The UDP socket of a SIP transport.
#[derive(Debug)]
pub(super) struct UdpPort {
    socket: UdpSocket,
    impairment: Mutex<SocketImpairment>,
    /// Datagrams for which the socket had no room.
    waiting: mpsc::Sender<(SocketAddr, Bytes)>,
    /// How many wait or are being written. While there are any, others queue behind them, so that
    /// what one caller sends leaves in its order.
    queued: AtomicUsize,
}

impl UdpPort {
    /// Starts reading, and writing what had to wait.
    pub(super) fn start(
        shared: &Arc<Shared>,
        socket: UdpSocket,
        impairment: SocketImpairment,
    ) -> Arc<Self> {
        let (waiting, queue) = mpsc::channel(shared.limits.outgoing_max);
        let port = Arc::new(Self {
            socket,
            impairment: Mutex::new(impairment),
            waiting,
            queued: AtomicUsize::new(0),
        });
        shared.spawn(read(shared.clone(), port.clone()));
        shared.spawn(write_waiting(shared.clone(), port.clone(), queue));
        port
    }

    /// Sends now, or queues when the socket has no room.
    pub(super) fn send(&self, shared: &Shared, remote: SocketAddr, bytes: Bytes) {
        if lock(&self.impairment).drops_sent() {
            add(&shared.counters.lost_sent);
            record_sent(shared, Instant::now(), remote, bytes, true);
            return;
        }
        // Taken before sending: the answer may be recorded before we are.
        let at = Instant::now();
        let result = if self.queued.load(Ordering::Acquire) == 0 {
            self.try_send(&bytes, remote)
        } else {
            Err(io::ErrorKind::WouldBlock.into())
        };
        match result {
            Ok(()) => count_sent(shared, at, remote, bytes),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.enqueue(shared, remote, bytes);
            }
            Err(error) => {
                let error = SendError::Io(error);
                shared.report_now(shared.failure(Transport::Udp, remote, bytes, error));
            }
        }
    }

    fn enqueue(&self, shared: &Shared, remote: SocketAddr, bytes: Bytes) {
        self.queued.fetch_add(1, Ordering::AcqRel);
        if let Err(error) = self.waiting.try_send((remote, bytes)) {
            self.queued.fetch_sub(1, Ordering::AcqRel);
            let limit = shared.limits.outgoing_max;
            let (_, bytes) = error.into_inner();
            let error = SendError::QueueFull { limit };
            shared.report_now(shared.failure(Transport::Udp, remote, bytes, error));
        }
    }

    fn try_send(&self, bytes: &[u8], remote: SocketAddr) -> io::Result<()> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.socket.try_send_to(bytes, remote) {
                Err(error) if is_from_network(&error) && attempts < SEND_ATTEMPTS_MAX => {}
                result => return result.map(drop),
            }
        }
    }

    /// Takes the reports of the network about datagrams that it could not deliver.
    #[cfg(target_os = "linux")]
    async fn report_unreachable(&self, shared: &Shared) {
        use crate::unreachable::next_unreachable;
        while let Ok((remote, error)) = self
            .socket
            .try_io(Interest::ERROR, || next_unreachable(&self.socket))
        {
            if let Some(remote) = remote {
                // A closed reader ends this task at its next message.
                let _ = shared
                    .incoming
                    .send(Incoming::Unreachable { remote, error })
                    .await;
            }
        }
    }
}

#[cfg(target_os = "linux")]
const READ_INTEREST: Interest = Interest::READABLE.add(Interest::ERROR);
#[cfg(not(target_os = "linux"))]
const READ_INTEREST: Interest = Interest::READABLE;

thread_local! {
    /// What is read lies here until it is copied, which is before the thread does anything else: one
    /// for all sockets, as a socket of its own is all that most phones have.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; RECEIVE_BYTES]);
}

async fn read(shared: Arc<Shared>, port: Arc<UdpPort>) {
    while port.socket.ready(READ_INTEREST).await.is_ok() {
        #[cfg(target_os = "linux")]
        port.report_unreachable(&shared).await;
        loop {
            let received = BUFFER.with_borrow_mut(|buffer| -> io::Result<_> {
                let (length, remote) = port.socket.try_recv_from(buffer)?;
                Ok(receive(&shared, &port, remote, &buffer[..length]))
            });
            match received {
                Ok(Some(incoming)) => {
                    if shared.incoming.send(incoming).await.is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // An ICMP error: reading it has cleared it, its datagram is in the error queue.
                Ok(None) | Err(_) => {}
            }
        }
    }
}

/// What a datagram is. `None` when it is not passed on.
fn receive(
    shared: &Shared,
    port: &UdpPort,
    remote: SocketAddr,
    datagram: &[u8],
) -> Option<Incoming> {
    let at = Instant::now();
    let dropped = lock(&port.impairment).drops_received();
    if dropped {
        add(&shared.counters.lost_received);
    }
    if is_stun(datagram) {
        add(&shared.counters.keep_alives);
        let bytes = Bytes::copy_from_slice(datagram);
        return (!dropped).then_some(Incoming::Stun { bytes, remote });
    }
    if is_keep_alive(datagram) {
        add(&shared.counters.keep_alives);
        return (!dropped).then_some(Incoming::KeepAlive {
            kind: KeepAlive::Ping,
            remote,
            transport: Transport::Udp,
            connection: None,
        });
    }
    if datagram.len() > shared.limits.datagram_bytes_max {
        add(&shared.counters.oversized);
        return None;
    }
    let bytes = Bytes::copy_from_slice(datagram);
    let local = shared.local_for(remote);
    let direction = Direction::Received;
    let ends = (local, remote);
    shared.record(at, direction, Transport::Udp, ends, bytes.clone(), dropped);
    if dropped {
        return None;
    }
    add(&shared.counters.received);
    Some(Incoming::Message {
        bytes,
        remote,
        local,
        transport: Transport::Udp,
        connection: None,
        at,
    })
}

fn count_sent(shared: &Shared, at: Instant, remote: SocketAddr, bytes: Bytes) {
    if !is_keep_alive(&bytes) && !is_stun(&bytes) {
        add(&shared.counters.sent);
    }
    record_sent(shared, at, remote, bytes, false);
}

fn record_sent(shared: &Shared, at: Instant, remote: SocketAddr, bytes: Bytes, dropped: bool) {
    if !is_keep_alive(&bytes) && !is_stun(&bytes) {
        let ends = (shared.local_for(remote), remote);
        let direction = Direction::Sent;
        shared.record(at, direction, Transport::Udp, ends, bytes, dropped);
    }
}

async fn write_waiting(
    shared: Arc<Shared>,
    port: Arc<UdpPort>,
    mut queue: mpsc::Receiver<(SocketAddr, Bytes)>,
) {
    while let Some((remote, bytes)) = queue.recv().await {
        let (at, result) = loop {
            let at = Instant::now();
            if let Err(error) = port.socket.writable().await {
                break (at, Err(error));
            }
            match port.try_send(&bytes, remote) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => break (at, result),
            }
        };
        port.queued.fetch_sub(1, Ordering::AcqRel);
        match result {
            Ok(()) => count_sent(&shared, at, remote, bytes),
            Err(error) => {
                let error = SendError::Io(error);
                let report = shared.failure(Transport::Udp, remote, bytes, error);
                if shared.incoming.send(report).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Errors that ICMP brings about.
fn is_from_network(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    matches!(
        error.kind(),
        ConnectionRefused | HostUnreachable | NetworkUnreachable
    )
}
