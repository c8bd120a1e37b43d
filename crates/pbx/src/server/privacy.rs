//! The privacy service (RFC 3323 5) and asserted identities (RFC 3325).

use gannet_sip::{HeaderName, Message, NameAddr, Uri};
use gannet_ua::endpoint::{Reply, RequestSpec};

use super::identity::Caller;
use super::place::refusal;
use super::state::Server;
use crate::registrar::TrustDomain;

/// What tells who the user is beside From, and may be left out (RFC 3323 4.1.2, 5.3).
const TELLING: [HeaderName; 6] = [
    HeaderName::Subject,
    HeaderName::CallInfo,
    HeaderName::Organization,
    HeaderName::UserAgent,
    HeaderName::ReplyTo,
    HeaderName::InReplyTo,
];

/// The values of Privacy, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Privacy {
    values: Vec<String>,
}

impl Privacy {
    pub(crate) fn of(message: &Message) -> Self {
        let values = message
            .values(HeaderName::Privacy)
            .flat_map(|value| value.split(';'))
            .map(|value| value.trim().to_ascii_lowercase())
            .filter(|value| !value.is_empty())
            .collect();
        Self { values }
    }

    /// Whether the caller wants to stay unknown (RFC 3323 4.2, RFC 3325 9.3).
    pub(crate) fn hides_caller(&self) -> bool {
        ["id", "user", "header"]
            .iter()
            .any(|value| self.wants(value))
    }

    fn wants(&self, value: &str) -> bool {
        let has = |wanted: &str| self.values.iter().any(|own| own == wanted);
        // Who asks for none is not to be hidden, whatever else stands there (RFC 3323 4.2).
        has(value) && (value == "none" || !has("none"))
    }

    /// Session privacy needs media to go through the server, and here they never do. Who cannot go
    /// without it must not be put through (RFC 3323 5.2, 4.2).
    pub(crate) fn refusal(&self) -> Option<Reply> {
        let unknown = |value: &&String| {
            ![
                "header", "session", "user", "none", "critical", "id", "history",
            ]
            .contains(&value.as_str())
        };
        if !self.wants("critical") {
            return None;
        }
        let mut missing: Vec<&str> = self
            .values
            .iter()
            .filter(unknown)
            .map(String::as_str)
            .collect();
        if self.wants("session") {
            missing.push("session");
        }
        (!missing.is_empty()).then(|| {
            refusal(
                500,
                &format!("Privacy Not Available: {}", missing.join(", ")),
            )
        })
    }

    /// Does what the caller asked for, and takes that out of Privacy (RFC 3323 5). Via, Contact,
    /// Record-Route and Call-ID of the caller never go on, which is what `header` is about.
    pub(crate) fn apply(&self, request: &mut RequestSpec) {
        if self.wants("user") {
            let uri = Uri::sip(Some("anonymous"), "anonymous.invalid", None);
            request.from = NameAddr::new(uri).with_display("Anonymous");
            let telling = |name: &str| TELLING.contains(&HeaderName::from_bytes(name.as_bytes()));
            request.headers.retain(|(name, _)| !telling(name));
        }
        let mut left: Vec<_> = self
            .values
            .iter()
            .filter(|value| self.wants("none") || !["user", "header"].contains(&value.as_str()))
            .map(String::as_str)
            .collect();
        if left == ["critical"] {
            left.clear();
        }
        let is_privacy =
            |name: &str| HeaderName::from_bytes(name.as_bytes()) == HeaderName::Privacy;
        request.headers.retain(|(name, _)| !is_privacy(name));
        if !left.is_empty() {
            request.headers.push(("Privacy".into(), left.join(";")));
        }
    }
}

