//! Presence of users towards their watchers (RFC 3856).

use std::time::Instant;

use gannet_ua::bodies::PIDF_CONTENT_TYPE;
use gannet_ua::endpoint::{Body, Reply};

use super::identity::Caller;
use super::packages::{Extent, Package};
use super::place::Place;
use super::state::Server;
use super::watchers::Watch;
use crate::presence::{Facts, PRESENCE_PACKAGE, compose};

/// The presence of any user, for any user; documents are whole.
pub(super) const PACKAGE: Package = Package {
    name: PRESENCE_PACKAGE,
    content_type: PIDF_CONTENT_TYPE,
    admit: any_user,
    body,
    numbered: false,
};

/// The resource is a user.
pub(super) fn any_user(_: &Server, _: &Caller, place: Place) -> Result<String, Reply> {
    match place {
        Place::User(name) => Ok(name),
        _ => Err(Reply::new(404)),
    }
}

fn body(server: &Server, now: Instant, watch: &Watch, _: Extent) -> Body {
    let user = &watch.resource;
    let aor = server.aor(user);
    let facts = Facts {
        registered: !server.location.bindings(now, &aor).is_empty(),
        talking: server.dialogs.is_talking(user),
        dnd: server.directory.find(user).is_some_and(|member| member.dnd),
        published: server.publications.of(user),
        aor: &aor,
    };
    Body {
        content_type: PIDF_CONTENT_TYPE.to_owned(),
        bytes: compose(&facts).to_xml().into(),
    }
}

impl Server {
    /// Something changed that the presence of a user is made of.
    pub(super) fn presence_changed(&mut self, now: Instant, user: &str) {
        self.tell_watchers(now, PRESENCE_PACKAGE, user);
        self.changed();
    }
}
