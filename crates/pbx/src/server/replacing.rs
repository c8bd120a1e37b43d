//! Replaces: a call that takes the place of a phone in another (RFC 3891).

use std::time::Instant;

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{CallId, Reply};

use super::call::Stage;
use super::place::refusal;
use super::state::Server;

/// The dialog that a Replaces field names, from the side of whoever gets the INVITE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replaced {
    pub(crate) call_id: String,
    pub(crate) to_tag: String,
    pub(crate) from_tag: String,
    pub(crate) early_only: bool,
}

impl Replaced {
    /// Reads a field value (RFC 3891 6.1); `None` if a part is missing or there twice.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let call_id = parts.next().filter(|id| !id.is_empty())?;
        let (mut to_tag, mut from_tag, mut early_only) = (None, None, false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim(), value.trim());
            let place = match name.to_ascii_lowercase().as_str() {
                "to-tag" => &mut to_tag,
                "from-tag" => &mut from_tag,
                "early-only" => {
                    early_only = true;
                    continue;
                }
                _ => continue,
            };
            if place.replace(value.to_owned()).is_some() {
                return None;
            }
        }
        Some(Self {
            call_id: call_id.to_owned(),
            to_tag: to_tag?,
            from_tag: from_tag?,
            early_only,
        })
    }

    /// The same out of a URI, where it is escaped.
    pub(crate) fn parse_escaped(text: &str) -> Option<Self> {
        Self::parse(&unescaped(text))
    }
}

impl Server {
    /// The leg whose dialog is named. The tags are looked for both ways: some phones write them
    /// from their own side (RFC 3891 3 wants that of the recipient).
    pub(super) fn leg_of(&self, replaced: &Replaced) -> Option<CallId> {
        self.legs.keys().copied().find(|leg| {
            self.endpoint.dialog(*leg).is_some_and(|dialog| {
                let tags = [&dialog.local_tag, &dialog.remote_tag];
                let named = [&replaced.to_tag, &replaced.from_tag];
                dialog.call_id == replaced.call_id
                    && (tags == named || tags == [named[1], named[0]])
            })
        })
    }

    /// The Replaces field of a new INVITE; `Err` refuses the call.
    pub(super) fn replaced_by(invite: &Message) -> Result<Option<Replaced>, Reply> {
        let mut fields = invite.headers_named(HeaderName::Replaces);
        let Some(field) = fields.next() else {
            return Ok(None);
        };
        // RFC 3891 3: more than one is wrong.
        let replaced = Replaced::parse(&field.unfolded()).filter(|_| fields.next().is_none());
        let bad = || refusal(400, "Unusable Replaces");
        replaced.map(Some).ok_or_else(bad)
    }

    /// Lets a new call take the place of the leg that it names.
    pub(super) fn replace(&mut self, now: Instant, number: u64, replaced: &Replaced) {
        let found = self.leg_of(replaced);
        let found = found.and_then(|leg| Some((leg, *self.legs.get(&leg)?)));
        let Some((leg, other)) = found.filter(|(_, other)| *other != number) else {
            return self.refuse(now, number, Reply::new(481));
        };
        let Some(call) = self.calls.get(&other) else {
            return self.refuse(now, number, Reply::new(481));
        };
        match &call.stage {
            // RFC 3891 3: early-only asks not to break into a conversation.
            Stage::Talking { .. } if replaced.early_only => {
                self.refuse(now, number, Reply::new(486));
            }
            Stage::Talking { .. } => match call.peer_of(leg) {
                Some(stays) => self.join_caller(now, number, stays),
                None => self.refuse(now, number, Reply::new(481)),
            },
            Stage::Ringing(fork) if fork.open.contains_key(&leg) => {
                self.take_ringing(now, number, other);
            }
            _ => self.refuse(now, number, Reply::new(481)),
        }
    }
}

/// `%40` is `@` (RFC 3261 19.1.2). What is no escape stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogs_are_named_plainly_and_in_uris() {
        let expected = Replaced {
            call_id: "98732@a".into(),
            to_tag: "r33".into(),
            from_tag: "f33".into(),
            early_only: false,
        };
        let plain = "98732@a;from-tag=f33 ;to-tag=r33";
        assert_eq!(Replaced::parse(plain), Some(expected.clone()));
        let escaped = "98732%40a%3Bfrom-tag%3Df33%3Bto-tag%3Dr33";
        assert_eq!(Replaced::parse_escaped(escaped), Some(expected));
        let early = Replaced::parse("a;to-tag=1;from-tag=2;early-only");
        assert!(early.is_some_and(|replaced| replaced.early_only));
        for bad in ["", "a", "a;to-tag=1", "a;to-tag=1;to-tag=2;from-tag=3"] {
            assert_eq!(Replaced::parse(bad), None, "{bad}");
        }
        assert_eq!(unescaped("50%"), "50%");
    }
}