impl Server {
    /// What the callee is told about a caller whose identity is proven, unless they want to stay
    /// unknown to who does not belong to the trust domain (RFC 3325 7, 9.1, 9.3).
    pub(super) fn asserted_identity(&self, caller: &Caller, invite: &Message) -> Option<String> {
        let trusted = self.config.trust == TrustDomain::Phones;
        if Privacy::of(invite).wants("id") && !trusted {
            return None;
        }
        let asserted: Vec<_> = invite.values(HeaderName::PAssertedIdentity).collect();
        if trusted && !asserted.is_empty() {
            return Some(asserted.join(", "));
        }
        let member = self.directory.find(caller.user()?)?;
        let name = self
            .preferred_name(&member.user.name, invite)
            .unwrap_or_else(|| member.user.name.clone());
        let uri = Uri::sip(Some(&name), &self.config.domain, None);
        let shown = member.user.display_name.clone();
        let shown = shown.or_else(|| invite.from().ok()?.display_name());
        let identity = NameAddr::new(uri);
        let identity = match shown {
            Some(name) => identity.with_display(&name),
            None => identity,
        };
        Some(identity.to_string())
    }

    /// Which of their names a caller would like to be known by: name or extension, if it is theirs
    /// (RFC 3325 6).
    fn preferred_name(&self, own: &str, invite: &Message) -> Option<String> {
        let mut wishes = invite
            .name_addrs(HeaderName::PPreferredIdentity)
            .filter_map(Result::ok);
        wishes.find_map(|wish| {
            let wanted = wish.uri.user_decoded().filter(|_| self.is_own(&wish.uri))?;
            let member = self.directory.find(&wanted)?;
            (member.user.name == own).then_some(wanted)
        })
    }
}

#[cfg(test)]
mod tests {
    use gannet_sip::Method;

    use super::*;

    fn privacy(value: &str) -> Privacy {
        let text = format!("INVITE sip:b SIP/2.0\r\nPrivacy: {value}\r\n\r\n");
        Privacy::of(&Message::parse(text.into_bytes()))
    }

    fn applied(value: &str) -> (String, Vec<String>) {
        let alice = NameAddr::new(Uri::sip(Some("alice"), "a", None));
        let to = NameAddr::new(Uri::sip(Some("bob"), "a", None));
        let mut request = RequestSpec::new(Method::Invite, to.uri.clone(), alice, to);
        for (name, value) in [("Subject", "hi"), ("Privacy", value), ("X-Own", "1")] {
            request.headers.push((name.into(), value.into()));
        }
        privacy(value).apply(&mut request);
        let headers = request.headers.into_iter();
        (
            request.from.uri.to_string(),
            headers
                .map(|(name, value)| format!("{name}: {value}"))
                .collect(),
        )
    }

    #[test]
    fn what_was_done_is_taken_out_of_privacy() {
        let anonymous = "sip:anonymous@anonymous.invalid";
        let table = [
            ("user", anonymous, &["X-Own: 1"][..]),
            ("header;user;critical", anonymous, &["X-Own: 1"]),
            ("user;id", anonymous, &["X-Own: 1", "Privacy: id"]),
            ("header", "sip:alice@a", &["Subject: hi", "X-Own: 1"]),
            (
                "session",
                "sip:alice@a",
                &["Subject: hi", "X-Own: 1", "Privacy: session"],
            ),
            (
                "none",
                "sip:alice@a",
                &["Subject: hi", "X-Own: 1", "Privacy: none"],
            ),
        ];
        for (value, from, headers) in table {
            let (found, left) = applied(value);
            assert_eq!(
                (found.as_str(), &left[..]),
                (
                    from,
                    &headers.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>()[..]
                ),
                "{value}"
            );
        }
    }

    #[test]
    fn only_what_is_critical_and_missing_stops_a_call() {
        let code = |value| privacy(value).refusal().map(|reply| reply.code);
        assert_eq!(code("session"), None);
        assert_eq!(code("user;critical"), None);
        assert_eq!(code("session;critical"), Some(500));
        assert_eq!(code("wire; Critical"), Some(500));
        assert_eq!(code("none;critical"), None);
    }
}
