//! The messages that one device sent, sorted by what they can teach.

use std::net::IpAddr;

use gannet_sip::{Message, Method};

use super::address::DeviceAddress;
use super::capture::Captured;

/// What one device sent.
#[derive(Debug)]
pub(super) struct Samples<'a> {
    /// Its address.
    pub(super) ip: IpAddr,
    /// Everything, in order.
    pub(super) all: Vec<&'a Message>,
    /// A REGISTER that adds a contact, with credentials if there is one.
    pub(super) register: Option<&'a Message>,
    /// An INVITE that begins a call, with credentials if there is one.
    pub(super) invite: Option<&'a Message>,
    /// A 2xx to INVITE.
    pub(super) answer: Option<&'a Message>,
    /// The offer that the 2xx answers, if it came with the INVITE.
    pub(super) offer_to_it: Option<&'a Message>,
}

impl<'a> Samples<'a> {
    /// The messages that came from this address.
    pub(super) fn of(captured: &'a [Captured], address: DeviceAddress) -> Self {
        let all: Vec<&Message> = captured
            .iter()
            .filter(|one| address.covers(one.source) && is_whole(&one.message))
            .map(|one| &one.message)
            .collect();
        let requests = |method: Method| {
            let of_method = move |message: &&&Message| message.method().as_ref() == Some(&method);
            all.iter().filter(of_method).copied()
        };
        let register = best(requests(Method::Register).filter(|register| adds_contact(register)));
        let invite = best(requests(Method::Invite).filter(|invite| invite.to_tag().is_none()));
        let answer = all
            .iter()
            .rev()
            .find(|message| {
                message.status().is_some_and(|code| code / 100 == 2)
                    && message
                        .cseq()
                        .is_ok_and(|cseq| cseq.method == Method::Invite)
            })
            .copied();
        let offer_to_it = answer.and_then(|answer| {
            let to_it = |one: &&Captured| {
                address.covers(one.destination)
                    && one.message.method() == Some(Method::Invite)
                    && one.message.call_id() == answer.call_id()
                    && one.message.cseq().ok() == answer.cseq().ok()
            };
            let invite = captured.iter().find(to_it);
            invite
                .map(|one| &one.message)
                .filter(|invite| !invite.body().is_empty())
        });
        Self {
            ip: address.ip,
            all,
            register,
            invite,
            answer,
            offer_to_it,
        }
    }

    /// The device's requests.
    pub(super) fn requests(&self) -> impl Iterator<Item = &'a Message> {
        self.all
            .iter()
            .filter(|message| message.is_request())
            .copied()
    }

    /// REGISTER and INVITE, those that there are.
    pub(super) fn main_requests(&self) -> impl Iterator<Item = &'a Message> {
        self.register.into_iter().chain(self.invite)
    }

    /// REGISTER, INVITE and 2xx, those that there are.
    pub(super) fn main(&self) -> impl Iterator<Item = &'a Message> {
        self.main_requests().chain(self.answer)
    }
}

/// One whose body was cut by the capture teaches wrong things.
fn is_whole(message: &Message) -> bool {
    let length = message.number(gannet_sip::HeaderName::ContentLength);
    length.is_err() || length.is_ok_and(|length| message.body_all().len() >= length as usize)
}

fn adds_contact(register: &Message) -> bool {
    let contact = register.text(gannet_sip::HeaderName::Contact);
    contact.is_some_and(|contact| contact.trim() != "*")
}

/// The last with credentials, else the last.
fn best<'a>(messages: impl Iterator<Item = &'a Message>) -> Option<&'a Message> {
    let mut best = None;
    for message in messages {
        let has_credentials = |message: &Message| {
            [
                gannet_sip::HeaderName::Authorization,
                gannet_sip::HeaderName::ProxyAuthorization,
            ]
            .iter()
            .any(|name| message.header(*name).is_some())
        };
        if best.is_none_or(|best| has_credentials(message) || !has_credentials(best)) {
            best = Some(message);
        }
    }
    best
}
