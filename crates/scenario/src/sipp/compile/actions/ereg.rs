//! `<ereg>`.

use gannet_diag::Diagnostic;

use super::action::{check, required_variable};
use crate::sipp::compile::context::Context;
use crate::sipp::model::{Action, Ereg, SearchIn, VariableId};
use crate::sipp::numbers::integer;
use crate::sipp::text::Names;
use crate::xml::Element;

/// Variables for groups of an expression.
const GROUPS_MAX: usize = 9;

/// Where an expression is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Message,
    Header,
    Body,
    Variable,
}

/// The action.
pub(super) fn ereg(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(
        element,
        &[
            "regexp",
            "search_in",
            "header",
            "variable",
            "occurrence",
            "occurence",
            "case_indep",
            "start_line",
            "check_it",
            "check_it_inverse",
            "assign_to",
        ],
    );
    let regex = context
        .required(element, "regexp")
        .and_then(|attribute| context.attribute_regex(attribute));
    let search_in = search_in(element, context);
    let check = check(element, context);
    let attribute = context.required(element, "assign_to")?;
    let variables = context.attribute_variables(attribute);
    if variables.len() > 1 + GROUPS_MAX {
        context.error(
            "too-many",
            format!("`assign_to` has room for the match and {GROUPS_MAX} groups"),
            attribute.value_span.clone(),
        );
    }
    let regex = regex?;
    let groups = regex.group_count() - 1;
    if variables.len() - 1 > groups {
        let has = match groups {
            0 => "no group".to_owned(),
            1 => "one group".to_owned(),
            _ => format!("{groups} groups"),
        };
        context.tell(
            Diagnostic::warning(
                "missing-group",
                format!("the expression has {has}: the last variables get nothing"),
                attribute.value_span.clone(),
            )
            .with_help("a group is written `( ... )`; the first variable gets the whole match"),
        );
    }
    let mut variables = variables
        .into_iter()
        .collect::<Option<Vec<VariableId>>>()?
        .into_iter();
    Some(Action::Ereg(Box::new(Ereg {
        regex,
        search_in: search_in?,
        check,
        whole: variables.next()?,
        groups: variables.collect(),
    })))
}

fn search_in(element: &Element, context: &mut Context<'_>) -> Option<SearchIn> {
    let places = [
        ("msg", Place::Message),
        ("hdr", Place::Header),
        ("body", Place::Body),
        ("var", Place::Variable),
    ];
    let place = match element.attribute("search_in") {
        None => Some(Place::Message),
        Some(attribute) => context.choice(attribute, &places),
    };
    // They are judged wherever they stand, as by SIPp.
    let ignores_case = context.boolean(element, "case_indep", false);
    let at_line_start = context.boolean(element, "start_line", false);
    let place = place?;
    let of_header = [
        "header",
        "occurrence",
        "occurence",
        "case_indep",
        "start_line",
    ];
    only_for(element, &of_header, place == Place::Header, "hdr", context);
    only_for(
        element,
        &["variable"],
        place == Place::Variable,
        "var",
        context,
    );
    match place {
        Place::Message => Some(SearchIn::Message),
        Place::Body => Some(SearchIn::Body),
        Place::Variable => required_variable(element, "variable", context).map(SearchIn::Variable),
        Place::Header => {
            let header = context.required(element, "header")?;
            if header.value.is_empty() {
                context.error(
                    "missing-attribute",
                    "`header` is empty",
                    header.value_span.clone(),
                );
            }
            Some(SearchIn::Header {
                name: context.bytes(&header.value).into(),
                occurrence: occurrence(element, context),
                ignores_case,
                at_line_start,
            })
        }
    }
}

/// Tells of attributes that have no effect in this place.
fn only_for(
    element: &Element,
    names: &[&str],
    applies: bool,
    place: &str,
    context: &mut Context<'_>,
) {
    if applies {
        return;
    }
    for attribute in names.iter().filter_map(|name| element.attribute(name)) {
        context.warning(
            "no-effect",
            format!(
                "`{}` has no effect without search_in=\"{place}\"",
                attribute.name
            ),
            attribute.name_span.clone(),
        );
    }
}

fn occurrence(element: &Element, context: &mut Context<'_>) -> u32 {
    let found = element
        .attribute("occurrence")
        .or_else(|| element.attribute("occurence"));
    let Some(attribute) = found else {
        return 1;
    };
    let number = integer(&attribute.value).and_then(|number| u32::try_from(number).ok());
    match number {
        Some(number) if number > 0 => number,
        _ => {
            context.warning(
                "bad-number",
                format!(
                    "`{}` is no number from 1: it is taken as 1",
                    attribute.value
                ),
                attribute.value_span.clone(),
            );
            1
        }
    }
}
