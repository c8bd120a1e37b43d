//! Which URIs are ours, and who is behind them.

use std::net::SocketAddr;

use gannet_sip::{Uri, parse_ip};
use gannet_ua::endpoint::Reply;

use super::state::Server;
use crate::snapshot::Service;

/// What a URI of ours stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The user with this name.
    User(String),
    /// A special extension.
    Service(Service),
    /// The conference room with this number.
    Room(String),
    /// The server itself: no user part.
    Server,
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
        match uri.user_decoded() {
            None => Ok(Place::Server),
            Some(user) => self.place_named(&user).ok_or_else(|| Reply::new(404)),
        }
    }

    /// What a user part stands for.
    pub(super) fn place_named(&self, user: &str) -> Option<Place> {
        let special = &self.config.extensions;
        let table = [
            (&special.echo, Service::Echo),
            (&special.music, Service::Music),
            (&special.voicemail, Service::Mailbox),
        ];
        for (names, service) in table {
            if names.iter().any(|name| name == user) {
                return Some(Place::Service(service));
            }
        }
        if special.conference.iter().any(|room| room == user) {
            return Some(Place::Room(user.to_owned()));
        }
        let member = self.directory.find(user)?;
        Some(Place::User(member.user.name.clone()))
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
