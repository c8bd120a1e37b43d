//! Orders to the media thread.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use gannet_media::script::{Datagrams, PayloadStream};
use gannet_net::load::{BoundUdp, PortWaker};
use gannet_scenario::sipp::model::MediaKind;

use super::guard::Guard;

/// A socket of the media thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SocketId(pub(super) u64);

/// Something that is being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StreamId(pub(super) u64);

/// An order to the media thread.
#[derive(Debug)]
pub(super) enum Command {
    /// Has a socket; what comes to one without a kind is thrown away.
    Adopt(SocketId, Option<MediaKind>, BoundUdp),
    /// Has it no more.
    Close(SocketId),
    /// The socket sends back what comes, or no more, whatever holds for all.
    Echo(SocketId, bool),
    /// What the socket sends of streams and echoes is protected so.
    GuardSent(SocketId, Guard),
    /// What comes to the socket is protected so.
    GuardReceived(SocketId, Guard),
    /// With `-rtp_echo`: all sockets send back what comes, or no more.
    EchoAll(bool),
    /// Sends something.
    Play(StreamId, Box<Play>),
    /// The peer wants it elsewhere, or nowhere for now.
    Redirect(StreamId, Option<SocketAddr>),
    /// Stops for a while, or goes on.
    Pause(StreamId, bool),
    /// Stops; what is checked gets its verdict.
    Stop(StreamId),
    /// Stops all that is checked, and says so.
    Settle(SyncSender<()>),
    /// The run is over.
    End,
}

/// Something to be sent.
#[derive(Debug)]
pub(super) struct Play {
    pub(super) kind: MediaKind,
    /// Sockets by the offset of their port.
    pub(super) sockets: Vec<(u16, SocketId)>,
    pub(super) to: Option<SocketAddr>,
    pub(super) what: Playable,
}

/// What can be sent.
#[derive(Debug)]
pub(super) enum Playable {
    /// Datagrams with their times.
    Datagrams(Arc<Datagrams>),
    /// A stream.
    Stream(PayloadStream),
    /// A stream that is expected back, and the share of it that may be missing.
    Checked(PayloadStream, f64),
}

/// The way to the media thread.
#[derive(Debug)]
pub(super) struct Inbox {
    commands: Mutex<Vec<Command>>,
    is_filled: AtomicBool,
    waker: PortWaker,
}

impl Inbox {
    pub(super) fn new(waker: PortWaker) -> Self {
        Self {
            commands: Mutex::default(),
            is_filled: AtomicBool::new(false),
            waker,
        }
    }

    /// Has something done soon, in the order of the calls.
    pub(super) fn send(&self, command: Command) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        commands.push(command);
        drop(commands);
        if !self.is_filled.swap(true, Ordering::AcqRel) {
            self.waker.wake();
        }
    }

    /// Moves what came since the last call into `out`; nothing is locked when there is none.
    pub(super) fn take(&self, out: &mut Vec<Command>) {
        if self.is_filled.swap(false, Ordering::AcqRel) {
            out.append(&mut self.commands.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
