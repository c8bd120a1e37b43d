//! Checks, and branching on the type of a message.

use gannet_diag::Diagnostic;

use super::super::compile::Compiler;
use super::super::message::unknown_message;
use super::Site;
use crate::attributes::{choice, number, required};
use crate::model::{Action, Expected, FieldId, OnFailure};
use crate::seagull::xml::{Attribute, Element};

impl Compiler<'_> {
    /// `check-presence name behaviour`.
    pub(super) fn check_presence(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["name", "behaviour"]);
        let (field, on_failure) = self.check(element, site)?;
        self.around
            .checks_run
            .then_some(Action::CheckPresence { field, on_failure })
    }

    /// `check-value name behaviour`, or with `branch_on` and `look_ahead` or `look_back`.
    pub(super) fn check_value(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(
            element,
            &["name", "behaviour", "branch_on", "look_ahead", "look_back"],
        );
        if let Some(branch_on) = element.attribute("branch_on") {
            return self.branch(element, branch_on, site);
        }
        for name in ["look_ahead", "look_back"] {
            if let Some(attribute) = element.attribute(name) {
                self.diagnostics.push(Diagnostic::error(
                    "missing-attribute",
                    format!("`{name}` goes with `branch_on`"),
                    attribute.name_span.clone(),
                ));
            }
        }
        let (field, on_failure) = self.check(element, site)?;
        if !self.around.checks_run {
            return None;
        }
        let finder = &site.dictionary?.protocol.fields[field.index()];
        let own = site.message?.part(finder.place);
        let expected = finder.read_value(own, self.around.line_ends);
        if expected.is_none() {
            self.diagnostics.push(
                Diagnostic::warning(
                    "check-cannot-pass",
                    format!(
                        "the message of this command has no `{}` to compare with: the check always fails",
                        finder.name
                    ),
                    element.name_span.clone(),
                )
                .with_help("the value that is expected is the one in the scenario's own message"),
            );
        }
        let expected =
            expected.map_or(Expected::Absent, |range| Expected::Bytes(own[range].into()));
        Some(Action::CheckValue {
            field,
            expected,
            on_failure,
        })
    }

    /// `check-order`, which does nothing with text protocols.
    pub(super) fn check_order(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["name", "behaviour", "position"]);
        self.check(element, site)?;
        self.diagnostics.push(Diagnostic::warning(
            "no-effect",
            "`check-order` has no effect with text protocols",
            element.name_span.clone(),
        ));
        None
    }

    fn check(&mut self, element: &Element, site: &Site<'_>) -> Option<(FieldId, OnFailure)> {
        const BEHAVIOURS: [(&str, OnFailure); 3] = [
            ("warning", OnFailure::Warn),
            ("error", OnFailure::Fail),
            ("abort", OnFailure::Abort),
        ];
        let field = required(element, "name", self.diagnostics)
            .and_then(|name| self.field(name, site.dictionary));
        let behaviour = required(element, "behaviour", self.diagnostics)
            .and_then(|behaviour| choice(behaviour, &BEHAVIOURS, self.diagnostics));
        Some((field?, behaviour?))
    }

    fn branch(
        &mut self,
        element: &Element,
        branch_on: &Attribute,
        site: &Site<'_>,
    ) -> Option<Action> {
        if !site.receives {
            self.diagnostics.push(Diagnostic::error(
                "misplaced-branch",
                "`branch_on` looks at a received message: it belongs to a `<receive>`",
                branch_on.name_span.clone(),
            ));
        }
        let step = self.branch_target(element, branch_on, site);
        let dictionary = site.dictionary.filter(|found| found.types_known)?;
        let message = dictionary
            .protocol
            .message(&self.file.bytes(&branch_on.value));
        if message.is_none() {
            self.diagnostics.push(unknown_message(
                &branch_on.value,
                branch_on.value_span.clone(),
                dictionary,
            ));
        }
        let (message, step) = (message?, step?);
        (site.receives && self.around.checks_run).then_some(Action::JumpOn {
            message,
            step,
            fails_when_last: false,
        })
    }

    /// The step that a branch leads to; `look_ahead` counts if both are there.
    fn branch_target(
        &mut self,
        element: &Element,
        branch_on: &Attribute,
        site: &Site<'_>,
    ) -> Option<usize> {
        let (attribute, back) = match (
            element.attribute("look_ahead"),
            element.attribute("look_back"),
        ) {
            (Some(ahead), _) => (ahead, false),
            (None, Some(back)) => (back, true),
            (None, None) => {
                self.diagnostics.push(Diagnostic::error(
                    "missing-attribute",
                    "`branch_on` needs `look_ahead` or `look_back`: how many commands to go",
                    branch_on.name_span.clone(),
                ));
                return None;
            }
        };
        let distance: usize = number(attribute, self.diagnostics)?;
        let target = if back {
            site.step.checked_sub(distance)
        } else {
            site.step
                .checked_add(distance)
                .filter(|target| *target <= site.steps)
        };
        if target.is_none() {
            let (side, count) = if back {
                ("before", site.step)
            } else {
                ("after", site.steps - site.step - 1)
            };
            self.diagnostics.push(Diagnostic::error(
                "bad-range",
                format!("there are only {count} commands {side} this one in its section"),
                attribute.value_span.clone(),
            ));
        }
        target
    }
}
