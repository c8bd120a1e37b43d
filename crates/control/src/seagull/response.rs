//! Answers as bytes.

/// The body of every answer that carries no figures, refusals included.
pub const BODY: &str = "Command Success";

/// The two statuses there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 200
    Ok,
    /// 400
    BadRequest,
}

/// A response: status line, one header field, body.
pub fn response(outcome: Outcome, body: &str) -> Vec<u8> {
    let status = match outcome {
        Outcome::Ok => "200 OK",
        Outcome::BadRequest => "400 Bad Request",
    };
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}
