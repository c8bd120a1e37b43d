//! SIPP.md 1.21: counts and error codes. Where it and SIPp 3.6.1 differ, SIPp is right.

use std::sync::Arc;

use gannet_events::sipp::{CommandKind, Layout, StepFigures};
use gannet_report::sipp::{Counts, ErrorCodes};

use crate::support::{form, snapshot, step, text, uac, uas, varied};

fn header(layout: Arc<Layout>) -> String {
    text(|out| Counts::new(layout, form()).header(out))
}

#[test]
fn each_kind_of_step_has_its_columns() {
    let rows = [
        (
            "caller",
            uac(),
            "0_INVITE_Sent;0_INVITE_Retrans;0_INVITE_Timeout;1_100_Recv;1_100_Retrans;\
             1_100_Timeout;1_100_Unexp;2_180_Recv;2_180_Retrans;2_180_Timeout;2_180_Unexp;\
             3_183_Recv;3_183_Retrans;3_183_Timeout;3_183_Unexp;4_200_Recv;4_200_Retrans;\
             4_200_Timeout;4_200_Unexp;5_ACK_Sent;5_ACK_Retrans;6_Pause_Sessions;6_Pause_Unexp;\
             7_BYE_Sent;7_BYE_Retrans;7_BYE_Timeout;8_200_Recv;8_200_Retrans;8_200_Timeout;\
             8_200_Unexp;",
        ),
        (
            "callee",
            uas(),
            "0_INVITE_Recv;0_INVITE_Retrans;0_INVITE_Timeout;0_INVITE_Unexp;1_180_Sent;\
             1_180_Retrans;2_200_Sent;2_200_Retrans;2_200_Timeout;3_ACK_Recv;3_ACK_Retrans;\
             3_ACK_Timeout;3_ACK_Unexp;4_BYE_Recv;4_BYE_Retrans;4_BYE_Timeout;4_BYE_Unexp;\
             5_200_Sent;5_200_Retrans;6_Pause_Sessions;6_Pause_Unexp;",
        ),
        (
            "loss, a hidden step, a nop",
            varied(),
            "0_INVITE_Sent;0_INVITE_Retrans;0_INVITE_Timeout;0_INVITE_Lost;2_200_Recv;\
             2_200_Retrans;2_200_Timeout;2_200_Unexp;2_200_Lost;3_ACK_Sent;3_ACK_Retrans;\
             3_ACK_Lost;4_Pause_Sessions;4_Pause_Unexp;5_Pause_Sessions;5_Pause_Unexp;\
             6_BYE_Sent;6_BYE_Retrans;6_BYE_Timeout;6_BYE_Lost;7_200_Recv;7_200_Retrans;7_200_Timeout;7_200_Unexp;7_200_Lost;",
        ),
        (
            "twin commands",
            Arc::new(Layout {
                steps: vec![
                    step(CommandKind::SendCommand, ""),
                    step(CommandKind::ReceiveCommand, ""),
                ],
                ..Layout::default()
            }),
            "0_Pause_Sessions;0_Pause_Unexp;1_Pause_Sessions;1_Pause_Unexp;",
        ),
    ];
    for (row, layout, columns) in rows {
        let expected = format!("CurrentTime;ElapsedTime;{columns}\n");
        assert_eq!(header(layout), expected, "{row}");
    }
}

#[test]
fn a_line_has_the_counts_from_the_start() {
    let layout = varied();
    let mut now = snapshot(&layout, 1_009, 10);
    for (index, step) in (0..).zip(&mut now.figures.steps) {
        *step = StepFigures {
            messages: index * 10 + 1,
            retransmissions: index * 10 + 2,
            timeouts: index * 10 + 3,
            unexpected: index * 10 + 4,
            lost: index * 10 + 5,
            paused_now: 99,
        };
    }
    assert_eq!(
        text(|out| Counts::new(layout, form()).line(out, &now)),
        "2006-02-02\t18:13:26.009123\t1138900406.009123;00:00:01:009000;\
         1;2;3;5;21;22;23;24;25;31;32;35;0;44;51;54;61;62;63;65;71;72;73;74;75;\n"
    );
}

#[test]
fn unexpected_codes_are_those_of_the_period() {
    let layout = uac();
    let mut before = snapshot(&layout, 1_000, 10);
    before.figures.unexpected_codes = vec![486];
    let mut now = snapshot(&layout, 2_000, 20);
    now.figures.unexpected_codes = vec![486, 503, 503];
    let codes = ErrorCodes::new(form());
    let date = "2006-02-02\t18:13:27.000123\t1138900407.000123;00:00:02:000000;";
    assert_eq!(
        text(|out| codes.line(out, Some(&before), &now)),
        format!("{date}503,503,\n")
    );
    assert_eq!(
        text(|out| codes.line(out, None, &now)),
        format!("{date}486,503,503,\n")
    );
    assert_eq!(
        text(|out| codes.line(out, Some(&now), &now)),
        format!("{date}\n")
    );
}
