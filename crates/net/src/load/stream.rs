//! One TCP connection.

use std::io::{self, Read};
use std::time::Duration;

use socket2::Socket;

use super::counters::PortCounters;
use super::limits::{PortOptions, TcpClose};
use super::port::Flushed;

/// Queues of this size go back to the system when they are empty.
const SPARE_QUEUE_BYTES_MAX: usize = 256 * 1024;
/// Empty queues that are kept for the next connection with something to send.
const SPARE_QUEUES_MAX: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Connecting,
    Open,
    /// Closed by us; what waits is sent yet.
    Closing,
}

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) socket: Socket,
    pub(super) state: State,
    /// What is to be sent, from `sent` on.
    out: Vec<u8>,
    sent: usize,
    /// The system takes no more until it says so.
    pub(super) blocked: bool,
    /// The other end sends no more, once what it sent is read.
    pub(super) ending: bool,
    /// What waits is sent after we have closed it.
    pub(super) closes_gracefully: bool,
    /// Writing failed: why. What was received before is read yet.
    pub(super) broken: Option<io::Error>,
}

impl Stream {
    pub(super) fn connecting(socket: Socket, options: &PortOptions) -> Self {
        Self {
            socket,
            state: State::Connecting,
            out: Vec::new(),
            sent: 0,
            blocked: false,
            ending: false,
            closes_gracefully: options.close == TcpClose::Graceful,
            broken: None,
        }
    }

    pub(super) fn accepted(socket: Socket, options: &PortOptions) -> Self {
        let mut stream = Self::connecting(socket, options);
        stream.state = State::Open;
        stream
    }

    pub(super) fn unsent_bytes(&self) -> usize {
        self.out.len() - self.sent
    }

    /// Queues all of a message, or, when that is more than may wait, nothing.
    pub(super) fn append(
        &mut self,
        parts: &[&[u8]],
        unsent_bytes_max: usize,
        spare: &mut Vec<Vec<u8>>,
    ) -> bool {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if self.unsent_bytes() + length > unsent_bytes_max {
            return false;
        }
        if self.out.capacity() == 0 {
            self.out = spare.pop().unwrap_or_default();
        }
        for part in parts {
            self.out.extend_from_slice(part);
        }
        true
    }

    /// Writes what waits, as far as the system takes it.
    pub(super) fn flush(
        &mut self,
        counters: &mut PortCounters,
        spare: &mut Vec<Vec<u8>>,
    ) -> Flushed {
        if self.blocked || self.state == State::Connecting {
            return Flushed::Blocked;
        }
        while self.unsent_bytes() > 0 {
            counters.send_calls += 1;
            match self
                .socket
                .send_with_flags(&self.out[self.sent..], libc::MSG_NOSIGNAL)
            {
                Ok(taken) => {
                    self.sent += taken;
                    counters.bytes_sent += taken as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    counters.would_block += 1;
                    self.blocked = true;
                    self.tidy();
                    return Flushed::Blocked;
                }
                Err(error) => {
                    self.broken = Some(error);
                    counters.send_failures.at_close += 1;
                    self.sent = self.out.len();
                }
            }
        }
        self.give_back(spare);
        Flushed::All
    }

    /// Reads what came in, at most a buffer full.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.socket).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Whether a connection that was asked for is there by now.
    ///
    /// # Errors
    /// Why it never will be.
    pub(super) fn is_connected(&self) -> io::Result<bool> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        match self.socket.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Moves what waits to the front once more has left than waits.
    fn tidy(&mut self) {
        if self.sent > self.out.len() / 2 {
            self.out.drain(..self.sent);
            self.sent = 0;
        }
    }

    fn give_back(&mut self, spare: &mut Vec<Vec<u8>>) {
        let mut out = std::mem::take(&mut self.out);
        self.sent = 0;
        let keep = out.capacity() > 0 && out.capacity() <= SPARE_QUEUE_BYTES_MAX;
        if keep && spare.len() < SPARE_QUEUES_MAX {
            out.clear();
            spare.push(out);
        }
    }
}

/// Sets what every connection has.
pub(super) fn prepare(socket: &Socket, options: &PortOptions) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    if options.close == TcpClose::Reset {
        socket.set_linger(Some(Duration::ZERO))?;
    }
    Ok(())
}
