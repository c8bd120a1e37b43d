//! When calls begin, and what a person may tell a run.

use gannet_events::sipp::{Command, Failure};
use gannet_events::traffic::Phase;

use crate::bench::{MS, Script, send};

const OK: &str = "<recv response=\"200\"/>";

#[test]
fn as_many_calls_begin_as_are_wanted_at_their_rate_and_to_their_limit() {
    let mut side = Script::new(&format!("{}{OK}", send("OPTIONS", "")))
        .with(|settings| {
            settings.pacing.calls_per_s = 100.0;
            settings.calls_wanted = Some(30);
            settings.calls_max = Some(20);
        })
        .side();
    side.pass_ms(100);
    assert_eq!(side.figures().outgoing, 10);
    side.pass_ms(900);
    assert_eq!((side.figures().outgoing, side.figures().open_max), (20, 20));
    for _ in 0..20 {
        side.next_sent();
        side.peer("200|CSeq: 5 OPTIONS");
    }
    side.pass_ms(1_000);
    assert_eq!(
        (side.figures().outgoing, side.phase()),
        (30, Phase::Stopping)
    );
    assert_eq!(
        side.figures().lag.late_starts,
        0,
        "the limit is no fault of ours"
    );
    for _ in 0..10 {
        side.next_sent();
        side.peer("200|CSeq: 5 OPTIONS");
    }
    assert_eq!(
        (side.phase(), side.tally()),
        (Phase::Ended, "out 30, good 30".into())
    );
}

#[test]
fn without_a_limit_three_times_rate_and_duration_may_be_open() {
    for (pause_ms, given, limit) in [
        (0, None, 300),
        (5_000, None, 1_500),
        (5_000, Some(7), 7),
        (5_000, Some(0), u64::MAX),
    ] {
        let side = Script::new(&send("OPTIONS", ""))
            .with(|settings| {
                settings.pacing.calls_per_s = 100.0;
                settings.calls_max = given;
                settings.pause_ms = pause_ms;
            })
            .side();
        assert_eq!(side.player.calls_limit(0), limit);
    }
}

#[test]
fn users_have_one_call_each_all_the_time() {
    let mut side = Script::new(&format!(
        "<User variables=\"n\"/><nop><action><add assign_to=\"n\" value=\"1\"/><log message=\"[userid] [$n]\"/></action></nop>{}{OK}",
        send("OPTIONS", "")
    ))
    .with(|settings| settings.users = Some(3))
    .side();
    assert_eq!(side.tally(), "out 3, open 3");
    side.sends("OPTIONS");
    side.peer("200|CSeq: 5 OPTIONS");
    assert_eq!(side.tally(), "out 4, open 3, good 1");
    side.command(Command::SetUsers(4));
    assert_eq!(side.tally(), "out 5, open 4, good 1");
    let lines: Vec<_> = side.world.log.iter().map(|line| &line[..8]).collect();
    assert_eq!(
        lines,
        ["user 1 1", "user 2 1", "user 3 1", "user 1 2", "user 4 1"]
    );
}

#[test]
fn traffic_can_be_changed_held_and_stopped() {
    let mut side = Script::new(&format!("{}{OK}", send("OPTIONS", ""))).side();
    side.command(Command::SetRate(100.0)).pass_ms(95);
    assert_eq!(side.figures().outgoing, 10);
    side.command(Command::ChangeRate(100.0)).pass_ms(96);
    assert_eq!(side.figures().outgoing, 30);
    side.command(Command::PauseOrResume).pass_ms(500);
    assert_eq!((side.figures().outgoing, side.phase()), (30, Phase::Paused));
    side.command(Command::PauseOrResume).pass_ms(10);
    assert_eq!(side.phase(), Phase::Running);
    assert!((31..35).contains(&side.figures().outgoing));
    side.command(Command::SetLimit(3)).pass_ms(100);
    assert!(side.figures().outgoing < 36);
    side.command(Command::ResetStatistics);
    assert_eq!(
        (side.figures().outgoing, side.figures().steps[0].messages),
        (0, 0)
    );
    assert!(side.figures().open > 30);
    side.command(Command::Stop).pass_ms(1_000);
    assert_eq!(
        (side.figures().outgoing, side.phase()),
        (0, Phase::Stopping)
    );
    side.command(Command::Abort);
    assert_eq!((side.figures().open, side.phase()), (0, Phase::Ended));
    assert!(side.figures().failures.of(Failure::CallRejected) > 30);
}

#[test]
fn a_loop_that_is_late_says_so() {
    let mut side = Script::new(&format!("{}{OK}", send("OPTIONS", "")))
        .with(|settings| settings.pacing.calls_per_s = 100.0)
        .side();
    side.pass_ms(50);
    side.world.now_ns += 1_000 * MS;
    side.turn();
    let lag = side.figures().lag;
    assert!((88..92).contains(&lag.late_starts), "{lag:?}");
    assert!(lag.longest_turn_ns > 900 * MS, "{lag:?}");
    assert_eq!(
        (side.figures().watchdog_minor, side.figures().watchdog_major),
        (1, 0)
    );
    let mut side = Script::new(&format!("{}{OK}", send("OPTIONS", "")))
        .with(|settings| {
            settings.pacing.calls_per_s = 100.0;
            settings.watchdog.minor_ns = 20 * MS;
            settings.watchdog.major_ns = 200 * MS;
        })
        .side();
    for late_ms in [50, 300] {
        side.pass_ms(50);
        side.world.now_ns += late_ms * MS;
        side.turn();
    }
    assert_eq!(
        (side.figures().watchdog_minor, side.figures().watchdog_major),
        (1, 1)
    );
}
