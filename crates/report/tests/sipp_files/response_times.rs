//! SIPP.md 1.21: response times.

use gannet_report::sipp::ResponseLog;

use crate::support::{text, varied};

#[test]
fn dates_are_whole_milliseconds_however_long_the_run() {
    let rows: [(&str, u64, u64, usize, &str); 6] = [
        ("at once", 0, 0, 0, "0;0;invite\n"),
        ("whole", 1_004_000_000, 420_000_000, 1, "1004;420;2\n"),
        ("parts", 104_001_999, 1_250_000, 2, "104;1.25;late\n"),
        ("tenths", 1_000_000, 10_500_000, 0, "1;10.5;invite\n"),
        ("microseconds", 1_000_000, 7_999, 0, "1;0.007;invite\n"),
        (
            "a day",
            86_400_123_000_000,
            9_876_543_210_000,
            0,
            "86400123;9876543.21;invite\n",
        ),
    ];
    for (row, at_ns, response_ns, timer, line) in rows {
        let mut log = ResponseLog::new(varied(), ";", 1);
        log.record(at_ns, response_ns, timer);
        assert_eq!(text(|out| log.take(out)), line, "{row}");
    }
}

#[test]
fn lines_wait_until_there_are_enough() {
    let mut log = ResponseLog::new(varied(), ",", 2);
    assert_eq!(
        text(|out| log.header(out)),
        "Date_ms,response_time_ms,rtd_no\n"
    );
    log.record(1_000_000, 0, 0);
    assert!(!log.is_due());
    log.record(2_000_000, 0, 1);
    assert!(log.is_due());
    assert_eq!(text(|out| log.take(out)), "1,0,invite\n2,0,2\n");
    assert!(!log.is_due());
    assert_eq!(text(|out| log.take(out)), "");
}
