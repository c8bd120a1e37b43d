//! Protocols: what the messages of a channel look like.

use super::{Field, FieldId, MessageId};

/// A text protocol as a dictionary describes it.
#[derive(Debug, Clone)]
pub struct Protocol {
    /// The dictionary's name.
    pub name: String,
    /// What ends a header field; with `body_separator` after it, it ends the header.
    pub field_separator: Box<[u8]>,
    /// What stands between header and body.
    pub body_separator: Box<[u8]>,
    /// The field whose value is the type of a message (method or status code).
    pub type_field: FieldId,
    /// All fields, header fields first.
    pub fields: Vec<Field>,
    /// How the end of the body is found and told, tried in order.
    pub body_methods: Vec<BodyMethod>,
    /// How the call of a message is found.
    pub session: SessionMethod,
    /// The known message types, in the dictionary's order.
    pub messages: Vec<String>,
}

/// How the length of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyMethod {
    /// A field holds the number of octets.
    Length(FieldId),
    /// The body's own syntax says where it ends.
    Parser(BodyParser),
}

/// A syntax that says where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyParser {
    /// The first element's tags are balanced.
    Xml,
    /// Braces are balanced.
    H248,
    /// Everything is taken.
    Msrp,
}

/// How a message tells which call it belongs to, when no correlation says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionMethod {
    /// The first of these fields that is present. The first one identifies the session, the
    /// others are looked at when it is absent.
    Fields(Vec<FieldId>),
    /// The connection that the message came by.
    OpenId,
}

impl Protocol {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<FieldId> {
        let at = self.fields.iter().position(|field| field.name == name)?;
        Some(FieldId(at as u16))
    }

    /// The message type of that name.
    pub fn message(&self, name: &[u8]) -> Option<MessageId> {
        let at = self
            .messages
            .iter()
            .position(|message| message.as_bytes() == name)?;
        Some(MessageId(at as u16))
    }
}
