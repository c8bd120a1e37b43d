//! What steps do beside their messages.

use gannet_events::sipp::{Command, CommandKind};
use gannet_events::traffic::Phase;

use crate::bench::{MS, Script, Side, send};

const OK: &str = "<recv response=\"200\"/>";

fn play(elements: &str) -> Side {
    let mut side = Script::new(elements).side();
    side.begin();
    side
}

#[test]
fn a_response_time_is_taken_once_or_each_time() {
    for (repeat, count) in [("", 1), ("repeat_rtd=\"true\"", 3)] {
        let elements = format!(
            "{}<label id=\"x\"/><recv response=\"200\" rtd=\"a\" {repeat} next=\"x\"/>",
            send("OPTIONS", "start_rtd=\"a\"")
        );
        let mut side = play(&elements);
        for n in 0..3 {
            side.pass_ms(10)
                .peer(&format!("200|CSeq: 5 OPTIONS|X: {n}"));
        }
        let times = &side.figures().timers[0];
        assert_eq!(times.count(), count, "{repeat}");
        assert_eq!(times.max_ns(), count * 10 * MS);
    }
}

#[test]
fn a_response_time_without_start_runs_from_the_beginning_of_the_call() {
    let mut side = play(&format!(
        "<pause milliseconds=\"5\"/>{}<recv response=\"200\" rtd=\"true\"/>",
        send("OPTIONS", "")
    ));
    side.pass_ms(10).peer("200|CSeq: 5 OPTIONS");
    assert_eq!(side.figures().timers[0].max_ns(), 10 * MS);
    assert_eq!(side.figures().call_length.max_ns(), 10 * MS);
}

#[test]
fn a_response_time_ends_when_the_answer_came_not_when_it_was_read() {
    let mut side = play(&format!(
        "{}<recv response=\"200\" rtd=\"a\"/>{}<recv response=\"200\" rtd=\"b\"/>",
        send("OPTIONS", "start_rtd=\"a\""),
        send("INFO", "start_rtd=\"b\""),
    ));
    side.pass_ms(10).late_peer(3 * MS, "200|CSeq: 5 OPTIONS");
    side.pass_ms(10).peer("200|CSeq: 5 INFO");
    let times = &side.figures().timers;
    assert_eq!([times[0].max_ns(), times[1].max_ns()], [7 * MS, 10 * MS]);
}

