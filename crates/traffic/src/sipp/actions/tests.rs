//! Each action, with the values that SIPp 3.6.1 gives where it has the action.

use gannet_events::sipp::Failure;

use super::{Outcome, Verdict};
use crate::sipp::text::bench::Bench;
use crate::sipp::{Protocol, Sockets};

const INVITE: &str = "INVITE sip:b@h SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:1;branch=z9a
From: \"A\" <sip:a@h>;tag=ft
Subject: abc def
X-Multi: one
X-multi: two
X-Multi: three
Empty:
Trail: x y  

v=0
o=me
";

/// The variables `a` to `d` after the actions.
#[track_caller]
fn after(actions: &str, message: Option<&str>) -> (String, Verdict) {
    let reference = r#"<Reference variables="a,b,c,d"/>"#;
    let mut bench = Bench::new(&format!(
        "{actions}{UNUSED}</action></nop>{reference}<nop><action>"
    ));
    let outcome = bench.act(message);
    let text = bench.text("[$a]|[$b]|[$c]|[$d]").expect("variables");
    (text, outcome.verdict)
}

/// Makes all four variables known.
const UNUSED: &str = r#"<ereg regexp="z^" search_in="var" variable="a" assign_to="a,b,c,d"/>"#;

#[track_caller]
fn check(actions: &str, message: Option<&str>, expected: &str) {
    let (found, verdict) = after(actions, message);
    assert_eq!(found, expected, "{actions}");
    assert_eq!(verdict, Verdict::GoesOn, "{actions}");
}

#[test]
fn expressions_find_what_they_find_in_sipp() {
    let cases = [
        (
            r#"<ereg regexp="(.)(.)(q)?(.)" search_in="hdr" header="Subject:" assign_to="a,b,c,d"/>"#,
            " ab| |a|",
        ),
        // What took no part keeps what it had; what stands behind it does not.
        (
            r#"<assign assign_to="c" value="1"/><ereg regexp="(.)(q)?(.)" search_in="hdr" header="Subject:" assign_to="a,b,c,d"/>"#,
            " a| |1.000000|a",
        ),
        (
            r#"<ereg regexp="zzz" search_in="hdr" header="Subject:" assign_to="a"/>"#,
            "|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="Nope:" assign_to="a"/>"#,
            "|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="Via" assign_to="a"/>"#,
            ": SIP/2.0/UDP 127.0.0.1:1;branch=z9a|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="X-Multi:" occurrence="2" assign_to="a"/>"#,
            " three|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="x-multi:" case_indep="true" occurrence="2" assign_to="a"/>"#,
            " two|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="e=" assign_to="a"/>"#,
            "|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="o=" start_line="true" assign_to="a"/>"#,
            "me|||",
        ),
        (
            r#"<ereg regexp=".*" search_in="body" assign_to="a"/>"#,
            "v=0\r\no=me\r\n|||",
        ),
        (
            r#"<ereg regexp="^v.*" search_in="msg" assign_to="a"/>"#,
            "|||",
        ),
        (
            r#"<ereg regexp="o=(.*)" search_in="msg" assign_to="a,b"/>"#,
            "o=me\r\n|me\r\n||",
        ),
        (
            r#"<ereg regexp=".*" search_in="hdr" header="Trail:" assign_to="a"/><ereg regexp="x." search_in="var" variable="a" assign_to="b"/>"#,
            " x y  |x ||",
        ),
    ];
    for (actions, expected) in cases {
        check(actions, Some(INVITE), expected);
    }
}

#[test]
fn without_a_message_the_last_one_is_searched() {
    let mut bench = Bench::new(
        r#"<ereg regexp="a.c" search_in="hdr" header="Subject:" assign_to="a"/><log message="[$a]"/>"#,
    );
    assert_eq!(bench.act(None).verdict, Verdict::GoesOn);
    bench.receive(INVITE);
    bench.act(None);
    assert_eq!(bench.world.log, ["", "abc"]);
}

