//! `<regexp>`: an expression that finds a value.

use gannet_diag::{Diagnostic, Diagnostics};
use gannet_ere::{Options, Regex};

use crate::attributes::{judge, optional_number, required};
use crate::model::FieldPattern;
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::{Attribute, Element};

/// Groups that an expression can give, the whole match included (as in Seagull).
const GROUPS_MAX: usize = gannet_ere::GROUPS_MAX;

/// Compiles `<regexp expr nbexpr subexpr line>`; `name` is a comment.
pub(in crate::seagull) fn pattern(
    element: &Element,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<FieldPattern> {
    judge(
        element,
        &["name", "expr", "nbexpr", "subexpr", "line"],
        diagnostics,
    );
    let expression = required(element, "expr", diagnostics);
    let groups_exact = optional_number::<usize>(element, "nbexpr", diagnostics);
    let group = optional_number::<usize>(element, "subexpr", diagnostics);
    // 0 is written everywhere and means no line, like the default of -1.
    let line = optional_number::<i64>(element, "line", diagnostics);

    let expression = expression?;
    let regex = compiled(expression, file, diagnostics)?;
    let group = group.ok()?.unwrap_or(0);
    if group >= GROUPS_MAX {
        diagnostics.push(Diagnostic::error(
            "bad-number",
            format!(
                "`subexpr` is {group}, but only groups 0 to {} count",
                GROUPS_MAX - 1
            ),
            element
                .attribute("subexpr")
                .map_or(element.name_span.clone(), |found| found.value_span.clone()),
        ));
        return None;
    }
    let groups_exact = groups_exact.ok()?.unwrap_or(1);
    judge_groups(element, &regex, group, groups_exact, diagnostics);
    Some(FieldPattern {
        regex,
        groups_exact,
        group,
        line: line
            .ok()?
            .and_then(|line| u32::try_from(line).ok())
            .filter(|line| *line > 0),
    })
}

/// The expression, or a complaint about the place where it goes wrong.
fn compiled(
    expression: &Attribute,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Regex> {
    let options = Options {
        newline: true,
        ..Options::default()
    };
    match Regex::new(&file.bytes(&expression.value), options) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let place = match error.offset {
                Some(offset) => {
                    let at = file.text_offset(&expression.value, offset);
                    let length = expression.value[at..]
                        .chars()
                        .next()
                        .map_or(0, char::len_utf8);
                    file.in_value(expression, at..at + length)
                }
                None => expression.value_span.clone(),
            };
            diagnostics.push(
                Diagnostic::error(
                    "bad-regexp",
                    format!("this expression does not compile: {}", error.fault),
                    place,
                )
                .with_help("expressions are POSIX extended regular expressions"),
            );
            None
        }
    }
}

/// Tells numbers with which nothing is ever found.
fn judge_groups(
    element: &Element,
    regex: &Regex,
    group: usize,
    groups_exact: usize,
    diagnostics: &mut Diagnostics,
) {
    let groups = regex.group_count() - 1;
    let problem = if group > groups {
        (
            "subexpr",
            format!("the expression has {groups} groups, so group {group} is never found"),
        )
    } else if !(1..=groups + 1).contains(&groups_exact) {
        (
            "nbexpr",
            format!(
                "the expression has {groups} groups, so at most {} take part, the whole match included: nothing is ever read",
                groups + 1
            ),
        )
    } else {
        return;
    };
    let place = element
        .attribute(problem.0)
        .map_or(element.name_span.clone(), |found| found.value_span.clone());
    diagnostics.push(Diagnostic::warning("never-found", problem.1, place));
}
