//! Ports that their owner looks at when it wants to.

use super::poll::Each;
use super::port::Kind;
use super::ports::Ports;
use super::slots::PortId;

/// System calls of one [`Ports::drain`]: more than a receive buffer holds.
const DRAIN_CALLS_MAX: usize = 1024;

impl Ports {
    /// Whether the system tells of what comes to a UDP port, as it does at first. Being watched costs
    /// time for each datagram, for its sender on the same machine too; a port that brings something
    /// all the time, and whose datagrams nobody waits for, is better looked at now and then.
    pub fn set_watched(&mut self, port: PortId, is_watched: bool) {
        let Some(Kind::Datagram(datagrams)) = self.slots.get_mut(port).map(|port| &mut port.kind)
        else {
            return;
        };
        datagrams.unwatched = !is_watched;
        let told = datagrams.adapt_watch(self.poll.registry(), port);
        if is_watched || told.is_err() {
            // What came meanwhile is told by nobody.
            self.heat(port);
        }
    }

    /// Has the next [`poll`](Self::poll) look whether something has come to a port.
    pub fn look(&mut self, port: PortId) {
        self.heat(port);
    }

    /// Hands out what has come to a UDP port, at once; meant for one that is about to be closed.
    pub fn drain(&mut self, port: PortId, each: Each<'_>) {
        for _ in 0..DRAIN_CALLS_MAX {
            let is_open = matches!(
                self.slots.get(port).map(|port| &port.kind),
                Some(Kind::Datagram(_))
            );
            if !is_open {
                return;
            }
            let (_, more) = self.serve_datagrams(port, each);
            if !more {
                return;
            }
        }
    }
}
