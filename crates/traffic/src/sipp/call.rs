//! Calls and where they are kept.

use gannet_events::sipp::Failure;

use super::state::CallState;
use crate::shard::Way;
use crate::{KeyChain, TimerId};

/// Index of a call in the slab.
pub(super) type CallId = u32;

/// No call.
pub(super) const NO_CALL: CallId = CallId::MAX;

/// A call: a cursor in the steps of a scenario.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub(super) state: State,
    /// Which scenario.
    pub(super) part: u8,
    pub(super) marks: Marks,
    /// What it is counted as at its end, if a check failed.
    pub(super) failure: Option<Failure>,
    /// The cursor.
    pub(super) step: u32,
    /// What it is known by.
    pub(super) keys: KeyChain,
    pub(super) began_ns: u64,
    /// Its place in the timer wheel, and for when.
    pub(super) timer: Option<TimerId>,
    pub(super) timer_ns: u64,
    /// When the state ends by itself; 0: never.
    pub(super) deadline_ns: u64,
    /// The step whose time limit that is.
    pub(super) deadline_step: u32,
    /// When it has waited long enough with sending; 0: it does not wait.
    pub(super) send_limit_ns: u64,
    /// CSeq of the last received INVITE.
    pub(super) invite_cseq: u32,
    /// Where it sends; `None` until that is known.
    pub(super) way: Option<Way>,
    pub(super) repeat: Repeat,
    pub(super) heard: Heard,
}

/// What holds or does not hold for a call.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent facts")]
pub(super) struct Marks {
    /// It began with a received message.
    pub(super) incoming: bool,
    /// It is the call of `init`: it counts nowhere.
    pub(super) is_init: bool,
    /// It was begun by a message of no call.
    pub(super) automatic: bool,
    /// It only answers one message: it counts nowhere.
    pub(super) is_answer: bool,
    /// An ACK was sent or received.
    pub(super) established: bool,
    /// A 200 was received and not acknowledged yet.
    pub(super) ack_pending: bool,
    /// Something was received and is kept.
    pub(super) has_last: bool,
    /// The last message sent by a step was an INVITE.
    pub(super) sent_invite: bool,
    /// It is in its timewait: complete.
    pub(super) in_timewait: bool,
    /// It waits for a message that is kept for it.
    pub(super) has_queued: bool,
    /// That message has gone to the scenario's handler.
    pub(super) queued_unexpected: bool,
    /// It has a socket of its own.
    pub(super) owns_port: bool,
    /// After its end nothing is known of it.
    pub(super) is_forgotten: bool,
}

/// What a call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// No call.
    #[default]
    Free,
    /// Its steps are being run.
    Running,
    /// Waits for a message or a command.
    Receiving,
    /// Waits for a time.
    Pausing,
    /// Waits with sending until its last message is answered.
    Blocked,
    /// Waits with sending until its connection is made.
    Opening,
    /// Waits with sending until its connection takes more.
    Congested,
    /// Lets others run.
    Yielding,
}

/// Retransmission of the last message.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Repeat {
    /// When; 0: not at all.
    pub(super) next_ns: u64,
    pub(super) interval_ns: u64,
    /// How often it was.
    pub(super) count: u32,
    /// The step that sent last.
    pub(super) step: u32,
}

/// What tells that a message comes again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    /// Hash of the last received message; 0: none.
    pub(super) last: u64,
    /// The step that took it.
    pub(super) step: u32,
    /// What was sent after it.
    pub(super) answer: Answer,
    next: u8,
    /// The last one was of an earlier round of a loop.
    is_of_earlier_round: bool,
    /// Those before.
    earlier: [(u32, u32); EARLIER_MAX],
}

/// What was sent after the last received message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Answer {
    /// Nothing yet.
    #[default]
    None,
    /// What was sent last.
    Last,
    /// Something, and then another message that does not answer it.
    Passed,
}

/// How many messages before the last one a call recognises.
const EARLIER_MAX: usize = 4;

impl Heard {
    /// A message was taken by a step.
    #[inline]
    pub(super) fn note(&mut self, hash: u64, step: u32) {
        if self.last != 0 && !std::mem::take(&mut self.is_of_earlier_round) {
            self.earlier[usize::from(self.next)] = (self.last as u32, self.step + 1);
            self.next = (self.next + 1) % EARLIER_MAX as u8;
        }
        self.last = hash;
        self.step = step;
        self.answer = Answer::None;
    }

    /// The step that took that message, if it is one of those before the last.
    #[inline]
    pub(super) fn earlier(&self, hash: u64) -> Option<usize> {
        self.earlier
            .iter()
            .find(|(known, step)| *step != 0 && *known == hash as u32)
            .map(|(_, step)| *step as usize - 1)
    }

    /// Steps are run again: the same messages may be meant anew.
    pub(super) fn forget_earlier(&mut self) {
        self.earlier = Default::default();
        self.is_of_earlier_round = true;
    }
}

