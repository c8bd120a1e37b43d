//! PUBLISH: the server as event state compositor for presence (RFC 3903 6).

use std::time::Instant;

use gannet_sip::{HeaderName, Message};
use gannet_ua::EventPackage;
use gannet_ua::bodies::{PIDF_CONTENT_TYPE, Presence};
use gannet_ua::endpoint::Reply;

use super::place::{Place, refusal};
use super::state::Server;
use crate::event::PbxEvent;
use crate::presence::{Granted, PRESENCE_PACKAGE, PublicationRefusal, Request};

impl Server {
    /// Carries out a PUBLISH and gives the response.
    pub(super) fn publish(&mut self, now: Instant, message: &Message) -> Reply {
        match self.try_publish(now, message) {
            Ok(reply) | Err(reply) => reply,
        }
    }

    fn try_publish(&mut self, now: Instant, message: &Message) -> Result<Reply, Reply> {
        let user = self.publisher(now, message)?;
        let mut tags = message.values(HeaderName::SipIfMatch);
        let if_match = tags.next();
        if tags.next().is_some() {
            return Err(refusal(400, "More Than One SIP-If-Match"));
        }
        let expires = self.lifetime(message)?;
        let document = document_of(message)?;
        let request = Request {
            resource: &user,
            if_match,
            expires,
            document,
            etag: format!("{:016x}", self.rng.u64(..)),
        };
        let Granted { etag, changed } = match self.publications.publish(now, request) {
            Ok(granted) => granted,
            Err(PublicationRefusal::NoMatch) => return Err(Reply::new(412)),
            Err(PublicationRefusal::Empty) => {
                return Err(refusal(400, "First Publication Without Body"));
            }
            Err(PublicationRefusal::Full) => return Err(self.over_limit()),
        };
        self.counters.publications_granted += 1;
        if changed {
            self.emit(PbxEvent::Published { user: user.clone() });
            self.presence_changed(now, &user);
        }
        Ok(Reply::new(200)
            .header("SIP-ETag", etag)
            .header("Expires", expires.as_secs().to_string()))
    }

    /// Whose presence a PUBLISH is about: one's own (RFC 3903 6 steps 1 and 2).
    fn publisher(&mut self, now: Instant, message: &Message) -> Result<String, Reply> {
        let uri = message
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let Place::User(user) = self.place_of(&uri)? else {
            return Err(Reply::new(404));
        };
        let package = EventPackage::of(message).map(|event| event.name);
        let is_presence = package.is_ok_and(|name| name.eq_ignore_ascii_case(PRESENCE_PACKAGE));
        if !is_presence || !self.has_package(PRESENCE_PACKAGE) {
            let known = if self.has_package(PRESENCE_PACKAGE) {
                PRESENCE_PACKAGE
            } else {
                ""
            };
            return Err(Reply::new(489).header("Allow-Events", known));
        }
        let target = self.config.subscribe_challenge;
        let caller = self.identify(now, message, target)?;
        if caller.user() != Some(&user) {
            return Err(refusal(403, "Not Your Presence"));
        }
        Ok(user)
    }

    /// Publications that were not refreshed are over.
    pub(super) fn expire_publications(&mut self, now: Instant) {
        for user in self.publications.expire(now) {
            self.presence_changed(now, &user);
        }
    }
}

/// The document of a PUBLISH (RFC 3903 6 step 5).
fn document_of(message: &Message) -> Result<Option<Presence>, Reply> {
    let body = message.body();
    if body.is_empty() {
        return Ok(None);
    }
    let content_type = message.content_type();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(PIDF_CONTENT_TYPE) {
        return Err(Reply::new(415).header("Accept", PIDF_CONTENT_TYPE));
    }
    let document = Presence::parse(body).map_err(|error| refusal(400, &error.to_string()))?;
    Ok(Some(document))
}
