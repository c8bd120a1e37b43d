//! From received bytes to messages, and from messages to calls.

use std::net::SocketAddr;

use memchr::memmem;

use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::framing::Frame;
use super::plan::PartId;
use super::received::{Reader, Received};
use super::starting::Beginning;
use super::unexpected::is_answered;
use crate::shard::PortKey;
use gannet_events::traffic::Phase;

/// The most bytes of an unfinished message that are kept for a connection.
const PENDING_BYTES_MAX: usize = 2 * 1024 * 1024;

/// An unfinished message gets so many bytes first: nearly always enough.
const LACKING_BYTES: usize = 1024;

/// Where a message came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub(super) port: PortKey,
    /// The peer; `None` on a connection.
    pub(super) from: Option<SocketAddr>,
}

impl Core {
    /// Takes a datagram: one message, or bytes that keep a way open.
    pub(super) fn datagram(
        &mut self,
        turn: &mut Turn<'_, '_>,
        reader: &mut Reader,
        source: Source,
        bytes: &[u8],
    ) {
        match reader.read(bytes) {
            Some(received) => self.message(turn, &received, source),
            None => self.no_message(turn, bytes),
        }
    }

    /// Takes bytes of a connection.
    pub(super) fn stream(
        &mut self,
        turn: &mut Turn<'_, '_>,
        reader: &mut Reader,
        port: PortKey,
        bytes: &[u8],
    ) {
        let Some(known) = self.ports.get_mut(port) else {
            return;
        };
        let mut pending = std::mem::take(&mut known.pending);
        let rest = self.finish_pending(turn, reader, port, (&mut pending, bytes));
        if pending.is_empty() {
            let taken = self.stream_messages(turn, reader, port, rest);
            pending.extend_from_slice(&rest[taken..]);
        }
        if pending.len() > PENDING_BYTES_MAX {
            self.no_message(turn, &pending);
            pending.clear();
        }
        if let Some(known) = self.ports.get_mut(port) {
            known.pending = pending;
        }
    }

