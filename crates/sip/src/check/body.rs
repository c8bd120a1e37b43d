//! Content-Length, Content-Type and what follows the header (RFC 3261 7.4, 18.3, 20.14, 20.15).

use crate::check::findings::{Findings, shown};
use crate::check::grammar;
use crate::check::rule::Rule;
use crate::check::run::Carrier;
use crate::header_name::HeaderName;
use crate::message::Message;
use crate::span::Span;
use crate::start_line::StartLine;

pub(super) fn check(findings: &mut Findings<'_>, carrier: Carrier) {
    let message = findings.message;
    match message.header(HeaderName::ContentLength) {
        None if carrier == Carrier::Stream => {
            let text = "no Content-Length header field on a stream";
            findings.add(Rule::ContentLengthMissing, None, text);
        }
        None => {}
        Some(header) => content_length(findings, header.text().unwrap_or("")),
    }
    if !message.body().is_empty() && message.header(HeaderName::ContentType).is_none() {
        let text = "no Content-Type header field for the body";
        findings.add(Rule::ContentTypeMissing, None, text);
    }
}

fn content_length(findings: &mut Findings<'_>, text: &str) {
    let message = findings.message;
    let there = message.layout().body;
    if !grammar::is_digits(text) {
        let text_out = format!("Content-Length \"{}\" is no number", shown(text));
        findings.at(Rule::ContentLength, text, text_out);
        return;
    }
    // A number too large for the type is larger than any body as well.
    let said = text.parse().unwrap_or(usize::MAX);
    if said > there.len() {
        let text_out = format!(
            "Content-Length is {}, the body has {}",
            shown(text),
            there.len()
        );
        findings.at(Rule::BodyShort, text, text_out);
    } else if said < there.len() {
        let trailing = Span::new(there.start as usize + said, there.end as usize);
        let text_out = format!(
            "{} bytes after the body{}",
            trailing.len(),
            looks_like(message, trailing)
        );
        findings.add(Rule::BodyTrailing, Some(trailing), text_out);
    }
}

/// Tells a second message in the same datagram from noise.
fn looks_like(message: &Message, trailing: Span) -> &'static str {
    let rest = Message::parse(message.bytes().slice(trailing.range()));
    match rest.start_line() {
        StartLine::Request { .. } => ", they look like another request",
        StartLine::Status { .. } => ", they look like another response",
        StartLine::Malformed(_) => "",
    }
}
