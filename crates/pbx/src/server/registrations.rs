//! The registrations of users towards their watchers: the `reg` package (RFC 3680).

use std::time::Instant;

use gannet_ua::bodies::Element;
use gannet_ua::endpoint::{Body, Reply};

use super::identity::Caller;
use super::packages::{Extent, Package};
use super::place::{Place, refusal};
use super::state::Server;
use super::watchers::Watch;

/// The event package (RFC 3680 4.1).
pub(super) const REG_PACKAGE: &str = "reg";

/// The type of its bodies (RFC 3680 4.5).
const REGINFO_CONTENT_TYPE: &str = "application/reginfo+xml";

const REGINFO: &str = "urn:ietf:params:xml:ns:reginfo";

/// One's own registrations; documents are whole and numbered (RFC 3680 5.1).
pub(super) const PACKAGE: Package = Package {
    name: REG_PACKAGE,
    content_type: REGINFO_CONTENT_TYPE,
    admit: own,
    body,
    numbered: true,
};

/// RFC 3680 4.6: by default one may see one's own.
fn own(_: &Server, caller: &Caller, place: Place) -> Result<String, Reply> {
    match place {
        Place::User(name) if caller.user() == Some(&name) => Ok(name),
        Place::User(_) => Err(refusal(403, "Not Your Registration")),
        _ => Err(Reply::new(404)),
    }
}

fn body(server: &Server, now: Instant, watch: &Watch, _: Extent) -> Body {
    let aor = server.aor(&watch.resource);
    let bindings = server.location.bindings(now, &aor);
    let state = if bindings.is_empty() {
        "init"
    } else {
        "active"
    };
    let mut registration = Element::new(REGINFO, "registration")
        .with("aor", &aor)
        .with("id", &watch.resource)
        .with("state", state);
    for binding in &bindings {
        let uri = Element::new(REGINFO, "uri").with_text(&binding.contact);
        let mut contact = Element::new(REGINFO, "contact")
            .with("id", &binding.contact)
            .with("state", "active")
            .with("event", "registered");
        if let Some(q) = binding.q {
            contact = contact.with("q", q.to_string());
        }
        registration.push(contact.with_child(uri));
    }
    let root = Element::new(REGINFO, "reginfo")
        .with("version", watch.version.to_string())
        .with("state", "full")
        .with_child(registration);
    Body {
        content_type: REGINFO_CONTENT_TYPE.to_owned(),
        bytes: root.to_document(&[]).into(),
    }
}

impl Server {
    /// A contact of a user was bound, or is bound no more.
    pub(super) fn registration_changed(&mut self, now: Instant, user: &str) {
        self.presence_changed(now, user);
        self.tell_watchers(now, REG_PACKAGE, user);
    }
}
