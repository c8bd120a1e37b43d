//! Requests out of a stream of bytes.

/// The most bytes of a request line with its header fields.
pub const HEADER_MAX: usize = 8 * 1024;
/// The most bytes of a body. None of the requests needs one.
pub const BODY_MAX: usize = 64 * 1024;

const _: () = assert!(HEADER_MAX <= BODY_MAX);

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT`, …, as written.
    pub method: String,
    /// The target, as written.
    pub uri: String,
    /// The version was `HTTP/1.1`, the only one there is.
    pub is_http_1_1: bool,
}

/// What the first bytes of a stream are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// The beginning of a request.
    Incomplete,
    /// A request of that many bytes.
    Complete(Request, usize),
    /// No request, and no telling where the next one begins: too long, or a body of unknown length.
    Hopeless,
}

impl Request {
    /// The first request of `bytes`. Empty lines before it belong to it; lines may end with LF
    /// alone (RFC 9112 2.2).
    pub fn parse(bytes: &[u8]) -> Parsed {
        let blank = bytes
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let Some(length) = header_length(&bytes[blank..]) else {
            return if bytes.len() > HEADER_MAX {
                Parsed::Hopeless
            } else {
                Parsed::Incomplete
            };
        };
        if blank + length > HEADER_MAX {
            return Parsed::Hopeless;
        }
        let header = String::from_utf8_lossy(&bytes[blank..blank + length]);
        let mut lines = header.lines();
        let request = Self::from_line(lines.next().unwrap_or_default());
        let Some(body) = body_length(lines) else {
            return Parsed::Hopeless;
        };
        let end = blank + length + body;
        if bytes.len() < end {
            Parsed::Incomplete
        } else {
            Parsed::Complete(request, end)
        }
    }

    /// Method, target, version; whatever is missing is empty.
    fn from_line(line: &str) -> Self {
        let mut words = line.split_ascii_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let uri = words.next().unwrap_or_default().to_owned();
        Self {
            method,
            uri,
            is_http_1_1: words.next() == Some("HTTP/1.1") && words.next().is_none(),
        }
    }
}

/// Bytes up to and with the empty line.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let mut line = 0;
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        if matches!(&bytes[line..at], b"" | b"\r") {
            return Some(at + 1);
        }
        line = at + 1;
    }
    None
}

/// Bytes of the body; nothing if that cannot be told or is too much.
fn body_length<'a>(fields: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut length = 0;
    for (name, value) in fields.filter_map(|field| field.split_once(':')) {
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return None;
        }
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    (length <= BODY_MAX).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(text: &str) -> (Request, usize) {
        match Request::parse(text.as_bytes()) {
            Parsed::Complete(request, length) => (request, length),
            other => panic!("{other:?} of {text:?}"),
        }
    }

    #[test]
    fn a_request_ends_with_its_body() {
        let text = "PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n";
        let (request, length) = complete(text);
        assert_eq!(
            (request.method.as_str(), request.uri.as_str()),
            ("PUT", "/a")
        );
        let (next, _) = complete(&text[length..]);
        assert_eq!(next.uri, "/b");
    }

    #[test]
    fn every_beginning_is_incomplete() {
        let text = "\r\nPUT /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc";
        for end in 0..text.len() {
            let parsed = Request::parse(&text.as_bytes()[..end]);
            assert_eq!(parsed, Parsed::Incomplete, "{end} bytes");
        }
        assert_eq!(complete(text).1, text.len());
    }

    #[test]
    fn other_versions_are_told() {
        assert!(complete("GET /a HTTP/1.1\n\n").0.is_http_1_1);
        for line in ["GET /a HTTP/1.0", "GET /a", "GET /a HTTP/1.1 x", "x"] {
            assert!(
                !complete(&format!("{line}\r\n\r\n")).0.is_http_1_1,
                "{line}"
            );
        }
    }

    #[test]
    fn too_much_is_hopeless() {
        let long = "x".repeat(HEADER_MAX + 1);
        let big = format!(
            "PUT /a HTTP/1.1\r\ncontent-length: {}\r\n\r\n",
            BODY_MAX + 1
        );
        let cases = [
            long.as_str(),
            big.as_str(),
            "PUT /a HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
            "PUT /a HTTP/1.1\r\ncontent-length: 99999999999999999999999\r\n\r\n",
            "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ];
        for text in cases {
            assert_eq!(Request::parse(text.as_bytes()), Parsed::Hopeless);
        }
    }
}