#[test]
fn branches_in_actions_are_those_of_the_step_before_the_cursor() {
    let action =
        "<action><assignstr assign_to=\"a\" value=\"[branch];[branch+1];[msg_index]\"/></action>";
    let tell = |method: &str| send(method, "").replace("CSeq:", "X-Seen: [$a]\n            CSeq:");
    // A response that passes over optional ones finds the cursor at the first of them.
    let mut side = play(&format!(
        "<nop/>{}<recv response=\"100\" optional=\"true\"/><recv response=\"180\" optional=\"true\"/>\
         <recv response=\"200\">{action}</recv>{}<nop>{action}</nop>{}",
        send("OPTIONS", ""),
        tell("INFO"),
        tell("BYE"),
    ));
    side.sends("OPTIONS");
    side.peer("200|CSeq: 5 OPTIONS");
    for (method, expected) in [("INFO", ["1", "2", "2"]), ("BYE", ["5", "6", "2"])] {
        let text = side.sends(method).text();
        let seen = text.lines().find_map(|line| line.strip_prefix("X-Seen: "));
        let ends = seen
            .unwrap_or_default()
            .split(';')
            .map(|part| part.rsplit('-').next());
        assert_eq!(ends.flatten().collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn counters_count_what_is_done() {
    let side = play(&format!(
        "<nop counter=\"a\"/><nop counter=\"b\"/><pause milliseconds=\"0\" counter=\"a\"/>{}",
        send("OPTIONS", "")
    ));
    assert_eq!(side.figures().counters, [2, 1]);
}

#[test]
fn a_step_is_passed_over_under_a_condition() {
    for (value, names) in [("0", "INFO"), ("1", "OPTIONS INFO")] {
        let mut side = play(&format!(
            "<nop><action><assign assign_to=\"a\" value=\"{value}\"/></action></nop>{}{}",
            send("OPTIONS", "condexec=\"a\""),
            send("INFO", ""),
        ));
        assert_eq!(side.sent_names(), names);
        let mut side = play(&format!(
            "<nop><action><assign assign_to=\"a\" value=\"{value}\"/></action></nop>{}{}",
            send("INFO", "condexec=\"a\" condexec_inverse=\"true\""),
            send("OPTIONS", "condexec=\"a\""),
        ));
        let inverse = if value == "0" { "INFO" } else { "OPTIONS" };
        assert_eq!(side.sent_names(), inverse);
    }
}

#[test]
fn a_call_goes_on_where_next_leads() {
    let scenario = |attributes: &str| {
        format!(
            "<nop><action><assign assign_to=\"yes\" value=\"1\"/><assign assign_to=\"no\" value=\"0\"/></action></nop>
            <Reference variables=\"yes,no\"/>{}{}<label id=\"end\"/>{}",
            send("OPTIONS", &format!("next=\"end\" {attributes}")),
            send("INFO", ""),
            send("UPDATE", "")
        )
    };
    for (attributes, names) in [
        ("", "OPTIONS UPDATE"),
        ("test=\"yes\"", "OPTIONS UPDATE"),
        ("test=\"no\"", "OPTIONS INFO UPDATE"),
        ("chance=\"1\"", "OPTIONS UPDATE"),
        ("chance=\"0\"", "OPTIONS INFO UPDATE"),
    ] {
        assert_eq!(
            play(&scenario(attributes)).sent_names(),
            names,
            "{attributes}"
        );
    }
    let mut side = Script::new(&scenario("chance=\"0.25\""))
        .with(|settings| {
            settings.pacing.calls_per_s = 1_000.0;
            settings.calls_wanted = Some(1_000);
        })
        .side();
    side.pass_ms(1_100);
    let taken = 1_000 - side.figures().steps[2].messages;
    assert!((200..300).contains(&taken), "{taken}");
}

#[test]
fn a_wait_ends_with_the_time_limit_of_its_step_or_of_the_run() {
    for (own, mandatory, run, expected) in [
        ("timeout=\"100\"", "", None, Some(100)),
        ("", "timeout=\"200\"", None, Some(200)),
        ("timeout=\"100\"", "timeout=\"200\"", None, Some(100)),
        ("", "", Some(300), Some(300)),
        ("", "timeout=\"200\"", Some(100), Some(200)),
        ("", "", None, None),
    ] {
        let mut side = Script::new(&format!(
            "{}<recv response=\"100\" optional=\"true\" {own}/><recv response=\"200\" {mandatory}/>",
            send("INVITE", "")
        ))
        .with(|settings| settings.receive_timeout_ns = run.map(|ms: u64| ms * MS))
        .side();
        side.begin().pass_ms(1_000);
        let length_ms = side.figures().call_length.max_ns() / MS;
        assert_eq!((length_ms > 0).then_some(length_ms), expected);
    }
}

#[test]
fn a_label_takes_a_call_on_that_waited_too_long() {
    let elements = |end: &str| {
        format!(
            "{}<recv response=\"200\" timeout=\"50\" ontimeout=\"late\"/>{}<label id=\"late\"/>{end}",
            send("OPTIONS", ""),
            send("INFO", "")
        )
    };
    let mut side = play(&elements(&send("UPDATE", "")));
    side.pass_ms(100);
    assert_eq!(side.sent_names(), "OPTIONS UPDATE");
    assert_eq!(side.tally(), "out 1, good 1");
    assert_eq!(side.figures().steps[1].timeouts, 1);
    let mut side = play(&elements(""));
    side.pass_ms(100);
    assert_eq!(side.tally(), "out 1, failed 1, TimeoutOnRecv 1");
}

#[test]
fn pauses_last_as_long_as_they_say() {
    for (pause, ms) in [
        ("<pause milliseconds=\"30\"/>", 30),
        ("<pause/>", 70),
        ("<pause distribution=\"fixed\" value=\"40\"/>", 40),
        (
            "<nop><action><assign assign_to=\"p\" value=\"25\"/></action></nop><pause variable=\"p\"/>",
            25,
        ),
    ] {
        let mut side = Script::new(&format!(
            "{}{pause}{}",
            send("OPTIONS", ""),
            send("INFO", "")
        ))
        .with(|settings| settings.pause_ms = 70)
        .side();
        side.begin().pass_ms(ms - 1);
        assert_eq!(side.sent_names(), "OPTIONS", "{pause}");
        let now: u64 = side
            .figures()
            .steps
            .iter()
            .map(|step| step.paused_now)
            .sum();
        assert_eq!(now, 1);
        side.pass_ms(1);
        assert_eq!(side.sent_names(), "INFO", "{pause}");
        let now: u64 = side
            .figures()
            .steps
            .iter()
            .map(|step| step.paused_now)
            .sum();
        assert_eq!(now, 0);
    }
}

#[test]
fn init_runs_once_before_all_calls_and_counts_nowhere() {
    let mut side = Script::new(&format!(
        "<Global variables=\"g\"/><init><nop><action><assignstr assign_to=\"g\" value=\"set\"/></action></nop></init>
        {}<nop><action><log message=\"[$g] [field0]\"/></action></nop>",
        send("OPTIONS", "")
    ))
    .injects("SEQUENTIAL\nzero\none\ntwo\n")
    .side();
    assert_eq!(side.phase(), Phase::Running);
    side.begin().begin();
    assert_eq!(side.world.log, ["user set one", "user set two"]);
    assert_eq!(side.tally(), "out 2, good 2");
}

#[test]
fn a_check_that_fails_is_counted_at_the_end_of_the_call() {
    let mut side = play(&format!(
        "{}<recv response=\"200\"><action><ereg regexp=\"nothing\" search_in=\"msg\" check_it=\"true\" assign_to=\"_\"/></action></recv>{}{OK}",
        send("OPTIONS", ""),
        send("INFO", "")
    ));
    side.peer("200|CSeq: 5 OPTIONS");
    assert_eq!(side.tally(), "out 1, open 1");
    side.peer("200|CSeq: 5 INFO");
    assert_eq!(side.tally(), "out 1, failed 1, RegexpDoesntMatch 1");
    assert_eq!(side.sent_names(), "OPTIONS INFO");
}

#[test]
fn commands_of_the_scenario_end_the_call_or_the_run() {
    let nop = |command: &str| {
        format!(
            "{}<nop><action><exec int_cmd=\"{command}\"/></action></nop>{}",
            send("OPTIONS", ""),
            send("INFO", "")
        )
    };
    let mut side = play(&nop("stop_call"));
    assert_eq!(side.tally(), "out 1, failed 1, CallRejected 1");
    assert_eq!(side.sent_names(), "OPTIONS");
    let mut side = play(&nop("stop_now"));
    assert!(side.player.is_stopped());
    assert_eq!(
        (side.phase(), side.sent_names()),
        (Phase::Ended, "OPTIONS".into())
    );
    let mut side = play(&nop("stop_gracefully"));
    assert_eq!(
        (side.phase(), side.sent_names()),
        (Phase::Ended, "OPTIONS INFO".into())
    );
    let side = play(&format!(
        "<nop><action><error message=\"no more\"/></action></nop>{}",
        send("OPTIONS", "")
    ));
    assert_eq!(side.phase(), Phase::Ended);
    assert_eq!(side.player.fatal(), Some("no more"));
    assert_eq!(side.figures().fatal_errors, 1);
}

#[test]
fn a_circle_without_waiting_lets_others_run() {
    let mut side =
        Script::new("<label id=\"x\"/><nop counter=\"n\" next=\"x\"/><recv request=\"INFO\"/>")
            .side();
    side.peer("INFO");
    side.peer("INFO|Call-ID: other@peer");
    assert_eq!(side.figures().open, 2);
    assert!(side.figures().counters[0] >= 2);
}

#[test]
fn a_call_in_its_timewait_is_complete_whatever_comes() {
    let mut side = Script::new("<recv request=\"BYE\"/><timewait milliseconds=\"1000\"/>").side();
    side.peer("BYE").command(Command::Abort);
    assert_eq!(side.tally(), "in 1, good 1");
}

#[test]
fn an_action_can_jump() {
    let mut side = play(&format!(
        "<nop><action><jump value=\"2\"/></action></nop>{}{}",
        send("OPTIONS", ""),
        send("INFO", "")
    ));
    assert_eq!(side.sent_names(), "INFO");
}

#[test]
fn a_receive_with_both_is_named_by_the_response() {
    let script = Script::new("<recv request=\"BYE\" response=\"200\"/><recv request=\"INFO\"/>");
    let layout = script.layout();
    let names: Vec<_> = layout.steps.iter().map(|s| (s.kind, &*s.name)).collect();
    let (response, request) = (CommandKind::ReceiveResponse, CommandKind::ReceiveRequest);
    assert_eq!(names, [(response, "200"), (request, "INFO")]);
    let mut side = script.side();
    side.peer("BYE|CSeq: 5 BYE");
    assert_eq!(side.figures().steps[0].messages, 1);
}
