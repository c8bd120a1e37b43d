//! What all kinds of ports have in common.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::datagram_port::DatagramPort;
use super::event::{CloseReason, SendFailure};
use super::listener::Listener;
use super::slots::PortId;
use super::stream::Stream;

/// Reports that wait for the next poll; later ones are only counted.
const REPORTS_MAX: usize = 4096;

#[derive(Debug)]
pub(super) struct Port {
    pub(super) kind: Kind,
    /// In the list of ports to look at.
    pub(super) hot: bool,
    /// In the list of ports with something to send.
    pub(super) dirty: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Datagram(DatagramPort),
    Listener(Listener),
    Stream(Stream),
}

/// How sending a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flushed {
    /// Everything has left.
    All,
    /// The rest waits until the system says that there is room.
    Blocked,
    /// The rest waits; the system will not say when there is room.
    Congested,
}

/// What came up outside of a poll, and is told by the next.
#[derive(Debug)]
pub(super) enum Report {
    Connected {
        port: PortId,
    },
    Closed {
        port: PortId,
        reason: CloseReason,
    },
    SendFailed {
        port: PortId,
        to: Option<SocketAddr>,
        failure: SendFailure,
    },
}

impl Report {
    pub(super) const fn port(&self) -> PortId {
        match self {
            Self::Connected { port }
            | Self::Closed { port, .. }
            | Self::SendFailed { port, .. } => *port,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Reports(VecDeque<Report>);

impl Reports {
    /// Keeps a report; failures to send only as long as there is room.
    pub(super) fn push(&mut self, report: Report) {
        let is_failure = matches!(report, Report::SendFailed { .. });
        if !is_failure || self.0.len() < REPORTS_MAX {
            self.0.push_back(report);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Report> {
        self.0.pop_front()
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}
