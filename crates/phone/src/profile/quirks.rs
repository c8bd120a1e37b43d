//! What a device does wrong on purpose: one name for each fault.

use std::borrow::Cow;

use gannet_sip::{
    ContentLength, HeaderName, Message, MessageBuilder, Method, NameAddr, Transport, Via,
};
use gannet_ua::endpoint::MessageKind;

/// The faults of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quirks {
    /// One bit for each.
    bits: u32,
}

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quirk {
    /// Names of header fields in lower case, which are right (RFC 3261 7.3.1) and not expected.
    LowerCaseNames,
    /// The same in upper case.
    UpperCaseNames,
    /// Contact stands twice.
    DuplicateContact,
    /// Supported without a value in INVITE.
    EmptySupported,
    /// Requests have no Max-Forwards (RFC 3261 8.1.1.6 has one in each).
    NoMaxForwards,
    /// Datagrams have no Content-Length, which only streams must have (RFC 3261 20.14).
    NoContentLength,
    /// ACK for 2xx goes without Route (RFC 3261 12.2.1.1 wants the route set).
    AckWithoutRoute,
    /// The 2xx to INVITE has no Contact (RFC 3261 13.3.1.4 wants one).
    AnswerWithoutContact,
    /// re-INVITE has no Contact (RFC 3261 12.2.1.1 wants one).
    ReinviteWithoutContact,
    /// 101 to 199 have no To tag (RFC 3261 8.2.6.2 wants one).
    RingingWithoutTag,
    /// Its own binding is removed by `Contact: *`, which removes all others too
    /// (RFC 3261 10.2.2).
    UnregistersWithStar,
    /// The 2xx goes out before PRACK for a description (RFC 3262 3 forbids it).
    AnswersBeforePrack,
    /// Later descriptions of a session have the version of the first (RFC 3264 8 wants one more).
    KeepsSdpVersion,
    /// UPDATE gets no answer.
    IgnoresUpdate,
    /// INFO gets no answer.
    IgnoresInfo,
    /// OPTIONS inside a call gets no answer.
    IgnoresOptionsInCall,
    /// OPTIONS outside of calls gets no answer.
    IgnoresOptions,
    /// PRACK gets no answer.
    IgnoresPrack,
    /// CANCEL gets no answer and has no effect.
    IgnoresCancel,
    /// BYE gets no answer and has no effect.
    IgnoresBye,
    /// REFER gets no answer.
    IgnoresRefer,
    /// NOTIFY gets no answer.
    IgnoresNotify,
    /// re-INVITE gets no answer.
    IgnoresReinvite,
    /// What it sends is plain RTP where SRTP was agreed on.
    RtpInsteadOfSrtp,
    /// What it sends is SRTP where plain RTP was agreed on.
    SrtpInsteadOfRtp,
    /// What it sends is under another key than the one in its description.
    WrongSrtpKey,
}

impl Quirk {
    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<T: IntoIterator<Item = Quirk>>(quirks: T) -> Self {
        let bits = quirks.into_iter().fold(0, |bits, quirk| bits | quirk.bit());
        Self { bits }
    }
}

impl Quirks {
    /// Whether the device has this one.
    pub const fn has(self, quirk: Quirk) -> bool {
        self.bits & quirk.bit() != 0
    }

    /// Gives the device this one, or takes it away.
    pub(super) const fn set(&mut self, quirk: Quirk, wanted: bool) {
        if wanted {
            self.bits |= quirk.bit();
        } else {
            self.bits &= !quirk.bit();
        }
    }

