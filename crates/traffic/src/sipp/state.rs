//! What texts and actions know of a call.

use std::num::NonZeroU32;

use gannet_scenario::sipp::model::TransactionId;
use smallvec::SmallVec;

use super::received::{Received, Start};
use super::text::Scratch;
use super::values::Value;

mod challenge;
mod extra;
mod route;

pub(super) use challenge::Challenge;
pub(super) use extra::{Extra, KEY_OCTETS};

/// What texts and actions know of a call. Its memory is used again by the next call in its place.
#[derive(Debug, Default)]
pub(super) struct CallState {
    number: u64,
    user: Option<NonZeroU32>,
    /// Of the last request; of type i64, as the first one may be 0.
    cseq: i64,
    /// Its Call-ID, and behind it the tag of the peer.
    names: Vec<u8>,
    /// Octets of that tag; `None` before one is known.
    peer_tag_len: Option<u32>,
    last: Vec<u8>,
    /// Tells whose layout [`Scratch`] holds; 0: nobody's.
    last_stamp: u64,
    /// As many as the scenario has; none until the first is written.
    variables: Vec<Value>,
    /// The line that was chosen, by file.
    lines: SmallVec<[u32; 4]>,
    circuit: Option<NonZeroU32>,
    extra: Option<Box<Extra>>,
}

impl CallState {
    /// Begins a call: what the place held before is forgotten. The Call-ID is still to be written.
    pub(super) fn begin(&mut self, number: u64, user: Option<NonZeroU32>, base_cseq: u32) {
        self.clear();
        self.number = number;
        self.user = user;
        self.cseq = i64::from(base_cseq) - 1;
    }

