//! One TCP connection: opening, reading, writing, ending.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use gannet_events::Direction;
use gannet_sip::{Frame, StreamFramer, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{timeout, timeout_at};

use super::connections::{forget, send_on};
use super::incoming::{CloseReason, ConnectionId, Incoming, KeepAlive, SendError};
use super::shared::{Shared, add, is_keep_alive, lock};

const READ_BYTES: usize = 16 * 1024;

/// Opens a connection and runs it.
pub(super) async fn open(
    shared: Arc<Shared>,
    id: ConnectionId,
    remote: SocketAddr,
    mut waiting: mpsc::Receiver<Bytes>,
) {
    let limit = shared.limits.connect_timeout;
    let error = match timeout(limit, connect(shared.address, remote)).await {
        Ok(Ok(stream)) => return run(shared, id, stream, remote, waiting).await,
        Ok(Err(error)) => Some(error),
        Err(_) => None,
    };
    forget(&shared, id);
    waiting.close();
    while let Some(bytes) = waiting.recv().await {
        let error = match &error {
            Some(error) => SendError::Connect(copy_of(error)),
            None => SendError::ConnectTimeout { limit },
        };
        let report = shared.failure(Transport::Tcp, remote, bytes, error);
        if shared.incoming.send(report).await.is_err() {
            return;
        }
    }
}

/// Reads and writes until either ends; what is queued then is still written, if the peer takes it.
pub(super) async fn run(
    shared: Arc<Shared>,
    id: ConnectionId,
    stream: TcpStream,
    remote: SocketAddr,
    waiting: mpsc::Receiver<Bytes>,
) {
    // Without it the second of two small messages waits for the peer's delayed acknowledgment.
    let _ = stream.set_nodelay(true);
    let local = stream.local_addr().unwrap_or(shared.address);
    let (reader, writer) = stream.into_split();
    let ends = Ends {
        shared: &shared,
        id,
        local,
        remote,
        active: Mutex::new(Instant::now()),
        pings: AtomicUsize::new(0),
    };
    let mut writing = pin!(write(&ends, writer, waiting));
    let reason = tokio::select! {
        reason = read(&ends, reader) => {
            forget(&shared, id);
            let _ = timeout(shared.limits.close_timeout, &mut writing).await;
            reason
        }
        reason = &mut writing => {
            forget(&shared, id);
            reason
        }
    };
    if matches!(reason, CloseReason::Broken(_)) {
        add(&shared.counters.broken_streams);
    }
    // Nobody to tell when the reader of the transport has gone.
    let _ = shared
        .incoming
        .send(Incoming::Closed {
            connection: id,
            remote,
            reason,
        })
        .await;
}

/// The connection as both directions see it.
struct Ends<'a> {
    shared: &'a Shared,
    id: ConnectionId,
    local: SocketAddr,
    remote: SocketAddr,
    /// When something last went over it.
    active: Mutex<Instant>,
    /// Pings that were written since the reader last looked.
    pings: AtomicUsize,
}

impl Ends<'_> {
    fn touch(&self) {
        *lock(&self.active) = Instant::now();
    }

    async fn report(&self, incoming: Incoming) -> Result<(), CloseReason> {
        let sent = self.shared.incoming.send(incoming).await;
        sent.map_err(|_| CloseReason::ByUs)
    }

    async fn take(&self, frame: Frame) -> Result<(), CloseReason> {
        let (remote, transport, connection) = (self.remote, Transport::Tcp, Some(self.id));
        let kind = match frame {
            Frame::Message(bytes) => {
                let (at, local) = (Instant::now(), self.local);
                let direction = Direction::Received;
                self.shared.record(
                    at,
                    direction,
                    transport,
                    (local, remote),
                    bytes.clone(),
                    false,
                );
                add(&self.shared.counters.received);
                let message = Incoming::Message {
                    bytes,
                    remote,
                    local,
                    transport,
                    connection,
                    at,
                };
                return self.report(message).await;
            }
            Frame::Ping => {
                if self.shared.answer_keep_alive {
                    send_on(self.shared, self.id, Bytes::from_static(b"\r\n"));
                }
                KeepAlive::Ping
            }
            Frame::Pong => KeepAlive::Pong,
        };
        add(&self.shared.counters.keep_alives);
        self.report(Incoming::KeepAlive {
            kind,
            remote,
            transport,
            connection,
        })
        .await
    }
}

