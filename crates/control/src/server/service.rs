//! The loop of the server's thread.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};

use super::connection::{Connection, Turn};
use super::slots::{CONNECTIONS_MAX, Slots};
use crate::Run;
use crate::seagull::Desk;

/// Events taken at once.
const EVENTS_MAX: usize = 64;
/// How long nothing is accepted when the system has no descriptor for a new connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

pub(super) const LISTENER: Token = Token(CONNECTIONS_MAX);
pub(super) const WAKER: Token = Token(CONNECTIONS_MAX + 1);

/// Everything that the server's thread has.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) poll: Poll,
    pub(super) listener: TcpListener,
    pub(super) desk: Desk,
    pub(super) run: Run,
    pub(super) stop: Arc<AtomicBool>,
}

impl Service {
    /// Serves until it is told to stop, or the system's poll fails.
    pub(super) fn serve(mut self) {
        let mut events = Events::with_capacity(EVENTS_MAX);
        let mut slots = Slots::default();
        let mut busy: VecDeque<Token> = VecDeque::new();
        let mut is_accepting = false;
        loop {
            let patience = if !busy.is_empty() {
                Some(Duration::ZERO)
            } else if is_accepting {
                Some(ACCEPT_PAUSE)
            } else {
                None
            };
            match self.poll.poll(&mut events, patience) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            }
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            for event in &events {
                match event.token() {
                    LISTENER => is_accepting = true,
                    WAKER => {}
                    token if busy.contains(&token) => {}
                    token => busy.push_back(token),
                }
            }
            if is_accepting {
                is_accepting = !self.accept(&mut slots, &mut busy);
            }
            for _ in 0..busy.len() {
                let Some(token) = busy.pop_front() else { break };
                if self.turn(&mut slots, token) == Turn::More {
                    busy.push_back(token);
                }
            }
        }
    }

    /// Takes all connections that wait; true if none waits any more.
    fn accept(&mut self, slots: &mut Slots, busy: &mut VecDeque<Token>) -> bool {
        // No more than there is room for in one turn: the others are heard before they are closed.
        for _ in 0..CONNECTIONS_MAX {
            match self.listener.accept() {
                Ok((stream, _)) => self.admit(Connection::new(stream), slots, busy),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Out of descriptors, or the peer is gone already.
                Err(_) => return false,
            }
        }
        false
    }

    fn admit(&self, connection: Connection, slots: &mut Slots, busy: &mut VecDeque<Token>) {
        let mut connection = connection;
        let token = slots.free();
        busy.retain(|other| *other != token);
        let interest = Interest::READABLE | Interest::WRITABLE;
        let stream = connection.stream_mut();
        // Answers are small and each is awaited.
        let _ = stream.set_nodelay(true);
        if self
            .poll
            .registry()
            .register(stream, token, interest)
            .is_ok()
        {
            slots.insert(token, connection);
            busy.push_back(token);
        }
    }

    fn turn(&mut self, slots: &mut Slots, token: Token) -> Turn {
        let Some(connection) = slots.get_mut(token) else {
            return Turn::Over;
        };
        let turn = connection.turn(&mut self.desk, &self.run);
        if turn == Turn::Over {
            slots.close(token);
        }
        turn
    }
}
