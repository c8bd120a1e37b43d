//! What was counted.

use super::{Layout, ResponseTimes};

/// Counts of a shard or of a run, from its start.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Calls that began with a received message.
    pub incoming_calls: u64,
    /// Calls that this side began.
    pub outgoing_calls: u64,
    /// Messages received, of whatever type.
    pub messages_received: u64,
    /// Messages sent, retransmissions included.
    pub messages_sent: u64,
    /// Messages that the scenario did not wait for.
    pub unexpected_messages: u64,
    /// Calls that are open now.
    pub calls_open: u64,
    /// The most calls that were open at once; of several shards the sum.
    pub calls_open_max: u64,
    /// Calls of the init section that ended well.
    pub init_successful: u64,
    /// Calls of the traffic section that ended well.
    pub traffic_successful: u64,
    /// Calls that a default section ended well.
    pub default_successful: u64,
    /// Calls that the abort section ended well.
    pub abort_successful: u64,
    /// Calls that failed, for whatever reason.
    pub failed: u64,
    /// Calls and messages that were not taken: the run was ending, or no call context was free.
    pub failed_refused: u64,
    /// Calls that ended while the abort section ran.
    pub failed_aborted: u64,
    /// Calls that waited longer than they may.
    pub failed_timeout: u64,
    /// Calls that could not be started in time because all call contexts were in use.
    pub late_starts: u64,
    /// Messages sent again because nothing came.
    pub retransmissions_sent: u64,
    /// Received retransmissions that were taken for what they are.
    pub retransmissions_absorbed: u64,
    /// Messages answered without the scenario.
    pub background_answers: u64,
    /// Provisional responses (100) that were passed over.
    pub trying_skipped: u64,
    /// Received bytes that are no message of the channel's protocol, counted by datagram.
    pub malformed: u64,
    /// Keep-alives (RFC 5626 3.5.1) that were passed over.
    pub keep_alives: u64,
    /// Times from start-timer to stop-timer.
    pub response_times: ResponseTimes,
    /// By section and step of the layout.
    pub sections: Vec<Vec<StepFigures>>,
    /// By protocol and message type of the layout.
    pub protocols: Vec<Vec<MessageFigures>>,
}

/// Counts of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepFigures {
    /// Messages sent or received; for a pause, how often it began.
    pub messages: u64,
    /// Messages sent again, or received again and absorbed.
    pub retransmissions: u64,
    /// Waits that ended without a message.
    pub timeouts: u64,
    /// Messages of another kind that came here.
    pub unexpected: u64,
    /// Actions that failed the call here.
    pub actions_failed: u64,
    /// Calls that failed here, for whatever reason.
    pub calls_failed: u64,
}

/// Counts of a message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageFigures {
    /// Received.
    pub received: u64,
    /// Sent.
    pub sent: u64,
}

impl Figures {
    /// Nothing counted yet.
    pub fn new(layout: &Layout) -> Self {
        let steps =
            |section: &super::SectionLayout| vec![StepFigures::default(); section.steps.len()];
        let messages = |protocol: &super::ProtocolLayout| {
            vec![MessageFigures::default(); protocol.messages.len()]
        };
        Self {
            incoming_calls: 0,
            outgoing_calls: 0,
            messages_received: 0,
            messages_sent: 0,
            unexpected_messages: 0,
            calls_open: 0,
            calls_open_max: 0,
            init_successful: 0,
            traffic_successful: 0,
            default_successful: 0,
            abort_successful: 0,
            failed: 0,
            failed_refused: 0,
            failed_aborted: 0,
            failed_timeout: 0,
            late_starts: 0,
            retransmissions_sent: 0,
            retransmissions_absorbed: 0,
            background_answers: 0,
            trying_skipped: 0,
            malformed: 0,
            keep_alives: 0,
            response_times: ResponseTimes::new(&layout.response_bounds_ms),
            sections: layout.sections.iter().map(steps).collect(),
            protocols: layout.protocols.iter().map(messages).collect(),
        }
    }

