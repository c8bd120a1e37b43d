//! Publications of an endpoint (RFC 3903 4): the machines' wishes carried out.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Method};

use super::client::Purpose;
use super::command::{Body, RequestSpec};
use super::core::{Endpoint, build};
use super::happening::{Happening, Outcome, PublicationId};
use crate::publication::{Publication, PublicationChange, PublicationSpec, Wish};

impl Endpoint {
    /// Publishes a state and keeps it published.
    pub fn publish(&mut self, now: Instant, spec: PublicationSpec) -> PublicationId {
        self.last_other += 1;
        let id = PublicationId(self.last_other);
        let identifiers = self.config.identifiers.clone();
        let call_id = identifiers.call_id(&mut self.rng, self.config.local);
        let tag = identifiers.tag(&mut self.rng);
        let cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        let publication = Publication::new(spec, call_id, tag, cseq);
        self.publications.insert(id, Box::new(publication));
        self.want_publication(now, id, Wish::State);
        id
    }

    /// Publishes another state in place of the one before, for another lifetime from now on if one
    /// is given. False if the publication is over.
    pub fn modify_publication(
        &mut self,
        now: Instant,
        id: PublicationId,
        body: Body,
        expires: Option<Duration>,
    ) -> bool {
        let Some(publication) = self.publications.get_mut(&id) else {
            return false;
        };
        publication.spec.body = body;
        publication.spec.expires = expires.unwrap_or(publication.spec.expires);
        self.want_publication(now, id, Wish::State)
    }

    /// Prolongs a publication now, for another lifetime from now on if one is given. False if it
    /// is over.
    pub fn refresh_publication(
        &mut self,
        now: Instant,
        id: PublicationId,
        expires: Option<Duration>,
    ) -> bool {
        if let (Some(publication), Some(expires)) = (self.publications.get_mut(&id), expires) {
            publication.spec.expires = expires;
        }
        self.want_publication(now, id, Wish::Refresh)
    }

    /// Removes what was published. False if it is over already.
    pub fn remove_publication(&mut self, now: Instant, id: PublicationId) -> bool {
        self.want_publication(now, id, Wish::Remove)
    }

    /// The entity tag of what is published.
    pub fn publication_etag(&self, id: PublicationId) -> Option<&str> {
        self.publications.get(&id)?.etag.as_deref()
    }

    /// Has the next PUBLISH name another entity tag. False if the publication is over.
    pub fn set_publication_etag(&mut self, id: PublicationId, etag: impl Into<String>) -> bool {
        let publication = self.publications.get_mut(&id);
        publication
            .map(|publication| publication.etag = Some(etag.into()))
            .is_some()
    }

    fn want_publication(&mut self, now: Instant, id: PublicationId, wish: Wish) -> bool {
        let Some(publication) = self.publications.get_mut(&id) else {
            return false;
        };
        let mut changes = Vec::new();
        let wish = publication.wants(wish, &mut changes);
        self.report_publication(id, changes);
        if let Some(wish) = wish {
            self.send_publish(now, id, wish);
        }
        self.file_publication(id);
        true
    }

    fn send_publish(&mut self, now: Instant, id: PublicationId, wish: Wish) {
        let Some(publication) = self.publications.get_mut(&id) else {
            return;
        };
        publication.cseq += 1;
        let spec = publication.spec.clone();
        let mut request = RequestSpec::new(Method::Publish, spec.uri, spec.from, spec.to);
        let mut field = |name: HeaderName, value: String| {
            request.headers.push((name.as_str().to_owned(), value));
        };
        field(HeaderName::Event, spec.event.to_string());
        let seconds = publication.asks(wish).as_secs();
        field(HeaderName::Expires, seconds.to_string());
        if let Some(etag) = &publication.etag {
            field(HeaderName::SipIfMatch, etag.clone());
        }
        request.headers.extend(spec.headers);
        request.body = (wish == Wish::State).then_some(spec.body);
        request.destination = spec.destination;
        let (tag, call_id, cseq) = (
            publication.from_tag.clone(),
            publication.call_id.clone(),
            publication.cseq,
        );
        let Ok(target) = self.target_of(&request) else {
            return self.publish_done(now, id, Outcome::TransportFailed);
        };
        let builder = build(request, &tag, &call_id, cseq);
        let purpose = Purpose::Publish(id);
        let sent = self.launch(now, Method::Publish, builder, target, purpose);
        if let Some(publication) = self.publications.get_mut(&id) {
            publication.sent(now, sent, wish);
        }
    }

    pub(crate) fn publish_done(&mut self, now: Instant, id: PublicationId, outcome: Outcome) {
        let Some(publication) = self.publications.get_mut(&id) else {
            return;
        };
        let mut changes = Vec::new();
        let wish = publication.handle_outcome(now, outcome, &mut changes);
        self.report_publication(id, changes);
        if let Some(wish) = wish {
            self.send_publish(now, id, wish);
        }
        self.file_publication(id);
    }

    pub(crate) fn handle_publication_timeouts(&mut self, now: Instant) {
        for id in self.publication_agenda.due(now) {
            let mut changes = Vec::new();
            let publication = self.publications.get_mut(&id);
            let wish = publication.and_then(|it| it.handle_timeout(now, &mut changes));
            self.report_publication(id, changes);
            match wish {
                Some(wish) => {
                    self.want_publication(now, id, wish);
                }
                None => self.file_publication(id),
            }
        }
    }

    /// Puts the next deadline on the agenda; forgets the publication if it is over.
    fn file_publication(&mut self, id: PublicationId) {
        let publication = self.publications.get(&id);
        let over = publication.is_none_or(|it| it.ended && it.request.is_none());
        let deadline = publication
            .filter(|_| !over)
            .and_then(|publication| publication.next_deadline());
        self.publication_agenda.set(id, deadline);
        if over {
            self.publications.remove(&id);
        }
    }

    fn report_publication(&mut self, id: PublicationId, changes: Vec<PublicationChange>) {
        for change in changes {
            self.happen(Happening::Publication {
                publication: id,
                change,
            });
        }
    }
}
