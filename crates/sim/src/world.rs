//! The virtual clock: whose turn it is, and what is on its way.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::Transport;
use gannet_ua::{Target, Transmit};
use thiserror::Error;

use crate::journal::{Flight, Journal};
use crate::link::Link;

/// Most turns of one world: more, and somebody sends or wakes without end.
const TURNS_MAX: u64 = 200_000;

/// Somebody at an address.
pub trait Node {
    /// Where it is reached.
    fn address(&self) -> SocketAddr;
    /// A datagram arrived.
    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target);
    /// The deadline has come.
    fn handle_timeout(&mut self, now: Instant);
    /// When to be woken.
    fn next_deadline(&self) -> Option<Instant>;
    /// The next datagram to send.
    fn poll_transmit(&mut self) -> Option<Transmit>;
    /// The next line for the ladder.
    fn poll_note(&mut self) -> Option<String> {
        None
    }
}

/// A machine that does not keep its contract.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// After its deadline was handled the next one is not later: it would be woken for ever.
    #[error("node {node} is woken at {at:?} and wants to be woken then again")]
    StuckDeadline {
        /// Which node.
        node: usize,
        /// Virtual time since the start.
        at: Duration,
    },
    /// More turns than any scenario needs.
    #[error("still busy after {turns} turns, at {at:?}")]
    Endless {
        /// Messages and deadlines handled.
        turns: u64,
        /// Virtual time since the start.
        at: Duration,
    },
}

/// Nodes, the link between them and the clock.
///
/// Change a node by [`node_mut`](Self::node_mut), then let time pass by
/// [`run_until`](Self::run_until): it sends what the node wants sent first.
#[derive(Debug)]
pub struct World<N> {
    start: Instant,
    now: Instant,
    nodes: Vec<N>,
    link: Link,
    journal: Journal,
    /// Arrivals: time, order of sending, datagram.
    on_the_way: BinaryHeap<Reverse<(Instant, u64, usize)>>,
    sent: u64,
    turns: u64,
}

impl<N: Node> World<N> {
    /// A world that begins at `start`.
    pub fn new(start: Instant, link: Link, nodes: Vec<N>) -> Self {
        Self {
            start,
            now: start,
            nodes,
            link,
            journal: Journal::default(),
            on_the_way: BinaryHeap::new(),
            sent: 0,
            turns: 0,
        }
    }

    /// The virtual time.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// The virtual time since the start.
    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// When the world began.
    pub const fn start(&self) -> Instant {
        self.start
    }

    /// A node.
    pub fn node(&self, index: usize) -> &N {
        &self.nodes[index]
    }

    /// A node, to give it a command.
    pub fn node_mut(&mut self, index: usize) -> &mut N {
        &mut self.nodes[index]
    }

    /// All nodes.
    pub fn nodes(&self) -> &[N] {
        &self.nodes
    }

    /// The link, to make it better or worse.
    pub const fn link_mut(&mut self) -> &mut Link {
        &mut self.link
    }

    /// What was sent so far.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The next time at which something happens.
    pub fn next_event(&self) -> Option<Instant> {
        let arrival = self.on_the_way.peek().map(|Reverse((at, _, _))| *at);
        self.nodes
            .iter()
            .filter_map(Node::next_deadline)
            .chain(arrival)
            .min()
    }

    /// Lets time pass until `end`.
    pub fn run_until(&mut self, end: Instant) -> Result<(), Fault> {
        loop {
            self.collect();
            let Some(at) = self.next_event().filter(|at| *at <= end) else {
                self.now = self.now.max(end);
                return Ok(());
            };
            self.now = self.now.max(at);
            self.turn()?;
        }
    }

    /// Lets time pass until `done` says so, at most until `end`; true if it said so.
    pub fn run_while(
        &mut self,
        end: Instant,
        mut busy: impl FnMut(&[N]) -> bool,
    ) -> Result<bool, Fault> {
        loop {
            self.collect();
            if !busy(&self.nodes) && self.on_the_way.is_empty() {
                return Ok(true);
            }
            let Some(at) = self.next_event().filter(|at| *at <= end) else {
                return Ok(false);
            };
            self.now = self.now.max(at);
            self.turn()?;
        }
    }

    /// Everything that is due now, once: arrivals first.
    fn turn(&mut self) -> Result<(), Fault> {
        while let Some(Reverse((at, _, flight))) = self.on_the_way.peek().copied() {
            if at > self.now {
                break;
            }
            self.on_the_way.pop();
            self.count()?;
            self.deliver(flight);
            self.collect();
        }
        for node in 0..self.nodes.len() {
            let is_due = |nodes: &[N], now| nodes[node].next_deadline().is_some_and(|at| at <= now);
            if !is_due(&self.nodes, self.now) {
                continue;
            }
            self.count()?;
            self.nodes[node].handle_timeout(self.now);
            self.collect();
            if is_due(&self.nodes, self.now) {
                let at = self.elapsed();
                return Err(Fault::StuckDeadline { node, at });
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.turns += 1;
        if self.turns > TURNS_MAX {
            return Err(Fault::Endless {
                turns: self.turns,
                at: self.elapsed(),
            });
        }
        Ok(())
    }

    fn deliver(&mut self, flight: usize) {
        let flight = &self.journal.flights()[flight];
        let source = Target::new(Transport::Udp, self.nodes[flight.from].address());
        let bytes = flight.bytes.clone();
        if let Some(to) = flight.to {
            self.nodes[to].handle_message(self.now, bytes, source);
        }
    }

    /// Takes what the nodes want sent and puts it on the link.
    fn collect(&mut self) {
        for from in 0..self.nodes.len() {
            while let Some(note) = self.nodes[from].poll_note() {
                self.journal.note(self.now, from, note);
            }
            while let Some(Transmit { target, bytes }) = self.nodes[from].poll_transmit() {
                let to = self
                    .nodes
                    .iter()
                    .position(|node| node.address() == target.address);
                let arrivals: Vec<_> = self
                    .link
                    .carry()
                    .into_iter()
                    .map(|time| self.now + time)
                    .collect();
                let number = self.journal.add(Flight {
                    sent: self.now,
                    from,
                    to,
                    bytes,
                    arrivals: arrivals.clone(),
                });
                for at in arrivals {
                    self.sent += 1;
                    self.on_the_way.push(Reverse((at, self.sent, number)));
                }
            }
        }
    }
}
