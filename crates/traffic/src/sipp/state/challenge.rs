//! The challenge that a call answers.

use gannet_sip::HeaderName;

use crate::sipp::received::Received;

/// A challenge of a 401 or 407 (RFC 3261 22.1).
#[derive(Debug, Default)]
pub(in crate::sipp) struct Challenge {
    /// The value of its header field; empty without one.
    pub(in crate::sipp) text: Vec<u8>,
    /// It was a 401: a user agent answers in Authorization (RFC 3261 22.2), else in
    /// Proxy-Authorization.
    pub(in crate::sipp) is_from_server: bool,
    /// How often it was answered.
    pub(in crate::sipp) answers: u32,
}

impl Challenge {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.answers = 0;
    }
}

/// Keeps the challenge of a message: Proxy-Authenticate, else WWW-Authenticate.
pub(super) fn keep(challenge: &mut Challenge, received: &Received<'_>) -> bool {
    let found = received
        .values(HeaderName::ProxyAuthenticate)
        .chain(received.values(HeaderName::WwwAuthenticate))
        .next();
    let Some(found) = found else {
        return false;
    };
    challenge.text.clear();
    challenge.text.extend_from_slice(found);
    challenge.is_from_server = received.code() == Some(401);
    challenge.answers = 0;
    true
}