    /// Adds to an unfinished message what it lacks, without copying what follows it; gives what was not
    /// needed. What stays in `pending` is still unfinished, and nothing is left then.
    fn finish_pending<'b>(
        &mut self,
        turn: &mut Turn<'_, '_>,
        reader: &mut Reader,
        port: PortKey,
        (pending, mut bytes): (&mut Vec<u8>, &'b [u8]),
    ) -> &'b [u8] {
        let mut more = LACKING_BYTES;
        while !pending.is_empty() && !bytes.is_empty() {
            let known = pending.len();
            let (added, rest) = bytes.split_at(more.min(bytes.len()));
            pending.extend_from_slice(added);
            let taken = self.stream_messages(turn, reader, port, pending);
            if taken < known {
                // A message that is longer still.
                pending.drain(..taken);
                bytes = rest;
                more *= 2;
            } else {
                bytes = &bytes[taken - known..];
                pending.clear();
            }
        }
        bytes
    }

    /// Takes all whole messages; gives how many bytes they were.
    fn stream_messages(
        &mut self,
        turn: &mut Turn<'_, '_>,
        reader: &mut Reader,
        port: PortKey,
        bytes: &[u8],
    ) -> usize {
        let source = Source { port, from: None };
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            at += match reader.read_stream(rest) {
                (Frame::Incomplete, _) => break,
                (Frame::Blank(length), _) => length,
                (Frame::Message(length), Some(received)) => {
                    self.message(turn, &received, source);
                    length
                }
                (Frame::Message(length) | Frame::Garbage(length), _) => {
                    self.no_message(turn, &rest[..length]);
                    length
                }
            };
        }
        at
    }

    /// Bytes that are no message of SIP.
    fn no_message(&mut self, turn: &mut Turn<'_, '_>, bytes: &[u8]) {
        let keeps_alive = bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
            || bytes.len() == 4 && bytes.iter().all(|byte| *byte == 0);
        if !keeps_alive {
            let length = bytes.len();
            self.warn(turn, 0, || {
                format!("{length} bytes were received that are no SIP message")
            });
        }
    }

    fn message(&mut self, turn: &mut Turn<'_, '_>, received: &Received<'_>, source: Source) {
        self.log_received(turn, received.bytes());
        let Some(call_id) = received.call_id() else {
            self.figures[0].messages_received += 1;
            self.figures[0].out_of_call += 1;
            self.warn(turn, 0, || "a message without Call-ID was received".into());
            return;
        };
        let name = self.name_of(call_id);
        if let Some(id) = self.keys.find(0, name) {
            self.figures_of(id).messages_received += 1;
            self.take_for_call(turn, id, received, source);
            return;
        }
        self.figures[0].messages_received += 1;
        let hash = super::dead::name_hash(&self.hasher, name);
        if self.dead.contains(turn.now_ns, hash) {
            self.figures[0].dead_call += 1;
            self.warn(turn, 0, || {
                let (name, text) = [name, received.bytes()].map(String::from_utf8_lossy).into();
                format!("Dead call {name}, received '{text}'")
            });
            self.answer_again(turn, received, source, name);
            return;
        }
        self.unknown(turn, received, source, name);
    }

    /// The part of a Call-ID that names the call: what stands before `///` is for other dialogs of it.
    #[inline]
    fn name_of<'b>(&self, call_id: &'b [u8]) -> &'b [u8] {
        if self.settings().keeps_slashes || memchr::memchr(b'/', call_id).is_none() {
            return call_id;
        }
        memmem::find(call_id, b"///").map_or(call_id, |at| &call_id[at + 3..])
    }

    /// A message of no call may begin one.
    fn unknown(
        &mut self,
        turn: &mut Turn<'_, '_>,
        received: &Received<'_>,
        source: Source,
        name: &[u8],
    ) {
        let accepts = matches!(self.phase, Phase::Running | Phase::Paused);
        if let Some(part) = turn
            .plan
            .server()
            .filter(|part| accepts && !(*part == 0 && self.starts.is_full()))
        {
            let id = self.begin(turn, Beginning::Message { part, name });
            self.first_message(turn, id, received, source);
            return;
        }
        let Some(method) = received.method().filter(|method| *method != b"ACK") else {
            self.out_of_call(turn, received);
            return;
        };
        if accepts && let Some(part) = turn.plan.number_of(PartId::OutOfCall) {
            self.figures[0].auto_answered += 1;
            let id = self.begin(turn, Beginning::Aside { part, name });
            self.first_message(turn, id, received, source);
            return;
        }
        if self.settings().behaviours.auto_answer && is_answered(method) {
            self.answer_aside(turn, received, source, name);
            self.figures[0].auto_answered += 1;
            return;
        }
        self.out_of_call(turn, received);
    }

    fn out_of_call(&mut self, turn: &mut Turn<'_, '_>, received: &Received<'_>) {
        self.figures[0].out_of_call += 1;
        self.warn(turn, 0, || {
            let text = String::from_utf8_lossy(received.bytes());
            format!("Discarding message which can't be mapped to a known SIPp call:\n{text}")
        });
    }

    /// Gives a new call its first message.
    fn first_message(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        received: &Received<'_>,
        source: Source,
    ) {
        self.use_port(id, source.port, source.from);
        let call = self.calls.get(id);
        let part = turn.plan.part(call.part);
        let first = part.scenario.steps.first().map(|step| &step.kind);
        if matches!(
            first,
            Some(gannet_scenario::sipp::model::StepKind::Receive(_))
        ) {
            self.calls.get_mut(id).state = State::Receiving;
        } else {
            // What stands before the first message is done first, with the message waiting.
            self.queue(id, received);
            self.run(turn, id);
            return;
        }
        self.take_for_call(turn, id, received, source);
    }

    /// Answers a message without a call: 200, and nothing is remembered.
    pub(super) fn answer_aside(
        &mut self,
        turn: &mut Turn<'_, '_>,
        received: &Received<'_>,
        source: Source,
        name: &[u8],
    ) {
        let id = self.begin(turn, Beginning::Answer { name });
        self.use_port(id, source.port, source.from);
        self.keep_last_for_default(id, received);
        self.send_default(turn, id, |part| &part.defaults.ok);
        self.end_uncounted(turn, id);
    }
}
