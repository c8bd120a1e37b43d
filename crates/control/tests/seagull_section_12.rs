//! SEAGULL.md section 12: what each request does and what is answered.

mod support;

use std::sync::Arc;
use std::time::Duration;

use gannet_control::Order;
use gannet_control::seagull::{Desk, Outcome, Parsed, Request, response};
use gannet_events::traffic::{Command, Snapshot};
use support::{layout, snapshot};

fn request(text: &str) -> Request {
    match Request::parse(format!("{text}\r\nHost: x\r\n\r\n").as_bytes()) {
        Parsed::Complete(request, _) => request,
        other => panic!("{other:?}"),
    }
}

fn ask(desk: &mut Desk, line: &str, now: &Arc<Snapshot>) -> (String, Option<Order>) {
    let answer = desk.answer(&request(line), Some(Arc::clone(now)));
    let text = String::from_utf8(answer.bytes).expect("answers are text");
    (text, answer.order)
}

fn body(text: &str) -> &str {
    text.split_once("\r\n\r\n").expect("an answer has a body").1
}

#[test]
fn every_command_has_an_order_and_its_exact_answer() {
    let traffic = |command| Some(Order::Traffic(command));
    let ramp = |to: f64, seconds| {
        let over = Duration::from_secs(seconds);
        traffic(Command::Ramp { to, over })
    };
    let rows = [
        ("rate", "rate?value=120", traffic(Command::SetRate(120.0))),
        ("ramp", "ramp?value=50&duration=10", ramp(50.0, 10)),
        (
            "ramp, arguments swapped",
            "ramp?duration=10&value=50",
            ramp(50.0, 10),
        ),
        ("ramp at once", "ramp?value=50&duration=0", ramp(50.0, 0)),
        ("stop", "stop", traffic(Command::Stop)),
        ("pause", "pause", traffic(Command::PauseOrResume)),
        ("burst", "burst", traffic(Command::Burst)),
        ("increase", "increase", traffic(Command::RateUp)),
        ("decrease", "decrease", traffic(Command::RateDown)),
        ("scale", "scale?value=5", traffic(Command::SetScale(5.0))),
        (
            "resetcumul",
            "resetcumul",
            traffic(Command::ResetCumulative),
        ),
        ("percent", "percent", Some(Order::TogglePercent)),
        ("forceinit", "forceinit", traffic(Command::ForceInit)),
        ("arguments too many", "stop?value=1", traffic(Command::Stop)),
        ("resume is not routed", "resume", None),
        ("rate without value", "rate", None),
        ("rate with an empty value", "rate?value=", None),
        ("rate that is no number", "rate?value=fast", None),
        ("ramp without duration", "ramp?value=3", None),
        ("scale without value", "scale", None),
        ("unknown", "explode", None),
        ("name not at the end", "stop/now", None),
    ];
    let now = Arc::new(snapshot(1_000));
    let mut desk = Desk::new(Arc::new(layout()));
    for (row, uri, expected) in rows {
        for method in ["GET", "PUT"] {
            let line = format!("{method} /seagull/command/{uri} HTTP/1.1");
            let (text, order) = ask(&mut desk, &line, &now);
            let status = if expected.is_some() {
                "200 OK"
            } else {
                "400 Bad Request"
            };
            assert_eq!(order, expected, "{row}");
            assert_eq!(
                text,
                format!("HTTP/1.1 {status}\r\ncontent-length: 15\r\n\r\nCommand Success"),
                "{row}"
            );
        }
    }
}

#[test]
fn paths_are_found_unanchored_and_other_requests_are_refused() {
    let rows = [
        (
            "another folder before",
            "GET /x/seagull/command/stop HTTP/1.1",
            true,
        ),
        (
            "letters around",
            "GET /aseagullb/ccommandd/estop HTTP/1.1",
            true,
        ),
        (
            "full address",
            "PUT http://h:1/seagull/command/stop HTTP/1.1",
            true,
        ),
        ("wrong order", "GET /command/seagull/stop HTTP/1.1", false),
        ("POST", "POST /seagull/command/stop HTTP/1.1", false),
        ("DELETE", "DELETE /seagull/command/stop HTTP/1.1", false),
        ("small letters", "get /seagull/command/stop HTTP/1.1", false),
        ("HTTP/1.0", "GET /seagull/command/stop HTTP/1.0", false),
        ("no version", "GET /seagull/command/stop", false),
        (
            "PUT of counters",
            "PUT /seagull/counters/all HTTP/1.1",
            false,
        ),
        ("PUT of data", "PUT /seagull/data/view HTTP/1.1", false),
        (
            "counters, other name",
            "GET /seagull/counters/some HTTP/1.1",
            false,
        ),
        (
            "data, other name",
            "GET /seagull/data/nothing HTTP/1.1",
            false,
        ),
        ("nothing", "GET / HTTP/1.1", false),
    ];
    let now = Arc::new(snapshot(1_000));
    let mut desk = Desk::new(Arc::new(layout()));
    for (row, line, accepted) in rows {
        let (text, order) = ask(&mut desk, line, &now);
        assert_eq!(text.starts_with("HTTP/1.1 200 OK\r\n"), accepted, "{row}");
        assert_eq!(order.is_some(), accepted, "{row}");
    }
}

