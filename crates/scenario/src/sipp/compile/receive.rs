//! `<recv>`, `<recvCmd>`.

use gannet_diag::Diagnostic;

use super::context::Context;
use super::messages::{CODES, Sent, transaction};
use super::transactions::Part;
use crate::sipp::model::{Optional, Receive, ReceiveCommand, Wanted};
use crate::sipp::numbers::integer;
use crate::sipp::text::Names;
use crate::xml::{Attribute, Element};

/// `<recv>`.
pub(super) fn receive(
    element: &Element,
    sent: &Sent,
    context: &mut Context<'_>,
) -> Option<Receive> {
    let is_like = element
        .attribute("regexp_match")
        .is_some_and(|attribute| judge_true(attribute, context));
    let optional = optional(element, context);
    let advances = context.boolean(element, "advance_state", true);
    if !advances && optional == Optional::No {
        let place = element
            .attribute("advance_state")
            .map_or(element.name_span.clone(), |found| found.name_span.clone());
        context.error(
            "misplaced-attribute",
            "only an optional message may leave the call where it is",
            place,
        );
    }
    let timeout_ms = context.milliseconds(element, "timeout");
    let keeps_routes = context.boolean(element, "rrs", false);
    let keeps_challenge = context.boolean(element, "auth", false);
    let wanted = wanted(element, is_like, context);
    let is_response = element.attribute("response").is_some();
    let transaction = element.attribute("response_txn").and_then(|attribute| {
        if !is_response {
            context.error(
                "misplaced-attribute",
                "`response_txn` belongs to received responses",
                attribute.name_span.clone(),
            );
            return None;
        }
        transaction(attribute, Part::Response, context)
    });
    Some(Receive {
        wanted: wanted?,
        transaction,
        optional,
        advances,
        timeout_ms,
        keeps_routes,
        keeps_challenge,
        methods: if is_response {
            sent.methods.clone()
        } else {
            Vec::new()
        },
    })
}

/// Whether the value is `true`; any other has no effect.
fn judge_true(attribute: &Attribute, context: &mut Context<'_>) -> bool {
    let is_true = attribute.value == "true";
    if !is_true && attribute.value != "false" {
        context.warning(
            "bad-value",
            format!("`{}` has no effect unless it is `true`", attribute.name),
            attribute.value_span.clone(),
        );
    }
    is_true
}

/// What is waited for: the request when the element names a response too, as in SIPp.
fn wanted(element: &Element, is_like: bool, context: &mut Context<'_>) -> Option<Wanted> {
    let request = element
        .attribute("request")
        .map(|attribute| request(attribute, is_like, context));
    let response = element
        .attribute("response")
        .map(|attribute| response(attribute, is_like, context));
    match (request, response) {
        (Some(request), Some(_)) => {
            context.tell(
                Diagnostic::warning(
                    "two-messages",
                    "this `<recv>` waits for the request: its response has no effect",
                    element.name_span.clone(),
                )
                .with_help("to take either, write two, the first one with optional=\"true\""),
            );
            request
        }
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => {
            context.tell(
                Diagnostic::warning(
                    "no-message-wanted",
                    "this `<recv>` takes no message",
                    element.name_span.clone(),
                )
                .with_help("give it `request` or `response`"),
            );
            // No method is empty.
            Some(Wanted::Request("".into()))
        }
    }
}

fn request(attribute: &Attribute, is_like: bool, context: &mut Context<'_>) -> Option<Wanted> {
    if !is_like {
        return Some(Wanted::Request(attribute.value.as_str().into()));
    }
    let text = context.value(attribute);
    let regex = context.regex(&text)?;
    Some(Wanted::RequestLike(Box::new(regex)))
}

fn response(attribute: &Attribute, is_like: bool, context: &mut Context<'_>) -> Option<Wanted> {
    if !is_like {
        return code(attribute, context).map(Wanted::Response);
    }
    let text = context.value(attribute);
    let regex = context.regex(&text)?;
    Some(Wanted::ResponseLike(Box::new(regex)))
}

fn code(attribute: &Attribute, context: &mut Context<'_>) -> Option<u16> {
    let Some(code) = integer(&attribute.value) else {
        context.tell(
            Diagnostic::error(
                "bad-number",
                format!("`{}` is not a code", attribute.value),
                attribute.value_span.clone(),
            )
            .with_help("regexp_match=\"true\" takes a regular expression for several codes"),
        );
        return None;
    };
    let found = u16::try_from(code).ok();
    if !CODES.contains(&code) {
        context.warning(
            "bad-code",
            format!("no response has the code {code}: this never ends"),
            attribute.value_span.clone(),
        );
    }
    Some(found.unwrap_or_default())
}

/// `optional`.
fn optional(element: &Element, context: &mut Context<'_>) -> Optional {
    let values = [
        ("true", Optional::Yes),
        ("global", Optional::Global),
        ("false", Optional::No),
    ];
    element
        .attribute("optional")
        .and_then(|attribute| context.choice(attribute, &values))
        .unwrap_or_default()
}

/// `<recvCmd>`.
pub(super) fn receive_command(element: &Element, context: &mut Context<'_>) -> ReceiveCommand {
    ReceiveCommand {
        from: element.attribute("src").map(|found| found.value.clone()),
        optional: optional(element, context),
        timeout_ms: None,
    }
}
