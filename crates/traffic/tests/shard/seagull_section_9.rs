//! SEAGULL.md 9: when calls start.

use std::time::Duration;

use gannet_events::traffic::{Command, Phase};

use crate::bench::{MS, Player, Script, client, receive, section, send, wait};

/// A client whose calls end at once.
fn short() -> String {
    section("traffic", &[send("client", "BYE").opens().text()])
}

/// Calls that begin, by tenths of a second.
fn begun(calls: &mut Player, tenths: usize) -> Vec<u64> {
    let mut before = calls.figures().outgoing_calls;
    (0..tenths)
        .map(|_| {
            calls.pass_ms(100);
            calls.world.sent.clear();
            let now = calls.figures().outgoing_calls;
            std::mem::replace(&mut before, now).abs_diff(now)
        })
        .collect()
}

fn script(model: &str, rate: &str) -> Script {
    Script::new(&short())
        .param("model-traffic-select", model)
        .param("call-rate", rate)
        .param("max-simultaneous-calls", "1000")
}

#[test]
fn row_best_effort() {
    let mut calls = script("best-effort", "50").player();
    assert_eq!(begun(&mut calls, 10), [5; 10]);
    // A turn that comes a second late makes up for all of it, `max-send` in a turn.
    calls.world.now_ns += 1_000 * MS;
    calls.turn();
    assert_eq!(calls.figures().outgoing_calls, 60);
    calls.pass_ms(100);
    assert_eq!(calls.figures().outgoing_calls, 105);
}

#[test]
fn row_best_effort_with_burst_limit() {
    let mut calls = script("best-effort", "50")
        .param("burst-limit", "100")
        .player();
    calls.command(Command::PauseOrResume);
    calls.pass_ms(2_000);
    calls.command(Command::Burst);
    // Missed calls are made up at the burst limit.
    let seconds: Vec<u64> = (0..4).map(|_| begun(&mut calls, 10).iter().sum()).collect();
    assert_eq!(seconds, [100, 100, 50, 50]);
}

#[test]
fn row_uniform() {
    let mut calls = script("uniform", "50").player();
    assert_eq!(begun(&mut calls, 10), [5; 10]);
    // Nothing is carried over: what a late turn missed in earlier seconds is lost.
    calls.world.now_ns += 5_000 * MS;
    calls.turn();
    let made_up: u64 = begun(&mut calls, 1).iter().sum();
    assert!(made_up <= 55, "{made_up}");
    assert_eq!(begun(&mut calls, 20)[10..], [5; 10]);
}

#[test]
fn row_poisson() {
    let mut calls = script("poisson", "200").player();
    let tenths = begun(&mut calls, 600);
    let sum: u64 = tenths.iter().sum();
    let mean = sum as f64 / 600.0;
    assert!((mean - 20.0).abs() < 0.8, "{mean}");
    let variance = tenths
        .iter()
        .map(|count| (*count as f64 - mean).powi(2))
        .sum::<f64>()
        / 599.0;
    // The variance of a Poisson process is its mean.
    assert!((variance / mean - 1.0).abs() < 0.25, "{variance} of {mean}");
}

#[test]
fn row_changing_the_rate_resets_the_counters() {
    let mut calls = script("best-effort", "10").player();
    calls.pass_ms(1_000);
    calls.world.now_ns += 3_000 * MS;
    calls.command(Command::SetRate(100.0));
    let before = calls.figures().outgoing_calls;
    calls.pass_ms(1_000);
    assert_eq!(calls.figures().outgoing_calls - before, 100);
}

#[test]
fn row_ramp() {
    let mut calls = script("best-effort", "0").player();
    let over = Duration::from_secs(4);
    calls.command(Command::Ramp { to: 40.0, over });
    let seconds: Vec<u64> = (0..6).map(|_| begun(&mut calls, 10).iter().sum()).collect();
    assert_eq!(seconds, [0, 10, 20, 30, 40, 40]);
    assert!((calls.shard.call_rate(calls.now_ns()) - 40.0).abs() < 1e-9);
}

