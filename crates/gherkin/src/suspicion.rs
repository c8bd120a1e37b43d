use gannet_diag::{Diagnostic, nearest};

use crate::ast::StepKeywordType;
use crate::line::Line;
use crate::matcher::Matcher;
use crate::parser::Syntax;
use crate::token::TokenKind;

/// Longest text before a colon, in bytes, that is taken for a misspelt keyword.
const KEYWORD_BYTES_MAX: usize = 40;

/// Warns of a line of a description that was hardly meant as one.
///
/// Below a heading Gherkin takes every line that it does not know for prose. So a scenario whose
/// keyword is misspelt vanishes without a word, and its steps with it, and so does a misspelt first
/// step. `rest` are the lines after `line`, `steps_fit` tells whether a step could stand here.
pub(crate) fn suspicion(
    line: &Line<'_>,
    rest: &[Line<'_>],
    steps_fit: bool,
    matcher: &Matcher,
) -> Option<Diagnostic> {
    if matcher.syntax == Syntax::Markdown {
        return None;
    }
    misspelt_title(line, rest, matcher).or_else(|| {
        if steps_fit {
            misspelt_step(line, matcher)
        } else {
            None
        }
    })
}

/// Almost a keyword and a colon, and steps below it.
fn misspelt_title(line: &Line<'_>, rest: &[Line<'_>], matcher: &Matcher) -> Option<Diagnostic> {
    let (head, _) = line.trimmed.split_once(':')?;
    if head.len() > KEYWORD_BYTES_MAX {
        return None;
    }
    let next = rest.iter().find(|line| !line.trimmed.is_empty())?;
    if !matcher.matches(TokenKind::StepLine, next) {
        return None;
    }
    let titles: Vec<_> = [TokenKind::ScenarioLine, TokenKind::BackgroundLine]
        .into_iter()
        .flat_map(|kind| matcher.dialect.title_keywords(kind))
        .collect();
    let meant = nearest(head, &titles, 1).pop()?;
    Some(warning(
        line,
        line.trimmed[..=head.len()].trim_end(),
        &format!("{meant}:"),
    ))
}

/// Almost a step keyword, or one in the wrong case.
fn misspelt_step(line: &Line<'_>, matcher: &Matcher) -> Option<Diagnostic> {
    let word = line.trimmed.split_whitespace().next()?;
    // Conjunctions begin lines of prose, and `*` and the like are no words.
    let told = [
        StepKeywordType::Context,
        StepKeywordType::Action,
        StepKeywordType::Outcome,
    ];
    let keywords = matcher.dialect.step_keywords.iter();
    let keywords = keywords.filter(|step| told.contains(&step.keyword_type));
    let keywords = keywords.filter_map(|step| step.keyword.strip_suffix(' '));
    let meant = nearest(word, keywords, 1).pop()?;
    // "The" is a frequent start of prose and almost "Then".
    if meant.starts_with(word) {
        return None;
    }
    Some(warning(line, word, &meant))
}

fn warning(line: &Line<'_>, part: &str, meant: &str) -> Diagnostic {
    Diagnostic::warning(
        "looks-like-keyword",
        "this line is taken for a description",
        line.span_of(part),
    )
    .with_label("nothing is executed for it")
    .with_suggestions(&[meant.to_owned()])
}

#[cfg(test)]
mod tests {
    use crate::parse;

    fn warned(text: &str) -> Vec<&str> {
        let result = parse(text);
        result
            .warnings
            .iter()
            .map(|warning| &text[warning.span.clone()])
            .collect()
    }

    #[test]
    fn misspelt_keywords_in_descriptions_are_reported() {
        let cases: [(&str, &[&str]); 4] = [
            ("Feature: x\n  Scenari: y\n\n    Given z\n", &["Scenari:"]),
            (
                "Feature: x\n  Scenario: y\n    Givn z\n    When u\n",
                &["Givn"],
            ),
            ("Feature: x\n  Scenario: y\n    given z\n", &["given"]),
            (
                "Feature: x\n  Backgruond: b\n    * z\n  Scenario: y\n",
                &["Backgruond:"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(warned(text), expected, "{text}");
        }
    }

    #[test]
    fn prose_is_left_alone() {
        let text = "Feature: x\n  As a caller: I want\n  * bullets\n  Note: this\n  When you read it\n\
                    \n  Scenario: y\n    The first word is no keyword\n    And one more: step\n";
        assert_eq!(warned(text), [""; 0]);
    }
}
