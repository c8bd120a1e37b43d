//! One UDP socket.

use std::net::SocketAddr;

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
const TRAINS_FROM_DATAGRAMS: usize = 16;

#[derive(Debug)]
pub(super) struct DatagramPort {
    pub(super) socket: Socket,
    ipv6: bool,
    /// The batch, while there is one.
    pub(super) out: Option<Outbox>,
    /// The system takes no more until it says so.
    pub(super) blocked: bool,
    /// The system is asked to say so.
    pub(super) watched: bool,
    /// The system took no more when last tried.
    waits: bool,
    /// The longest datagram that travels in a train; 0 when none does.
    segment_bytes_max: usize,
    /// Datagrams may come joined.
    pub(super) joined: bool,
    /// Reports may wait in the socket's error queue.
    pub(super) errors: bool,
}

impl DatagramPort {
    pub(super) const fn new(socket: Socket, ipv6: bool, segmentation: (bool, bool)) -> Self {
        Self {
            socket,
            ipv6,
            out: None,
            blocked: false,
            watched: false,
            waits: false,
            segment_bytes_max: if segmentation.0 { SEGMENT_BYTES_MAX } else { 0 },
            joined: segmentation.1,
            errors: false,
        }
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
