//! One UDP socket.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use socket2::Socket;

use super::counters::PortCounters;
use super::flush::Flush;
use super::outbox::Outbox;
use super::port::{Flushed, Reports};
use super::slots::PortId;
use super::system::{Name, SendHeaders};

/// Longest datagram that travels in a train; the network may let less.
const SEGMENT_BYTES_MAX: usize = 32_000;
/// Batches of fewer datagrams leave without trains: they save little there, and a capture on this
/// machine shows the datagrams of a train as one.
const TRAINS_FROM_DATAGRAMS: usize = 8;

/// A port that brought something in so many turns is not watched until it has nothing: it is looked
/// at anyway, and being watched costs time for each datagram, in both directions.
const BUSY_TURNS_MIN: u32 = 16;

/// What the system tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    Off,
    Readable,
    /// Room to send too. Only while there is none: the system would tell of it after each datagram.
    Both,
}

#[derive(Debug)]
pub(super) struct DatagramPort {
    pub(super) socket: Socket,
    ipv6: bool,
    /// The batch, while there is one.
    pub(super) out: Option<Outbox>,
    /// The system takes no more until it says so.
    pub(super) blocked: bool,
    watch: Watch,
    /// Turns in a row that have brought something.
    pub(super) turns: u32,
    /// The system took no more when last tried.
    waits: bool,
    /// The longest datagram that travels in a train; 0 when none does.
    segment_bytes_max: usize,
    /// Datagrams may come joined.
    pub(super) joined: bool,
    /// Reports may wait in the socket's error queue.
    pub(super) errors: bool,
    /// Datagrams come one by one.
    pub(super) sparse: bool,
    /// Datagrams come with the time of their arrival.
    pub(super) stamped: bool,
    /// Its owner says when it is looked at.
    pub(super) unwatched: bool,
}

impl DatagramPort {
    pub(super) const fn new(socket: Socket, ipv6: bool, segmentation: (bool, bool)) -> Self {
        Self {
            socket,
            ipv6,
            out: None,
            blocked: false,
            watch: Watch::Off,
            turns: 0,
            waits: false,
            segment_bytes_max: if segmentation.0 { SEGMENT_BYTES_MAX } else { 0 },
            joined: segmentation.1,
            errors: false,
            sparse: false,
            stamped: false,
            unwatched: false,
        }
    }

    /// Has the system tell of what this port needs to know.
    pub(super) fn adapt_watch(&mut self, registry: &Registry, id: PortId) -> io::Result<()> {
        let (wanted, interest) = if self.blocked {
            let both = Interest::READABLE | Interest::WRITABLE;
            (Watch::Both, Some(both))
        } else if self.unwatched || self.turns >= BUSY_TURNS_MIN {
            (Watch::Off, None)
        } else {
            (Watch::Readable, Some(Interest::READABLE))
        };
        if wanted == self.watch {
            return Ok(());
        }
        let (token, descriptor) = (Token(id.number() as usize), self.socket.as_raw_fd());
        let mut source = SourceFd(&descriptor);
        match interest {
            None => registry.deregister(&mut source)?,
            Some(interest) if self.watch == Watch::Off => {
                registry.register(&mut source, token, interest)?;
            }
            Some(interest) => registry.reregister(&mut source, token, interest)?,
        }
        self.watch = wanted;
        Ok(())
    }

    /// Adds a datagram to the batch; says whether that should leave now.
    pub(super) fn append(
        &mut self,
        to: SocketAddr,
        flow: Option<u32>,
        parts: &[&[u8]],
        spare: &mut Vec<Outbox>,
    ) -> bool {
        let ipv6 = self.ipv6;
        let outbox = self
            .out
            .get_or_insert_with(|| spare.pop().unwrap_or_default());
        outbox.append(
            to,
            || Name::new(to, ipv6),
            flow,
            self.segment_bytes_max,
            parts,
        );
        outbox.is_full() && !self.waits
    }

    /// Sends the batch, as far as the system takes it.
    pub(super) fn flush(
        &mut self,
        id: PortId,
        headers: &mut SendHeaders,
        counters: &mut PortCounters,
        reports: &mut Reports,
    ) -> Flushed {
        let Some(outbox) = &mut self.out else {
            return Flushed::All;
        };
        if self.blocked {
            return Flushed::Blocked;
        }
        let is_small = outbox.unsent_datagrams() < TRAINS_FROM_DATAGRAMS;
        let mut flush = Flush::new(id, outbox, &mut self.segment_bytes_max, counters, reports);
        if is_small {
            flush.leave_trains_out();
        }
        let socket = &self.socket;
        let outcome = flush.run(headers, &mut |batch| batch.send(socket));
        // A report of the network that a send has met waits in the queue.
        self.errors |= flush.met_reports();
        outbox.tidy();
        self.blocked = outcome == Flushed::Blocked;
        self.waits = outcome != Flushed::All;
        outcome
    }
}
