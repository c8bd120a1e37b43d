//! What `gannet load` says during a run and at its end.

mod support;

use gannet_events::traffic::Phase;
use gannet_tui::{Counted, Pace, Summary, Verdict, progress};
use support::{layout, snapshot};

#[test]
fn the_live_line_says_what_the_run_does_now() {
    let (before, mut now) = (snapshot(10_000), snapshot(12_000));
    assert_eq!(
        progress(Some(&before), &now),
        "12.0 s  100 calls/s  20 open  1,176 ok  4 failed  response p50 50.5 ms p99 99.5 ms  \
         7 sent again  2 late"
    );
    now.phase = Phase::Stopping;
    assert!(progress(Some(&before), &now).ends_with("[ending: waits for open calls]"));
    assert!(progress(None, &snapshot(1_000)).starts_with("1.0 s  100 calls/s  "));
}

#[test]
fn the_summary_says_where_calls_failed() {
    insta::assert_snapshot!(Summary::of(&layout(), &snapshot(12_000)).to_string());
}

#[test]
fn the_summary_can_be_read_by_programs() {
    insta::assert_snapshot!(Summary::of(&layout(), &snapshot(12_000)).json());
}

#[test]
fn a_run_without_faults_or_measures_is_short() {
    let mut last = snapshot(1_000);
    last.figures = gannet_events::traffic::Figures::new(&layout());
    last.figures.incoming_calls = 1;
    last.figures.traffic_successful = 1;
    last.figures.calls_open_max = 1;
    last.figures.messages_received = 3;
    last.figures.messages_sent = 3;
    assert_eq!(
        Summary::of(&layout(), &last).to_string(),
        "client.xml: 1 call in 1.0 s, 1.0 calls/s\n  \
         1 successful, 0 failed\n  \
         at most 1 open at once\n  \
         3 messages sent, 3 received\n"
    );
}

#[test]
fn what_is_known_beside_the_figures_is_said_too() {
    let mut summary = Summary::of(&layout(), &snapshot(12_000));
    let counted = |what: &str, count| Counted {
        what: what.to_owned(),
        count,
    };
    summary.failures[0].causes = vec![
        counted("486 came instead", 3),
        counted("no message came in time", 1),
    ];
    summary.troubles = vec![counted("BYE belonged to no call", 1_200)];
    summary.pace = Some(Pace {
        wanted_calls_per_s: 50_000.0,
        reached_calls_per_s: 99.95,
        shortfall: Some("this machine could not begin more".to_owned()),
    });
    summary.verdict = Some(Verdict {
        passed: false,
        exit_code: 1,
        reasons: vec!["4 calls failed".to_owned()],
    });
    insta::assert_snapshot!(summary.to_string());
    insta::assert_snapshot!("judged_json", summary.json());
}
