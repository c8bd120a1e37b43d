//! The texts of messages: CDATA, with the values of config-params, as they go out.

use std::ops::Range;

use gannet_diag::{Diagnostic, nearest};

use super::compile::Compiler;
use crate::attributes::judge;
use crate::model::{MessageId, Place};
use crate::seagull::dictionary::Dictionary;
use crate::seagull::xml::{Cdata, Element};

/// A message of the scenario.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Its type; `None` if that is not in the dictionary, which is told.
    pub(super) id: Option<MessageId>,
    /// Its type as it stands in the text.
    pub(super) name: String,
    /// Start line and header fields.
    pub(super) header: Vec<u8>,
    /// The body, if there is one.
    pub(super) body: Option<Vec<u8>>,
}

impl Message {
    /// The part of it that a field is looked for in.
    pub(super) fn part(&self, place: Place) -> &[u8] {
        match place {
            Place::Header => &self.header,
            Place::Body => self.body.as_deref().unwrap_or_default(),
        }
    }
}

impl Compiler<'_> {
    /// Reads a message: a text for its header, and one for its body if it has one.
    pub(super) fn message(
        &mut self,
        element: &Element,
        dictionary: Option<&Dictionary>,
    ) -> Option<Message> {
        judge(element, &[], self.diagnostics);
        for child in element.elements() {
            self.diagnostics.push(Diagnostic::error(
                "unexpected-element",
                format!("a `<{}>` holds CDATA only", element.name),
                child.name_span.clone(),
            ));
        }
        let mut texts = element.cdatas();
        let Some(first) = texts.next() else {
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-text",
                    format!("this `<{}>` has no text", element.name),
                    element.name_span.clone(),
                )
                .with_help("the header stands in `<![CDATA[..]]>`, and a body in a second one"),
            );
            return None;
        };
        let second = texts.next();
        if let Some(third) = texts.next() {
            self.diagnostics.push(Diagnostic::warning(
                "too-many-texts",
                "a message has a header and a body: this text is not used",
                third.span.clone(),
            ));
        }
        let header = self.text(first, dictionary);
        let body = second.map(|cdata| self.text(cdata, dictionary));
        let (id, name) = self.message_type(first, &header, dictionary);
        Some(Message {
            id,
            name,
            header,
            body,
        })
    }

    /// The bytes of a text: config-params filled in, then filtered.
    fn text(&self, cdata: &Cdata, dictionary: Option<&Dictionary>) -> Vec<u8> {
        let bytes = self.fill_in(&self.file.bytes(&cdata.text), dictionary);
        match dictionary.and_then(|dictionary| dictionary.filter) {
            Some(filter) => filter.apply(&bytes),
            None => bytes,
        }
    }

    /// `$(name)` becomes the value of the config-param; unknown names stay as they are written.
    fn fill_in(&self, text: &[u8], dictionary: Option<&Dictionary>) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = memchr::memmem::find(rest, b"$(") {
            let name = rest[at + 2..].split(|byte| *byte == b')').next();
            let value = name.and_then(|name| self.parameter(name, dictionary));
            let end = at + 2 + name.map_or(0, <[u8]>::len) + 1;
            if let (Some(value), true) = (value, end <= rest.len()) {
                out.extend_from_slice(&rest[..at]);
                out.extend_from_slice(value);
                rest = &rest[end..];
            } else {
                out.extend_from_slice(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
        out.extend_from_slice(rest);
        out
    }

    /// The value in the configuration, else the default in the dictionary.
    fn parameter<'s>(
        &'s self,
        name: &[u8],
        dictionary: Option<&'s Dictionary>,
    ) -> Option<&'s [u8]> {
        let given = self
            .around
            .parameters
            .iter()
            .find(|(known, _)| known.as_bytes() == name);
        if let Some((_, value)) = given {
            return Some(value);
        }
        let declared = dictionary?
            .parameters
            .iter()
            .find(|parameter| parameter.name.as_bytes() == name)?;
        declared.default.as_deref()
    }

    fn message_type(
        &mut self,
        cdata: &Cdata,
        header: &[u8],
        dictionary: Option<&Dictionary>,
    ) -> (Option<MessageId>, String) {
        let Some(dictionary) = dictionary.filter(|dictionary| dictionary.types_known) else {
            return (None, String::new());
        };
        let protocol = &dictionary.protocol;
        let field = &protocol.fields[protocol.type_field.index()];
        let Some(range) = field.read(header) else {
            self.diagnostics.push(
                Diagnostic::error(
                    "no-message-type",
                    format!(
                        "the field `{}` finds no message type in this text",
                        field.name
                    ),
                    self.first_line(cdata),
                )
                .with_help(format!(
                    "the dictionary of `{}` says how a type is found",
                    protocol.name
                )),
            );
            return (None, String::new());
        };
        let raw = &header[range];
        let name = String::from_utf8_lossy(raw).into_owned();
        let id = protocol.message(raw);
        if id.is_none() {
            let place = match cdata.text.find(&name) {
                Some(at) => self.file.in_cdata(cdata, at..at + name.len()),
                None => self.first_line(cdata),
            };
            self.diagnostics
                .push(unknown_message(&name, place, dictionary));
        }
        (id, name)
    }

    /// Where the first line of a text stands that is not empty.
    fn first_line(&self, cdata: &Cdata) -> Range<usize> {
        let blanks = cdata.text.len() - cdata.text.trim_ascii_start().len();
        let line = cdata.text[blanks..].lines().next().unwrap_or_default();
        self.file.in_cdata(cdata, blanks..blanks + line.len())
    }
}

/// The complaint about a message that the dictionary does not list.
pub(super) fn unknown_message(
    name: &str,
    place: Range<usize>,
    dictionary: &Dictionary,
) -> Diagnostic {
    let protocol = &dictionary.protocol;
    Diagnostic::error(
        "unknown-message",
        format!("message not in dictionary: `{name}`"),
        place,
    )
    .with_suggestions(&nearest(name, &protocol.messages, 3))
    .with_help(format!(
        "a line in the `<dictionary>` of `{}` is all it takes: `<message name=\"{name}\"></message>`",
        protocol.name
    ))
}
