//! When calls start, by the three models.

use gannet_traffic::{Model, Pacer, PacerSettings, Share};
use proptest::prelude::*;

const SECOND: u64 = 1_000_000_000;
const MS: u64 = 1_000_000;

fn settings(model: Model, calls_per_s: f64) -> PacerSettings {
    PacerSettings {
        model,
        calls_per_s,
        burst_limit: None,
        share: Share::WHOLE,
        seed: 20_261_121,
    }
}

/// Starts all that is due.
fn start_all(pacer: &mut Pacer, now_ns: u64) -> u64 {
    let due = pacer.due(now_ns);
    pacer.started(due, now_ns);
    due
}

/// Starts all that is due at the times that the pacer names, until the end.
fn run(pacer: &mut Pacer, from_ns: u64, to_ns: u64) -> u64 {
    let mut started = 0;
    let mut now_ns = from_ns;
    while let Some(next_ns) = pacer.next_due_ns(now_ns + 1) {
        if next_ns > to_ns {
            break;
        }
        now_ns = next_ns;
        started += start_all(pacer, now_ns);
    }
    started
}

#[test]
fn best_effort_is_due_what_has_been_earned_rounded_up() {
    let mut pacer = Pacer::new(settings(Model::BestEffort, 10.0), 5 * SECOND);
    for (ms, due, started) in [
        (0, 0, 0),
        (1, 1, 1),
        (100, 0, 0),
        (101, 1, 0),
        (250, 2, 1),
        (250, 1, 1),
        (5_000, 47, 0),
        (5_001, 48, 60),
        (5_100, 0, 0),
        (6_301, 1, 0),
    ] {
        let now_ns = 5 * SECOND + ms * MS;
        assert_eq!(pacer.due(now_ns), due, "{ms}");
        pacer.started(started, now_ns);
    }
}

#[test]
fn uniform_strikes_off_what_did_not_start_in_its_second() {
    let mut pacer = Pacer::new(settings(Model::Uniform, 10.0), 0);
    for (ms, due, started) in [
        (99, 0, 0),
        (100, 1, 1),
        (350, 2, 1),
        (999, 7, 3),
        // Four of the first nine are lost; the tenth comes due now.
        (1_000, 1, 1),
        (1_199, 1, 1),
        (1_500, 4, 0),
        // More than a second late: what came due in the last second is left.
        (3_250, 10, 2),
        (3_999, 15, 7),
        (4_100, 2, 2),
    ] {
        assert_eq!(pacer.due(ms * MS), due, "{ms}");
        pacer.started(started, ms * MS);
    }
}

#[test]
fn uniform_calls_are_spread_evenly() {
    for rate in [0.3, 7.0, 1_000.0] {
        let mut pacer = Pacer::new(settings(Model::Uniform, rate), 0);
        let mut previous_ns = 0;
        let mut now_ns = 0;
        for _ in 0..100 {
            while start_all(&mut pacer, now_ns) == 0 {
                let next_ns = pacer.next_due_ns(now_ns).expect("a rate");
                assert!(next_ns > now_ns);
                now_ns = next_ns;
            }
            let gap_ns = (now_ns - previous_ns) as f64;
            assert!((gap_ns - 1e9 / rate).abs() < 2.0, "{rate}: {gap_ns}");
            previous_ns = now_ns;
        }
    }
}

#[test]
fn no_more_than_the_burst_limit_starts_in_a_second() {
    let with_limit = PacerSettings {
        burst_limit: Some(50),
        ..settings(Model::BestEffort, 10.0)
    };
    let mut pacer = Pacer::new(with_limit, 0);
    pacer.pause(SECOND);
    pacer.burst(31 * SECOND);
    let mut seconds = [0; 11];
    for ms in 1..=10_000 {
        let now_ns = 31 * SECOND + ms * MS;
        let started = start_all(&mut pacer, now_ns);
        let allowed = (ms % 1_000 * 50).div_ceil(1_000);
        let second = &mut seconds[(ms / 1_000) as usize];
        *second += started;
        assert!(*second <= allowed.max(1), "{ms}: {second} of {allowed}");
    }
    // 310 are made up at 40 a second beside the 10 of the rate.
    assert_eq!(seconds, [50, 50, 50, 50, 50, 50, 50, 40, 10, 10, 0]);
    pacer.set_burst_limit(None, 41 * SECOND);
    pacer.pause(41 * SECOND);
    pacer.burst(141 * SECOND);
    assert_eq!(pacer.due(141 * SECOND), 1_000);
}