    /// Adds the figures of another shard of the same layout.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.counts_mut().into_iter().zip(other.counts()) {
            *mine += theirs;
        }
        self.response_times.merge(&other.response_times);
        for (mine, theirs) in self
            .sections
            .iter_mut()
            .flatten()
            .zip(other.sections.iter().flatten())
        {
            mine.messages += theirs.messages;
            mine.retransmissions += theirs.retransmissions;
            mine.timeouts += theirs.timeouts;
            mine.unexpected += theirs.unexpected;
            mine.actions_failed += theirs.actions_failed;
            mine.calls_failed += theirs.calls_failed;
        }
        for (mine, theirs) in self
            .protocols
            .iter_mut()
            .flatten()
            .zip(other.protocols.iter().flatten())
        {
            mine.received += theirs.received;
            mine.sent += theirs.sent;
        }
    }

    /// What was counted after an earlier state of the same figures; open calls stay as they are.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut later = self.clone();
        for (mine, theirs) in later.counts_mut().into_iter().zip(earlier.counts()) {
            *mine = mine.saturating_sub(theirs);
        }
        later.calls_open = self.calls_open;
        later.calls_open_max = self.calls_open_max;
        later.response_times = self.response_times.since(&earlier.response_times);
        let steps = earlier.sections.iter().flatten();
        for (mine, theirs) in later.sections.iter_mut().flatten().zip(steps) {
            mine.messages = mine.messages.saturating_sub(theirs.messages);
            mine.retransmissions = mine.retransmissions.saturating_sub(theirs.retransmissions);
            mine.timeouts = mine.timeouts.saturating_sub(theirs.timeouts);
            mine.unexpected = mine.unexpected.saturating_sub(theirs.unexpected);
            mine.actions_failed = mine.actions_failed.saturating_sub(theirs.actions_failed);
            mine.calls_failed = mine.calls_failed.saturating_sub(theirs.calls_failed);
        }
        let messages = earlier.protocols.iter().flatten();
        for (mine, theirs) in later.protocols.iter_mut().flatten().zip(messages) {
            mine.received = mine.received.saturating_sub(theirs.received);
            mine.sent = mine.sent.saturating_sub(theirs.sent);
        }
        later
    }

    /// Calls that began, on either side.
    pub fn calls_started(&self) -> u64 {
        self.incoming_calls + self.outgoing_calls
    }

    /// Calls that ended, well or not.
    pub fn calls_ended(&self) -> u64 {
        self.calls_successful() + self.failed
    }

    /// Calls that ended well.
    pub fn calls_successful(&self) -> u64 {
        self.init_successful
            + self.traffic_successful
            + self.default_successful
            + self.abort_successful
    }

    fn counts(&self) -> [u64; 22] {
        [
            self.incoming_calls,
            self.outgoing_calls,
            self.messages_received,
            self.messages_sent,
            self.unexpected_messages,
            self.calls_open,
            self.calls_open_max,
            self.init_successful,
            self.traffic_successful,
            self.default_successful,
            self.abort_successful,
            self.failed,
            self.failed_refused,
            self.failed_aborted,
            self.failed_timeout,
            self.late_starts,
            self.retransmissions_sent,
            self.retransmissions_absorbed,
            self.background_answers,
            self.trying_skipped,
            self.malformed,
            self.keep_alives,
        ]
    }

    fn counts_mut(&mut self) -> [&mut u64; 22] {
        [
            &mut self.incoming_calls,
            &mut self.outgoing_calls,
            &mut self.messages_received,
            &mut self.messages_sent,
            &mut self.unexpected_messages,
            &mut self.calls_open,
            &mut self.calls_open_max,
            &mut self.init_successful,
            &mut self.traffic_successful,
            &mut self.default_successful,
            &mut self.abort_successful,
            &mut self.failed,
            &mut self.failed_refused,
            &mut self.failed_aborted,
            &mut self.failed_timeout,
            &mut self.late_starts,
            &mut self.retransmissions_sent,
            &mut self.retransmissions_absorbed,
            &mut self.background_answers,
            &mut self.trying_skipped,
            &mut self.malformed,
            &mut self.keep_alives,
        ]
    }
}