/// All calls of a player with what belongs to each. Places are used again, with their memory.
#[derive(Debug)]
pub(super) struct Calls {
    slots: Vec<Call>,
    states: Vec<CallState>,
    /// The last message sent by a step; empty where nothing is ever sent again.
    sent: Vec<Vec<u8>>,
    /// When each response time began.
    timers: Vec<u64>,
    /// Calls of the same connection; empty without connections.
    links: Vec<Link>,
    free: Vec<CallId>,
    timers_per_call: usize,
    keeps_sent: bool,
    keeps_links: bool,
}

/// Neighbours in the list of a connection's calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) before: CallId,
    pub(super) after: CallId,
}

impl Link {
    pub(super) const ALONE: Self = Self {
        before: NO_CALL,
        after: NO_CALL,
    };
}

/// A response time that was taken and is not taken again.
pub(super) const TAKEN: u64 = u64::MAX;

impl Calls {
    pub(super) fn new(timers_per_call: usize, keeps_sent: bool, keeps_links: bool) -> Self {
        Self {
            slots: Vec::new(),
            states: Vec::new(),
            sent: Vec::new(),
            timers: Vec::new(),
            links: Vec::new(),
            free: Vec::new(),
            timers_per_call,
            keeps_sent,
            keeps_links,
        }
    }

    /// A call in state `Running` with nothing stored.
    pub(super) fn take(&mut self, now_ns: u64) -> CallId {
        let id = self.free.pop().unwrap_or_else(|| {
            let id = self.slots.len() as CallId;
            self.slots.push(Call::default());
            self.states.push(CallState::default());
            let timers = self.timers.len() + self.timers_per_call;
            self.timers.resize(timers, 0);
            if self.keeps_sent {
                self.sent.push(Vec::new());
            }
            if self.keeps_links {
                self.links.push(Link::ALONE);
            }
            id
        });
        let call = &mut self.slots[id as usize];
        call.state = State::Running;
        call.began_ns = now_ns;
        let start = id as usize * self.timers_per_call;
        self.timers[start..start + self.timers_per_call].fill(now_ns);
        id
    }

    /// Gives the call's place back. Its keys and timers must be gone.
    pub(super) fn give_back(&mut self, id: CallId) {
        self.slots[id as usize] = Call::default();
        self.states[id as usize].clear();
        self.free.push(id);
    }

    #[inline]
    pub(super) fn get(&self, id: CallId) -> &Call {
        &self.slots[id as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: CallId) -> &mut Call {
        &mut self.slots[id as usize]
    }

    #[inline]
    pub(super) fn state(&self, id: CallId) -> &CallState {
        &self.states[id as usize]
    }

    #[inline]
    pub(super) fn state_mut(&mut self, id: CallId) -> &mut CallState {
        &mut self.states[id as usize]
    }

    /// The last message sent by a step; `None` where nothing is ever sent again.
    #[inline]
    pub(super) fn sent_mut(&mut self, id: CallId) -> Option<&mut Vec<u8>> {
        self.sent.get_mut(id as usize)
    }

    /// Since when a response time runs; [`TAKEN`] if it was taken.
    #[inline]
    pub(super) fn timer_mut(&mut self, id: CallId, timer: usize) -> &mut u64 {
        &mut self.timers[id as usize * self.timers_per_call + timer]
    }

    pub(super) fn link(&self, id: CallId) -> Link {
        self.links.get(id as usize).copied().unwrap_or(Link::ALONE)
    }

    pub(super) fn link_mut(&mut self, id: CallId) -> Option<&mut Link> {
        self.links.get_mut(id as usize)
    }

    /// All calls that are open.
    pub(super) fn open(&self) -> impl Iterator<Item = CallId> {
        let slots = self.slots.iter().enumerate();
        slots
            .filter(|(_, call)| call.state != State::Free)
            .map(|(id, _)| id as CallId)
    }
}

/// Memory of a call beside what it stores.
pub(super) const CALL_BYTES: usize =
    size_of::<Call>() + size_of::<CallState>() + size_of::<Vec<u8>>() + size_of::<CallId>();

const _: () = assert!(
    CALL_BYTES <= 600,
    "500,000 open calls have less than 1 KiB each, with keys and timers"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_recognised_until_four_others_came() {
        let mut heard = Heard::default();
        for n in 1..=6 {
            heard.note(n, n as u32);
        }
        assert_eq!(heard.last, 6);
        assert_eq!(heard.earlier(1), None);
        assert_eq!(heard.earlier(2), Some(2));
        assert_eq!(heard.earlier(5), Some(5));
        heard.forget_earlier();
        heard.note(7, 7);
        assert_eq!((heard.earlier(5), heard.earlier(6)), (None, None));
    }

    #[test]
    fn a_place_is_used_again() {
        let mut calls = Calls::new(2, true, false);
        let id = calls.take(5);
        *calls.timer_mut(id, 1) = TAKEN;
        calls.give_back(id);
        assert_eq!(calls.take(9), id);
        assert_eq!(*calls.timer_mut(id, 1), 9);
        assert_eq!(calls.open().collect::<Vec<_>>(), [id]);
    }
}
