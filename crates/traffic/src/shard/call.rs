//! Calls and where they are kept.

use super::cseq::CSeq;
use super::history::History;
use super::plan::Plan;
use super::{Place, PortKey, Way};
use crate::{KeyChain, TimerId};

/// Index of a call in the slab.
pub(super) type CallId = u32;

/// A call: one run of a section's steps.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub(super) state: State,
    pub(super) section: u16,
    pub(super) step: u32,
    /// Where the call goes on after sections that return, the innermost last.
    pub(super) resumes: Vec<Resume>,
    /// What it is known by.
    pub(super) keys: KeyChain,
    /// Its place in the timer wheel, and for when.
    pub(super) timer: Option<TimerId>,
    pub(super) timer_ns: u64,
    /// When the state ends by itself; 0: never.
    pub(super) deadline_ns: u64,
    /// Time of the last message, or of the end of the last pause.
    pub(super) last_ns: u64,
    /// When the stopwatch was started, if it was.
    pub(super) stopwatch_ns: Option<u64>,
    /// Row of external data.
    pub(super) line: Option<u32>,
    /// It began with a received message.
    pub(super) incoming: bool,
    /// It began with the init section.
    pub(super) is_init: bool,
}

/// What a call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// No call.
    #[default]
    Free,
    /// Its steps are being run.
    Running,
    /// Waits for a message.
    Receiving,
    /// Waits for a time.
    Pausing,
    /// Waits for a connection before it sends.
    Opening,
    /// It is over; its retransmissions are still answered.
    Ended,
}

/// Where a call goes on after a section that returns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resume {
    pub(super) section: u16,
    pub(super) step: u32,
    pub(super) state: State,
    pub(super) deadline_ns: u64,
    pub(super) line: Option<u32>,
}

/// Retransmission of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repeat {
    pub(super) way: Way,
    pub(super) next_ns: u64,
    /// It is given up at this time.
    pub(super) until_ns: u64,
    pub(super) schedule: Schedule,
    /// The transaction of what is sent.
    pub(super) cseq: Option<CSeq>,
    /// The step that sent it.
    pub(super) place: Place,
    pub(super) timer: Option<TimerId>,
}

/// When a message is sent again, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub(super) interval_ns: u64,
    /// Longest interval; the interval doubles up to it. Not above `interval_ns`: constant.
    pub(super) interval_max_ns: u64,
    /// It is given up after this time.
    pub(super) lasts_ns: u64,
    /// How many more may be sent.
    pub(super) left: u32,
    /// What ends it.
    pub(super) ends_at: RepeatEnd,
}

/// What ends a retransmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RepeatEnd {
    /// Any message of the call.
    AnyMessage,
    /// Any response (INVITE, RFC 3261 17.1.1.2).
    AnyResponse,
    /// A final response (RFC 3261 17.1.2.2).
    FinalResponse,
    /// The ACK (RFC 3261 17.2.1).
    Ack,
}

/// The last message sent, kept to be sent again.
#[derive(Debug, Default)]
pub(super) struct SentCopy {
    pub(super) bytes: Vec<u8>,
    /// It is being retransmitted.
    pub(super) repeat: Option<Repeat>,
}

/// A variable of a call.
#[derive(Debug, Default)]
pub(super) struct Variable {
    pub(super) bytes: Vec<u8>,
    pub(super) is_set: bool,
}

/// A way to the world that the call has for itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OwnWay {
    pub(super) way: Option<Way>,
    /// Opened by the call, closed with it.
    pub(super) opened: Option<PortKey>,
}

/// All calls of a shard with what belongs to each. Places are used again, with their memory.
#[derive(Debug)]
pub(super) struct Calls {
    slots: Vec<Call>,
    variables: Vec<Variable>,
    ways: Vec<OwnWay>,
    /// Empty where no step retransmits.
    copies: Vec<SentCopy>,
    /// Empty where retransmissions are not absorbed.
    histories: Vec<History>,
    free: Vec<CallId>,
    variables_per_call: usize,
    channels: usize,
    keeps_copies: bool,
    keeps_history: bool,
}

impl Calls {
    pub(super) fn new(plan: &Plan, keeps_history: bool) -> Self {
        Self {
            slots: Vec::new(),
            variables: Vec::new(),
            ways: Vec::new(),
            copies: Vec::new(),
            histories: Vec::new(),
            free: Vec::new(),
            variables_per_call: plan.scenario.variables.len(),
            channels: plan.scenario.channels.len(),
            keeps_copies: plan.retransmits,
            keeps_history,
        }
    }

    /// A call in state `Running` with nothing stored.
    pub(super) fn take(&mut self) -> CallId {
        let id = self.free.pop().unwrap_or_else(|| {
            let id = self.slots.len() as CallId;
            self.slots.push(Call::default());
            let variables = self.variables.len() + self.variables_per_call;
            self.variables.resize_with(variables, Variable::default);
            let ways = self.ways.len() + self.channels;
            self.ways.resize_with(ways, OwnWay::default);
            if self.keeps_copies {
                self.copies.push(SentCopy::default());
            }
            if self.keeps_history {
                self.histories.push(History::default());
            }
            id
        });
        self.slots[id as usize].state = State::Running;
        id
    }

    /// Gives the call's place back. Its keys and timers must be gone.
    pub(super) fn give_back(&mut self, id: CallId) {
        let call = &mut self.slots[id as usize];
        let mut resumes = std::mem::take(&mut call.resumes);
        resumes.clear();
        *call = Call {
            resumes,
            ..Call::default()
        };
        for variable in self.variables_mut(id) {
            variable.bytes.clear();
            variable.is_set = false;
        }
        for way in self.ways_mut(id) {
            *way = OwnWay::default();
        }
        if let Some(copy) = self.copies.get_mut(id as usize) {
            copy.repeat = None;
        }
        if let Some(history) = self.histories.get_mut(id as usize) {
            history.clear();
        }
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
    pub(super) fn variable(&self, id: CallId, variable: usize) -> &Variable {
        &self.variables[id as usize * self.variables_per_call + variable]
    }

    #[inline]
    pub(super) fn variable_mut(&mut self, id: CallId, variable: usize) -> &mut Variable {
        &mut self.variables[id as usize * self.variables_per_call + variable]
    }

    #[inline]
    pub(super) fn way(&self, id: CallId, channel: usize) -> &OwnWay {
        &self.ways[id as usize * self.channels + channel]
    }

    #[inline]
    pub(super) fn way_mut(&mut self, id: CallId, channel: usize) -> &mut OwnWay {
        &mut self.ways[id as usize * self.channels + channel]
    }

    /// The last message sent; `None` where no step retransmits.
    #[inline]
    pub(super) fn copy_mut(&mut self, id: CallId) -> Option<&mut SentCopy> {
        self.copies.get_mut(id as usize)
    }

    /// What came and how it was answered; `None` where retransmissions are not absorbed.
    #[inline]
    pub(super) fn history_mut(&mut self, id: CallId) -> Option<&mut History> {
        self.histories.get_mut(id as usize)
    }

    fn variables_mut(&mut self, id: CallId) -> &mut [Variable] {
        let start = id as usize * self.variables_per_call;
        &mut self.variables[start..start + self.variables_per_call]
    }

    fn ways_mut(&mut self, id: CallId) -> &mut [OwnWay] {
        let start = id as usize * self.channels;
        &mut self.ways[start..start + self.channels]
    }
}