    /// Forgets everything, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.number = 0;
        self.user = None;
        self.cseq = 0;
        self.names.clear();
        self.peer_tag_len = None;
        self.last.clear();
        self.last_stamp = 0;
        for value in &mut self.variables {
            value.clear();
        }
        self.lines.clear();
        self.circuit = None;
        if let Some(extra) = &mut self.extra {
            extra.clear();
        }
    }

    /// `[call_number]`, from 1.
    #[inline]
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// `[userid]`, from 1.
    #[inline]
    pub(super) fn user(&self) -> Option<NonZeroU32> {
        self.user
    }

    /// Its Call-ID.
    #[inline]
    pub(super) fn call_id(&self) -> &[u8] {
        &self.names[..self.names.len() - self.peer_tag_len.unwrap_or(0) as usize]
    }

    /// The tag of the peer, if one is known; it may be empty.
    #[inline]
    pub(super) fn peer_tag(&self) -> Option<&[u8]> {
        Some(&self.names[self.names.len() - self.peer_tag_len? as usize..])
    }

    /// Where its Call-ID is written, before anything else of the call.
    #[inline]
    pub(super) fn call_id_mut(&mut self) -> &mut Vec<u8> {
        &mut self.names
    }

    /// `[cseq]`.
    #[inline]
    pub(super) fn cseq(&self) -> i64 {
        self.cseq
    }

    /// A request of that method is about to be sent (RFC 3261 12.2.1.1: ACK and CANCEL have the
    /// number of the request that they are for).
    #[inline]
    pub(super) fn next_cseq(&mut self, method: &[u8]) {
        if method != b"ACK" && method != b"CANCEL" {
            self.cseq += 1;
        }
    }

    /// A message was received: the number of a request is taken over if it is greater.
    #[inline]
    pub(super) fn raise_cseq(&mut self, received: &Received<'_>) {
        if let (Start::Request(_), Some(number)) = (received.start(), received.cseq_number()) {
            self.cseq = self.cseq.max(i64::from(number));
        }
    }

    /// Keeps a message as the last received one.
    #[inline]
    pub(super) fn keep_last(&mut self, scratch: &mut Scratch, received: &Received<'_>) {
        scratch.buffers.keep(&mut self.last, received.bytes());
        self.last_stamp = scratch.keep_layout(received.layout());
    }

    /// Keeps a twin command as the last received message.
    pub(super) fn keep_last_bytes(&mut self, scratch: &mut Scratch, bytes: &[u8]) {
        scratch.buffers.keep(&mut self.last, bytes);
        self.last_stamp = scratch.stamp();
    }

    /// The last received message; empty if none is kept.
    #[inline]
    pub(super) fn last(&self) -> &[u8] {
        &self.last
    }

    #[inline]
    pub(super) fn last_stamp(&self) -> u64 {
        self.last_stamp
    }

    /// Keeps route set and target of a message (`rrs`), unless there are some. False if it has no
    /// Contact.
    pub(super) fn keep_routes(&mut self, received: &Received<'_>) -> bool {
        let extra = self.extra_mut();
        if !extra.routes.is_empty() {
            return true;
        }
        route::keep(extra, received)
    }

    /// Keeps the challenge of a 401 or 407 (`auth`). False if it has none.
    pub(super) fn keep_challenge(&mut self, received: &Received<'_>) -> bool {
        challenge::keep(&mut self.extra_mut().challenge, received)
    }

    /// Keeps the tag of the peer.
    pub(super) fn keep_peer_tag(&mut self, received: &Received<'_>) {
        if received.code().is_some()
            && let Some(tag) = received.peer_tag()
        {
            self.names.truncate(self.call_id().len());
            self.names.extend_from_slice(tag);
            self.peer_tag_len = Some(tag.len() as u32);
        }
    }

    /// A transaction with a name was begun by the request of a step.
    pub(super) fn start_transaction(&mut self, id: TransactionId, branch: &[u8], step: usize) {
        self.extra_mut().start_transaction(id, branch, step);
    }

    /// Branch and step of the request that began a transaction last.
    pub(super) fn transaction(&self, id: TransactionId) -> Option<(&[u8], usize)> {
        self.extra.as_ref()?.transaction(id)
    }

    /// The line of an injection file that is the call's.
    pub(super) fn choose_line(&mut self, file: usize, line: u32) {
        if self.lines.len() <= file {
            self.lines.resize(file + 1, 0);
        }
        self.lines[file] = line;
    }

    /// The line of an injection file that is the call's.
    #[inline]
    pub(super) fn line(&self, file: usize) -> Option<u32> {
        self.lines.get(file).copied()
    }

    /// Its circuit (`-tdmmap`), if it has used one.
    pub(super) fn circuit(&self) -> Option<u32> {
        self.circuit.map(|circuit| circuit.get() - 1)
    }

    /// It has that circuit.
    pub(super) fn set_circuit(&mut self, circuit: u32) {
        self.circuit = NonZeroU32::new(circuit + 1);
    }

    /// A variable of the call; `None` if none was ever written.
    #[inline]
    pub(super) fn variable(&self, number: usize) -> Option<&Value> {
        self.variables.get(number)
    }

    /// The same, to be written; a scenario has `count` of them.
    #[inline]
    pub(super) fn variable_mut(&mut self, number: usize, count: usize) -> &mut Value {
        if self.variables.is_empty() {
            self.variables.resize_with(count, Value::default);
        }
        &mut self.variables[number]
    }

    /// What few calls have; `None` if this one has nothing of it.
    #[inline]
    pub(super) fn extra(&self) -> Option<&Extra> {
        self.extra.as_deref()
    }

    /// The same, to be written.
    pub(super) fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::received::Reader;
    use super::*;

    #[test]
    fn a_call_without_anything_stored_is_small() {
        assert!(size_of::<CallState>() <= 200, "{}", size_of::<CallState>());
    }

    #[test]
    fn the_number_of_requests_rises_as_in_sipp() {
        let mut reader = Reader::default();
        let mut state = CallState::default();
        state.begin(1, None, 1);
        for (method, expected) in [("INVITE", 1), ("ACK", 1), ("CANCEL", 1), ("BYE", 2)] {
            state.next_cseq(method.as_bytes());
            assert_eq!(state.cseq(), expected, "{method}");
        }
        for (message, expected) in [
            ("BYE x SIP/2.0\r\nCSeq: 20 BYE\r\n\r\n", 20),
            ("BYE x SIP/2.0\r\nCSeq: 3 BYE\r\n\r\n", 20),
            ("SIP/2.0 200 OK\r\nCSeq: 40 BYE\r\n\r\n", 20),
        ] {
            let received = reader.read(message.as_bytes()).expect("a message");
            state.raise_cseq(&received);
            assert_eq!(state.cseq(), expected, "{message}");
        }
    }

    #[test]
    fn a_new_call_knows_nothing_of_the_one_before() {
        let mut scratch = Scratch::default();
        let mut reader = Reader::default();
        let mut state = CallState::default();
        state.begin(7, NonZeroU32::new(3), 5);
        state.call_id_mut().extend_from_slice(b"x");
        let message = b"SIP/2.0 407 x\r\nTo: a;tag=t\r\nContact: <sip:c>\r\nRecord-Route: <sip:r;lr>\r\nProxy-Authenticate: Digest realm=\"a\"\r\n\r\n";
        let received = reader.read(message).expect("a message");
        state.keep_last(&mut scratch, &received);
        state.keep_peer_tag(&received);
        assert!(state.keep_routes(&received) && state.keep_challenge(&received));
        assert_eq!(state.call_id(), b"x");
        assert_eq!(state.peer_tag(), Some(&b"t"[..]));
        state.start_transaction(TransactionId(1), b"z9", 4);
        state.choose_line(2, 9);
        state.variable_mut(1, 3).set_number(1.0);
        assert_eq!(state.transaction(TransactionId(1)), Some((&b"z9"[..], 4)));
        assert_eq!((state.line(2), state.line(0)), (Some(9), Some(0)));

        state.begin(8, None, 1);
        assert!(state.call_id().is_empty() && state.last().is_empty());
        assert_eq!(state.peer_tag(), None);
        assert_eq!(state.transaction(TransactionId(1)), None);
        assert_eq!((state.line(2), state.user()), (None, None));
        assert!(!state.variable(1).expect("memory is kept").is_set());
        let extra = state.extra().expect("memory is kept");
        assert!(extra.routes.is_empty());
        assert!(extra.challenge.text.is_empty());
    }
}
