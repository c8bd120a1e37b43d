//! `<correlation>`: which call a received message belongs to when there are several channels.

use gannet_diag::Diagnostic;

use super::actions::Site;
use super::compile::Compiler;
use super::section::{Draft, DraftStep};
use crate::attributes::{judge, passed_over, required, unknown};
use crate::model::{Action, ChannelId, KeySource, SectionKind, StepKind};
use crate::seagull::dictionary::Dictionary;
use crate::seagull::xml::{Attribute, Element};

impl Compiler<'_> {
    /// Adds the actions of a `<correlation>` to the commands that it names, before their own, and
    /// sets what finds calls.
    pub(super) fn correlation(
        &mut self,
        element: &Element,
        drafts: &mut [Draft],
        lookup: &mut [Vec<KeySource>],
    ) {
        let mut named: Vec<String> = Vec::new();
        for child in element.elements() {
            if child.name != "channel" {
                self.diagnostics
                    .push(passed_over(child, &element.name, &["channel"]));
                continue;
            }
            judge(child, &["name"], self.diagnostics);
            let channel = required(child, "name", self.diagnostics)
                .and_then(|attribute| self.channel(attribute));
            self.correlated_channel(child, channel, drafts, lookup, &mut named);
        }
        self.judge_first_key(element, drafts);
    }

    fn correlated_channel(
        &mut self,
        element: &Element,
        channel: Option<usize>,
        drafts: &mut [Draft],
        lookup: &mut [Vec<KeySource>],
        named: &mut Vec<String>,
    ) {
        let around = self.around;
        let dictionary = around.dictionary(channel);
        let mut retrieved = false;
        for child in element.elements() {
            match child.name.as_str() {
                "retrieve" if retrieved => self.diagnostics.push(Diagnostic::warning(
                    "duplicate-element",
                    "only the first `<retrieve>` of a channel counts",
                    child.name_span.clone(),
                )),
                "retrieve" => {
                    retrieved = true;
                    let sources = self.retrieve(child, dictionary);
                    if let Some(channel) = channel
                        && !sources.is_empty()
                    {
                        lookup[channel] = sources;
                    }
                }
                "command" => self.correlated_command(child, channel, drafts, named),
                _ => self.diagnostics.push(passed_over(
                    child,
                    &element.name,
                    &["retrieve", "command"],
                )),
            }
        }
    }

    /// `<search-in-map name>`, in the order in which fields are looked for.
    fn retrieve(&mut self, element: &Element, dictionary: Option<&Dictionary>) -> Vec<KeySource> {
        const OPEN_ID: &str = "session-method-open-id";
        let mut sources = Vec::new();
        for child in element.elements() {
            if child.name != "search-in-map" {
                self.diagnostics
                    .push(passed_over(child, &element.name, &["search-in-map"]));
                continue;
            }
            judge(child, &["name"], self.diagnostics);
            let Some(name) = required(child, "name", self.diagnostics) else {
                continue;
            };
            if name.value == OPEN_ID {
                sources.push(KeySource::OpenId);
            } else if let Some(field) = self.field(name, dictionary) {
                sources.push(KeySource::Field(field));
            }
        }
        sources
    }

    /// `<command name>` with `<pre-action>` and `<post-action>`.
    fn correlated_command(
        &mut self,
        element: &Element,
        channel: Option<usize>,
        drafts: &mut [Draft],
        named: &mut Vec<String>,
    ) {
        judge(element, &["name"], self.diagnostics);
        let Some(name) = required(element, "name", self.diagnostics) else {
            return;
        };
        if named.contains(&name.value) {
            self.diagnostics.push(Diagnostic::error(
                "duplicate-command",
                format!("the command `{}` is already correlated", name.value),
                name.value_span.clone(),
            ));
            return;
        }
        named.push(name.value.clone());
        let Some((step, draft, steps)) = self.labelled(name, drafts) else {
            return;
        };
        let Some(draft) = draft else { return };
        let receives = matches!(draft.step.kind, StepKind::Receive(_));
        if matches!(draft.step.kind, StepKind::Pause(_)) {
            self.diagnostics.push(Diagnostic::error(
                "unknown-label",
                format!("the command `{}` has no message to correlate", name.value),
                name.value_span.clone(),
            ));
            return;
        }
        let around = self.around;
        let site = Site {
            dictionary: around.dictionary(draft.channel),
            message: draft.message.as_ref(),
            receives,
            before: true,
            is_first: step == 0,
            step,
            steps,
        };
        let (before, mut after) = self.correlated_actions(element, &site);
        if let (0, Some(channel)) = (step, channel)
            && !after.iter().any(inserts_key)
        {
            after.push(Action::InsertKey {
                channel: ChannelId(channel as u16),
                key: KeySource::Session,
            });
        }
        draft.before.splice(0..0, before);
        draft.after.splice(0..0, after);
    }

    /// `<pre-action>` and `<post-action>`.
    fn correlated_actions(
        &mut self,
        element: &Element,
        site: &Site<'_>,
    ) -> (Vec<Action>, Vec<Action>) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for child in element.elements() {
            match child.name.as_str() {
                "pre-action" => before.extend(self.actions(child, site)),
                "post-action" => {
                    let site = Site {
                        before: false,
                        ..*site
                    };
                    after.extend(self.actions(child, &site));
                }
                _ => self.diagnostics.push(passed_over(
                    child,
                    &element.name,
                    &["pre-action", "post-action"],
                )),
            }
        }
        (before, after)
    }

    /// The command with a label: its index, its draft, and the number of commands of its section.
    fn labelled<'d>(
        &mut self,
        name: &Attribute,
        drafts: &'d mut [Draft],
    ) -> Option<(usize, Option<&'d mut DraftStep>, usize)> {
        let Some(label) = self.labels.get(&name.value) else {
            self.diagnostics.push(unknown(
                "unknown-label",
                "no command has the label",
                name,
                self.labels.names(),
            ));
            return None;
        };
        let steps = &mut drafts[label.section].steps;
        let count = steps.len();
        Some((label.step, steps[label.step].as_mut(), count))
    }

    /// Tells a scenario whose calls would have no key at all.
    fn judge_first_key(&mut self, element: &Element, drafts: &[Draft]) {
        let Some(traffic) = drafts
            .iter()
            .find(|draft| draft.kind == SectionKind::Traffic)
        else {
            return;
        };
        // After complaints the actions are not complete.
        let complete = traffic.steps.iter().all(Option::is_some);
        let receives = traffic
            .steps
            .iter()
            .flatten()
            .filter(|draft| matches!(draft.step.kind, StepKind::Receive(_)))
            .count();
        let only_first = receives == 1 && traffic.sends_first == Some(false);
        let has_key = traffic
            .steps
            .iter()
            .flatten()
            .any(|draft| draft.before.iter().chain(&draft.after).any(inserts_key));
        if complete && !has_key && receives > 0 && !only_first && !self.diagnostics.has_errors() {
            self.diagnostics.push(
                Diagnostic::warning(
                    "no-key",
                    "no command makes its call known with `<insert-in-map>`: no received message will find it",
                    element.name_span.clone(),
                )
                .with_help("label the first command and name it in a `<command>` of the correlation"),
            );
        }
    }
}

fn inserts_key(action: &Action) -> bool {
    matches!(action, Action::InsertKey { .. })
}