#[test]
fn a_pause_is_made_up_by_a_burst_only() {
    for model in [Model::BestEffort, Model::Uniform, Model::Poisson] {
        let mut pacer = Pacer::new(settings(model, 1_000.0), 0);
        run(&mut pacer, 0, 10 * SECOND);
        pacer.pause(10 * SECOND);
        assert!(pacer.is_paused());
        assert_eq!(pacer.due(15 * SECOND), 0);
        assert_eq!(pacer.next_due_ns(15 * SECOND), None);
        pacer.resume(20 * SECOND);
        assert!(pacer.due(20 * SECOND) <= 1, "{model:?}");
        let second = run(&mut pacer, 20 * SECOND, 21 * SECOND);
        assert!((850..=1_150).contains(&second), "{model:?} {second}");

        pacer.pause(21 * SECOND);
        pacer.burst(31 * SECOND);
        let made_up = start_all(&mut pacer, 31 * SECOND + 1);
        assert!((9_500..=10_500).contains(&made_up), "{model:?} {made_up}");
        let second = run(&mut pacer, 31 * SECOND + 1, 32 * SECOND);
        assert!((850..=1_150).contains(&second), "{model:?} {second}");
    }
}

#[test]
fn a_new_rate_counts_from_its_own_beginning() {
    let mut pacer = Pacer::new(settings(Model::BestEffort, 100.0), 0);
    assert_eq!(pacer.due(SECOND), 100);
    pacer.set_rate(10.0, SECOND);
    assert_eq!(pacer.due(SECOND), 0);
    assert_eq!(pacer.due(2 * SECOND), 10);
    pacer.set_rate(0.0, 2 * SECOND);
    assert_eq!(pacer.next_due_ns(2 * SECOND), None);
    assert_eq!(pacer.due(200 * SECOND), 0);
    pacer.set_rate(0.5, 200 * SECOND);
    assert_eq!(pacer.next_due_ns(200 * SECOND), Some(200 * SECOND + 1));
}

#[test]
fn a_ramp_starts_the_calls_of_its_steps() {
    for model in [Model::BestEffort, Model::Uniform, Model::Poisson] {
        let mut pacer = Pacer::new(settings(model, 0.0), 0);
        pacer.ramp(1_000.0, 10 * SECOND, 0);
        assert!((pacer.rate(0)).abs() < 1e-9);
        assert!((pacer.rate(3 * SECOND + 1) - 300.0).abs() < 1e-9);
        assert!((pacer.rate(10 * SECOND) - 1_000.0).abs() < 1e-9);
        // 0 + 100 + … + 900 on the way.
        let started = run(&mut pacer, 0, 10 * SECOND);
        let error = if model == Model::Poisson { 300 } else { 1 };
        assert!(started.abs_diff(4_500) <= error, "{model:?} {started}");
        pacer.ramp(0.0, 2 * SECOND, 10 * SECOND);
        let started = run(&mut pacer, 10 * SECOND, 100 * SECOND);
        assert!(started.abs_diff(1_500) <= error, "{model:?} {started}");
        pacer.ramp(50.0, 0, 100 * SECOND);
        assert!((pacer.rate(100 * SECOND) - 50.0).abs() < 1e-9);
    }
}

#[test]
fn very_low_and_very_high_rates_are_met() {
    for (rate, seconds, calls) in [
        (0.001, 1_000_000, 1_000),
        (0.3, 1_000_000, 300_000),
        (1.0 / 3.0, 300_000, 100_000),
    ] {
        for model in [Model::BestEffort, Model::Uniform, Model::Poisson] {
            let mut pacer = Pacer::new(settings(model, rate), 0);
            let started = run(&mut pacer, 0, seconds * SECOND);
            let error = if model == Model::Poisson {
                calls / 8
            } else {
                1
            };
            assert!(
                started.abs_diff(calls) <= error,
                "{model:?} {rate}: {started}"
            );
        }
    }
    for model in [Model::BestEffort, Model::Uniform, Model::Poisson] {
        let mut pacer = Pacer::new(settings(model, 5_000_000.0), 0);
        let started: u64 = (0..=2_000).map(|ms| start_all(&mut pacer, ms * MS)).sum();
        let error = if model == Model::Poisson { 30_000 } else { 0 };
        assert!(started.abs_diff(10_000_000) <= error, "{model:?} {started}");
    }
}

#[test]
fn poisson_gaps_and_counts_are_those_of_a_poisson_process() {
    let mut pacer = Pacer::new(settings(Model::Poisson, 100.0), 0);
    let (mut sum, mut squares, turns) = (0.0, 0.0, 100_000_u32);
    for turn in 1..=u64::from(turns) {
        // Turns of unequal length have unequal means.
        let due = start_all(&mut pacer, turn * 30 * MS) as f64;
        sum += due;
        squares += due * due;
    }
    let mean = sum / f64::from(turns);
    let variance = squares / f64::from(turns) - mean * mean;
    assert!((mean - 3.0).abs() < 0.03, "{mean}");
    assert!((variance - 3.0).abs() < 0.1, "{variance}");
}

#[test]
fn poisson_loses_what_is_not_started_in_its_turn() {
    let mut pacer = Pacer::new(settings(Model::Poisson, 1_000.0), 0);
    let due = pacer.due(SECOND);
    assert!(due > 850);
    assert_eq!(pacer.due(SECOND), due);
    pacer.started(100, SECOND);
    assert_eq!(pacer.due(SECOND), due - 100);
    assert!(pacer.due(SECOND + MS) < 20);
}

