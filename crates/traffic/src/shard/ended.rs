//! Calls that are over and still answer retransmissions.

use std::collections::VecDeque;

use super::call::{CallId, State};
use super::core::Core;

/// How long: 64 times T1 (RFC 3261 17.1.2.2, timer F of the peer).
const ENDED_NS: u64 = 32_000_000_000;

/// The most of them; beyond, the oldest are given up.
const ENDED_MAX: usize = 200_000;

/// Calls that are over, in the order of their ends.
#[derive(Debug, Default)]
pub(super) struct EndedCalls {
    queue: VecDeque<Ended>,
}

#[derive(Debug, Clone, Copy)]
struct Ended {
    call: CallId,
    until_ns: u64,
}

impl Core {
    /// A call that is over goes on answering retransmissions for a while.
    pub(super) fn keep_ended(&mut self, now_ns: u64, id: CallId) {
        if self.ended.queue.len() >= ENDED_MAX
            && let Some(oldest) = self.ended.queue.pop_front()
        {
            self.release_kept(oldest);
        }
        let until_ns = now_ns.saturating_add(ENDED_NS);
        let call = self.calls.get_mut(id);
        call.state = State::Ended;
        call.deadline_ns = until_ns;
        if let Some(timer) = call.timer.take() {
            self.wheel.cancel(timer);
        }
        self.ended.queue.push_back(Ended { call: id, until_ns });
    }

    /// Frees the calls whose time is over.
    pub(super) fn forget_ended(&mut self, now_ns: u64) {
        while let Some(oldest) = self.ended.queue.front().copied()
            && oldest.until_ns <= now_ns
        {
            self.ended.queue.pop_front();
            self.release_kept(oldest);
        }
    }

    /// Frees the place of a call that is over, because another one wants what it has. False if the
    /// call is not over.
    pub(super) fn release_ended(&mut self, id: CallId) -> bool {
        let is_over = self.calls.get(id).state == State::Ended;
        if is_over {
            self.release(id);
        }
        is_over
    }

    /// The place may have been freed, and may even hold another call by now.
    fn release_kept(&mut self, ended: Ended) {
        let call = self.calls.get(ended.call);
        if call.state == State::Ended && call.deadline_ns == ended.until_ns {
            self.release(ended.call);
        }
    }
}
