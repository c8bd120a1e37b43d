//! The timer wheel against a sorted map.

use std::collections::BTreeMap;

use gannet_traffic::{TICK_NS, TimerId, Wheel};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Operation {
    Insert { after_ns: u64 },
    Cancel { nth: usize },
    Advance { by_ns: u64 },
    AdvanceToNext,
}

/// Spans of all sizes, from less than a tick to more than a month.
fn span_ns() -> impl Strategy<Value = u64> {
    (0_u32..52, any::<u64>()).prop_map(|(bits, value)| value >> (63 - bits))
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => span_ns().prop_map(|after_ns| Operation::Insert { after_ns }),
        2 => any::<usize>().prop_map(|nth| Operation::Cancel { nth }),
        2 => span_ns().prop_map(|by_ns| Operation::Advance { by_ns }),
        2 => Just(Operation::AdvanceToNext),
    ]
}

/// What the wheel should do.
#[derive(Default)]
struct Model {
    tick: u64,
    timers: BTreeMap<(u64, u64), TimerId>,
}

impl Model {
    fn advance(&mut self, tick: u64) -> Vec<u64> {
        self.tick = self.tick.max(tick);
        let later = self.timers.split_off(&(self.tick + 1, 0));
        let due = std::mem::replace(&mut self.timers, later);
        due.into_keys().map(|(_, payload)| payload).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_wheel_does_what_a_sorted_map_does(
        origin_ns in 0..u64::from(u32::MAX),
        operations in prop::collection::vec(operation(), 1..200),
    ) {
        let mut wheel = Wheel::new(origin_ns);
        let mut model = Model::default();
        let mut now_ns = origin_ns;
        let mut stale = Vec::new();
        for (payload, operation) in operations.into_iter().enumerate() {
            let payload = payload as u64;
            match operation {
                Operation::Insert { after_ns } => {
                    let deadline_ns = now_ns + after_ns;
                    let id = wheel.insert(deadline_ns, payload);
                    let tick = (deadline_ns - origin_ns).div_ceil(TICK_NS).max(model.tick);
                    model.timers.insert((tick, payload), id);
                }
                Operation::Cancel { nth } => {
                    if let Some((&key, _)) = model.timers.iter().nth(nth % (model.timers.len() + 1)) {
                        let id = model.timers.remove(&key).expect("just found");
                        prop_assert!(wheel.cancel(id));
                        stale.push(id);
                    }
                }
                Operation::Advance { .. } | Operation::AdvanceToNext => {
                    now_ns = match operation {
                        Operation::Advance { by_ns } => now_ns + by_ns,
                        _ => wheel.next_deadline_ns().unwrap_or(now_ns).max(now_ns),
                    };
                    let mut expired = Vec::new();
                    wheel.advance(now_ns, &mut expired);
                    prop_assert_eq!(expired, model.advance((now_ns - origin_ns) / TICK_NS));
                }
            }
            for &id in &stale {
                prop_assert!(!wheel.cancel(id));
            }
            prop_assert_eq!(wheel.len(), model.timers.len());
            let first_ns = model.timers.keys().next().map(|(tick, _)| origin_ns + tick * TICK_NS);
            let next_ns = wheel.next_deadline_ns();
            prop_assert_eq!(next_ns.is_some(), first_ns.is_some());
            prop_assert!(next_ns <= first_ns);
        }
    }
}
