//! Actions on variables.

use super::action::{check, required_text, required_variable};
use crate::sipp::compile::context::Context;
use crate::sipp::compile::distribution::{PARAMETERS, named};
use crate::sipp::model::{
    Action, Arithmetic, Check, Compare, Operand, StrCmp, Test, TextOperand, VariableId,
};
use crate::sipp::text::Names;
use crate::xml::Element;

/// `value` or `variable`, beside attributes that the action has of its own.
pub(super) fn right_side(
    element: &Element,
    own: &[&str],
    context: &mut Context<'_>,
) -> Option<Operand> {
    let known: Vec<&str> = ["value", "variable"].iter().chain(own).copied().collect();
    context.judge(element, &known);
    match (element.attribute("value"), element.attribute("variable")) {
        (Some(_), Some(second)) => {
            context.error(
                "two-operands",
                "`value` and `variable` exclude each other",
                second.name_span.clone(),
            );
            None
        }
        (Some(value), None) => context.double(value).map(Operand::Value),
        (None, Some(variable)) => context.attribute_variable(variable).map(Operand::Variable),
        (None, None) => {
            context.error(
                "missing-attribute",
                format!("`<{}>` needs `value` or `variable`", element.name),
                element.name_span.clone(),
            );
            None
        }
    }
}

/// `<assign>`.
pub(super) fn assign(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    let to = required_variable(element, "assign_to", context);
    let value = right_side(element, &["assign_to"], context);
    Some(Action::Assign {
        to: to?,
        value: value?,
    })
}

/// `<add>`, `<subtract>`, `<multiply>`, `<divide>`.
pub(super) fn arithmetic(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    let how = match element.name.as_str() {
        "add" => Arithmetic::Add,
        "subtract" => Arithmetic::Subtract,
        "multiply" => Arithmetic::Multiply,
        _ => Arithmetic::Divide,
    };
    let to = required_variable(element, "assign_to", context);
    let by = right_side(element, &["assign_to"], context)?;
    if let (Arithmetic::Divide, Operand::Value(0.0), Some(value)) =
        (how, by, element.attribute("value"))
    {
        context.error(
            "divide-by-zero",
            "a division by zero",
            value.value_span.clone(),
        );
    }
    Some(Action::Arithmetic { to: to?, how, by })
}

/// `<assignstr>`.
pub(super) fn assign_text(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["assign_to", "value"]);
    let to = required_variable(element, "assign_to", context);
    let text = required_text(element, "value", context);
    Some(Action::AssignText {
        to: to?,
        text: text?,
    })
}

/// `<todouble>`.
pub(super) fn to_double(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["assign_to", "variable"]);
    let to = required_variable(element, "assign_to", context);
    let from = required_variable(element, "variable", context);
    Some(Action::ToDouble {
        to: to?,
        from: from?,
    })
}

/// `<sample>`.
pub(super) fn sample(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    let known: Vec<&str> = PARAMETERS.iter().copied().chain(["assign_to"]).collect();
    context.judge(element, &known);
    let to = required_variable(element, "assign_to", context);
    let kind = context.required(element, "distribution")?;
    let distribution = named(element, kind, context);
    Some(Action::Sample {
        to: to?,
        distribution: distribution?,
    })
}

/// `<gettimeofday>`.
pub(super) fn time_of_day(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &["assign_to"]);
    let attribute = context.required(element, "assign_to")?;
    let variables = context.attribute_variables(attribute);
    let &[seconds, microseconds] = variables.as_slice() else {
        context.error(
            "bad-value",
            "`<gettimeofday>` needs two variables: seconds and microseconds",
            attribute.value_span.clone(),
        );
        return None;
    };
    Some(Action::TimeOfDay {
        seconds: seconds?,
        microseconds: microseconds?,
    })
}

/// `<test>`.
pub(super) fn test(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    let compares = [
        ("equal", Compare::Equal),
        ("not_equal", Compare::NotEqual),
        ("greater_than", Compare::Greater),
        ("less_than", Compare::Less),
        ("greater_than_equal", Compare::GreaterOrEqual),
        ("less_than_equal", Compare::LessOrEqual),
    ];
    judge_comparison(element, &["compare"], context);
    let check = check(element, context);
    let to = target(element, context);
    let left = required_variable(element, "variable", context);
    let right = if let Some(value) = element.attribute("value") {
        no_second(element, context);
        context.double(value).map(Operand::Value)
    } else {
        second(element, context).map(Operand::Variable)
    };
    let compare = context
        .required(element, "compare")
        .and_then(|attribute| context.choice(attribute, &compares));
    Some(Action::Test(Box::new(Test {
        to: to.ok()?,
        left: left?,
        compare: compare?,
        right: right?,
        check,
    })))
}

/// `<strcmp>`.
pub(super) fn compare_texts(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    judge_comparison(element, &[], context);
    let check: Check = check(element, context);
    let to = target(element, context);
    let left = required_variable(element, "variable", context);
    let right = if let Some(value) = element.attribute("value") {
        no_second(element, context);
        let text = context.value_twice(value);
        Some(TextOperand::Value(context.bytes(text.text()).into()))
    } else {
        second(element, context).map(TextOperand::Variable)
    };
    Some(Action::StrCmp(Box::new(StrCmp {
        to: to.ok()?,
        left: left?,
        right: right?,
        check,
    })))
}

fn judge_comparison(element: &Element, own: &[&str], context: &mut Context<'_>) {
    let common = [
        "assign_to",
        "variable",
        "value",
        "variable2",
        "check_it",
        "check_it_inverse",
    ];
    let known: Vec<&str> = common.iter().chain(own).copied().collect();
    context.judge(element, &known);
}

/// What gets the result, which a check can do without. An error has been complained about.
fn target(element: &Element, context: &mut Context<'_>) -> Result<Option<VariableId>, ()> {
    let checks = ["check_it", "check_it_inverse"]
        .iter()
        .any(|name| element.attribute(name).is_some());
    if checks && element.attribute("assign_to").is_none() {
        return Ok(None);
    }
    required_variable(element, "assign_to", context)
        .map(Some)
        .ok_or(())
}

fn no_second(element: &Element, context: &mut Context<'_>) {
    if let Some(second) = element.attribute("variable2") {
        context.error(
            "two-operands",
            "`value` and `variable2` exclude each other",
            second.name_span.clone(),
        );
    }
}

fn second(element: &Element, context: &mut Context<'_>) -> Option<VariableId> {
    let Some(attribute) = element.attribute("variable2") else {
        context.error(
            "missing-attribute",
            format!("`<{}>` needs `value` or `variable2`", element.name),
            element.name_span.clone(),
        );
        return None;
    };
    context.attribute_variable(attribute)
}
