//! The counters that all calls of the process share.

use gannet_scenario::model::{Counter, CounterId, CounterLimit, Scenario};

use crate::Share;

/// The counters of one shard. Of several shards each takes its own values, so that no value is used twice:
/// shard `i` of `n` counts `init + 1 + i`, `init + 1 + i + n`, …
#[derive(Debug)]
pub(super) struct Counters {
    states: Vec<State>,
}

#[derive(Debug)]
struct State {
    value: u64,
    min: u64,
    max: u64,
    init: u64,
    at_max: CounterLimit,
    first_step: u64,
    step: u64,
    begun: bool,
}

impl Counters {
    pub(super) fn new(scenario: &Scenario, share: Share) -> Self {
        let state = |counter: &Counter| State {
            value: counter.init,
            min: counter.min,
            max: counter.max,
            init: counter.init,
            at_max: counter.at_max,
            first_step: u64::from(share.index) + 1,
            step: u64::from(share.count),
            begun: false,
        };
        Self {
            states: scenario.counters.iter().map(state).collect(),
        }
    }

    #[inline]
    pub(super) fn value(&self, counter: CounterId) -> u64 {
        self.states[counter.index()].value
    }

    #[inline]
    pub(super) fn increment(&mut self, counter: CounterId) {
        let state = &mut self.states[counter.index()];
        let step = if state.begun {
            state.step
        } else {
            state.first_step
        };
        state.begun = true;
        match state
            .value
            .checked_add(step)
            .filter(|next| *next <= state.max)
        {
            Some(next) => state.value = next,
            None => match state.at_max {
                CounterLimit::Init => state.restart(state.init),
                CounterLimit::Min => state.restart(state.min),
                CounterLimit::Stay => state.value = state.max,
            },
        }
    }
}

impl State {
    fn restart(&mut self, at: u64) {
        self.value = at.saturating_add(self.first_step - 1).min(self.max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(at_max: CounterLimit, share: Share) -> Counters {
        let counter = Counter {
            name: "c".to_owned(),
            init: 1,
            min: 0,
            max: 3,
            at_max,
        };
        Counters::new(
            &Scenario {
                name: String::new(),
                protocols: Vec::new(),
                channels: Vec::new(),
                counters: vec![counter],
                variables: Vec::new(),
                sections: Vec::new(),
            },
            share,
        )
    }

    fn run(mut counters: Counters) -> Vec<u64> {
        (0..5)
            .map(|_| {
                counters.increment(CounterId(0));
                counters.value(CounterId(0))
            })
            .collect()
    }

    #[test]
    fn the_highest_value_is_followed_by_what_the_scenario_says() {
        let one = Share { index: 0, count: 1 };
        assert_eq!(run(counters(CounterLimit::Init, one)), [2, 3, 1, 2, 3]);
        assert_eq!(run(counters(CounterLimit::Min, one)), [2, 3, 0, 1, 2]);
        assert_eq!(run(counters(CounterLimit::Stay, one)), [2, 3, 3, 3, 3]);
    }

    #[test]
    fn shards_take_turns() {
        let mut first = counters(CounterLimit::Init, Share { index: 0, count: 2 });
        let mut second = counters(CounterLimit::Init, Share { index: 1, count: 2 });
        first.increment(CounterId(0));
        second.increment(CounterId(0));
        assert_eq!(first.value(CounterId(0)), 2);
        assert_eq!(second.value(CounterId(0)), 3);
    }
}
