//! What an element answers to a request that it cannot take.

use crate::check::deviation::Severity;
use crate::check::rule::Rule;
use crate::check::run::check;
use crate::message::Message;
use crate::method::Method;
use crate::reason::reason_phrase;
use crate::start_line::StartLine;
use crate::uri_parts::UriParts;

/// Longest Request-URI that is taken, in bytes; longer ones are answered 414 (RFC 3261 21.4.12).
pub const REQUEST_URI_BYTES_MAX: usize = 8 * 1024;

/// Longest reason phrase that is made of a deviation, in bytes.
const REASON_BYTES_MAX: usize = 120;

/// The response to a request that is refused for its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub code: u16,
    /// The reason phrase; for a 400 it names the problem (RFC 3261 21.4.1).
    pub reason: String,
}

/// The response that a request earns by its form alone: 505 for another SIP version, 501 for an
/// unknown method whose CSeq has another one (RFC 4475 3.1.2.18), 400 for everything else that
/// [`check`] calls an error; for a well-formed request 414 or 416 for its Request-URI
/// (RFC 3261 16.3, 8.2.2.1).
///
/// `None` for requests to process further, for ACK, which is never answered (RFC 3261 17), and for
/// responses and bytes that are neither: those are dropped.
pub fn refusal(message: &Message) -> Option<Refusal> {
    let StartLine::Request { method, uri, .. } = message.start_line() else {
        return None;
    };
    let method = Method::new(method);
    if method == Method::Ack {
        return None;
    }
    let deviations = check(message);
    let mut errors = deviations
        .iter()
        .filter(|deviation| deviation.severity == Severity::Error)
        .peekable();
    let Some(first) = errors.peek() else {
        return unusable_uri(uri);
    };
    let bad_request = Refusal {
        code: 400,
        reason: phrase(&first.message),
    };
    let rules: Vec<_> = errors.map(|deviation| deviation.rule).collect();
    if rules.contains(&Rule::Version) {
        return Some(standard(505));
    }
    if rules == [Rule::CSeqMethod] && matches!(method, Method::Other(_)) {
        return Some(standard(501));
    }
    Some(bad_request)
}

fn unusable_uri(uri: &str) -> Option<Refusal> {
    if uri.len() > REQUEST_URI_BYTES_MAX {
        return Some(standard(414));
    }
    let parts = UriParts::split(uri).ok()?;
    parts.is_other_scheme().then(|| standard(416))
}

fn standard(code: u16) -> Refusal {
    Refusal {
        code,
        reason: reason_phrase(code).to_owned(),
    }
}

/// The text of a deviation as a reason phrase: the peer's own characters come back only where the
/// grammar of Reason-Phrase lets them (RFC 3261 25.1).
fn phrase(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(REASON_BYTES_MAX));
    for character in text.chars() {
        let character = match character {
            '"' => '\'',
            '<' => '(',
            '>' => ')',
            c if c.is_ascii_alphanumeric() || " ;/?:@&=+$,-_.!~*'()".contains(c) => c,
            _ => '_',
        };
        if out.len() + 1 > REASON_BYTES_MAX {
            break;
        }
        out.push(if out.is_empty() {
            character.to_ascii_uppercase()
        } else {
            character
        });
    }
    out
}
