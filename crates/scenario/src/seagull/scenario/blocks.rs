//! What stands in a `<send>` or `<receive>`: a message and blocks of actions.

use gannet_diag::Diagnostic;

use super::actions::Site;
use super::compile::Compiler;
use super::message::Message;
use crate::attributes::misplaced;
use crate::model::Action;
use crate::seagull::dictionary::Dictionary;
use crate::seagull::xml::{Element, Node};

/// The parts of a command.
pub(super) struct Blocks {
    pub(super) message: Option<Message>,
    pub(super) before: Vec<Action>,
    pub(super) after: Vec<Action>,
}

impl Compiler<'_> {
    /// Reads a command's message, then its actions. The first block of actions, if it stands
    /// before the message, is done first; all others are done afterwards.
    pub(super) fn blocks(
        &mut self,
        element: &Element,
        dictionary: Option<&Dictionary>,
        site: &Site<'_>,
    ) -> Blocks {
        let message_name = dictionary.map_or("message", |found| found.message_element.as_str());
        let message = self.the_message(element, message_name, dictionary);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut message_seen = false;
        let mut blocks = 0;
        let mut blocks_after = 0;
        for child in element.elements() {
            if child.name == message_name {
                message_seen = true;
            } else if child.name == "action" {
                let is_before = !message_seen && blocks == 0;
                blocks += 1;
                blocks_after += usize::from(!is_before);
                if blocks_after == 2 {
                    self.diagnostics.push(Diagnostic::warning(
                        "several-action-blocks",
                        "there is already a block of actions for after the message: both are done, but Seagull would drop the first",
                        child.name_span.clone(),
                    ));
                }
                let site = Site {
                    before: is_before,
                    message: message.as_ref(),
                    ..*site
                };
                let actions = self.actions(child, &site);
                if is_before {
                    before.extend(actions);
                } else {
                    after.extend(actions);
                }
            }
        }
        Blocks {
            message,
            before,
            after,
        }
    }

    fn the_message(
        &mut self,
        element: &Element,
        message_name: &str,
        dictionary: Option<&Dictionary>,
    ) -> Option<Message> {
        let mut found = None;
        for node in &element.children {
            let child = match node {
                Node::Element(child) => child,
                Node::Cdata(cdata) => {
                    self.diagnostics.push(Diagnostic::error(
                        "unexpected-text",
                        format!(
                            "a text stands in `<{message_name}>`, not in `<{}>`",
                            element.name
                        ),
                        cdata.span.clone(),
                    ));
                    continue;
                }
            };
            if child.name == message_name && found.is_some() {
                self.diagnostics.push(Diagnostic::error(
                    "duplicate-message",
                    format!("a `<{}>` has one `<{message_name}>`", element.name),
                    child.name_span.clone(),
                ));
            } else if child.name == message_name {
                found = Some(child);
            } else if child.name != "action" {
                self.diagnostics.push(misplaced(
                    "unexpected-element",
                    child,
                    &element.name,
                    &[message_name, "action"],
                ));
            }
        }
        let Some(found) = found else {
            self.diagnostics.push(Diagnostic::error(
                "missing-message",
                format!("this `<{}>` has no `<{message_name}>`", element.name),
                element.name_span.clone(),
            ));
            return None;
        };
        self.message(found, dictionary)
    }
}
