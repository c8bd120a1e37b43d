use std::ops::Range;

use gannet_diag::{Diagnostic, nearest};

use super::ereg::ereg;
use super::exec::{deed, exec};
use super::files::{insert, lookup, replace};
use super::values::{
    arithmetic, assign, assign_text, compare_texts, right_side, sample, test, time_of_day,
    to_double,
};
use crate::sipp::compile::context::Context;
use crate::sipp::model::{Action, Check, Text, VariableId, VerifyAuth};
use crate::sipp::text::Names;
use crate::xml::Element;

/// Actions.
const ACTIONS: [&str; 30] = [
    "ereg",
    "log",
    "warning",
    "error",
    "assign",
    "assignstr",
    "todouble",
    "add",
    "subtract",
    "multiply",
    "divide",
    "sample",
    "test",
    "strcmp",
    "trim",
    "urlencode",
    "urldecode",
    "gettimeofday",
    "index",
    "jump",
    "pauserestore",
    "lookup",
    "insert",
    "replace",
    "setdest",
    "closecon",
    "verifyauth",
    "identity",
    "rtp_echo",
    "exec",
];

/// The actions of a command and their places: those of its first element, if that is `<action>`.
pub(in crate::sipp::compile) fn actions(
    element: &Element,
    context: &mut Context<'_>,
) -> Vec<(Action, Range<usize>)> {
    let mut out = Vec::new();
    for (index, child) in element.elements().enumerate() {
        if child.name != "action" {
            context.no_effect(child, &element.name, &["action"]);
        } else if index > 0 {
            context.tell(
                Diagnostic::warning(
                    "second-action",
                    "only an `<action>` that comes first has an effect",
                    child.name_span.clone(),
                )
                .with_help("put all actions into the first one"),
            );
        } else {
            context.judge(child, &[]);
            out = child
                .elements()
                .filter_map(|action| Some((one(action, context)?, place(action))))
                .collect();
        }
    }
    out
}

fn place(element: &Element) -> Range<usize> {
    match element.name.as_str() {
        "exec" => deed(element).map(|attribute| attribute.value_span.clone()),
        _ => None,
    }
    .unwrap_or_else(|| element.name_span.clone())
}

fn one(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    for child in element.elements() {
        context.no_effect(child, &element.name, &[]);
    }
    match element.name.as_str() {
        "ereg" => ereg(element, context),
        "log" => message(element, context).map(Action::Log),
        "warning" => message(element, context).map(Action::Warning),
        "error" => message(element, context).map(Action::Error),
        "assign" => assign(element, context),
        "assignstr" => assign_text(element, context),
        "todouble" => to_double(element, context),
        "add" | "subtract" | "multiply" | "divide" => arithmetic(element, context),
        "sample" => sample(element, context),
        "test" => test(element, context),
        "strcmp" => compare_texts(element, context),
        "trim" => only_variable(element, "assign_to", context).map(Action::Trim),
        "urlencode" => only_variable(element, "variable", context).map(Action::UrlEncode),
        "urldecode" => only_variable(element, "variable", context).map(Action::UrlDecode),
        "gettimeofday" => time_of_day(element, context),
        "index" => only_variable(element, "assign_to", context).map(Action::Index),
        "jump" => right_side(element, &[], context).map(Action::Jump),
        "pauserestore" => right_side(element, &[], context).map(Action::PauseRestore),
        "rtp_echo" => right_side(element, &[], context).map(Action::RtpEcho),
        "lookup" => lookup(element, context),
        "insert" => insert(element, context),
        "replace" => replace(element, context),
        "setdest" => set_destination(element, context),
        "closecon" => {
            context.judge(element, &[]);
            Some(Action::CloseConnection)
        }
        "verifyauth" => verify(element, context),
        "identity" => super::identity::identity(element, context),
        "exec" => exec(element, context),
        name => {
            context.tell(
                Diagnostic::error(
                    "unknown-action",
                    format!("there is no action `<{name}>`"),
                    element.name_span.clone(),
                )
                .with_suggestions(&nearest(name, ACTIONS, 3)),
            );
            None
        }
    }
}

/// The text in a required attribute, with keywords.
pub(super) fn required_text(
    element: &Element,
    name: &str,
    context: &mut Context<'_>,
) -> Option<Text> {
    let attribute = context.required(element, name)?;
    Some(context.attribute_text(attribute))
}

/// The variable in a required attribute.
pub(super) fn required_variable(
    element: &Element,
    name: &str,
    context: &mut Context<'_>,
) -> Option<VariableId> {
    let attribute = context.required(element, name)?;
    context.attribute_variable(attribute)
}

/// `check_it` and `check_it_inverse`.
pub(super) fn check(element: &Element, context: &mut Context<'_>) -> Check {
    let must = context.boolean(element, "check_it", false);
    let must_not = context.boolean(element, "check_it_inverse", false);
    if let (Some(_), Some(inverse)) = (
        element.attribute("check_it"),
        element.attribute("check_it_inverse"),
    ) {
        context.error(
            "two-checks",
            "`check_it` and `check_it_inverse` exclude each other",
            inverse.name_span.clone(),
        );
    }
    match (must, must_not) {
        (true, _) => Check::Must,
        (false, true) => Check::MustNot,
        (false, false) => Check::None,
    }
}

fn message(element: &Element, context: &mut Context<'_>) -> Option<Text> {
    context.judge(element, &["message"]);
    required_text(element, "message", context)
}

fn only_variable(
    element: &Element,
    attribute: &str,
    context: &mut Context<'_>,
) -> Option<VariableId> {
    context.judge(element, &[attribute]);
    required_variable(element, attribute, context)
}

fn set_destination(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    const PROTOCOLS: [&str; 4] = ["UDP", "TCP", "TLS", "SCTP"];
    context.judge(element, &["host", "port", "protocol"]);
    let host = required_text(element, "host", context);
    let port = required_text(element, "port", context);
    let protocol = required_text(element, "protocol", context)?;
    if let (Some(attribute), Some(fixed)) = (element.attribute("protocol"), protocol.as_fixed()) {
        let name = String::from_utf8_lossy(fixed);
        if !PROTOCOLS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name))
        {
            context.tell(
                Diagnostic::error(
                    "bad-value",
                    format!("there is no protocol `{name}`"),
                    attribute.value_span.clone(),
                )
                .with_suggestions(&nearest(&name, PROTOCOLS, 1)),
            );
        }
    }
    Some(Action::SetDestination {
        host: host?,
        port: port?,
        protocol,
    })
}

fn verify(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["assign_to", "username", "password"]);
    let to = required_variable(element, "assign_to", context);
    let username = required_text(element, "username", context);
    let password = required_text(element, "password", context);
    Some(Action::VerifyAuth(Box::new(VerifyAuth {
        to: to?,
        username: username?,
        password: password?,
    })))
}
