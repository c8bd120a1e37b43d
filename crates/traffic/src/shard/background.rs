//! Answers that need no scenario.

use gannet_sip::{HeaderName, Layout};

use super::core::{Core, Turn};
use super::receiving::Incoming;

const STATUS_LINE: &[u8] = b"SIP/2.0 200 OK\r\n";
/// Answers belong to no call.
const NO_FLOW: u32 = u32::MAX;
const END: &[u8] = b"Content-Length: 0\r\n\r\n";

impl Core {
    /// Answers a request with 200 (RFC 3261 8.2.6). False if it cannot be answered.
    pub(super) fn answer(&mut self, turn: &mut Turn<'_, '_>, incoming: &Incoming<'_>) -> bool {
        let mut layout = std::mem::take(&mut self.layout);
        let mut answer = std::mem::take(&mut self.scratch.text);
        layout.scan(incoming.whole);
        let is_complete = write_answer(&layout, incoming.whole, &mut answer);
        if is_complete {
            let way = (incoming.way(), NO_FLOW);
            self.send_beside(turn, incoming.channel, way, &answer);
            self.figures.background_answers += 1;
        }
        self.layout = layout;
        self.scratch.text = answer;
        is_complete
    }
}

/// Puts the 200 to a request into `answer`: its Via fields, From, To with a tag, Call-ID and CSeq (RFC 3261
/// 8.2.6.2). False if one of them is missing.
fn write_answer(layout: &Layout, request: &[u8], answer: &mut Vec<u8>) -> bool {
    const COPIED: [HeaderName; 5] = [
        HeaderName::Via,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::CSeq,
    ];
    answer.clear();
    answer.extend_from_slice(STATUS_LINE);
    let mut seen = [false; COPIED.len()];
    for header in &layout.headers {
        let Some(at) = COPIED.iter().position(|name| *name == header.id) else {
            continue;
        };
        if seen[at] && header.id != HeaderName::Via {
            continue;
        }
        seen[at] = true;
        let value = &request[header.value.range()];
        answer.extend_from_slice(header.id.as_str().as_bytes());
        answer.extend_from_slice(b": ");
        answer.extend_from_slice(value);
        if header.id == HeaderName::To && !has_tag(value) {
            answer.extend_from_slice(b";tag=gannet");
        }
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(END);
    seen.iter().all(|seen| *seen)
}

fn has_tag(to: &[u8]) -> bool {
    let after_uri = to
        .iter()
        .rposition(|byte| *byte == b'>')
        .map_or(to, |at| &to[at..]);
    after_uri.split(|byte| *byte == b';').skip(1).any(|param| {
        let name = param.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(b"tag")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_to(request: &str) -> Option<String> {
        let mut layout = Layout::default();
        layout.scan(request.as_bytes());
        let mut answer = Vec::new();
        write_answer(&layout, request.as_bytes(), &mut answer)
            .then(|| String::from_utf8(answer).expect("made of text"))
    }

    #[test]
    fn what_identifies_the_transaction_is_copied_and_a_tag_is_added() {
        let answer = answer_to(
            "OPTIONS sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP x;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP y\r\n\
             f: <sip:b@b>;tag=1\r\nt: <sip:a@b;tag=no>\r\ni: 7\r\nCSeq: 1 OPTIONS\r\n\r\n",
        );
        assert_eq!(
            answer.as_deref(),
            Some(
                "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP y\r\n\
                 From: <sip:b@b>;tag=1\r\nTo: <sip:a@b;tag=no>;tag=gannet\r\nCall-ID: 7\r\n\
                 CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            )
        );
    }

    #[test]
    fn a_tag_that_is_there_stays_and_a_request_without_call_id_is_not_answered() {
        let request =
            "INFO sip:a SIP/2.0\r\nVia: v\r\nFrom: f\r\nTo: t;tag=2\r\nCSeq: 1 INFO\r\n\r\n";
        assert_eq!(answer_to(request), None);
        let request = request.replace("Via", "Call-ID: 1\r\nVia");
        assert!(answer_to(&request).is_some_and(|answer| answer.contains("To: t;tag=2\r\n")));
    }
}