    /// Whether a message that came in is thrown away.
    pub(crate) fn ignores(self, message: &Message) -> bool {
        if self.bits == 0 || !message.is_request() {
            return false;
        }
        let in_dialog = message.to_tag().is_some();
        let quirk = match message.method() {
            Some(Method::Update) => Quirk::IgnoresUpdate,
            Some(Method::Info) => Quirk::IgnoresInfo,
            Some(Method::Options) if in_dialog => Quirk::IgnoresOptionsInCall,
            Some(Method::Options) => Quirk::IgnoresOptions,
            Some(Method::Prack) => Quirk::IgnoresPrack,
            Some(Method::Cancel) => Quirk::IgnoresCancel,
            Some(Method::Bye) => Quirk::IgnoresBye,
            Some(Method::Refer) => Quirk::IgnoresRefer,
            Some(Method::Notify) => Quirk::IgnoresNotify,
            Some(Method::Invite) if in_dialog => Quirk::IgnoresReinvite,
            _ => return false,
        };
        self.has(quirk)
    }

    /// Takes away and adds header fields.
    pub(super) fn spoil(self, message: &mut MessageBuilder, kind: &MessageKind) {
        if self.bits == 0 {
            return;
        }
        match kind.code {
            None => self.spoil_request(message, kind),
            Some(code) => self.spoil_response(message, kind, code),
        }
        if self.has(Quirk::DuplicateContact) {
            let lines = message.lines_mut();
            let is_contact = |line: &gannet_sip::Line| line.id == HeaderName::Contact;
            let mut contacts = lines
                .iter()
                .enumerate()
                .filter(|(_, line)| is_contact(line));
            if let (Some((at, line)), None) = (contacts.next(), contacts.next()) {
                let again = line.clone();
                lines.insert(at + 1, again);
            }
        }
        if self.has(Quirk::NoContentLength) && is_datagram(message) {
            message.remove(HeaderName::ContentLength);
            let whole = std::mem::replace(message, MessageBuilder::raw(""));
            *message = whole.content_length(ContentLength::AsWritten);
        }
    }

    fn spoil_request(self, message: &mut MessageBuilder, kind: &MessageKind) {
        if self.has(Quirk::NoMaxForwards) {
            message.remove(HeaderName::MaxForwards);
        }
        match kind.method {
            Method::Ack if self.has(Quirk::AckWithoutRoute) => {
                message.remove(HeaderName::Route);
            }
            Method::Invite if kind.in_dialog && self.has(Quirk::ReinviteWithoutContact) => {
                message.remove(HeaderName::Contact);
            }
            Method::Register if self.has(Quirk::UnregistersWithStar) => remove_all(message),
            _ => {}
        }
        if kind.method == Method::Invite
            && self.has(Quirk::EmptySupported)
            && !message.has(HeaderName::Supported)
        {
            message.push(HeaderName::Supported, "");
        }
    }

    fn spoil_response(self, message: &mut MessageBuilder, kind: &MessageKind, code: u16) {
        let to_invite = kind.method == Method::Invite;
        if to_invite && code / 100 == 2 && self.has(Quirk::AnswerWithoutContact) {
            message.remove(HeaderName::Contact);
        }
        if to_invite && code < 200 && !kind.in_dialog && self.has(Quirk::RingingWithoutTag) {
            let to = message.text(HeaderName::To).unwrap_or_default();
            if let Ok(mut to) = NameAddr::parse("To", to) {
                to.params.remove("tag");
                message.set(HeaderName::To, to.to_string());
            }
        }
    }

    /// Writes the names of header fields in another case.
    pub(super) fn rename(self, message: &mut MessageBuilder) {
        let change: fn(&str) -> String = if self.has(Quirk::LowerCaseNames) {
            str::to_ascii_lowercase
        } else if self.has(Quirk::UpperCaseNames) {
            str::to_ascii_uppercase
        } else {
            return;
        };
        for line in message.lines_mut().iter_mut().filter(|line| !line.raw) {
            line.name = Cow::Owned(change(&line.name));
        }
    }
}

/// Turns a REGISTER that removes its own contact into one that removes all.
fn remove_all(message: &mut MessageBuilder) {
    let contact = message.text(HeaderName::Contact).unwrap_or_default();
    let own = NameAddr::parse("Contact", contact);
    let expires = own.as_ref().ok().and_then(|own| own.params.get("expires"));
    let removes = message.text(HeaderName::Expires) == Some("0") || expires == Some("0");
    if own.is_ok() && removes {
        message.set(HeaderName::Contact, "*");
        message.set(HeaderName::Expires, "0");
    }
}