#[test]
fn checks_that_fail_end_the_actions_and_say_why() {
    use Failure::{
        RegexpDoesntMatch, RegexpHdrNotFound, RegexpShouldntMatch, StrcmpDoesntMatch,
        StrcmpShouldntMatch, TestDoesntMatch, TestShouldntMatch,
    };
    let test = |check: &str, value: &str| {
        format!(
            r#"<assign assign_to="a" value="1"/><test variable="a" compare="equal" value="{value}" {check}="true"/>"#
        )
    };
    let compare = |check: &str, value: &str| {
        format!(
            r#"<assignstr assign_to="a" value="x"/><strcmp variable="a" value="{value}" {check}="true" assign_to="c"/>"#
        )
    };
    let ereg = |check: &str, regexp: &str, place: &str| {
        format!(r#"<ereg regexp="{regexp}" {place} {check}="true" assign_to="a"/>"#)
    };
    let from = r#"search_in="hdr" header="From:""#;
    let nope = r#"search_in="hdr" header="Nope:""#;
    let empty = r#"search_in="hdr" header="Empty:""#;
    let variable = r#"search_in="var" variable="b""#;
    let cases = [
        (ereg("check_it", "tag", from), None),
        (ereg("check_it", "zq", from), Some(RegexpDoesntMatch)),
        (ereg("check_it", "z", nope), Some(RegexpHdrNotFound)),
        (ereg("check_it", "z", empty), Some(RegexpHdrNotFound)),
        (ereg("check_it", "z", variable), Some(RegexpDoesntMatch)),
        (
            ereg("check_it_inverse", "a", from),
            Some(RegexpShouldntMatch),
        ),
        (ereg("check_it_inverse", "a", nope), None),
        (test("check_it", "1"), None),
        (test("check_it", "2"), Some(TestDoesntMatch)),
        (test("check_it_inverse", "1"), Some(TestShouldntMatch)),
        (test("check_it_inverse", "2"), None),
        (compare("check_it", "x"), None),
        (compare("check_it", "y"), Some(StrcmpDoesntMatch)),
        (compare("check_it_inverse", "x"), Some(StrcmpShouldntMatch)),
        (compare("check_it_inverse", "y"), None),
    ];
    for (actions, failure) in cases {
        let actions = format!(r#"{actions}<assignstr assign_to="d" value="after"/>"#);
        let (text, verdict) = after(&actions, Some(INVITE));
        let expected = failure.map_or(Verdict::GoesOn, Verdict::GoesOnFailed);
        assert_eq!(verdict, expected, "{actions}");
        assert_eq!(text.ends_with("|after"), failure.is_none(), "{actions}");
    }
}

#[test]
fn a_match_that_must_not_be_is_stored_all_the_same() {
    let actions = r#"<ereg regexp="a" search_in="hdr" header="From:" check_it_inverse="true" assign_to="a"/>"#;
    assert_eq!(after(actions, Some(INVITE)).0, "a|||");
}

#[test]
fn numbers_and_texts_are_changed_as_in_sipp() {
    let cases = [
        (
            r#"<assign assign_to="a" value="1.5"/><assign assign_to="b" variable="a"/>"#,
            "1.500000|1.500000||",
        ),
        (
            r#"<assignstr assign_to="a" value="7"/><assign assign_to="b" variable="a"/>"#,
            "7|||",
        ),
        (
            r#"<assignstr assign_to="a" value="7"/><todouble assign_to="b" variable="a"/><add assign_to="b" value="2"/>"#,
            "7|9.000000||",
        ),
        (
            r#"<assignstr assign_to="a" value="7x"/><assign assign_to="b" value="3"/><todouble assign_to="b" variable="a"/>"#,
            "7x|3.000000||",
        ),
        (
            r#"<assignstr assign_to="a" value="1"/><add assign_to="a" value="2"/>"#,
            "2.000000|||",
        ),
        (
            r#"<assign assign_to="a" value="6"/><assign assign_to="b" value="4"/><subtract assign_to="a" variable="b"/><multiply assign_to="a" value="5"/><divide assign_to="a" variable="b"/>"#,
            "2.500000|4.000000||",
        ),
        (
            r#"<assign assign_to="a" value="6"/><divide assign_to="a" variable="b"/>"#,
            "6.000000|||",
        ),
        (
            r#"<index assign_to="a"/><gettimeofday assign_to="b,c"/>"#,
            "1.000000|1289690940.000000|250000.000000|",
        ),
        (
            r#"<assignstr assign_to="a" value="  x y "/><trim assign_to="a"/><assign assign_to="b" value="1"/><trim assign_to="b"/>"#,
            "x y|||",
        ),
        (
            r#"<assignstr assign_to="a" value="a b"/><urlencode variable="a"/><assignstr assign_to="b" value="a+b%20"/><urldecode variable="b"/>"#,
            "a%20b|a b ||",
        ),
        (
            r#"<assignstr assign_to="a" value="s[call_number]"/><strcmp assign_to="b" variable="a" value="s5"/><strcmp assign_to="c" variable="a" variable2="a"/>"#,
            "s3|-2.000000||",
        ),
        (
            r#"<sample assign_to="a" distribution="fixed" value="0.25"/>"#,
            "0.250000|||",
        ),
    ];
    for (actions, expected) in cases {
        check(actions, None, expected);
    }
}

#[test]
fn tests_compare_numbers() {
    for (compare, expected) in [
        ("equal", "false|true|"),
        ("not_equal", "true|false|"),
        ("greater_than", "false|false|"),
        ("less_than", "true|false|"),
        ("greater_than_equal", "false|true|"),
        ("less_than_equal", "true|true|"),
    ] {
        let actions = format!(
            r#"<assign assign_to="c" value="2"/><test assign_to="a" variable="c" compare="{compare}" value="3"/><test assign_to="b" variable="c" compare="{compare}" variable2="c"/>"#
        );
        check(&actions, None, &format!("{expected}2.000000|"));
    }
}

fn outcome(actions: &str) -> Outcome {
    Bench::new(actions).act(None)
}

#[test]
fn jumps_go_to_steps_that_are_there_and_not_to_themselves() {
    assert_eq!(outcome(r#"<jump value="0"/>"#).jump, Some(0));
    assert_eq!(
        outcome(r#"<jump value="2"/><jump value="3"/>"#).jump,
        Some(3)
    );
    let by_variable = r#"<assign assign_to="a" value="2"/><jump variable="a"/>"#;
    assert_eq!(outcome(by_variable).jump, Some(2));
    for to in ["-1", "1", "1.5", "4"] {
        let actions = format!(r#"<assign assign_to="a" value="{to}"/><jump variable="a"/>"#);
        let found = outcome(&actions);
        assert!(matches!(found.verdict, Verdict::Fatal(_)), "{to}");
        assert_eq!(found.jump, None);
    }
}

#[test]
fn orders_to_the_player_are_passed_on() {
    let found =
        outcome(r#"<pauserestore value="1500"/><closecon/><exec int_cmd="stop_gracefully"/>"#);
    assert_eq!(found.pause_until_ns, Some(1_500_000_000));
    assert!(found.closes && found.stops_gracefully);
    assert_eq!(found.verdict, Verdict::GoesOn);
    for (command, verdict) in [
        ("stop_call", Verdict::StopCall),
        ("stop_now", Verdict::StopNow),
    ] {
        let mut bench = Bench::new(&format!(
            r#"<exec int_cmd="{command}"/><log message="after"/>"#
        ));
        assert_eq!(bench.act(None).verdict, verdict);
        assert!(bench.world.log.is_empty());
    }
}

#[test]
fn what_is_said_reaches_the_world() {
    let mut bench = Bench::new(
        r#"<log message="l [call_number]"/><warning message="w [call_number]"/><exec command="c [call_number]"/>
        <exec play_dtmf="1[call_number],100"/><rtp_echo value="1"/><error message="e [call_number]"/>"#,
    );
    let found = bench.act(None);
    assert_eq!(found.verdict, Verdict::Fatal("e 3".into()));
    assert_eq!(bench.world.log, ["l 3", "warning: w 3"]);
    assert_eq!(bench.world.commands, ["c 3"]);
    assert_eq!(bench.world.media.len(), 2);
    assert_eq!(bench.world.media[1], "6 EchoAll(true)");
    assert_eq!(bench.common.warnings, 1);

    let mut silent = Bench::new(r#"<log message="x"/><warning message="y"/>"#);
    silent.settings.levels = crate::sipp::Levels::default();
    silent.act(None);
    assert!(silent.world.log.is_empty());
    assert_eq!(silent.common.warnings, 1);
}

#[test]
fn injection_files_are_searched_and_changed() {
    let files = [("a.csv", "SEQUENTIAL\nalice;1\nbob;2\nbob;3\n")];
    let mut bench = Bench::with_files(
        r#"<lookup assign_to="a" file="a.csv" key="bob"/><lookup assign_to="b" file="a.csv" key="eve"/>
        <insert file="a.csv" value="eve;[call_number]"/><lookup assign_to="c" file="a.csv" key="eve"/>
        <replace file="a.csv" line="[$c]" value="eve;9"/><log message="[$a] [$b] [$c] [field1 line=&quot;3&quot;]"/>"#,
        &files,
    );
    assert_eq!(bench.act(None).verdict, Verdict::GoesOn);
    assert_eq!(bench.world.log, ["2.000000 -1.000000 3.000000 9"]);

    let replace = r#"<replace file="a.csv" line="7" value="x"/>"#;
    let mut bench = Bench::with_files(replace, &files);
    assert!(matches!(bench.act(None).verdict, Verdict::Fatal(_)));
}

#[test]
fn calls_may_send_elsewhere() {
    use Protocol::{Tcp, Udp};
    use Sockets::{PerCall, Shared};
    let destination = |host: &str, port: &str, protocol: &str, sockets: Sockets, own: Protocol| {
        let actions = format!(r#"<setdest host="{host}" port="{port}" protocol="{protocol}"/>"#);
        let mut bench = Bench::new(&actions);
        bench.settings.sockets = sockets;
        bench.settings.protocol = own;
        let found = bench.act(None);
        match found.verdict {
            Verdict::GoesOn => found.destination.map(|(to, by)| format!("{to} {by:?}")),
            _ => None,
        }
    };
    let cases = [
        (
            "10.1.1.1",
            "5080",
            "UDP",
            Shared,
            Udp,
            Some("10.1.1.1:5080 Udp"),
        ),
        (
            "2001:db8::1",
            "5080",
            "udp",
            PerCall,
            Udp,
            Some("[2001:db8::1]:5080 Udp"),
        ),
        (
            "peer.example",
            "5080",
            "TCP",
            PerCall,
            Tcp,
            Some("10.0.0.7:5080 Tcp"),
        ),
        ("peer.example", "5080", "TCP", Shared, Tcp, None),
        ("10.1.1.1", "5080", "TCP", PerCall, Udp, None),
        ("nobody", "5080", "UDP", Shared, Udp, None),
        ("10.1.1.1", "x", "UDP", Shared, Udp, None),
        ("10.1.1.1", "5080", "[service]", Shared, Udp, None),
    ];
    for (host, port, protocol, sockets, own, expected) in cases {
        let found = destination(host, port, protocol, sockets, own);
        assert_eq!(found.as_deref(), expected, "{host} {port} {protocol}");
    }
}