#[test]
fn rows_of_pause() {
    for (row, command, expected) in [
        ("pause/restart re-initialises", Command::PauseOrResume, 50),
        ("burst makes missed calls up", Command::Burst, 150),
    ] {
        let mut calls = script("best-effort", "50").player();
        calls.pass_ms(1_000);
        calls.command(Command::PauseOrResume);
        assert_eq!(calls.phase(), Phase::Paused, "{row}");
        assert_eq!(begun(&mut calls, 20).iter().sum::<u64>(), 0, "{row}");
        let before = calls.figures().outgoing_calls;
        calls.command(command);
        assert_eq!(calls.phase(), Phase::Running, "{row}");
        calls.pass_ms(1_000);
        assert_eq!(calls.figures().outgoing_calls - before, expected, "{row}");
    }
}

#[test]
fn max_simultaneous_calls_bounds_the_open_calls_and_late_starts_are_counted() {
    let traffic = section(
        "traffic",
        &[send("client", "BYE").opens().text(), wait(1_000)],
    );
    let mut calls = Script::new(&traffic)
        .param("call-rate", "100")
        .param("max-simultaneous-calls", "40")
        .param("max-send", "1000")
        .player();
    calls.pass_ms(1_000);
    assert_eq!(calls.figures().outgoing_calls, 40);
    assert_eq!(calls.figures().calls_open_max, 40);
    assert_eq!(calls.figures().late_starts, 0);
    // From now on 40 calls a second end, and each of them lets one start that was due before.
    calls.pass_ms(3_000);
    let figures = calls.figures();
    assert_eq!(figures.calls_open_max, 40);
    assert_eq!(figures.outgoing_calls, 160);
    assert_eq!(figures.late_starts, 120);
}

#[test]
fn late_starts_end_when_there_is_room_again() {
    let traffic = section(
        "traffic",
        &[
            send("client", "BYE").opens().text(),
            receive("client", "200 BYE").text(),
        ],
    );
    let mut calls = Script::new(&traffic)
        .param("call-rate", "100")
        .param("max-simultaneous-calls", "10")
        .param("max-send", "1000")
        .player();
    calls.pass_ms(200);
    assert_eq!(calls.figures().calls_open, 10);
    // Ten were due and found no place; they start when the first ten end, and then none is late.
    for id in 1..=10 {
        calls.peer(&format!("200|Call-ID: {id}@me"));
    }
    assert_eq!(
        (calls.figures().outgoing_calls, calls.figures().late_starts),
        (20, 10)
    );
    for _ in 0..50 {
        while let Some(sent) = calls.next_sent() {
            let id = crate::bench::value_of(&sent.text(), "Call-ID").map(str::to_owned);
            calls.peer(&format!("200|Call-ID: {}", id.unwrap_or_default()));
        }
        calls.pass_ms(10);
    }
    assert_eq!(calls.figures().late_starts, 10);
    assert_eq!(calls.figures().failed, 0);
}

#[test]
fn number_calls_ends_the_run() {
    let mut calls = Script::new(&client(&[]))
        .param("number-calls", "3")
        .param("call-rate", "100")
        .player();
    calls.pass_ms(1_000);
    assert_eq!(
        (calls.phase(), calls.tally().as_str()),
        (Phase::Stopping, "open 3")
    );
    for id in 1..=3 {
        calls
            .peer(&format!("200|Call-ID: {id}@me"))
            .peer(&format!("200|Call-ID: {id}@me|CSeq: 9 BYE"));
    }
    assert_eq!(
        (calls.phase(), calls.tally().as_str()),
        (Phase::Ended, "traffic 3")
    );
}

#[test]
fn shards_share_the_number_of_calls_exactly() {
    for (wanted, shards) in [(10, 3), (1, 4), (7, 7)] {
        let begun: u64 = (0..shards)
            .map(|index| {
                let mut calls = script("best-effort", "1000")
                    .param("number-calls", &wanted.to_string())
                    .player_with(|settings| {
                        settings.pacing.share = gannet_traffic::Share {
                            index,
                            count: shards,
                        };
                    });
                calls.pass_ms(1_000);
                assert_eq!(calls.phase(), Phase::Ended);
                calls.figures().outgoing_calls
            })
            .sum();
        assert_eq!(begun, wanted, "{shards}");
    }
}