/// Whether the message travels over UDP, by its first Via.
fn is_datagram(message: &MessageBuilder) -> bool {
    let via = message.text(HeaderName::Via).unwrap_or_default();
    Via::parse(via).is_ok_and(|via| via.transport() == Some(Transport::Udp))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoiled(quirk: Quirk, kind: &MessageKind, mut message: MessageBuilder) -> String {
        let quirks: Quirks = [quirk].into_iter().collect();
        quirks.spoil(&mut message, kind);
        quirks.rename(&mut message);
        String::from_utf8(message.build().to_vec()).expect("text")
    }

    fn kind(method: Method, code: Option<u16>, in_dialog: bool) -> MessageKind {
        MessageKind {
            method,
            code,
            in_dialog,
        }
    }

    fn invite() -> MessageBuilder {
        MessageBuilder::request(&Method::Invite, "sip:b@b.test")
            .header("Via", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1")
            .header("Max-Forwards", "70")
            .header("Contact", "<sip:a@10.0.0.1>")
    }

    #[test]
    fn fields_are_taken_away_doubled_and_renamed() {
        let first = kind(Method::Invite, None, false);
        let later = kind(Method::Invite, None, true);
        let text = |quirk, kind| spoiled(quirk, kind, invite());
        assert!(text(Quirk::LowerCaseNames, &first).contains("\r\nmax-forwards: 70\r\n"));
        assert!(text(Quirk::UpperCaseNames, &first).contains("\r\nCONTACT: <sip:a@"));
        let doubled = text(Quirk::DuplicateContact, &first);
        assert_eq!(doubled.matches("Contact:").count(), 2, "{doubled}");
        let parsed = Message::parse(doubled);
        let again = spoiled(
            Quirk::DuplicateContact,
            &first,
            MessageBuilder::from_message(&parsed),
        );
        assert_eq!(again.matches("Contact:").count(), 2, "{again}");
        assert!(!text(Quirk::NoMaxForwards, &first).contains("Max-Forwards"));
        assert!(!text(Quirk::NoContentLength, &first).contains("Content-Length"));
        assert!(text(Quirk::EmptySupported, &first).contains("\r\nSupported: \r\n"));
        assert!(text(Quirk::ReinviteWithoutContact, &first).contains("Contact"));
        assert!(!text(Quirk::ReinviteWithoutContact, &later).contains("Contact"));
    }

    #[test]
    fn a_removal_becomes_one_of_all_and_nothing_else_does() {
        let register = |expires: &str| {
            let message = MessageBuilder::request(&Method::Register, "sip:b.test")
                .header("Contact", "<sip:a@10.0.0.1>")
                .header("Expires", expires);
            let kind = kind(Method::Register, None, false);
            spoiled(Quirk::UnregistersWithStar, &kind, message)
        };
        assert!(register("0").contains("Contact: *\r\nExpires: 0\r\n"));
        assert!(register("60").contains("Contact: <sip:a@10.0.0.1>\r\nExpires: 60\r\n"));
    }

    #[test]
    fn only_what_was_named_is_ignored() {
        let quirks: Quirks = [Quirk::IgnoresOptionsInCall, Quirk::IgnoresReinvite]
            .into_iter()
            .collect();
        let message = |method: &str, tag: &str| {
            Message::parse(format!(
                "{method} sip:a SIP/2.0\r\nTo: <sip:a>{tag}\r\n\r\n"
            ))
        };
        assert!(quirks.ignores(&message("OPTIONS", ";tag=1")));
        assert!(!quirks.ignores(&message("OPTIONS", "")));
        assert!(quirks.ignores(&message("INVITE", ";tag=1")));
        assert!(!quirks.ignores(&message("INVITE", "")));
        assert!(!quirks.ignores(&message("UPDATE", ";tag=1")));
    }
}
