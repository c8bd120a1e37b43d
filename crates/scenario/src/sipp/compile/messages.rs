//! `<send>`, `<sendCmd>`.

use gannet_diag::{Diagnostic, nearest};

use super::context::Context;
use super::transactions::Part;
use crate::model::Piece;
use crate::sipp::model::{Send, SendCommand, Sends, Text, TransactionId};
use crate::sipp::text::{Ending, Mapped, Names, clean};
use crate::xml::{Attribute, Element};

/// Codes of responses.
pub(super) const CODES: std::ops::Range<i64> = 100..700;

/// What a list of commands has sent so far.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Methods of requests outside of named transactions.
    pub(super) methods: Vec<Box<str>>,
}

/// `<send>`; the index is that of its step.
pub(super) fn send(
    element: &Element,
    index: usize,
    sent: &mut Sent,
    context: &mut Context<'_>,
) -> Option<Send> {
    let retransmit_ms = context.milliseconds(element, "retrans");
    let timeout_ms = context.milliseconds(element, "timeout");
    if let Some(attribute) = element.attribute("response_txn") {
        context.error(
            "misplaced-attribute",
            "`response_txn` belongs to received responses",
            attribute.name_span.clone(),
        );
    }
    let message = message(element, Ending::Message, context)?;
    judge_header_end(&message, context);
    let text = context.text(&message);
    judge_media_port(&message, context);
    let sends = first_line(&message, &text, context);
    let (starts, acknowledges) = match &sends {
        Some(Sends::Request(method)) => request_transaction(element, method, index, sent, context),
        Some(Sends::Response(_)) => {
            for name in ["start_txn", "ack_txn"] {
                if let Some(attribute) = element.attribute(name) {
                    let message = format!("a response has no `{name}`");
                    context.error("misplaced-attribute", message, attribute.name_span.clone());
                }
            }
            (None, None)
        }
        None => (None, None),
    };
    Some(Send {
        text,
        sends: sends?,
        retransmit_ms,
        timeout_ms,
        starts,
        acknowledges,
    })
}

/// What a request does to named transactions.
fn request_transaction(
    element: &Element,
    method: &str,
    index: usize,
    sent: &mut Sent,
    context: &mut Context<'_>,
) -> (Option<TransactionId>, Option<TransactionId>) {
    let is_ack = method == "ACK";
    if let Some(attribute) = element.attribute("start_txn") {
        if is_ack {
            context.error(
                "misplaced-attribute",
                "an ACK starts no transaction",
                attribute.name_span.clone(),
            );
        }
        let is_invite = method == "INVITE";
        return (
            transaction(attribute, Part::Start { is_invite }, context),
            None,
        );
    }
    if let Some(attribute) = element.attribute("ack_txn") {
        if !is_ack {
            context.error(
                "misplaced-attribute",
                format!("a {method} acknowledges no transaction: only ACK has `ack_txn`"),
                attribute.name_span.clone(),
            );
        }
        return (None, transaction(attribute, Part::Ack(index), context));
    }
    if !sent.methods.iter().any(|known| **known == *method) {
        sent.methods.push(method.into());
    }
    (None, None)
}

/// The transaction that an attribute names.
pub(super) fn transaction(
    attribute: &Attribute,
    part: Part,
    context: &mut Context<'_>,
) -> Option<TransactionId> {
    if let Some(fault) = super::names::name_fault(&attribute.value) {
        context.error(
            "bad-name",
            format!("the name of a transaction {fault}"),
            attribute.value_span.clone(),
        );
        return None;
    }
    context
        .transactions
        .take(&attribute.value, part, attribute.value_span.clone())
}

