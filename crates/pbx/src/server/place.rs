//! Which URIs are ours, and who is behind them.

use std::net::SocketAddr;

use gannet_sip::{NameAddr, Uri, parse_ip};
use gannet_ua::endpoint::Reply;

use super::state::Server;
use crate::numbers::{Action, Capability, ForwardWhen};
use crate::snapshot::Service;

/// What a URI of ours stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The user with this name.
    User(String),
    /// A special extension.
    Service(Service),
    /// A slot in which calls are parked, or from which they are only taken back.
    Slot {
        /// Its name.
        slot: String,
        /// Whether an empty one takes calls.
        takes: bool,
    },
    /// The call that rings at a user, or in the caller's group.
    Pickup(Option<String>),
    /// Users one after another.
    Hunt(Vec<String>),
    /// A user, whatever is set for them.
    Agent(String),
    /// A queue.
    Queue(String),
    /// Something that is set for the caller.
    Code(Code),
    /// A user whose phone answers by itself.
    Page(String),
    /// The conference room with this number.
    Room(String),
    /// The server itself: no user part.
    Server,
}

/// What a number sets for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    /// Do not disturb.
    Dnd(bool),
    /// A forward to this number.
    Forward(ForwardWhen, String),
    /// No forwards.
    ForwardOff,
    /// Agent of this queue, or no longer.
    Agent(bool, String),
}

impl Server {
    /// Whether a URI's host is this server: its domain or an alias with any port, or its address
    /// with its port or none.
    pub(super) fn is_own(&self, uri: &Uri) -> bool {
        let host = uri.host.trim_end_matches('.');
        let names = std::iter::once(&self.config.domain).chain(&self.config.aliases);
        if names
            .into_iter()
            .any(|name| name.eq_ignore_ascii_case(host))
        {
            return true;
        }
        let Some(ip) = parse_ip(host) else {
            return false;
        };
        let own_ip = ip == self.local.ip() || ip == self.bound.ip() || {
            self.bound.ip().is_unspecified() && ip.is_loopback()
        };
        own_ip && uri.port.is_none_or(|port| port == self.local.port())
    }

    /// What a Request-URI stands for, or how it is refused.
    pub(super) fn place_of(&self, uri: &Uri) -> Result<Place, Reply> {
        if !uri.is_sip() {
            return Err(Reply::new(416));
        }
        if !self.is_own(uri) {
            return Err(refusal(404, "Not a Domain of This Server"));
        }
        if self.config.registrar.gruu && uri.params.has("gr") {
            let owner = self.gruu_owner(uri).ok_or_else(|| Reply::new(404))?;
            return Ok(Place::User(owner.user));
        }
        match uri.user_decoded() {
            None => Ok(Place::Server),
            Some(user) => self.place_named(&user).ok_or_else(|| Reply::new(404)),
        }
    }

    /// What a user part stands for.
    pub(super) fn place_named(&self, user: &str) -> Option<Place> {
        let special = &self.config.extensions;
        let numbers = &self.config.numbers;
        let table = [
            (&special.echo, Service::Echo, Capability::Echo),
            (&special.music, Service::Music, Capability::Music),
            (&special.voicemail, Service::Mailbox, Capability::Mailbox),
        ];
        for (names, service, capability) in table {
            if numbers.has(capability) && names.iter().any(|name| name == user) {
                return Some(Place::Service(service));
            }
        }
        let rooms = numbers.has(Capability::Conference);
        if rooms && special.conference.iter().any(|room| room == user) {
            return Some(Place::Room(user.to_owned()));
        }
        if let Some(action) = numbers.exact(user) {
            return self.place_by(action, user, None);
        }
        if let Some(member) = self.directory.find(user) {
            return Some(Place::User(member.user.name.clone()));
        }
        let (action, rest) = numbers.beginning(user)?;
        self.place_by(action, user, Some(rest))
    }

    /// What an action stands for; `rest` is what follows the number that has it. Without it the
    /// number itself is the slot of `park` and `retrieve`.
    fn place_by(&self, action: &Action, number: &str, rest: Option<&str>) -> Option<Place> {
        let slot = || rest.unwrap_or(number).to_owned();
        let rest = rest.map(str::to_owned);
        Some(match action {
            Action::Echo => Place::Service(Service::Echo),
            Action::Music => Place::Service(Service::Music),
            Action::Mailbox => Place::Service(Service::Mailbox),
            Action::Park => Place::Slot {
                slot: slot(),
                takes: true,
            },
            Action::Retrieve => Place::Slot {
                slot: slot(),
                takes: false,
            },
            Action::Pickup => Place::Pickup(rest),
            Action::Dnd(on) => Place::Code(Code::Dnd(*on)),
            Action::Forward(when) => Place::Code(Code::Forward(*when, rest?)),
            Action::ForwardOff => Place::Code(Code::ForwardOff),
            Action::Agent(on) => Place::Code(Code::Agent(*on, rest?)),
            Action::Page => {
                let member = self.directory.find(&rest?)?;
                Place::Page(member.user.name.clone())
            }
            Action::Hunt(members) => Place::Hunt(members.clone()),
            Action::Queue(_) => Place::Queue(number.to_owned()),
        })
    }

    /// A user as a URI.
    pub(super) fn uri_of(&self, name: &str) -> Uri {
        let user = Some(name).filter(|user| super::calling::is_plain(user));
        Uri::sip(user, &self.config.domain, None)
    }

    /// A user as in From.
    pub(super) fn address_of(&self, name: &str) -> NameAddr {
        let address = NameAddr::new(self.uri_of(name));
        let shown = self.directory.find(name);
        match shown.and_then(|member| member.user.display_name.as_deref()) {
            Some(shown) => address.with_display(shown),
            None => address,
        }
    }

    /// The address-of-record of a user, in canonical form.
    pub(super) fn aor(&self, name: &str) -> String {
        Uri::sip(Some(name), &self.config.domain, None).to_string()
    }

    /// Whether an address is this server's own: a request sent there would come back.
    pub(super) fn is_own_address(&self, address: SocketAddr) -> bool {
        address.port() == self.local.port()
            && (address.ip() == self.local.ip()
                || address.ip() == self.bound.ip()
                || self.bound.ip().is_unspecified() && address.ip().is_loopback())
    }
}

/// A refusal with a phrase of its own.
pub(super) fn refusal(code: u16, reason: &str) -> Reply {
    Reply {
        reason: Some(reason.to_owned()),
        ..Reply::new(code)
    }
}
