//! What was counted.

use super::{Failure, FailureCounts, Layout};
use crate::traffic::ResponseTimes;

/// Counts of a scenario's calls, from the start of the run.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Calls that began with a received message.
    pub incoming: u64,
    /// Calls that began here.
    pub outgoing: u64,
    /// Calls that are open now.
    pub open: u64,
    /// The most calls that were open at once.
    pub open_max: u64,
    /// Calls that ended well.
    pub successful: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Why they failed.
    pub failures: FailureCounts,
    /// Why they failed, by the step of the layout that they were at.
    pub failures_at: Vec<FailureCounts>,
    /// Messages of no call.
    pub out_of_call: u64,
    /// Messages of calls that had ended.
    pub dead_call: u64,
    /// Messages sent again or received again.
    pub retransmissions: u64,
    /// Messages answered without the scenario.
    pub auto_answered: u64,
    /// Warnings.
    pub warnings: u64,
    /// Errors that end the run.
    pub fatal_errors: u64,
    /// The loop was late by more than the greater threshold.
    pub watchdog_major: u64,
    /// The loop was late by more than the lesser threshold.
    pub watchdog_minor: u64,
    /// Unexpected responses since the start: the code of each, as far as they are kept.
    pub unexpected_codes: Vec<u16>,
    /// How far the generator itself was behind.
    pub lag: Lag,
    /// By step of the layout.
    pub steps: Vec<StepFigures>,
    /// By timer of the layout.
    pub timers: Vec<ResponseTimes>,
    /// From the beginning of a call to its end.
    pub call_length: ResponseTimes,
    /// By counter of the layout.
    pub counters: Vec<u64>,
    /// Messages sent, retransmissions included.
    pub messages_sent: u64,
    /// Messages received, retransmissions included.
    pub messages_received: u64,
}

/// Counts of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepFigures {
    /// Messages sent or received; for a pause, how often it began.
    pub messages: u64,
    /// Messages sent again, or received again.
    pub retransmissions: u64,
    /// Waits that ended without a message.
    pub timeouts: u64,
    /// Other messages that came here.
    pub unexpected: u64,
    /// Messages dropped on purpose.
    pub lost: u64,
    /// Calls that are in this pause now.
    pub paused_now: u64,
}

/// How far the generator itself was behind: a run with a lag says little about its peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lag {
    /// Calls that began more than a tenth of a second after they were due, or never.
    pub late_starts: u64,
    /// The longest time between two turns of the loop, in nanoseconds.
    pub longest_turn_ns: u64,
    /// Datagrams that the kernel dropped because they were not fetched in time.
    pub dropped_datagrams: u64,
}

impl Figures {
    /// Nothing counted yet.
    pub fn new(layout: &Layout) -> Self {
        let bounds = layout.timer_bounds_ms.iter();
        Self {
            incoming: 0,
            outgoing: 0,
            open: 0,
            open_max: 0,
            successful: 0,
            failed: 0,
            failures: FailureCounts::default(),
            failures_at: vec![FailureCounts::default(); layout.steps.len()],
            out_of_call: 0,
            dead_call: 0,
            retransmissions: 0,
            auto_answered: 0,
            warnings: 0,
            fatal_errors: 0,
            watchdog_major: 0,
            watchdog_minor: 0,
            unexpected_codes: Vec::new(),
            lag: Lag::default(),
            steps: vec![StepFigures::default(); layout.steps.len()],
            timers: bounds.map(|bounds| ResponseTimes::new(bounds)).collect(),
            call_length: ResponseTimes::new(&layout.call_length_bounds_ms),
            counters: vec![0; layout.counters.len()],
            messages_sent: 0,
            messages_received: 0,
        }
    }

    /// Calls that began, on either side.
    pub fn created(&self) -> u64 {
        self.incoming + self.outgoing
    }

    /// A call failed for that cause at that step; nothing is counted of a step that is not there.
    pub fn fail(&mut self, step: usize, failure: Failure) {
        self.failed += 1;
        self.failures.count(failure);
        if let Some(counts) = self.failures_at.get_mut(step) {
            counts.count(failure);
        }
    }

    /// What was counted after an earlier state of the same figures; what is open now stays as it is.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut later = self.clone();
        for (mine, theirs) in later
            .counts_mut()
            .into_iter()
            .zip(earlier.clone().counts_mut())
        {
            *mine = mine.saturating_sub(*theirs);
        }
        later.failures = self.failures.since(&earlier.failures);
        for (mine, theirs) in later.failures_at.iter_mut().zip(&earlier.failures_at) {
            *mine = mine.since(theirs);
        }
        let known = earlier
            .unexpected_codes
            .len()
            .min(self.unexpected_codes.len());
        later.unexpected_codes.drain(..known);
        for (mine, theirs) in later.steps.iter_mut().zip(&earlier.steps) {
            mine.messages = mine.messages.saturating_sub(theirs.messages);
            mine.retransmissions = mine.retransmissions.saturating_sub(theirs.retransmissions);
            mine.timeouts = mine.timeouts.saturating_sub(theirs.timeouts);
            mine.unexpected = mine.unexpected.saturating_sub(theirs.unexpected);
            mine.lost = mine.lost.saturating_sub(theirs.lost);
        }
        for (mine, theirs) in later.timers.iter_mut().zip(&earlier.timers) {
            *mine = mine.since(theirs);
        }
        later.call_length = self.call_length.since(&earlier.call_length);
        for (mine, theirs) in later.counters.iter_mut().zip(&earlier.counters) {
            *mine = mine.saturating_sub(*theirs);
        }
        later
    }

    fn counts_mut(&mut self) -> [&mut u64; 16] {
        [
            &mut self.incoming,
            &mut self.outgoing,
            &mut self.successful,
            &mut self.failed,
            &mut self.out_of_call,
            &mut self.dead_call,
            &mut self.retransmissions,
            &mut self.auto_answered,
            &mut self.warnings,
            &mut self.fatal_errors,
            &mut self.watchdog_major,
            &mut self.watchdog_minor,
            &mut self.messages_sent,
            &mut self.messages_received,
            &mut self.lag.late_starts,
            &mut self.lag.dropped_datagrams,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sipp::{CommandKind, StepLayout};

    fn layout() -> Layout {
        let step = StepLayout {
            kind: CommandKind::ReceiveResponse,
            name: "200".into(),
            display: None,
            hidden: false,
            blank_line_after: false,
            retransmits: false,
            has_timeout: false,
            may_be_lost: false,
            optional: false,
            starts_timer: None,
            stops_timer: None,
        };
        Layout {
            steps: vec![step],
            ..Layout::default()
        }
    }

    #[test]
    fn a_failure_is_counted_in_all_and_at_its_step() {
        let mut figures = Figures::new(&layout());
        figures.fail(0, Failure::TimeoutOnRecv);
        let earlier = figures.clone();
        figures.fail(0, Failure::TimeoutOnRecv);
        figures.fail(7, Failure::TcpClosed);
        assert_eq!(figures.failed, 3);
        assert_eq!(figures.failures.of(Failure::TimeoutOnRecv), 2);
        assert_eq!(figures.failures.of(Failure::TcpClosed), 1);
        assert_eq!(figures.failures_at[0].of(Failure::TimeoutOnRecv), 2);
        let period = figures.since(&earlier);
        assert_eq!(period.failed, 2);
        assert_eq!(period.failures_at[0].of(Failure::TimeoutOnRecv), 1);
    }
}
