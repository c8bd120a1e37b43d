//! A section: its commands, one after the other.

use std::ops::Range;

use gannet_diag::Diagnostic;

use super::compile::Compiler;
use super::message::Message;
use super::rules;
use crate::attributes::{choice, judge, misplaced};
use crate::model::{Action, SectionEnd, SectionKind, Step};
use crate::seagull::xml::{Element, Node};

/// A section before its actions are put together.
pub(super) struct Draft {
    pub(super) kind: SectionKind,
    pub(super) end: SectionEnd,
    /// Where its name stands.
    pub(super) place: Range<usize>,
    /// `Some(true)` if its first command sends, `Some(false)` if it receives.
    pub(super) sends_first: Option<bool>,
    /// One for each command; `None` after a complaint.
    pub(super) steps: Vec<Option<DraftStep>>,
}

/// A step before its actions are put together.
pub(super) struct DraftStep {
    /// The step, with empty lists of actions.
    pub(super) step: Step,
    /// Where the command's name stands.
    pub(super) place: Range<usize>,
    pub(super) channel: Option<usize>,
    pub(super) message: Option<Message>,
    /// Actions of the block before the message.
    pub(super) before: Vec<Action>,
    /// Actions of the others.
    pub(super) after: Vec<Action>,
}

/// Where a command stands.
pub(super) struct Position {
    /// Index of the section.
    pub(super) section: usize,
    /// Index of the command.
    pub(super) step: usize,
    /// Number of commands in the section.
    pub(super) steps: usize,
}

/// What is known of a section while its commands are compiled.
#[derive(Default)]
pub(super) struct Progress {
    /// The channel of the first command that has one.
    primary: Option<usize>,
    /// Channels that have been used.
    used: Vec<usize>,
}

impl Progress {
    /// Notes that a command uses a channel; tells whether it is the first to do so.
    pub(super) fn uses(&mut self, channel: Option<usize>) -> bool {
        let Some(channel) = channel else {
            return false;
        };
        self.primary.get_or_insert(channel);
        if self.used.contains(&channel) {
            return false;
        }
        self.used.push(channel);
        true
    }

    /// Whether the channel is the one that the section began with.
    pub(super) fn is_primary(&self, channel: usize) -> bool {
        self.primary == Some(channel)
    }
}

const COMMANDS: [&str; 3] = ["send", "receive", "wait-ms"];

impl Compiler<'_> {
    pub(super) fn section(&mut self, index: usize, kind: SectionKind, element: &Element) -> Draft {
        let end = self.section_end(kind, element);
        for node in &element.children {
            if let Node::Cdata(cdata) = node {
                self.diagnostics.push(Diagnostic::error(
                    "unexpected-text",
                    format!("a text stands in `<message>`, not in `<{}>`", element.name),
                    cdata.span.clone(),
                ));
            }
        }
        let count = element.elements().count();
        let mut progress = Progress::default();
        let mut steps = Vec::with_capacity(count);
        for (step, command) in element.elements().enumerate() {
            let position = Position {
                section: index,
                step,
                steps: count,
            };
            steps.push(match command.name.as_str() {
                "send" => self.send(command, &position, &mut progress),
                "receive" => self.receive(command, &position, &mut progress),
                "wait-ms" => self.wait(command),
                _ => {
                    self.diagnostics.push(misplaced(
                        "unknown-command",
                        command,
                        &element.name,
                        &COMMANDS,
                    ));
                    None
                }
            });
        }
        let draft = Draft {
            kind,
            end,
            place: element.name_span.clone(),
            sends_first: element
                .elements()
                .find_map(|command| match command.name.as_str() {
                    "send" => Some(true),
                    "receive" => Some(false),
                    _ => None,
                }),
            steps,
        };
        rules::start(&draft, element, self.diagnostics);
        rules::optional_runs(&draft, self.diagnostics);
        draft
    }

    /// `behaviour`: what the end of a section means.
    fn section_end(&mut self, kind: SectionKind, element: &Element) -> SectionEnd {
        const ENDS: [(&str, SectionEnd); 4] = [
            ("success", SectionEnd::Success),
            ("failed", SectionEnd::Failure),
            ("ignore", SectionEnd::Uncounted),
            ("return", SectionEnd::Return),
        ];
        judge(element, &["behaviour"], self.diagnostics);
        let Some(behaviour) = element.attribute("behaviour") else {
            return SectionEnd::Success;
        };
        let allowed = match kind {
            SectionKind::Init => &ENDS[..0],
            SectionKind::Default(_) => &ENDS,
            SectionKind::Traffic | SectionKind::Abort => &ENDS[..3],
        };
        if allowed.is_empty() {
            self.diagnostics.push(Diagnostic::error(
                "bad-value",
                "`<init>` has no `behaviour`",
                behaviour.name_span.clone(),
            ));
            return SectionEnd::Success;
        }
        choice(behaviour, allowed, self.diagnostics).unwrap_or(SectionEnd::Success)
    }
}
