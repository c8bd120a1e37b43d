//! `message/sipfrag` bodies that tell how a request fares (RFC 3420, RFC 3515 2.4.5).

use gannet_sip::{Message, StartLine, reason_phrase};

use crate::endpoint::Body;

/// The media type.
const TYPE: &str = "message/sipfrag";
/// The same as it is sent: NOTIFY for REFER names the version (RFC 3515 2.4.5).
const TYPE_WITH_VERSION: &str = "message/sipfrag;version=2.0";

/// A status line, the least that such a body has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sipfrag {
    /// The status code.
    pub code: u16,
    /// The phrase.
    pub reason: String,
}

impl Sipfrag {
    /// A code with its usual phrase.
    pub fn new(code: u16) -> Self {
        Self {
            code,
            reason: reason_phrase(code).to_owned(),
        }
    }

    /// The status line of a response.
    pub fn of_response(response: &Message) -> Option<Self> {
        match response.start_line() {
            StartLine::Status { code, reason, .. } => Some(Self {
                code,
                reason: reason.to_owned(),
            }),
            _ => None,
        }
    }

    /// The status line in a message's body; `None` if the body has none.
    pub fn in_body(message: &Message) -> Option<Self> {
        if message.content_type() != TYPE {
            return None;
        }
        let text = std::str::from_utf8(message.body()).ok()?;
        let line = text.lines().next()?.strip_prefix("SIP/2.0 ")?;
        let (code, reason) = line.split_once(' ').unwrap_or((line, ""));
        let code = code.parse().ok().filter(|code| (100..700).contains(code))?;
        Some(Self {
            code,
            reason: reason.trim_end().to_owned(),
        })
    }

    /// True unless more is to come.
    pub const fn is_final(&self) -> bool {
        self.code >= 200
    }

    /// The body.
    pub fn body(&self) -> Body {
        Body {
            content_type: TYPE_WITH_VERSION.to_owned(),
            bytes: format!("SIP/2.0 {} {}\r\n", self.code, self.reason).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notify(content_type: &str, body: &str) -> Message {
        let text = format!("NOTIFY sip:a@b SIP/2.0\r\nContent-Type: {content_type}\r\n\r\n{body}");
        Message::parse(text.into_bytes())
    }

    #[test]
    fn status_lines_are_read() {
        let table = [
            ("SIP/2.0 200 OK\r\n", Some((200, "OK"))),
            ("SIP/2.0 603 Declined\nTo: x\n", Some((603, "Declined"))),
            ("SIP/2.0 100", Some((100, ""))),
            ("SIP/2.0 099 No\r\n", None),
            ("SIP/2.0 700 No\r\n", None),
            ("INVITE sip:a SIP/2.0\r\n", None),
            ("", None),
        ];
        for (body, expected) in table {
            let found = Sipfrag::in_body(&notify("Message/SIPfrag ; version=2.0", body));
            let found = found.as_ref().map(|found| (found.code, &*found.reason));
            assert_eq!(found, expected, "{body}");
        }
        assert_eq!(
            Sipfrag::in_body(&notify("text/plain", "SIP/2.0 200 OK")),
            None
        );
    }

    #[test]
    fn what_is_written_can_be_read() {
        let body = Sipfrag::new(486).body();
        let text = String::from_utf8(body.bytes.to_vec()).expect("text");
        assert_eq!(text, "SIP/2.0 486 Busy Here\r\n");
        assert_eq!(
            Sipfrag::in_body(&notify(&body.content_type, &text)),
            Some(Sipfrag::new(486))
        );
    }
}
