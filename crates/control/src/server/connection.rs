//! One connection.

use std::io::{self, Read, Write};

use mio::net::TcpStream;

use crate::Run;
use crate::seagull::{BODY_MAX, Desk, HEADER_MAX, Parsed, Request};

/// Bytes read at once.
const READ_LEN: usize = 4 * 1024;
/// Requests answered before the other connections have their turn.
const REQUESTS_PER_TURN: usize = 64;
/// The most bytes that wait to be understood: a whole request and what was read with its end.
const INPUT_MAX: usize = HEADER_MAX + BODY_MAX + READ_LEN;

/// A connection with the bytes that wait in it. No answer is made while the one before is not yet
/// sent, so a peer that does not read costs one answer of memory.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    input: Vec<u8>,
    output: Vec<u8>,
    sent: usize,
    /// The peer sends nothing more.
    ended: bool,
    /// What comes is not understood: no more is read, what is to be sent is sent.
    refused: bool,
}

/// How a turn of a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It waits for its peer.
    Waits,
    /// It has more to do.
    More,
    /// It is over.
    Over,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            ended: false,
            refused: false,
        }
    }

    pub(super) fn stream_mut(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Sends, answers and reads until one of them must wait.
    pub(super) fn turn(&mut self, desk: &mut Desk, run: &Run) -> Turn {
        for _ in 0..REQUESTS_PER_TURN {
            match self.step(desk, run) {
                Ok(Turn::More) => {}
                Ok(turn) => return turn,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Turn::Waits,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Whatever a peer does to its connection concerns nobody else.
                Err(_) => return Turn::Over,
            }
        }
        Turn::More
    }

    fn step(&mut self, desk: &mut Desk, run: &Run) -> io::Result<Turn> {
        self.flush()?;
        if self.refused {
            return Ok(Turn::Over);
        }
        match Request::parse(&self.input) {
            Parsed::Complete(request, length) => {
                self.input.drain(..length);
                let answer = desk.answer(&request, (run.snapshots)());
                // Who has the answer may rely on the order having been given.
                if let Some(order) = answer.order {
                    (run.orders)(order);
                }
                self.output = answer.bytes;
                Ok(Turn::More)
            }
            Parsed::Hopeless => {
                self.output = Desk::refusal().bytes;
                self.refused = true;
                Ok(Turn::More)
            }
            Parsed::Incomplete if self.ended || self.input.len() > INPUT_MAX => Ok(Turn::Over),
            Parsed::Incomplete => self.read(),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.sent < self.output.len() {
            match self.stream.write(&self.output[self.sent..])? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                sent => self.sent += sent,
            }
        }
        self.output.clear();
        self.sent = 0;
        Ok(())
    }

    fn read(&mut self) -> io::Result<Turn> {
        let mut bytes = [0; READ_LEN];
        match self.stream.read(&mut bytes)? {
            0 => self.ended = true,
            count => self.input.extend_from_slice(&bytes[..count]),
        }
        Ok(Turn::More)
    }
}
