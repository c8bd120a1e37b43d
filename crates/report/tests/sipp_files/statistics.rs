//! SIPP.md 1.20.

use std::sync::Arc;

use gannet_events::sipp::{Failure, Layout, Snapshot};
use gannet_report::sipp::{CsvForm, Statistics};

use crate::support::{form, snapshot, stamp, text, uac, uas, varied};

/// The columns that every scenario has.
const COMMON: &str = "StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);TargetRate;\
    CallRate(P);CallRate(C);IncomingCall(P);IncomingCall(C);OutgoingCall(P);OutgoingCall(C);\
    TotalCallCreated;CurrentCall;SuccessfulCall(P);SuccessfulCall(C);FailedCall(P);FailedCall(C);\
    FailedCannotSendMessage(P);FailedCannotSendMessage(C);FailedMaxUDPRetrans(P);\
    FailedMaxUDPRetrans(C);FailedTcpConnect(P);FailedTcpConnect(C);FailedTcpClosed(P);\
    FailedTcpClosed(C);FailedUnexpectedMessage(P);FailedUnexpectedMessage(C);\
    FailedCallRejected(P);FailedCallRejected(C);FailedCmdNotSent(P);FailedCmdNotSent(C);\
    FailedRegexpDoesntMatch(P);FailedRegexpDoesntMatch(C);FailedRegexpShouldntMatch(P);\
    FailedRegexpShouldntMatch(C);FailedRegexpHdrNotFound(P);FailedRegexpHdrNotFound(C);\
    FailedOutboundCongestion(P);FailedOutboundCongestion(C);FailedTimeoutOnRecv(P);\
    FailedTimeoutOnRecv(C);FailedTimeoutOnSend(P);FailedTimeoutOnSend(C);FailedTestDoesntMatch(P);\
    FailedTestDoesntMatch(C);FailedTestShouldntMatch(P);FailedTestShouldntMatch(C);\
    FailedStrcmpDoesntMatch(P);FailedStrcmpDoesntMatch(C);FailedStrcmpShouldntMatch(P);\
    FailedStrcmpShouldntMatch(C);OutOfCallMsgs(P);OutOfCallMsgs(C);DeadCallMsgs(P);DeadCallMsgs(C);\
    Retransmissions(P);Retransmissions(C);AutoAnswered(P);AutoAnswered(C);Warnings(P);Warnings(C);\
    FatalErrors(P);FatalErrors(C);WatchdogMajor(P);WatchdogMajor(C);WatchdogMinor(P);\
    WatchdogMinor(C);";

fn header(layout: Arc<Layout>) -> String {
    text(|out| Statistics::new(layout, form()).header(out))
}

fn line(layout: Arc<Layout>, earlier: Option<&Snapshot>, now: &Snapshot) -> String {
    text(|out| Statistics::new(layout, form()).line(out, earlier, now))
}

/// The value of a column.
fn value<'a>(header: &str, line: &'a str, column: &str) -> &'a str {
    let at = header.split(';').position(|name| name == column);
    let at = at.expect("a column of the header");
    line.split(';').nth(at).expect("as many values as columns")
}

#[test]
fn the_header_of_the_built_in_caller_has_95_columns() {
    let expected = format!(
        "{COMMON}ResponseTime1(P);ResponseTime1(C);ResponseTime1StDev(P);ResponseTime1StDev(C);\
         CallLength(P);CallLength(C);CallLengthStDev(P);CallLengthStDev(C);\
         ResponseTimeRepartition1;ResponseTimeRepartition1_<10;ResponseTimeRepartition1_<20;\
         ResponseTimeRepartition1_<30;ResponseTimeRepartition1_<40;ResponseTimeRepartition1_<50;\
         ResponseTimeRepartition1_<100;ResponseTimeRepartition1_<150;\
         ResponseTimeRepartition1_<200;ResponseTimeRepartition1_>=200;CallLengthRepartition;\
         CallLengthRepartition_<10;CallLengthRepartition_<50;CallLengthRepartition_<100;\
         CallLengthRepartition_<500;CallLengthRepartition_<1000;CallLengthRepartition_<5000;\
         CallLengthRepartition_<10000;CallLengthRepartition_>=10000;\n"
    );
    assert_eq!(header(uac()), expected);
    assert_eq!(expected.matches(';').count(), 95);
    assert_eq!(header(uas()), expected);
}

#[test]
fn timers_counters_and_classes_have_columns_in_the_order_of_the_scenario() {
    assert_eq!(
        header(varied()),
        format!(
            "{COMMON}ResponseTimeinvite(P);ResponseTimeinvite(C);ResponseTimeinviteStDev(P);\
             ResponseTimeinviteStDev(C);ResponseTime2(P);ResponseTime2(C);ResponseTime2StDev(P);\
             ResponseTime2StDev(C);ResponseTimelate(P);ResponseTimelate(C);\
             ResponseTimelateStDev(P);ResponseTimelateStDev(C);CallLength(P);CallLength(C);\
             CallLengthStDev(P);CallLengthStDev(C);GenericCounter7(P);GenericCounter7(C);named(P);\
             named(C);ResponseTimeRepartitioninvite;ResponseTimeRepartitioninvite_<10;\
             ResponseTimeRepartitioninvite_<20;ResponseTimeRepartitioninvite_>=20;\
             ResponseTimeRepartition2;ResponseTimeRepartition2_<10;ResponseTimeRepartition2_<20;\
             ResponseTimeRepartition2_>=20;CallLengthRepartition;CallLengthRepartition_<1000;\
             CallLengthRepartition_>=1000;\n"
        )
    );
}

