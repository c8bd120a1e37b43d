//! What actions have in common.

use std::ops::Range;

use gannet_diag::Diagnostic;

use super::super::compile::Compiler;
use super::super::message::Message;
use crate::attributes::{judge, misplaced, optional_number, unknown};
use crate::model::{Action, ByteRange, FieldId};
use crate::seagull::dictionary::Dictionary;
use crate::seagull::xml::{Attribute, Element, Node};

/// Where an action stands.
#[derive(Clone, Copy)]
pub(in super::super) struct Site<'s> {
    /// What the fields are called.
    pub(in super::super) dictionary: Option<&'s Dictionary>,
    /// The scenario's own message.
    pub(in super::super) message: Option<&'s Message>,
    /// The command receives.
    pub(in super::super) receives: bool,
    /// The action stands in the block before the message.
    pub(in super::super) before: bool,
    /// The command is the first one on its channel: its call has no key there yet.
    pub(in super::super) is_first: bool,
    /// Index of the command in its section.
    pub(in super::super) step: usize,
    /// Number of commands in the section.
    pub(in super::super) steps: usize,
}

/// All actions.
const ACTIONS: [&str; 19] = [
    "open",
    "close",
    "store",
    "restore",
    "start-timer",
    "stop-timer",
    "set-value",
    "inc-counter",
    "check-presence",
    "restore-from-external",
    "inc-var",
    "check-value",
    "check-order",
    "set-new-session-id",
    "transport-option",
    "set-bit",
    "set-value-bit",
    "insert-in-map",
    "log",
];

/// Attributes that binary protocols need.
const BINARY: [&str; 3] = ["instance", "sub-entity", "occurence"];

impl Compiler<'_> {
    /// The actions in a block, in their order.
    pub(in super::super) fn actions(&mut self, block: &Element, site: &Site<'_>) -> Vec<Action> {
        judge(block, &[], self.diagnostics);
        let mut actions = Vec::new();
        for node in &block.children {
            match node {
                Node::Element(element) => actions.extend(self.action(element, block, site)),
                Node::Cdata(cdata) => self.diagnostics.push(Diagnostic::error(
                    "unexpected-text",
                    format!("`<{}>` holds actions, no text", block.name),
                    cdata.span.clone(),
                )),
            }
        }
        actions
    }

    /// `None` if there is nothing to do, or after a complaint.
    fn action(&mut self, element: &Element, block: &Element, site: &Site<'_>) -> Option<Action> {
        match element.name.as_str() {
            "open" => self.open(element),
            "close" => {
                judge(element, &["name"], self.diagnostics);
                Some(Action::Close)
            }
            "start-timer" => {
                judge(element, &[], self.diagnostics);
                Some(Action::StartTimer)
            }
            "stop-timer" => {
                judge(element, &[], self.diagnostics);
                Some(Action::StopTimer)
            }
            "store" => self.store(element, site),
            "restore" => self.restore(element, site),
            "set-value" => self.set_value(element, site),
            "inc-counter" => self.inc_counter(element),
            "inc-var" => self.inc_var(element),
            "restore-from-external" => self.restore_from_external(element, site),
            "check-presence" => self.check_presence(element, site),
            "check-value" => self.check_value(element, site),
            "check-order" => self.check_order(element, site),
            "set-new-session-id" => self.set_new_session_id(element, site),
            "insert-in-map" => self.insert_in_map(element, site),
            "transport-option" => self.transport_option(element),
            "set-bit" => self.set_bit(element, site),
            "set-value-bit" => self.set_value_bit(element, site),
            "log" => self.log(element),
            _ => {
                self.diagnostics
                    .push(misplaced("unknown-action", element, &block.name, &ACTIONS));
                None
            }
        }
    }

    /// The field that an attribute names, or a complaint.
    pub(in super::super) fn field(
        &mut self,
        attribute: &Attribute,
        dictionary: Option<&Dictionary>,
    ) -> Option<FieldId> {
        let protocol = &dictionary?.protocol;
        let found = protocol.field(&attribute.value);
        if found.is_none() {
            let names = protocol.fields.iter().map(|field| &field.name);
            self.diagnostics.push(
                unknown("unknown-field", "there is no field", attribute, names).with_help(format!(
                    "fields are defined in the dictionary of `{}`",
                    protocol.name
                )),
            );
        }
        found
    }

    /// As [`judge`], where attributes of binary protocols may stand too.
    pub(super) fn judge_action(&mut self, element: &Element, known: &[&str]) {
        let mut all = known.to_vec();
        all.extend(BINARY);
        judge(element, &all, self.diagnostics);
        for attribute in &element.attributes {
            if BINARY.contains(&attribute.name.as_str()) {
                self.diagnostics.push(Diagnostic::warning(
                    "unknown-attribute",
                    format!("`{}` has no effect with text protocols", attribute.name),
                    attribute.name_span.clone(),
                ));
            }
        }
    }

    /// `begin` and `end`: both or none.
    pub(super) fn byte_range(&mut self, element: &Element) -> Result<Option<ByteRange>, ()> {
        let begin = optional_number::<usize>(element, "begin", self.diagnostics)?;
        let end = optional_number::<usize>(element, "end", self.diagnostics)?;
        let place: Range<usize> = ["end", "begin"]
            .into_iter()
            .find_map(|name| element.attribute(name))
            .map_or(element.name_span.clone(), |found| found.value_span.clone());
        match (begin, end) {
            (None, None) => Ok(None),
            (Some(begin), Some(end)) if begin < end => Ok(Some(ByteRange { begin, end })),
            (Some(begin), Some(end)) => {
                self.diagnostics.push(Diagnostic::error(
                    "bad-range",
                    format!("the range begins at byte {begin} and ends before byte {end}"),
                    place,
                ));
                Err(())
            }
            _ => {
                self.diagnostics.push(Diagnostic::error(
                    "bad-range",
                    "`begin` and `end` go together",
                    place,
                ));
                Err(())
            }
        }
    }
}
