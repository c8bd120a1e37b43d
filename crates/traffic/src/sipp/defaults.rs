//! Messages that are sent without a step, where the scenario has none of its own: header field by header
//! field those of SIPp, so that what comes after a failure is the same too.

use gannet_scenario::sipp::model::{Keyword, Text};

/// A line of such a message.
enum Line {
    /// Words with keywords between them.
    Of(Vec<Part>),
    /// Header fields of the last received message, with their names.
    Last(&'static str),
}

enum Part {
    Words(&'static str),
    Slot(Keyword),
}

use Part::{Slot, Words};

/// ACK of a final response above 299: it is of the INVITE's transaction (RFC 3261 17.1.1.3).
pub(super) fn ack() -> Text {
    request(
        "ACK",
        Keyword::LastRequestUri,
        Line::Last("Via"),
        0,
        ack_end(),
    )
}

/// ACK of a 2xx: a transaction of its own (RFC 3261 13.2.2.4).
pub(super) fn ack_2xx() -> Text {
    request("ACK", Keyword::NextUrl, own_via(0), 0, ack_end())
}

/// BYE (RFC 3261 15.1.1), of another transaction than the ACK that may come before it.
pub(super) fn bye() -> Text {
    request("BYE", Keyword::NextUrl, own_via(1), 1, end())
}

/// CANCEL: it is of the INVITE's transaction (RFC 3261 9.1).
pub(super) fn cancel() -> Text {
    request(
        "CANCEL",
        Keyword::LastRequestUri,
        Line::Last("Via"),
        0,
        end(),
    )
}

/// 200 for what the scenario does not wait for.
pub(super) fn ok() -> Text {
    message(vec![
        Line::Of(vec![Words("SIP/2.0 200 OK")]),
        Line::Last("Via"),
        Line::Last("From"),
        Line::Last("To"),
        Line::Last("Call-ID"),
        Line::Last("CSeq"),
        contact("Contact: <sip:"),
        Line::Of(vec![Words("Content-Length: 0")]),
    ])
}

/// Tells a twin that the call is over.
pub(super) fn twin_abort() -> Text {
    message(vec![
        Line::Of(vec![Words("call-id: "), Slot(Keyword::CallId)]),
        Line::Of(vec![Words("internal-cmd: abort_call")]),
    ])
}

fn request(
    method: &'static str,
    target: Keyword,
    via: Line,
    cseq_offset: i32,
    end: Vec<Line>,
) -> Text {
    let is_own = matches!(via, Line::Of(_));
    let mut lines = vec![
        Line::Of(vec![
            Words(method),
            Words(" "),
            Slot(target),
            Words(" SIP/2.0"),
        ]),
        via,
    ];
    if is_own {
        lines.push(Line::Of(vec![Slot(Keyword::Routes)]));
    }
    lines.extend([
        Line::Last("From"),
        Line::Last("To"),
        Line::Of(vec![Words("Call-ID: "), Slot(Keyword::CallId)]),
        Line::Of(vec![
            Words("CSeq: "),
            Slot(Keyword::LastCseqNumber(cseq_offset)),
            Words(" "),
            Words(method),
        ]),
    ]);
    lines.extend(end);
    lines.push(Line::Of(vec![Words("Content-Length: 0")]));
    message(lines)
}

fn ack_end() -> Vec<Line> {
    vec![
        contact("Contact: <sip:sipp@"),
        Line::Of(vec![Words("Max-Forwards: 70")]),
        Line::Of(vec![Words("Subject: Performance Test")]),
    ]
}

fn end() -> Vec<Line> {
    vec![
        Line::Of(vec![Words("Max-Forwards: 70")]),
        contact("Contact: <sip:sipp@"),
    ]
}

fn own_via(branch: i32) -> Line {
    Line::Of(vec![
        Words("Via: SIP/2.0/"),
        Slot(Keyword::Transport),
        Words(" "),
        Slot(Keyword::LocalIp),
        Words(":"),
        Slot(Keyword::LocalPort(0)),
        Words(";branch="),
        Slot(Keyword::Branch(branch)),
    ])
}

fn contact(begin: &'static str) -> Line {
    Line::Of(vec![
        Words(begin),
        Slot(Keyword::LocalIp),
        Words(":"),
        Slot(Keyword::LocalPort(0)),
        Words(";transport="),
        Slot(Keyword::Transport),
        Words(">"),
    ])
}

fn message(lines: Vec<Line>) -> Text {
    let mut text = Text::default();
    for line in lines {
        match line {
            Line::Of(parts) => {
                for part in parts {
                    match part {
                        Words(words) => text.push_bytes(words.as_bytes()),
                        Slot(keyword) => text.push_slot(keyword),
                    }
                }
            }
            Line::Last(name) => text.push_slot(Keyword::LastHeader {
                name: name.into(),
                value_only: false,
            }),
        }
        text.push_bytes(b"\r\n");
    }
    text.push_bytes(b"\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keyword of its own branch.
    fn branch(text: &Text) -> String {
        let mut out = Vec::new();
        text.render(&mut out, |keyword, out| {
            out.extend_from_slice(format!("{keyword:?}").as_bytes());
        });
        let text = String::from_utf8(out).expect("the texts are ASCII");
        let (_, rest) = text.split_once(";branch=").expect("a branch");
        rest.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_bye_is_of_another_transaction_than_the_ack_before_it() {
        assert_ne!(branch(&ack_2xx()), branch(&bye()));
    }
}
