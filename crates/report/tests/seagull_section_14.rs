//! SEAGULL.md section 14: the log.

use std::time::{Duration, SystemTime};

use chrono::FixedOffset;
use gannet_report::seagull::{Flow, Level, Levels, LogFile, UnknownLevel, Verdict};

const ALL: [Level; 7] = [
    Level::Error,
    Level::Warning,
    Level::Message,
    Level::Buffer,
    Level::Traffic,
    Level::Verdict,
    Level::User,
];

type Write<'a> = &'a dyn Fn(&mut String);

fn at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_138_900_405_922)
}

fn log(letters: &str) -> LogFile {
    let levels = Levels::parse(letters).expect("known letters");
    let offset = FixedOffset::east_opt(3600).expect("an hour is in range");
    LogFile::new(levels, offset)
}

fn written(write: impl Fn(&mut String)) -> String {
    let mut out = String::new();
    write(&mut out);
    out
}

#[test]
fn letters_are_added_to_errors_and_n_takes_errors_away() {
    let rows = [
        ("nothing said", "", "E"),
        ("E", "E", "E"),
        ("added to E", "T", "ET"),
        ("start scripts", "ET", "ET"),
        ("all letters", "EWMBTVU", "EWMBTVU"),
        ("A", "A", "EWMBTVU"),
        ("N", "N", ""),
        ("N with others", "NT", "T"),
        ("E after N", "NE", "E"),
    ];
    for (row, letters, expected) in rows {
        let levels = Levels::parse(letters).expect(row);
        let has: String = ALL
            .into_iter()
            .filter(|level| levels.has(*level))
            .map(Level::letter)
            .collect();
        assert_eq!(has, expected, "{row}");
    }
    assert_eq!(Levels::parse("EX"), Err(UnknownLevel { letter: 'X' }));
    assert_eq!(Levels::parse("e"), Err(UnknownLevel { letter: 'e' }));
}

#[test]
fn lines_have_date_level_and_text() {
    let rows = [
        ("E", Level::Error, "2006-02-02.18:13:25.922|E|broken\n"),
        ("level off", Level::Warning, ""),
        ("T", Level::Traffic, "2006-02-02.18:13:25.922|T|broken\n"),
    ];
    for (row, level, expected) in rows {
        let text = written(|out| log("T").line(out, at(), level, "broken"));
        assert_eq!(text, expected, "{row}");
    }
}

#[test]
fn continuation_lines_have_blanks_for_the_date() {
    let text = written(|out| log("E").line(out, at(), Level::Error, "one\ntwo"));
    assert_eq!(
        text,
        "2006-02-02.18:13:25.922|E|one\n                       |E|two\n"
    );
}

#[test]
fn forced_lines_carry_a_whatever_the_levels() {
    let rows: [(&str, Write<'_>, &str); 4] = [
        ("start", &|out| log("N").start(out, at()), "|A|START log\n"),
        ("stop", &|out| log("N").stop(out, at()), "|A|STOP  log\n"),
        ("pid", &|out| log("N").pid(out, at(), 42), "|A|PID [42]\n"),
        (
            "configuration",
            &|out| log("N").configuration(out, at(), "channels\nchannel-1"),
            "|A|channels\n                       | |channel-1\n",
        ),
    ];
    for (row, write, expected) in rows {
        let expected = format!("2006-02-02.18:13:25.922{expected}");
        assert_eq!(written(write), expected, "{row}");
    }
}

#[test]
fn notimelog_leaves_out_date_and_padding() {
    let log = log("E").without_dates();
    let text = written(|out| log.line(out, at(), Level::Error, "one\ntwo"));
    assert_eq!(text, "|E|one\n|E|two\n");
    assert_eq!(written(|out| log.start(out, at())), "|A|START log\n");
}

#[test]
fn messages_are_dumped_by_header_and_body() {
    let header = b"BYE sip:a SIP/2.0\r\n";
    let text = written(|out| log("M").message(out, at(), Flow::Sent, "BYE", header, None));
    assert_eq!(
        text,
        "2006-02-02.18:13:25.922|M|Send [[BYE\n                       \
         |M|[42 59 45 20 73 69 70 3a 61 20 53 49 50 2f 32 2e ] <=> [BYE sip:a SIP/2.]\n                       \
         |M|[30 0d 0a ] <=> [0..]\n                       \
         |M|]]\n"
    );
    let log = log("M").without_dates();
    let text = written(|out| log.message(out, at(), Flow::Received, "200", b"200", Some(b"v=0")));
    assert_eq!(
        text,
        "|M|Received [[200\n|M|[32 30 30 ] <=> [200]\n\n|M|[76 3d 30 ] <=> [v=0]\n|M|]]\n"
    );
}

#[test]
fn buffers_are_dumped_by_16_bytes() {
    let text = written(|out| log("B").buffer(out, at(), Flow::Sent, &[0x1f; 17]));
    let row = "1f ".repeat(16);
    assert_eq!(
        text,
        format!(
            "2006-02-02.18:13:25.922|B|Buffer sent size [17]\n                       \
             |B|{row}\n                       |B|1f \n"
        )
    );
    let text = written(|out| log("B").buffer(out, at(), Flow::Received, &[]));
    assert!(text.ends_with("|B|Buffer received size [0]\n"));
}

#[test]
fn verdicts_name_section_and_call() {
    let text = written(|out| {
        log("V").verdict(out, at(), "Traffic", Verdict::Passed, b"1@");
        log("V").verdict(out, at(), "Init", Verdict::Failed, b"");
    });
    assert_eq!(
        text,
        "2006-02-02.18:13:25.922|V|Scenario Traffic passed call-id  [ 31 40 ]\n\
         2006-02-02.18:13:25.922|V|Scenario Init failed call-id  [ ]\n"
    );
}

#[test]
fn user_texts_are_cut_into_48_characters() {
    let text = format!("{}end\r\n", "x".repeat(48));
    let text = written(|out| log("U").user(out, at(), text.as_bytes()));
    assert_eq!(
        text,
        format!(
            "2006-02-02.18:13:25.922|U|[{}] \n2006-02-02.18:13:25.922|U|[{:<48}] \n",
            "x".repeat(48),
            "end.."
        )
    );
}

#[test]
fn levels_that_are_off_write_nothing() {
    let text = written(|out| {
        let log = log("N");
        for level in ALL {
            log.line(out, at(), level, "x");
        }
        log.message(out, at(), Flow::Sent, "BYE", b"x", None);
        log.buffer(out, at(), Flow::Sent, b"x");
        log.verdict(out, at(), "Traffic", Verdict::Passed, b"x");
        log.user(out, at(), b"x");
    });
    assert_eq!(text, "");
}
