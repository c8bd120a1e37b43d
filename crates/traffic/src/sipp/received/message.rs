//! One received message.

use gannet_sip::{HeaderName, Layout};
use memchr::memmem;

use super::super::framing::{Frame, frame};
use super::{MediaAddresses, address};

/// What makes a message of bytes, wherever it stands.
const VERSION: &[u8] = b"SIP/2.0";

/// Memory with which messages are read.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Reader {
    layout: Layout,
}

impl Reader {
    /// Reads the message at the start of a stream's bytes; `None` if what stands there, and is so
    /// long as the frame says, is none.
    #[inline]
    pub(in crate::sipp) fn read_stream<'a>(
        &'a mut self,
        bytes: &'a [u8],
    ) -> (Frame, Option<Received<'a>>) {
        let frame = frame(bytes, &mut self.layout);
        let received = match frame {
            Frame::Message(length) => {
                let bytes = &bytes[..length];
                names_version(bytes, &self.layout).then(|| Received::new(bytes, &self.layout))
            }
            Frame::Blank(_) | Frame::Incomplete | Frame::Garbage(_) => None,
        };
        (frame, received)
    }

    /// Reads a message; `None` if it is none.
    #[inline]
    pub(in crate::sipp) fn read<'a>(&'a mut self, bytes: &'a [u8]) -> Option<Received<'a>> {
        self.layout.scan(bytes);
        names_version(bytes, &self.layout).then(|| Received::new(bytes, &self.layout))
    }
}

/// Whether the version stands anywhere; nearly always at an end of the first line.
#[inline]
fn names_version(bytes: &[u8], layout: &Layout) -> bool {
    let line = &bytes[layout.start_line.range()];
    line.starts_with(VERSION) || line.ends_with(VERSION) || memmem::find(bytes, VERSION).is_some()
}

/// A received message.
#[derive(Debug, Clone, Copy)]
pub(in crate::sipp) struct Received<'a> {
    bytes: &'a [u8],
    layout: &'a Layout,
    start: Start<'a>,
    call_id: Option<&'a [u8]>,
    via: Option<&'a [u8]>,
    from: Option<&'a [u8]>,
    to: Option<&'a [u8]>,
    cseq: Option<(u32, &'a [u8])>,
}

/// The first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sipp) enum Start<'a> {
    /// A request of this method.
    Request(&'a [u8]),
    /// A response with this code; 0 if it has none.
    Response(u16),
}

impl<'a> Received<'a> {
    /// The message whose layout that is.
    #[inline]
    pub(in crate::sipp) fn new(bytes: &'a [u8], layout: &'a Layout) -> Self {
        let mut found = Self {
            bytes,
            layout,
            start: start(&bytes[layout.start_line.range()]),
            call_id: None,
            via: None,
            from: None,
            to: None,
            cseq: None,
        };
        for header in &layout.headers {
            let value = &bytes[header.value.range()];
            match header.id {
                HeaderName::CallId => found.call_id = found.call_id.or(Some(value)),
                HeaderName::Via => found.via = found.via.or(Some(value)),
                HeaderName::From => found.from = found.from.or(Some(value)),
                HeaderName::To => found.to = found.to.or(Some(value)),
                HeaderName::CSeq => found.cseq = found.cseq.or_else(|| cseq(value)),
                _ => {}
            }
        }
        found
    }

    /// All of it.
    #[inline]
    pub(in crate::sipp) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where its parts are.
    #[inline]
    pub(in crate::sipp) fn layout(&self) -> &'a Layout {
        self.layout
    }

    /// What its first line says.
    #[inline]
    pub(in crate::sipp) fn start(&self) -> Start<'a> {
        self.start
    }

    /// The code of a response.
    #[inline]
    pub(in crate::sipp) fn code(&self) -> Option<u16> {
        match self.start {
            Start::Response(code) => Some(code),
            Start::Request(_) => None,
        }
    }

    /// The method of a request.
    #[inline]
    pub(in crate::sipp) fn method(&self) -> Option<&'a [u8]> {
        match self.start {
            Start::Request(method) => Some(method),
            Start::Response(_) => None,
        }
    }

    /// Its Call-ID, as written.
    #[inline]
    pub(in crate::sipp) fn call_id(&self) -> Option<&'a [u8]> {
        self.call_id
    }

    /// Number of its CSeq (RFC 3261 20.16).
    #[inline]
    pub(in crate::sipp) fn cseq_number(&self) -> Option<u32> {
        self.cseq.map(|(number, _)| number)
    }

    /// Method of its CSeq.
    #[inline]
    pub(in crate::sipp) fn cseq_method(&self) -> Option<&'a [u8]> {
        self.cseq.map(|(_, method)| method)
    }

    /// Branch of its top Via (RFC 3261 20.42).
    pub(in crate::sipp) fn branch(&self) -> Option<&'a [u8]> {
        address::param(self.via?, b"branch")
    }

    /// Value of its To.
    #[inline]
    pub(in crate::sipp) fn to(&self) -> Option<&'a [u8]> {
        self.to
    }

    /// Value of its From.
    #[inline]
    pub(in crate::sipp) fn from(&self) -> Option<&'a [u8]> {
        self.from
    }

    /// Tag of its To: in a response that of the peer.
    pub(in crate::sipp) fn peer_tag(&self) -> Option<&'a [u8]> {
        address::tag_of(self.to?)
    }

    /// Value of its first Contact.
    pub(in crate::sipp) fn contact(&self) -> Option<&'a [u8]> {
        self.values(HeaderName::Contact).next()
    }

    /// Values of all header fields of that name, in order.
    pub(in crate::sipp) fn values(&self, name: HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let (bytes, headers) = (self.bytes, self.layout.headers.iter());
        headers
            .filter(move |header| header.id == name)
            .map(move |header| &bytes[header.value.range()])
    }

    /// What follows the empty line.
    #[inline]
    pub(in crate::sipp) fn body(&self) -> &'a [u8] {
        &self.bytes[self.layout.body.range()]
    }

    /// Where its SDP wants media.
    pub(in crate::sipp) fn media(&self) -> MediaAddresses {
        MediaAddresses::of(self.body())
    }
}

