//! What is said when the run has ended.

use gannet_events::sipp::{Figures, Lag};
use gannet_tui::Pace;
use gannet_tui::sipp::{Summary, saturation};

use crate::support::{behind, snapshot, uac};

fn pace() -> Pace {
    Pace {
        wanted_calls_per_s: 1_000.0,
        reached_calls_per_s: 87.25,
        shortfall: None,
    }
}

#[test]
fn failures_are_told_by_cause_and_step() {
    let layout = uac();
    let mut last = snapshot(&layout, 12_000);
    last.figures.open = 0;
    last.figures.lag = behind();
    let summary = Summary::of(&layout, &last.figures, &last, Some(&pace()));
    insta::assert_snapshot!(summary.to_string());
}

#[test]
fn a_run_without_calls_is_short() {
    let layout = uac();
    let mut last = snapshot(&layout, 1_000);
    last.figures = Figures::new(&layout);
    let summary = Summary::of(&layout, &last.figures, &last, None);
    insta::assert_snapshot!(summary.to_string());
}

#[test]
fn saturation_is_told_by_its_signs() {
    let rows = [
        ("none", Lag::default(), None, None),
        (
            "a pace alone is none",
            Lag {
                longest_turn_ns: 499_999_999,
                ..Lag::default()
            },
            Some(pace()),
            None,
        ),
        (
            "late calls",
            Lag {
                late_starts: 1,
                longest_turn_ns: 120_000_000,
                ..Lag::default()
            },
            Some(pace()),
            Some(
                "wanted 1,000 calls/s, reached 87.2; 1 call began late or never; at most 120 ms \
                 behind",
            ),
        ),
        (
            "lost datagrams",
            Lag {
                dropped_datagrams: 2_000,
                ..Lag::default()
            },
            None,
            Some("2,000 datagrams dropped before they were read; at most 0 ms behind"),
        ),
        (
            "a long turn",
            Lag {
                longest_turn_ns: 2_500_000_000,
                ..Lag::default()
            },
            None,
            Some("at most 2.5 s behind"),
        ),
    ];
    for (row, lag, pace, signs) in rows {
        let expected = signs.map(|signs| {
            format!(
                "generator saturated: {signs}; failures and times may be its own, not those of \
                 the tested system"
            )
        });
        assert_eq!(saturation(lag, pace.as_ref()), expected, "{row}");
    }
}
