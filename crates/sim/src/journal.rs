//! Everything that was ever on the link: the evidence for what the two sides claim.

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::Message;

/// One datagram.
#[derive(Debug, Clone)]
pub struct Flight {
    /// When it was sent.
    pub sent: Instant,
    /// The sender.
    pub from: usize,
    /// The receiver; `None` if the address belongs to nobody.
    pub to: Option<usize>,
    /// What was sent.
    pub bytes: Bytes,
    /// When its copies arrive; empty if it was lost.
    pub arrivals: Vec<Instant>,
}

impl Flight {
    /// The datagram as a message.
    pub fn message(&self) -> Message {
        Message::parse(self.bytes.clone())
    }

    /// True if a copy arrived at or before this time.
    pub fn arrived_by(&self, end: Instant) -> bool {
        self.arrivals.iter().any(|at| *at <= end)
    }
}

/// All datagrams, in the order of sending, and what the parties noted.
#[derive(Debug, Default)]
pub struct Journal {
    flights: Vec<Flight>,
    notes: Vec<(Instant, usize, String)>,
}

impl Journal {
    /// Adds a datagram; gives its number.
    pub(crate) fn add(&mut self, flight: Flight) -> usize {
        self.flights.push(flight);
        self.flights.len() - 1
    }

    /// All datagrams.
    pub fn flights(&self) -> &[Flight] {
        &self.flights
    }

    /// Adds a note of a party for the ladder.
    pub fn note(&mut self, at: Instant, party: usize, text: impl Into<String>) {
        self.notes.push((at, party, text.into()));
    }

    /// Time, party and text of all notes.
    pub fn notes(&self) -> &[(Instant, usize, String)] {
        &self.notes
    }
}
