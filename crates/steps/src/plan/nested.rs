//! The sentences in the doc string of `meanwhile:`.

use std::ops::Range;

use gannet_diag::Diagnostic;
use gannet_gherkin::{PickleArgument, PickleStep};

use super::bind::Binder;
use super::model::BoundStep;
use crate::vocabulary::{Matched, ParameterKind};

/// The sentence whose doc string has sentences.
const MEANWHILE: &str = "meanwhile:";

/// Keywords that may stand before a sentence, as in a scenario.
const KEYWORDS: [&str; 6] = ["Given ", "When ", "Then ", "And ", "But ", "* "];

impl<R: FnMut(Diagnostic)> Binder<'_, R> {
    /// The sentences below `meanwhile:`, one in each line. For other steps there are none.
    pub(super) fn bind_nested(&mut self, outer: &BoundStep, step: &PickleStep) -> Vec<BoundStep> {
        let is_outer = |matched: &Matched| matched.definition.pattern == MEANWHILE;
        if !outer.matched.as_ref().is_some_and(is_outer) {
            return Vec::new();
        }
        let content = outer.doc_string.as_deref().unwrap_or_default();
        let place = step.arguments.iter().find_map(|argument| match argument {
            PickleArgument::DocString(read) => Some(read.span.clone()),
            PickleArgument::Table(_) => None,
        });
        let lines = content.lines().map(str::trim);
        let nested: Vec<BoundStep> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let sentence = KEYWORDS
                    .iter()
                    .find_map(|keyword| line.strip_prefix(keyword))
                    .unwrap_or(line)
                    .trim_start();
                let span = self.span_in(place.as_ref(), sentence, step);
                let matched = self.find(sentence, None, &span);
                if let Some(matched) = &matched {
                    self.check_nested(matched, span);
                }
                BoundStep {
                    keyword: outer.keyword.clone(),
                    text: sentence.to_owned(),
                    line: outer.line,
                    table: None,
                    doc_string: None,
                    matched,
                    condition: None,
                    nested: Vec::new(),
                }
            })
            .collect();
        if nested.is_empty() {
            let message = "there is nothing to do meanwhile";
            let help = "write the sentences into a doc string below, one in each line";
            let report = Diagnostic::error("no-steps", message, step.text_span.clone());
            (self.report)(report.with_help(help));
        }
        nested
    }

    /// Where a sentence of the doc string stands; the step where that is not to be found, because
    /// placeholders were filled in.
    fn span_in(
        &self,
        place: Option<&Range<usize>>,
        sentence: &str,
        step: &PickleStep,
    ) -> Range<usize> {
        let found = place.and_then(|place| {
            let at = self.text.get(place.clone())?.find(sentence)?;
            Some(place.start + at..place.start + at + sentence.len())
        });
        found.unwrap_or_else(|| step.text_span.clone())
    }

    /// What cannot be done beside other things: what those need, and what has more below it.
    fn check_nested(&mut self, matched: &Matched, span: Range<usize>) {
        let pattern = matched.definition.pattern;
        let has = |kind| {
            matched
                .arguments
                .iter()
                .any(|argument| argument.kind == kind)
        };
        let why = if pattern.ends_with(':') {
            "this sentence has something below it, which has no place here"
        } else if has(ParameterKind::Profile) {
            "phones are described before, not meanwhile"
        } else if has(ParameterKind::Variable) {
            "variables are stored before, not meanwhile"
        } else if has(ParameterKind::Step) {
            "a sentence with another one in it has no place here"
        } else {
            return;
        };
        (self.report)(Diagnostic::error("not-meanwhile", why, span));
    }
}