async fn read(ends: &Ends<'_>, mut reader: OwnedReadHalf) -> CloseReason {
    let idle = ends.shared.limits.idle_timeout;
    let mut framer = StreamFramer::new(ends.shared.limits.framing);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let quiet_until = *lock(&ends.active) + idle;
        let length = match timeout_at(quiet_until.into(), reader.read(&mut buffer)).await {
            Ok(Ok(0)) => return CloseReason::ByPeer,
            Ok(Ok(length)) => length,
            Ok(Err(error)) => return CloseReason::Lost(error),
            Err(_) if *lock(&ends.active) + idle > quiet_until => continue,
            Err(_) => return CloseReason::Idle(idle),
        };
        ends.touch();
        for _ in 0..ends.pings.swap(0, Ordering::AcqRel) {
            framer.expect_pong();
        }
        framer.push(&buffer[..length]);
        loop {
            let taken = match framer.next_frame() {
                Ok(Some(frame)) => ends.take(frame).await,
                Ok(None) => break,
                Err(error) => Err(CloseReason::Broken(error)),
            };
            if let Err(reason) = taken {
                return reason;
            }
        }
    }
}

/// Writes what is queued until the queue's other end is dropped or the peer takes no more.
async fn write(
    ends: &Ends<'_>,
    mut writer: OwnedWriteHalf,
    mut waiting: mpsc::Receiver<Bytes>,
) -> CloseReason {
    let shared = ends.shared;
    let limit = shared.limits.write_timeout;
    while let Some(bytes) = waiting.recv().await {
        let at = Instant::now();
        if is_ping(&bytes) {
            // Before it is written: its answer may be read before we are back here.
            ends.pings.fetch_add(1, Ordering::AcqRel);
        }
        let (reason, error) = match timeout(limit, writer.write_all(&bytes)).await {
            Ok(Ok(())) => {
                ends.touch();
                if !is_keep_alive(&bytes) {
                    add(&shared.counters.sent);
                    let (direction, peers) = (Direction::Sent, (ends.local, ends.remote));
                    shared.record(at, direction, Transport::Tcp, peers, bytes, false);
                }
                continue;
            }
            Ok(Err(error)) => (CloseReason::Lost(copy_of(&error)), SendError::Io(error)),
            Err(_) => (
                CloseReason::Lost(io::ErrorKind::TimedOut.into()),
                SendError::WriteTimeout { limit },
            ),
        };
        waiting.close();
        forget(shared, ends.id);
        let first = shared.failure(Transport::Tcp, ends.remote, bytes, error);
        let mut open = ends.report(first).await.is_ok();
        while let Some(bytes) = waiting.recv().await {
            let report = shared.failure(Transport::Tcp, ends.remote, bytes, SendError::Closed);
            open = open && ends.report(report).await.is_ok();
        }
        return reason;
    }
    let _ = writer.shutdown().await;
    CloseReason::ByUs
}

/// CRLF CRLF (RFC 5626 3.5.1).
fn is_ping(bytes: &[u8]) -> bool {
    bytes == b"\r\n\r\n"
}

/// Connects from our own address, so that the peer sees the address that our Via names.
async fn connect(address: SocketAddr, remote: SocketAddr) -> io::Result<TcpStream> {
    let socket = match remote {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    if !address.ip().is_unspecified() {
        socket.bind(SocketAddr::new(address.ip(), 0))?;
    }
    socket.connect(remote).await
}

/// The same error once more, for another message that it stopped.
fn copy_of(error: &io::Error) -> io::Error {
    error
        .raw_os_error()
        .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}
