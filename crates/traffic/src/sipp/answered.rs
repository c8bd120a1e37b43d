//! Requests that come again when the call that answered them is over.

use gannet_scenario::sipp::model::{Sends, StepKind};

use super::call::{Answer, CallId};
use super::core::{Core, Turn};
use super::dead::{DeadCalls, name_hash};
use super::input::Source;
use super::received::{Received, Start};
use super::running::MS_NS;

/// How long a request may come again: 64 * T1 (RFC 3261 17.2.2, timer J).
const KNOWN_NS: u64 = 64 * 500 * MS_NS;

/// Requests whose 200 was the last act of their calls.
///
/// A scenario without a timewait is over with its 200, and if that is lost, so is the peer's call. So
/// the request is answered again, without its call: a hash is all that is kept of both.
#[derive(Debug)]
pub(super) struct Answered(DeadCalls);

impl Answered {
    /// None; calls that are over are known for `dead_call_ns`.
    pub(super) fn new(dead_call_ns: u64) -> Self {
        Self(DeadCalls::new(dead_call_ns.min(KNOWN_NS)))
    }
}

impl Core {
    /// A call is complete: was its last act to answer a request with 200?
    #[inline]
    pub(super) fn note_last_answer(&mut self, turn: &Turn<'_, '_>, id: CallId) {
        let call = self.calls.get(id);
        let heard = call.heard;
        if heard.last == 0 || heard.answer != Answer::Last || call.marks.in_timewait {
            return;
        }
        let steps = turn.plan.part_of(call).steps(call.marks.is_init);
        let step = steps.get(call.repeat.step as usize).map(|step| &step.kind);
        let Some(StepKind::Send(send)) = step else {
            return;
        };
        if send.sends == Sends::Response(200) {
            let name = name_hash(&self.hasher, self.calls.state(id).call_id());
            self.answered.0.insert(turn.now_ns, key(heard.last, name));
        }
    }

    /// Answers such a request, if this is one. Only a request within a dialog can be answered like
    /// the first time: the tag of another one's answer is gone (RFC 3261 8.2.6.2).
    pub(super) fn answer_again(
        &mut self,
        turn: &mut Turn<'_, '_>,
        received: &Received<'_>,
        source: Source,
        name: &[u8],
    ) {
        let Start::Request(method) = received.start() else {
            return;
        };
        let is_in_dialog = received
            .to()
            .is_some_and(|to| memchr::memmem::find(to, b";tag=").is_some());
        if matches!(method, b"INVITE" | b"ACK") || !is_in_dialog || !self.repeats() {
            return;
        }
        let key = key(self.message_hash(received), name_hash(&self.hasher, name));
        if self.answered.0.contains(turn.now_ns, key) {
            self.answer_aside(turn, received, source, name);
        }
    }
}

/// A call's message, by the hashes of both. The lowest bit of a message's hash says nothing, and the
/// lowest ones choose the place.
fn key(message: u64, name: u64) -> u64 {
    message.rotate_left(32) ^ name
}