/// The text in the first CDATA section of an element, without its indentation.
pub(super) fn message(
    element: &Element,
    ending: Ending,
    context: &mut Context<'_>,
) -> Option<Mapped> {
    let mut sections = element.cdatas();
    let Some(first) = sections.next() else {
        context.tell(
            Diagnostic::error(
                "no-message",
                format!("`<{}>` has no message", element.name),
                element.name_span.clone(),
            )
            .with_help("it stands in `<![CDATA[ ... ]]>`"),
        );
        return None;
    };
    if let Some(second) = sections.next() {
        context.warning(
            "second-message",
            "only the first CDATA section is sent",
            second.span.clone(),
        );
    }
    let cleaned = clean(&Mapped::of(context.source, first.span.clone()), ending);
    if cleaned.is_none() {
        context.error(
            "no-message",
            format!("the message of `<{}>` is empty", element.name),
            first.span.clone(),
        );
    }
    cleaned
}

/// The method or code in the first line, which must be known before the run.
fn first_line(message: &Mapped, text: &Text, context: &mut Context<'_>) -> Option<Sends> {
    let line = message.text().lines().next().unwrap_or_default();
    let place = message.span(0..line.len());
    let first = match text.pieces.first() {
        Some(Piece::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    let Some((method, rest)) = first.split_once(' ') else {
        context.tell(
            Diagnostic::error(
                "bad-first-line",
                "the first line begins with no method and no `SIP/2.0`",
                place,
            )
            .with_help("both must be plain text, not a keyword"),
        );
        return None;
    };
    if method != "SIP/2.0" {
        if method.contains(['\r', '\n']) {
            context.error(
                "bad-first-line",
                "the first line is neither a request line nor a status line",
                place,
            );
            return None;
        }
        let near = nearest(method, ["SIP/2.0"], 1);
        if !near.is_empty() {
            context.tell(
                Diagnostic::warning(
                    "bad-first-line",
                    format!("`{method}` is taken for the method of a request"),
                    place,
                )
                .with_suggestions(&near),
            );
        }
        return Some(Sends::Request(method.into()));
    }
    let rest = rest.trim_ascii_start();
    let length = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let ends = rest[length..].chars().next();
    let code = rest[..length]
        .parse()
        .ok()
        .filter(|code| CODES.contains(code) && ends.is_none_or(|end| end.is_ascii_whitespace()));
    if code.is_none() {
        context.error(
            "bad-first-line",
            "a status line has a code between 100 and 699 as plain text",
            place,
        );
    }
    code.and_then(|code| u16::try_from(code).ok())
        .map(Sends::Response)
}

/// Tells of a media port in the first line: SIPp stops the run there.
fn judge_media_port(message: &Mapped, context: &mut Context<'_>) {
    let line = message.text().lines().next().unwrap_or_default();
    for name in ["[media_port", "[auto_media_port"] {
        if let Some(at) = line.find(name) {
            context.warning(
                "media-port-in-first-line",
                "SIPp stops at a port of media in the first line",
                message.span(at..at + name.len()),
            );
        }
    }
}

/// Tells of a keyword that may print nothing, alone on the line before the body: SIPp then loses
/// the empty line too.
fn judge_header_end(message: &Mapped, context: &mut Context<'_>) {
    let text = message.text();
    let Some(end) = text.find("\n\n") else {
        return;
    };
    let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let keyword = &text[line..end];
    let may_vanish = ["[last_", "[routes]"]
        .iter()
        .any(|start| keyword.starts_with(start));
    let has_body = !text[end + 2..].is_empty();
    if may_vanish && keyword.find(']') == Some(keyword.len() - 1) && has_body {
        context.tell(
            Diagnostic::warning(
                "header-end-may-vanish",
                "if this prints nothing, the empty line before the body is lost too",
                message.span(line..end),
            )
            .with_help("put another header field after it"),
        );
    }
}

/// `<sendCmd>`.
pub(super) fn send_command(element: &Element, context: &mut Context<'_>) -> Option<SendCommand> {
    let message = message(element, Ending::Header, context)?;
    Some(SendCommand {
        text: context.text(&message),
        to: element.attribute("dest").map(|found| found.value.clone()),
    })
}
