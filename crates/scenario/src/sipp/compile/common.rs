//! What any command of a scenario may carry.

use gannet_diag::Diagnostic;

use super::actions::actions;
use super::context::Context;
use super::labels::Labels;
use crate::sipp::model::{Jump, Shown, Step, StepKind, TimerId};
use crate::sipp::text::Names;
use crate::xml::{Attribute, Element};

/// Attributes that any command may have.
const COMMON: [&str; 16] = [
    "start_rtd",
    "rtd",
    "repeat_rtd",
    "counter",
    "crlf",
    "hide",
    "hiderest",
    "display",
    "condexec",
    "condexec_inverse",
    "next",
    "test",
    "chance",
    "lost",
    "ontimeout",
    "ignoresdp",
];

/// A step from a command, its kind and the attributes that only this kind has.
pub(super) fn step(
    element: &Element,
    kind: StepKind,
    own: &[&str],
    hides_rest: &mut bool,
    labels: &mut Labels,
    context: &mut Context<'_>,
) -> Step {
    let known: Vec<&str> = COMMON.iter().chain(own).copied().collect();
    context.judge(element, &known);
    let stop_timer = element
        .attribute("rtd")
        .and_then(|attribute| timer(attribute, false, context));
    let repeat_timer = repeat_timer(element, stop_timer.is_some(), context);
    let start_timer = element
        .attribute("start_rtd")
        .and_then(|attribute| timer(attribute, true, context));
    let counter = element
        .attribute("counter")
        .and_then(|attribute| context.counter(attribute));
    let (actions, action_spans) = actions(element, context).into_iter().unzip();
    let lost_percent = element
        .attribute("lost")
        .and_then(|attribute| context.double(attribute));
    let ignores_sdp = context.boolean(element, "ignoresdp", false);
    *hides_rest = context.boolean(element, "hiderest", *hides_rest);
    let shown = Shown {
        display: element
            .attribute("display")
            .map(|attribute| attribute.value.clone()),
        response: element
            .attribute("request")
            .and(element.attribute("response"))
            .map(|attribute| attribute.value.clone()),
        hidden: context.boolean(element, "hide", *hides_rest),
        blank_line_after: element.attribute("crlf").is_some(),
    };
    let inverse = context.boolean(element, "condexec_inverse", false);
    let condition = element
        .attribute("condexec")
        .and_then(|attribute| context.attribute_variable(attribute))
        .map(|variable| (variable, inverse));
    Step {
        span: element.span.clone(),
        kind,
        start_timer,
        stop_timer,
        repeat_timer,
        counter,
        condition,
        jump: jump(element, labels, context),
        lost_percent,
        on_timeout: element
            .attribute("ontimeout")
            .map(|attribute| labels.refer(&attribute.value, attribute.value_span.clone())),
        ignores_sdp,
        actions,
        action_spans,
        shown,
    }
}

/// The response time that an attribute names; `false` is none, `true` is `1`.
fn timer(attribute: &Attribute, starts: bool, context: &mut Context<'_>) -> Option<TimerId> {
    let name = match attribute.value.as_str() {
        "false" => return None,
        "true" => "1",
        name => name,
    };
    let index = context.timers.index(name)?;
    let at = usize::from(index);
    if starts {
        context.timers.started[at].get_or_insert(attribute.value_span.clone());
    } else {
        context.timers.stopped[at] = true;
    }
    Some(TimerId(index))
}

fn repeat_timer(element: &Element, has_timer: bool, context: &mut Context<'_>) -> bool {
    let Some(attribute) = element.attribute("repeat_rtd") else {
        return false;
    };
    if !has_timer {
        context.error(
            "repeat-without-timer",
            "`repeat_rtd` needs `rtd`",
            attribute.name_span.clone(),
        );
    }
    context.boolean(element, "repeat_rtd", false)
}

fn jump(element: &Element, labels: &mut Labels, context: &mut Context<'_>) -> Option<Jump> {
    let Some(next) = element.attribute("next") else {
        for attribute in ["test", "chance"] {
            if let Some(attribute) = element.attribute(attribute) {
                context.warning(
                    "no-effect",
                    format!("`{}` has no effect without `next`", attribute.name),
                    attribute.name_span.clone(),
                );
            }
        }
        return None;
    };
    let to = labels.refer(&next.value, next.value_span.clone());
    let test = element
        .attribute("test")
        .and_then(|attribute| context.attribute_variable(attribute));
    let chance = element.attribute("chance").and_then(|attribute| {
        let chance = context.double(attribute)?;
        if !(0.0..=1.0).contains(&chance) {
            context.tell(
                Diagnostic::error(
                    "bad-range",
                    format!("a chance of {chance} is not between 0 and 1"),
                    attribute.value_span.clone(),
                )
                .with_help("0.1 is one time in ten"),
            );
        }
        Some(chance)
    });
    Some(Jump { to, test, chance })
}