#[test]
fn the_first_line_is_all_zero() {
    let date = "2006-02-02\t18:13:25.000123\t1138900405.000123;";
    let expected = format!(
        "{date}{date}{date}00:00:00;00:00:00;10.000;0.000;0.000;{}{};0;0;0;0;0;0;0;0;0;;0;0;0;0;0;\
         0;0;0;\n",
        "0;".repeat(60),
        "00:00:00:000000;".repeat(8),
    );
    assert_eq!(line(uac(), None, &snapshot(&uac(), 0, 0)), expected);
}

#[test]
fn a_line_has_the_period_and_the_run() {
    let layout = varied();
    let (before, now) = (snapshot(&layout, 2_000, 20), snapshot(&layout, 4_000, 60));
    let header = header(varied());
    let line = line(layout, Some(&before), &now);
    let rows = [
        (
            "StartTime",
            "2006-02-02\t18:13:25.000123\t1138900405.000123",
        ),
        (
            "LastResetTime",
            "2006-02-02\t18:13:27.000123\t1138900407.000123",
        ),
        (
            "CurrentTime",
            "2006-02-02\t18:13:29.000123\t1138900409.000123",
        ),
        ("ElapsedTime(P)", "00:00:02"),
        ("ElapsedTime(C)", "00:00:04"),
        ("TargetRate", "10.000"),
        ("CallRate(P)", "20.000"),
        ("CallRate(C)", "15.000"),
        ("IncomingCall(C)", "0"),
        ("OutgoingCall(P)", "40"),
        ("OutgoingCall(C)", "60"),
        ("TotalCallCreated", "60"),
        ("CurrentCall", "3"),
        ("SuccessfulCall(P)", "20"),
        ("SuccessfulCall(C)", "30"),
        ("Retransmissions(P)", "4"),
        ("Retransmissions(C)", "6"),
        ("ResponseTimeinvite(P)", "00:00:00:010000"),
        ("ResponseTimeinvite(C)", "00:00:00:010000"),
        ("ResponseTimeinviteStDev(P)", "00:00:00:005063"),
        ("CallLength(P)", "00:00:02:000000"),
        ("CallLengthStDev(C)", "00:00:00:000000"),
        ("GenericCounter7(P)", "40"),
        ("named(C)", "120"),
        ("ResponseTimeRepartitioninvite", ""),
        ("ResponseTimeRepartitioninvite_<10", "30"),
        ("ResponseTimeRepartitioninvite_<20", "30"),
        ("ResponseTimeRepartitioninvite_>=20", "0"),
        ("CallLengthRepartition_<1000", "0"),
        ("CallLengthRepartition_>=1000", "60"),
    ];
    for (column, expected) in rows {
        assert_eq!(value(&header, &line, column), expected, "{column}");
    }
    assert_eq!(line.matches(';').count(), header.matches(';').count());
}

#[test]
fn classes_of_the_period_are_counted_on_demand() {
    let layout = varied();
    let (before, now) = (snapshot(&layout, 2_000, 20), snapshot(&layout, 4_000, 60));
    let statistics = Statistics::new(layout, form()).with_periodic_classes();
    let line = text(|out| statistics.line(out, Some(&before), &now));
    let header = header(varied());
    assert_eq!(value(&header, &line, "ResponseTimeRepartition2_<10"), "20");
    assert_eq!(value(&header, &line, "CallLengthRepartition_>=1000"), "40");
}

#[test]
fn each_cause_has_its_pair() {
    let layout = uac();
    let header = header(uac());
    for failure in Failure::ALL {
        let before = snapshot(&layout, 1_000, 10);
        let mut earlier = before.clone();
        earlier.figures.fail(4, failure);
        let mut now = before;
        (0..3).for_each(|_| now.figures.fail(4, failure));
        let line = line(uac(), Some(&earlier), &now);
        let column = failure.column();
        assert_eq!(value(&header, &line, &format!("{column}(P)")), "2");
        assert_eq!(value(&header, &line, &format!("{column}(C)")), "3");
        assert_eq!(value(&header, &line, "FailedCall(P)"), "2");
    }
}

#[test]
fn users_stand_in_place_of_the_rate() {
    let mut now = snapshot(&uac(), 1_000, 10);
    now.users = Some(25);
    let line = line(uac(), None, &now);
    assert_eq!(value(&header(uac()), &line, "TargetRate"), "25");
}

#[test]
fn another_delimiter_and_another_date_are_asked_for() {
    let form = CsvForm {
        delimiter: ",".into(),
        stamp: stamp().with_rfc3339(),
    };
    let statistics = Statistics::new(uac(), form);
    let header = text(|out| statistics.header(out));
    assert_eq!(header, self::header(uac()).replace(';', ","));
    let line = text(|out| statistics.line(out, None, &snapshot(&uac(), 1_500, 10)));
    assert!(line.starts_with(
        "2006-02-02T18:13:25.000123+01:00,2006-02-02T18:13:25.000123+01:00,\
         2006-02-02T18:13:26.500123+01:00,00:00:01,00:00:01,10.000,6.667,6.667,0,0,10,10,10,3,"
    ));
}
