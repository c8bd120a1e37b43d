//! The order of the checks.

use crate::check::deviation::Deviation;
use crate::check::findings::Findings;
use crate::check::{addresses, body, fields, lines, mandatory, start_line};
use crate::message::Message;

/// What carried the message: decides what Content-Length must be (RFC 3261 18.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Carrier {
    /// One datagram holds the whole message; Content-Length may be absent.
    #[default]
    Datagram,
    /// A byte stream; Content-Length says where the message ends.
    Stream,
}

/// Every deviation of `message` from RFC 3261, for a message that came in a datagram. Start line
/// first, then the header, then the body.
pub fn check(message: &Message) -> Vec<Deviation> {
    check_on(message, Carrier::Datagram)
}

/// Every deviation of `message` from RFC 3261, with the rules of its carrier.
pub fn check_on(message: &Message, carrier: Carrier) -> Vec<Deviation> {
    let mut findings = Findings::new(message);
    start_line::check(&mut findings);
    lines::check(&mut findings);
    mandatory::check(&mut findings);
    addresses::check(&mut findings);
    fields::check(&mut findings);
    body::check(&mut findings, carrier);
    findings.into_list()
}
