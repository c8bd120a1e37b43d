//! The Event header field.

use std::fmt;

use gannet_sip::{FieldError, HeaderName, Message, Params};

/// Which event package a SUBSCRIBE, NOTIFY or PUBLISH is about, and which subscription within its
/// dialog (RFC 6665 8.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPackage {
    /// The name, templates included: `presence`, `presence.winfo`.
    pub name: String,
    /// Tells subscriptions to one package within one dialog apart.
    pub id: Option<String>,
    /// All parameters but `id`.
    pub params: Params,
}

impl EventPackage {
    /// A package without parameters.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            id: None,
            params: Params::new(),
        }
    }

    /// The same with an `id`.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Reads the value of an Event field.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let (name, params) = text.split_once(';').unwrap_or((text, ""));
        let name = name.trim();
        if name.is_empty() || !name.bytes().all(is_token_byte) {
            return Err(FieldError::Syntax {
                field: "Event",
                expected: "the name of an event package",
                found: text.to_owned(),
            });
        }
        let mut params = Params::parse(params);
        let id = params.get("id").map(str::to_owned);
        params.remove("id");
        Ok(Self {
            name: name.to_owned(),
            id,
            params,
        })
    }

    /// The Event field of a message.
    pub fn of(message: &Message) -> Result<Self, FieldError> {
        let text = message
            .text(HeaderName::Event)
            .ok_or(FieldError::Missing("Event"))?;
        Self::parse(&text)
    }

    /// Whether both name one subscription of a dialog. Name and `id` are compared byte by byte,
    /// and nothing else counts (RFC 6665 8.2.1).
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.id == other.id
    }
}

impl fmt::Display for EventPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(id) = &self.id {
            write!(f, ";id={id}")?;
        }
        write!(f, "{}", self.params)
    }
}

/// RFC 3261 25.1, `token`.
const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> EventPackage {
        EventPackage::parse(text).expect(text)
    }

    #[test]
    fn name_id_and_parameters_are_read_and_written() {
        let event = parse(" dialog ; sla ;id=42;ma=\"x;y\"");
        assert_eq!(event.name, "dialog");
        assert_eq!(event.id.as_deref(), Some("42"));
        assert!(event.params.has("sla"));
        assert_eq!(event.to_string(), "dialog;id=42;sla;ma=\"x;y\"");
        assert_eq!(parse("presence.winfo").to_string(), "presence.winfo");
        assert_eq!(
            EventPackage::new("refer").with_id("9").to_string(),
            "refer;id=9"
        );
    }

    #[test]
    fn only_name_and_id_are_compared_and_byte_by_byte() {
        let table = [
            ("foo;id=1234", "foo;param=abcd;id=1234", true),
            ("foo;id=1234", "Foo;id=1234", false),
            ("foo;id=a", "foo;id=A", false),
            ("foo", "foo;id=1", false),
            ("foo;a=1", "foo", true),
            ("foo", "foo.winfo", false),
        ];
        for (one, other, same) in table {
            assert_eq!(parse(one).is_same(&parse(other)), same, "{one} {other}");
            assert_eq!(parse(other).is_same(&parse(one)), same, "{other} {one}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", " ", ";id=1", "two words", "presence/x", "a,b"] {
            let error = EventPackage::parse(text).expect_err(text);
            assert!(matches!(error, FieldError::Syntax { field: "Event", .. }));
        }
    }
}
