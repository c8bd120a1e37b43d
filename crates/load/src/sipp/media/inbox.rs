//! Orders to the media threads.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use gannet_media::script::{Datagrams, PayloadStream};
use gannet_net::load::{BoundUdp, PortWaker};
use gannet_scenario::sipp::model::MediaKind;

use super::guard::Guard;

/// A socket of a media thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SocketId {
    /// The number of the thread.
    pub(super) worker: u16,
    pub(super) number: u64,
}

/// Something that is being sent, by the thread that has its sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StreamId {
    /// The number of the thread.
    pub(super) worker: u16,
    pub(super) number: u64,
}

/// An order to a media thread.
#[derive(Debug)]
pub(super) enum Command {
    /// Has a socket; what comes to one without a kind is thrown away.
    Adopt(SocketId, Option<MediaKind>, Box<BoundUdp>),
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

/// The way to the media threads.
#[derive(Debug)]
pub(super) struct Inbox {
    workers: Box<[Slot]>,
}

/// The way to one of them.
#[derive(Debug)]
struct Slot {
    commands: Mutex<Vec<Command>>,
    is_filled: AtomicBool,
    waker: PortWaker,
}

impl Inbox {
    /// The way to as many threads as there are wakers.
    pub(super) fn new(wakers: impl IntoIterator<Item = PortWaker>) -> Self {
        let slot = |waker| Slot {
            commands: Mutex::default(),
            is_filled: AtomicBool::new(false),
            waker,
        };
        Self {
            workers: wakers.into_iter().map(slot).collect(),
        }
    }

    /// How many threads there are.
    pub(super) fn workers(&self) -> u16 {
        self.workers.len() as u16
    }

    /// Has something done soon by the thread whom it concerns, in the order of the calls.
    pub(super) fn send(&self, command: Command) {
        match command.worker() {
            Some(worker) => self.push(worker, command),
            None => debug_assert!(false, "an order to all threads is sent to all"),
        }
    }

    /// Has something done by all threads.
    pub(super) fn send_to_all(&self, command: impl Fn() -> Command) {
        for worker in 0..self.workers() {
            self.push(worker, command());
        }
    }

    fn push(&self, worker: u16, command: Command) {
        let Some(slot) = self.workers.get(usize::from(worker)) else {
            return;
        };
        let mut commands = slot.commands.lock().unwrap_or_else(PoisonError::into_inner);
        commands.push(command);
        drop(commands);
        if !slot.is_filled.swap(true, Ordering::AcqRel) {
            slot.waker.wake();
        }
    }

    /// Moves what came for a thread since the last call into `out`; nothing is locked when there is
    /// none.
    pub(super) fn take(&self, worker: u16, out: &mut Vec<Command>) {
        let slot = &self.workers[usize::from(worker)];
        if slot.is_filled.swap(false, Ordering::AcqRel) {
            out.append(&mut slot.commands.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Command {
    /// The thread that it concerns; nothing if it concerns all.
    fn worker(&self) -> Option<u16> {
        match self {
            Self::Adopt(socket, ..)
            | Self::Close(socket)
            | Self::Echo(socket, _)
            | Self::GuardSent(socket, _)
            | Self::GuardReceived(socket, _) => Some(socket.worker),
            Self::Play(stream, _)
            | Self::Redirect(stream, _)
            | Self::Pause(stream, _)
            | Self::Stop(stream) => Some(stream.worker),
            Self::EchoAll(_) | Self::Settle(_) | Self::End => None,
        }
    }
}
