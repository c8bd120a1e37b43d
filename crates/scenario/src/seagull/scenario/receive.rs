//! `<receive>`.

use std::ops::Range;

use gannet_diag::{Diagnostic, nearest};

use super::commands::step;
use super::compile::Compiler;
use super::message::{Message, unknown_message};
use super::section::{DraftStep, Position, Progress};
use crate::attributes::{choice, judge};
use crate::model::{Accept, ChannelId, Protocol, Receive, StepKind};
use crate::seagull::dictionary::Dictionary;
use crate::seagull::xml::{Attribute, Element};

impl Compiler<'_> {
    /// `<receive channel label optional accept cseq-method>`.
    pub(super) fn receive(
        &mut self,
        element: &Element,
        position: &Position,
        progress: &mut Progress,
    ) -> Option<DraftStep> {
        const TRUE_FALSE: [(&str, bool); 2] = [("true", true), ("false", false)];
        judge(
            element,
            &["channel", "label", "optional", "accept", "cseq-method"],
            self.diagnostics,
        );
        let optional = match element.attribute("optional") {
            Some(attribute) => choice(attribute, &TRUE_FALSE, self.diagnostics),
            None => Some(false),
        };
        let (channel, blocks) = self.exchange(element, position, progress, true);
        let around = self.around;
        let dictionary = around.dictionary(channel);
        let message = blocks.message?;
        let accept = self.accept(element, &message, dictionary, position)?;
        let kind = StepKind::Receive(Receive {
            channel: ChannelId(channel? as u16),
            accept,
            optional: optional?,
            actions: Vec::new(),
        });
        Some(DraftStep {
            step: step(element, message.name.clone(), kind),
            place: element.name_span.clone(),
            channel,
            message: Some(message),
            before: blocks.before,
            after: blocks.after,
        })
    }

    /// All messages that are taken: the scenario's own, then those of `accept`.
    fn accept(
        &mut self,
        element: &Element,
        message: &Message,
        dictionary: Option<&Dictionary>,
        position: &Position,
    ) -> Option<Vec<Accept>> {
        let method = self.cseq_method(element, message);
        let more = element.attribute("accept");
        let first = message.id.map(|id| Accept {
            message: id,
            cseq_method: None,
            next: None,
        });
        let mut complete = first.is_some();
        let mut accept: Vec<Accept> = first.into_iter().collect();
        for (name, place, next) in more.map(alternatives).unwrap_or_default() {
            let leads = next.is_some();
            let next =
                next.and_then(|(label, place)| self.step_of_label(more?, label, place, position));
            complete &= leads == next.is_some();
            let Some(dictionary) = dictionary.filter(|dictionary| dictionary.types_known) else {
                complete = false;
                continue;
            };
            let Some(id) = dictionary.protocol.message(&self.file.bytes(name)) else {
                let place = self.file.in_value(more?, place);
                self.diagnostics
                    .push(unknown_message(name, place, dictionary));
                complete = false;
                continue;
            };
            match accept.iter_mut().find(|known| known.message == id) {
                Some(known) => known.next = next,
                None => accept.push(Accept {
                    message: id,
                    cseq_method: None,
                    next,
                }),
            }
        }
        if let Some(dictionary) = dictionary {
            restrict(&mut accept, method.as_deref(), &dictionary.protocol);
        }
        complete.then_some(accept)
    }

    /// The step that a label in `accept` leads to.
    fn step_of_label(
        &mut self,
        attribute: &Attribute,
        label: &str,
        place: Range<usize>,
        position: &Position,
    ) -> Option<usize> {
        let place = self.file.in_value(attribute, place);
        match self.labels.get(label) {
            Some(found) if found.section == position.section => return Some(found.step),
            Some(_) => self.diagnostics.push(Diagnostic::error(
                "unknown-label",
                format!("the label `{label}` belongs to another section"),
                place,
            )),
            None => self.diagnostics.push(
                Diagnostic::error(
                    "unknown-label",
                    format!("no command has the label `{label}`"),
                    place,
                )
                .with_suggestions(&nearest(label, self.labels.names(), 3)),
            ),
        }
        None
    }

    /// The method that the CSeq of responses must have.
    fn cseq_method(&mut self, element: &Element, message: &Message) -> Option<Vec<u8>> {
        if let Some(attribute) = element.attribute("cseq-method") {
            if attribute.value.is_empty() {
                self.diagnostics.push(Diagnostic::error(
                    "bad-value",
                    "`cseq-method` names a method",
                    attribute.value_span.clone(),
                ));
            }
            return Some(self.file.bytes(&attribute.value));
        }
        if self.around.match_cseq {
            return method_in_cseq(&message.header);
        }
        None
    }
}

/// The words of `accept` and where they stand in it: a type, and after `=` a label.
type Alternative<'a> = (&'a str, Range<usize>, Option<(&'a str, Range<usize>)>);

fn alternatives(attribute: &Attribute) -> Vec<Alternative<'_>> {
    let text = attribute.value.as_str();
    let mut found = Vec::new();
    for word in text.split_ascii_whitespace() {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        let (name, label) = match word.split_once('=') {
            Some((name, label)) => (name, Some(label)),
            None => (word, None),
        };
        let label = label.map(|label| {
            let at = start + name.len() + 1;
            (label, at..at + label.len())
        });
        found.push((name, start..start + name.len(), label));
    }
    found
}

/// Responses are taken only with this method in their CSeq; requests are not restricted.
fn restrict(accept: &mut [Accept], method: Option<&[u8]>, protocol: &Protocol) {
    let Some(method) = method else { return };
    for accept in accept {
        if is_status_code(&protocol.messages[accept.message.index()]) {
            accept.cseq_method = Some(method.into());
        }
    }
}

/// Types of responses are status codes (RFC 3261 7.2).
fn is_status_code(name: &str) -> bool {
    name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// The method in the CSeq of a scenario's own message.
fn method_in_cseq(header: &[u8]) -> Option<Vec<u8>> {
    header.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        if !line[..colon].trim_ascii().eq_ignore_ascii_case(b"CSeq") {
            return None;
        }
        let mut words = line[colon + 1..]
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        words.nth(1).map(<[u8]>::to_vec)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_method_is_the_second_word_of_cseq() {
        let cases: [(&[u8], Option<&[u8]>); 4] = [
            (b"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n", Some(b"INVITE")),
            (b"SIP/2.0 200 OK\r\ncseq :  7\t BYE \r\n", Some(b"BYE")),
            (b"SIP/2.0 200 OK\r\nCSeq: 1\r\n", None),
            (b"SIP/2.0 200 OK\r\n", None),
        ];
        for (header, expected) in cases {
            assert_eq!(method_in_cseq(header).as_deref(), expected);
        }
    }
}
