//! The event packages of the server: one table, from which SUBSCRIBE is judged and NOTIFY made.

use std::fmt;
use std::time::Instant;

use gannet_sip::{HeaderName, Message};
use gannet_ua::EventPackage;
use gannet_ua::endpoint::{Body, Reply};

use super::identity::Caller;
use super::place::Place;
use super::state::Server;
use super::watchers::Watch;
use super::{dialog_state, mwi, presence, registrations};

/// An event package (RFC 6665 5.4) as the server provides it.
pub(super) struct Package {
    /// Its name in Event.
    pub(super) name: &'static str,
    /// The type of its bodies.
    pub(super) content_type: &'static str,
    /// Whose state may be had by whom under a Request-URI, or how that is refused.
    pub(super) admit: fn(&Server, &Caller, Place) -> Result<String, Reply>,
    /// The state of what is watched. Numbered packages may tell changes only, unless all of it is
    /// asked for.
    pub(super) body: fn(&Server, Instant, &Watch, Extent) -> Body,
    /// Whether the documents of a subscription are numbered, so that each watcher has its own.
    pub(super) numbered: bool,
}

/// How much a document tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything.
    Full,
    /// What changed since the last one.
    Changes,
}

/// All of them. Each says in its file what its rules are.
static PACKAGES: [Package; 4] = [
    mwi::PACKAGE,
    presence::PACKAGE,
    dialog_state::PACKAGE,
    registrations::PACKAGE,
];

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The names of all packages that the server can have.
pub(crate) fn package_names() -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().map(|package| package.name)
}

impl Server {
    /// The packages that are switched on, for Allow-Events.
    pub(super) fn allow_events(&self) -> String {
        let on = package_names().filter(|name| self.has_package(name));
        on.collect::<Vec<_>>().join(", ")
    }

    /// Whether a package is switched on.
    pub(super) fn has_package(&self, name: &str) -> bool {
        self.config.packages.contains(name)
    }

    /// The package of a SUBSCRIBE (RFC 6665 4.2.1.1), whose bodies the subscriber takes.
    pub(super) fn package_of(&self, message: &Message) -> Result<&'static Package, Reply> {
        let name = EventPackage::of(message).map(|event| event.name);
        let name = name.unwrap_or_default();
        let package = PACKAGES
            .iter()
            .find(|package| name.eq_ignore_ascii_case(package.name))
            .filter(|package| self.has_package(package.name))
            .ok_or_else(|| Reply::new(489).header("Allow-Events", self.allow_events()))?;
        if accepts(message, package.content_type) {
            Ok(package)
        } else {
            Err(Reply::new(406).header("Accept", package.content_type))
        }
    }
}

/// Whether Accept lets bodies of a type through; without Accept it does.
fn accepts(message: &Message, content_type: &str) -> bool {
    let main = content_type.split('/').next().unwrap_or_default();
    let accepted = |value: &str| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        kind == "*/*"
            || kind.eq_ignore_ascii_case(&format!("{main}/*"))
            || kind.eq_ignore_ascii_case(content_type)
    };
    let mut accepts = message.values(HeaderName::Accept).peekable();
    accepts.peek().is_none() || accepts.any(accepted)
}