#[test]
fn counters_all_has_seagulls_lines() {
    let now = Arc::new(snapshot(4_000));
    let mut desk = Desk::new(Arc::new(layout()));
    let (text, _) = ask(&mut desk, "GET /seagull/counters/all HTTP/1.1", &now);
    let expected = "elapsed_time=00:00:04:000\r\n\
        real_instant_call_rate_s=  10.000\r\n\
        incoming_calls=       0\r\n\
        outgoing_calls=      40\r\n\
        successful_calls=      36\r\n\
        failed_calls=       2\r\n\
        msg_recv_s=  29.000\r\n\
        msg_sent_s=  30.000\r\n";
    assert_eq!(body(&text), expected);
    assert!(text.starts_with(&format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        expected.len()
    )));
}

#[test]
fn data_tables_have_titles_and_cells() {
    let now = Arc::new(snapshot(4_000));
    let mut desk = Desk::new(Arc::new(layout()));
    let rows = [
        (
            "view",
            "view",
            "2#sip-protocol#cmd-seagull-protocol#1#Traffic#",
        ),
        (
            "trafficstructure",
            "trafficstructure",
            "Start#2#Periodic value#Cumulative value#13#Elapsed Time#Call rate (/s)#\
             Incoming calls#Outgoing calls#Msg Recv/s#Msg Sent/s#Unexpected msg#\
             Current calls#Successful calls#Failed calls#Refused calls#Aborted calls#\
             Timeout calls#",
        ),
        (
            "timerstructure",
            "timerstructure",
            "Start#2#Periodic value#Cumulative value#4#Response time#<50#<75#>=75#",
        ),
        (
            "protocolstructure",
            "protocolstructure?value=0",
            "Start#4#Sent (periodic)#Received (periodic)#Sent (cumulative)#\
             Received (cumulative)#2#INVITE#200#",
        ),
        (
            "protocoldata",
            "protocoldata?value=0",
            "Start#40#0#40#0#0#38#0#38#",
        ),
        (
            "protocolstructure of remote control",
            "protocolstructure?value=1",
            "Start#4#Sent (periodic)#Received (periodic)#Sent (cumulative)#\
             Received (cumulative)#0#",
        ),
        (
            "scenariostructure",
            "scenariostructure?value=0",
            "Start#4#Messages#Retrans#Timeout#Unexp.#3#INVITE -->#200 <--#[ 2000 ms]#",
        ),
        (
            "scenariodata",
            "scenariodata?value=0",
            "Start#40#3#0#0#38#0#2#1#36#0#0#0#",
        ),
    ];
    for (row, uri, expected) in rows {
        let line = format!("GET /seagull/data/{uri} HTTP/1.1");
        assert_eq!(body(&ask(&mut desk, &line, &now).0), expected, "{row}");
    }
    for uri in [
        "protocolstructure",
        "protocoldata?value=2",
        "protocoldata?value=x",
        "scenariostructure?value=1",
        "scenariodata?value=18446744073709551615",
    ] {
        let line = format!("GET /seagull/data/{uri} HTTP/1.1");
        let refused = response(Outcome::BadRequest, "Command Success");
        assert_eq!(ask(&mut desk, &line, &now).0.into_bytes(), refused, "{uri}");
    }
}

#[test]
fn trafficdata_and_timerdata_reset_the_periodic_values() {
    let mut desk = Desk::new(Arc::new(layout()));
    let traffic = "GET /seagull/data/trafficdata HTTP/1.1";
    let timer = "GET /seagull/data/timerdata HTTP/1.1";
    let (first, later) = (Arc::new(snapshot(4_000)), Arc::new(snapshot(6_000)));
    assert_eq!(
        body(&ask(&mut desk, traffic, &first).0),
        "Start#00:00:04:000#00:00:04:000#10.000#10.000#0#0#40#40#29.000#29.000#30.000#30.000#\
         1#1#2#2#36#36#2#2#0#0#0#0#2#2#"
    );
    assert_eq!(
        body(&ask(&mut desk, traffic, &later).0),
        "Start#00:00:02:000#00:00:06:000#10.000#10.000#0#0#20#60#29.000#29.000#30.000#30.000#\
         0#1#2#2#20#56#0#2#0#0#0#0#0#2#"
    );
    assert_eq!(
        body(&ask(&mut desk, timer, &later).0),
        "Start#00:00:00:000#00:00:00:040#0#38#0#0#0#0#"
    );
}

#[test]
fn there_are_figures_before_the_first_snapshot() {
    let mut desk = Desk::new(Arc::new(layout()));
    let answer = desk.answer(&request("GET /seagull/counters/all HTTP/1.1"), None);
    let text = String::from_utf8(answer.bytes).expect("answers are text");
    assert!(
        body(&text).starts_with("elapsed_time=00:00:00:000\r\n"),
        "{text}"
    );
}

#[test]
fn resetting_the_cumulative_values_is_seen() {
    let mut desk = Desk::new(Arc::new(layout()));
    let mut now = snapshot(6_000);
    now.reset = Duration::from_secs(4);
    now.at_reset = Some(Arc::new(snapshot(4_000).figures));
    let (text, _) = ask(
        &mut desk,
        "GET /seagull/counters/all HTTP/1.1",
        &Arc::new(now),
    );
    assert!(
        body(&text).contains("outgoing_calls=      20\r\n"),
        "{text}"
    );
}