#[test]
fn shards_with_one_seed_draw_differently() {
    let draw = |index| {
        let share = Share { index, count: 2 };
        let settings = PacerSettings {
            share,
            ..settings(Model::Poisson, 10.0)
        };
        Pacer::new(settings, 0).next_due_ns(0)
    };
    assert_ne!(draw(0), draw(1));
    assert_eq!(draw(1), draw(1));
}

fn model() -> impl Strategy<Value = Model> {
    prop_oneof![
        Just(Model::BestEffort),
        Just(Model::Uniform),
        Just(Model::Poisson)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shards_together_start_what_one_would(
        uniform in any::<bool>(),
        rate in 0.01..50_000.0_f64,
        count in 1_u32..9,
        turns in prop::collection::vec(0_u64..700 * MS, 1..50),
    ) {
        let model = if uniform { Model::Uniform } else { Model::BestEffort };
        let whole_settings = settings(model, rate);
        let mut whole = Pacer::new(whole_settings, 0);
        let mut shards: Vec<Pacer> = (0..count)
            .map(|index| Pacer::new(PacerSettings { share: Share { index, count }, ..whole_settings }, 0))
            .collect();
        let mut now_ns = 0;
        for (turn, gap_ns) in turns.into_iter().enumerate() {
            now_ns += gap_ns;
            if turn == 10 {
                for pacer in shards.iter_mut().chain([&mut whole]) {
                    pacer.ramp(rate * 2.0, 3 * SECOND, now_ns);
                }
            }
            let expected = start_all(&mut whole, now_ns);
            let found: u64 = shards.iter_mut().map(|shard| start_all(shard, now_ns)).sum();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_total_is_the_rate_times_the_time(
        uniform in any::<bool>(),
        rate in 0.01..100_000.0_f64,
        turns in prop::collection::vec(1_u64..900 * MS, 100..300),
    ) {
        let model = if uniform { Model::Uniform } else { Model::BestEffort };
        let mut pacer = Pacer::new(settings(model, rate), 0);
        let (mut now_ns, mut started) = (0, 0);
        for gap_ns in turns {
            now_ns += gap_ns;
            started += start_all(&mut pacer, now_ns);
        }
        let earned = now_ns as f64 * rate / 1e9;
        prop_assert!((started as f64 - earned).abs() < 1.001, "{started} of {earned}");
    }

    #[test]
    fn nothing_is_due_before_the_time_that_was_named(
        model in model(),
        rate in prop_oneof![0.01..2.0_f64, 1.0..100_000.0_f64],
        burst_limit in prop::option::of(0_u32..500),
        count in 1_u32..4,
        steps in prop::collection::vec((0_u64..3, 0_u64..2_000 * MS), 1..60),
    ) {
        let share = Share { index: count - 1, count };
        let settings = PacerSettings { burst_limit, share, ..settings(model, rate) };
        let mut pacer = Pacer::new(settings, 0);
        let mut now_ns = 0;
        for (kind, amount) in steps {
            match kind {
                0 => pacer.ramp(rate * (amount % 3) as f64, amount * 3, now_ns),
                1 => pacer.started(amount % 4, now_ns),
                _ => {}
            }
            start_all(&mut pacer, now_ns);
            let Some(next_ns) = pacer.next_due_ns(now_ns) else {
                now_ns += amount;
                prop_assert_eq!(pacer.clone().due(now_ns), 0);
                continue;
            };
            prop_assert!(next_ns >= now_ns);
            if next_ns > now_ns + 1 {
                prop_assert_eq!(pacer.clone().due(next_ns - 1), 0, "at {} before {}", now_ns, next_ns);
                prop_assert_eq!(pacer.clone().due(now_ns + (next_ns - now_ns) / 2), 0);
            }
            now_ns = if amount % 2 == 0 { next_ns } else { now_ns + amount };
        }
    }

    #[test]
    fn the_times_that_are_named_lead_to_calls(
        model in model(),
        rate in 0.01..10_000.0_f64,
        burst_limit in prop::option::of(1_u32..500),
        count in 1_u32..4,
    ) {
        let share = Share { index: count - 1, count };
        let settings = PacerSettings { burst_limit, share, ..settings(model, rate) };
        let mut pacer = Pacer::new(settings, 0);
        let (mut now_ns, mut turns, mut started) = (0, 0, 0);
        while started < 100 {
            now_ns = pacer.next_due_ns(now_ns + 1).expect("a rate");
            started += start_all(&mut pacer, now_ns);
            turns += 1;
            // A limit of 1 for three shards never lets the last one start.
            if burst_limit.is_some_and(|limit| limit < count) && model == Model::BestEffort {
                break;
            }
            prop_assert!(turns < 1_000, "{started} calls in {turns} turns");
        }
    }
}
