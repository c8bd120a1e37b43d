//! The Replaces header field (RFC 3891 6.1).

use std::fmt;

use gannet_sip::{FieldError, HeaderName, Message};

use crate::dialog::Dialog;

/// Which dialog an INVITE takes the place of (RFC 3891 6.1). The tags are those of whoever gets the
/// INVITE: `to_tag` is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// Call-ID.
    pub call_id: String,
    /// The tag of the end that is asked to replace.
    pub to_tag: String,
    /// The tag of the end that is replaced.
    pub from_tag: String,
    /// Only as long as the dialog is early.
    pub early_only: bool,
}

impl Replaces {
    /// What makes the other end of this dialog replace it.
    pub fn at_peer(dialog: &Dialog) -> Self {
        Self {
            call_id: dialog.call_id.clone(),
            to_tag: dialog.remote_tag.clone(),
            from_tag: dialog.local_tag.clone(),
            early_only: false,
        }
    }

    /// What makes our end of this dialog replace it.
    pub fn at_us(dialog: &Dialog) -> Self {
        Self {
            call_id: dialog.call_id.clone(),
            to_tag: dialog.local_tag.clone(),
            from_tag: dialog.remote_tag.clone(),
            early_only: false,
        }
    }

    /// The same dialog from its other end.
    pub(crate) fn turned(self) -> Self {
        Self {
            to_tag: self.from_tag,
            from_tag: self.to_tag,
            ..self
        }
    }

    /// Reads the value of a Replaces field.
    ///
    /// # Errors
    /// If it names no Call-ID, or one of the tags is missing or there twice.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let wrong = |expected| FieldError::Syntax {
            field: "Replaces",
            expected,
            found: text.to_owned(),
        };
        let mut parts = text.split(';').map(str::trim);
        let call_id = parts.next().unwrap_or_default();
        if call_id.is_empty() || call_id.contains(char::is_whitespace) {
            return Err(wrong("a Call-ID"));
        }
        let (mut to_tag, mut from_tag, mut early_only) = (None, None, false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let place = match name.trim().to_ascii_lowercase().as_str() {
                "to-tag" => &mut to_tag,
                "from-tag" => &mut from_tag,
                "early-only" => {
                    early_only = true;
                    continue;
                }
                _ => continue,
            };
            if place.replace(value.trim().to_owned()).is_some() {
                return Err(wrong("each tag once"));
            }
        }
        let tag = |tag: Option<String>| tag.filter(|tag| !tag.is_empty());
        match (tag(to_tag), tag(from_tag)) {
            (Some(to_tag), Some(from_tag)) => Ok(Self {
                call_id: call_id.to_owned(),
                to_tag,
                from_tag,
                early_only,
            }),
            _ => Err(wrong("to-tag and from-tag")),
        }
    }

    /// The Replaces field of a message, `None` if it has none.
    ///
    /// # Errors
    /// If there is more than one (RFC 3891 3), or it cannot be read.
    pub fn of(message: &Message) -> Result<Option<Self>, FieldError> {
        let mut fields = message.headers_named(HeaderName::Replaces);
        let Some(field) = fields.next() else {
            return Ok(None);
        };
        if fields.next().is_some() {
            return Err(FieldError::Syntax {
                field: "Replaces",
                expected: "one field",
                found: "several".to_owned(),
            });
        }
        Self::parse(&field.unfolded()).map(Some)
    }

    /// Whether the other end's tag is this one; `0` stands for none (RFC 3891 3).
    pub(crate) fn is_from(&self, remote_tag: &str) -> bool {
        self.from_tag == remote_tag || (remote_tag.is_empty() && self.from_tag == "0")
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = |tag: &str| if tag.is_empty() { "0" } else { tag }.to_owned();
        write!(
            f,
            "{};to-tag={};from-tag={}",
            self.call_id,
            tag(&self.to_tag),
            tag(&self.from_tag)
        )?;
        if self.early_only {
            f.write_str(";early-only")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_needs_its_parts() {
        let table = [
            ("1@a;to-tag=x;from-tag=y", true),
            (
                " 1@a ; from-tag = y ; to-tag = x ; early-only ; other=1",
                true,
            ),
            ("1@a;to-tag=x", false),
            ("1@a;to-tag=x;from-tag=", false),
            ("1@a;to-tag=x;to-tag=z;from-tag=y", false),
            (";to-tag=x;from-tag=y", false),
            ("", false),
        ];
        for (text, valid) in table {
            assert_eq!(Replaces::parse(text).is_ok(), valid, "{text}");
        }
        let old = Replaces::parse("1@a;to-tag=x;from-tag=0").expect("valid");
        assert!(old.is_from("") && old.is_from("0") && !old.is_from("y"));
        assert_eq!(old.to_string(), "1@a;to-tag=x;from-tag=0");
    }
}
