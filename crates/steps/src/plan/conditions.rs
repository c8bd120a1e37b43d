//! Sentences that stand in other sentences: `wait until Alice is idle`.

use gannet_diag::Diagnostic;
use gannet_gherkin::PickleStep;

use super::bind::{Binder, span_of};
use super::model::BoundStep;
use crate::vocabulary::ParameterKind;

impl<R: FnMut(Diagnostic)> Binder<'_, R> {
    /// The sentence in the sentence, if there is one. It has to be one that only looks: repeating
    /// one that acts would act again.
    pub(super) fn bind_condition(
        &mut self,
        outer: &BoundStep,
        step: &PickleStep,
    ) -> Option<BoundStep> {
        let matched = outer.matched.as_ref()?;
        let argument = matched
            .arguments
            .iter()
            .find(|argument| argument.kind == ParameterKind::Step)?;
        let span = span_of(argument, &outer.text, &step.text_span, self.text);
        let found = self.find(&argument.text, outer.table.as_ref(), &span)?;
        if !found.definition.condition {
            let message = "this sentence does something, and cannot be waited for";
            let report = Diagnostic::error("no-condition", message, span).with_help(
                "it may be one that looks at something, such as `Alice is idle`, \
                 `Bob rings` or `Alice has received BYE`",
            );
            (self.report)(report);
        }
        Some(BoundStep {
            keyword: outer.keyword.clone(),
            text: argument.text.clone(),
            line: outer.line,
            table: outer.table.clone(),
            doc_string: outer.doc_string.clone(),
            matched: Some(found),
            condition: None,
            nested: Vec::new(),
        })
    }
}
