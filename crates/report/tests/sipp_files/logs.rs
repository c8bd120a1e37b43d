//! SIPP.md 1.21: logs.

use gannet_report::sipp::{
    CallDebugLog, Carried, ErrorLog, Flow, MessageLog, ShortMessageLog, append_log,
};

use crate::support::{stamp, started, text};

const REQUEST: &[u8] = b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1-7@c\r\nCSeq: 1 OPTIONS\r\n\r\n";

#[test]
fn messages_stand_below_their_size() {
    let request = String::from_utf8_lossy(REQUEST);
    let udp = Carried {
        transport: "UDP",
        twin: false,
    };
    let twin = Carried {
        transport: "TCP",
        twin: true,
    };
    let rows = [
        (udp, Flow::Sent, "UDP message sent [60] bytes:"),
        (udp, Flow::Received, "UDP message received [60] bytes :"),
        (twin, Flow::Sent, "TCP control message sent [60] bytes:"),
        (
            twin,
            Flow::Received,
            "TCP control message received [60] bytes :",
        ),
    ];
    let log = MessageLog::new(stamp());
    for (carried, flow, title) in rows {
        assert_eq!(
            text(|out| log.message(out, started(), carried, flow, REQUEST)),
            format!(
                "----------------------------------------------- 2006-02-02 18:13:25.000123\n\
                 {title}\n\n{request}\n"
            )
        );
    }
}

#[test]
fn short_messages_are_a_line_each() {
    let log = ShortMessageLog::new(stamp());
    for (flow, letter) in [(Flow::Sent, 'S'), (Flow::Received, 'R')] {
        assert_eq!(
            text(|out| log.message(out, started(), flow, b"1-7@c", b"1 OPTIONS", REQUEST)),
            format!(
                "2006-02-02\t18:13:25.000123\t1138900405.000123\t{letter}\t1-7@c\tCSeq:1 OPTIONS\t\
                 OPTIONS sip:a@b SIP/2.0\n"
            )
        );
    }
}

#[test]
fn errors_have_a_line_and_a_date_each() {
    let log = ErrorLog::new(stamp());
    let written = text(|out| {
        log.header(out);
        log.line(out, started(), b"no socket");
    });
    assert_eq!(
        written,
        "The following events occurred:\n\
         2006-02-02\t18:13:25.000123\t1138900405.000123: no socket\n"
    );
    assert_eq!(text(|out| append_log(out, b"call 1")), "call 1\n");
}

#[test]
fn a_call_that_was_given_up_has_a_block() {
    let log = CallDebugLog::new(stamp());
    let written = text(|out| {
        log.call(out, b"1-7@c");
        log.event(out, started(), b"begins");
        log.message(out, started(), b"sends", b"ACK sip:a SIP/2.0\r\n\r\n");
    });
    let date = "2006-02-02\t18:13:25.000123\t1138900405.000123";
    assert_eq!(
        written,
        format!(
            "{}\nCall debugging information for call 1-7@c:\n{date} begins\n{date} sends\n\
             ACK sip:a SIP/2.0\r\n\r\n\n\n",
            "-".repeat(79)
        )
    );
}