#[inline]
fn start(line: &[u8]) -> Start<'_> {
    if let Some(rest) = line.strip_prefix(VERSION) {
        let digits = rest.trim_ascii_start().iter();
        let code = digits
            .take_while(|byte| byte.is_ascii_digit())
            .take(3)
            .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        return Start::Response(code);
    }
    let end = memchr::memchr2(b' ', b'\t', line).unwrap_or(line.len());
    Start::Request(&line[..end])
}

#[inline]
fn cseq(value: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0_u32;
    let mut at = 0;
    while let Some(digit @ b'0'..=b'9') = value.get(at) {
        number = number
            .checked_mul(10)?
            .checked_add(u32::from(digit - b'0'))?;
        at += 1;
    }
    let method = value[at..].trim_ascii();
    (at > 0).then_some((number, method))
}

#[cfg(test)]
mod tests {
    use super::super::HeaderLines;
    use super::*;

    fn read<'a>(reader: &'a mut Reader, text: &'a str) -> Received<'a> {
        reader.read(text.as_bytes()).expect("a message")
    }

    #[test]
    fn parts_of_requests_and_responses_are_found() {
        let mut reader = Reader::default();
        let request = read(
            &mut reader,
            "INVITE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9;x, SIP/2.0/TCP i\r\nVia: SIP/2.0/UDP j\r\n\
             f: \"A;tag=no\" <sip:a;tag=no@b>;tag=f1\r\nt: <sip:b>\r\ni: x@y\r\ncseq:  7  INVITE\r\nm: <sip:c>\r\n\r\nbody",
        );
        assert_eq!(request.start(), Start::Request(b"INVITE"));
        assert_eq!(request.method(), Some(&b"INVITE"[..]));
        assert_eq!(request.call_id(), Some(&b"x@y"[..]));
        assert_eq!(request.cseq_number(), Some(7));
        assert_eq!(request.cseq_method(), Some(&b"INVITE"[..]));
        assert_eq!(request.branch(), Some(&b"z9"[..]));
        assert_eq!(request.peer_tag(), None);
        assert_eq!(request.contact(), Some(&b"<sip:c>"[..]));
        assert_eq!(request.body(), b"body");

        let response = read(
            &mut reader,
            "SIP/2.0 183 Session Progress\r\nTo: sip:b;tag=t1;x=y\r\n\r\n",
        );
        assert_eq!(response.code(), Some(183));
        assert_eq!(response.peer_tag(), Some(&b"t1"[..]));
        assert_eq!((response.call_id(), response.branch()), (None, None));
    }

    #[test]
    fn bytes_without_the_version_are_no_message() {
        let mut reader = Reader::default();
        for bytes in [&b""[..], b"\r\n\r\n", b"\0\0\0\0", b"INVITE sip:a SIP/1.0"] {
            assert!(reader.read(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn broken_messages_have_what_can_be_read() {
        let mut reader = Reader::default();
        for (text, start) in [
            ("SIP/2.0", Start::Response(0)),
            ("SIP/2.0 x", Start::Response(0)),
            ("SIP/2.0 2000000 x", Start::Response(200)),
            ("x\r\nSIP/2.0", Start::Request(b"x")),
            (" SIP/2.0", Start::Request(b"")),
        ] {
            assert_eq!(read(&mut reader, text).start(), start, "{text}");
        }
        for value in ["", "x", "99999999999 INVITE", "-1 X"] {
            let text = format!("A SIP/2.0\r\nCSeq: {value}\r\n\r\n");
            assert_eq!(read(&mut reader, &text).cseq_number(), None, "{value}");
        }
    }

    #[test]
    fn no_bytes_make_reading_fail() {
        const PARTS: [&str; 24] = [
            "SIP/2.0",
            "INVITE ",
            "\r\n",
            "\r\n\r\n",
            "\n",
            " ",
            ":",
            ";",
            ",",
            "\"",
            "\\",
            "<",
            ">",
            "Via:",
            "To:",
            "CSeq:",
            "Contact:",
            ";tag=",
            ";branch=",
            "c=IN IP4 ",
            "m=audio ",
            "1",
            "\0",
            "\u{e9}",
        ];
        let mut reader = Reader::default();
        let mut rng = fastrand::Rng::with_seed(11);
        for _ in 0..5_000 {
            let length = rng.usize(..40);
            let parts: Vec<_> = (0..length).map(|_| PARTS[rng.usize(..24)]).collect();
            let text = format!("SIP/2.0 {}", parts.concat());
            let cut = rng.usize(7..=text.len());
            let Some(found) = reader.read(&text.as_bytes()[..cut]) else {
                continue;
            };
            let _ = (found.branch(), found.peer_tag(), found.contact());
            let lines = HeaderLines::new(found.bytes(), found.layout(), b"To");
            let _ = (found.media(), lines.count(), found.call_id());
            let mut state = crate::sipp::state::CallState::default();
            state.keep_routes(&found);
            state.keep_challenge(&found);
        }
    }
}
