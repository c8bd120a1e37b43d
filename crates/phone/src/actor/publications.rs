//! What a phone publishes about itself (RFC 3903).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_sip::NameAddr;
use gannet_ua::endpoint::{Body, Outcome, PublicationId};
use gannet_ua::{EventPackage, PublicationChange, PublicationSpec};

use super::core::Actor;
use crate::error::PhoneError;
use crate::events::{PublishStage, Published};

/// The lifetime that is asked for unless a sentence says otherwise.
const LIFETIME: Duration = Duration::from_hours(1);

/// The publications of the core by the name of the event package.
pub(super) type Publications = BTreeMap<String, PublicationId>;

impl Actor {
    /// Publishes a state, for the first time or in place of the one before. Gives how many PUBLISHes
    /// have ended before.
    pub(crate) fn publish(
        &mut self,
        now: Instant,
        event: &EventPackage,
        body: Body,
        expires: Option<Duration>,
    ) -> Result<u64, PhoneError> {
        self.require_server("publishing")?;
        let answers = self.ended_publishes(&event.name);
        if let Some(id) = self.publications.get(&event.name).copied()
            && self
                .endpoint
                .modify_publication(now, id, body.clone(), expires)
        {
            return Ok(answers);
        }
        let from = self.addresses.from();
        let mut uri = self.addresses.domain();
        uri.user.clone_from(&from.uri.user);
        let spec = PublicationSpec {
            uri,
            to: NameAddr::new(from.uri.clone()),
            from,
            event: event.clone(),
            body,
            expires: expires.unwrap_or(LIFETIME),
            headers: Vec::new(),
            destination: self.addresses.server(),
        };
        self.show(|state| {
            let published = state.events.published.entry(event.name.clone());
            let published = published.or_insert_with(|| Arc::new(Published::new()));
            Arc::make_mut(published).stage = PublishStage::Asking;
        });
        let id = self.endpoint.publish(now, spec);
        self.publications.insert(event.name.clone(), id);
        Ok(answers)
    }

    /// Prolongs a publication now. Gives how many PUBLISHes have ended before.
    pub(crate) fn refresh_publication(
        &mut self,
        now: Instant,
        event: &str,
    ) -> Result<u64, PhoneError> {
        let id = self.standing_publication(event)?;
        let answers = self.ended_publishes(event);
        self.endpoint.refresh_publication(now, id, None);
        Ok(answers)
    }

    /// Removes a publication. Gives how many PUBLISHes have ended before.
    pub(crate) fn remove_publication(
        &mut self,
        now: Instant,
        event: &str,
    ) -> Result<u64, PhoneError> {
        let id = self.standing_publication(event)?;
        let answers = self.ended_publishes(event);
        self.endpoint.remove_publication(now, id);
        Ok(answers)
    }

    pub(super) fn remove_publications(&mut self, now: Instant) {
        let ids: Vec<_> = self.publications.values().copied().collect();
        for id in ids {
            self.endpoint.remove_publication(now, id);
        }
    }

    /// Has the next PUBLISH name an entity tag that is not valid any more: the one before the
    /// present one, or one like the present one that never was.
    pub(crate) fn spoil_publication(&mut self, event: &str) -> Result<(), PhoneError> {
        let id = self.standing_publication(event)?;
        let former = {
            let state = self.state.borrow();
            let published = state.events.published.get(event);
            published.and_then(|published| published.former_etag.clone())
        };
        let present = self.endpoint.publication_etag(id).unwrap_or("none");
        let etag = former.unwrap_or_else(|| unlike(present));
        self.endpoint.set_publication_etag(id, etag);
        Ok(())
    }

    fn standing_publication(&self, event: &str) -> Result<PublicationId, PhoneError> {
        self.require_power()?;
        let id = self.publications.get(event).copied();
        id.ok_or_else(|| {
            let state = self.state.borrow();
            let published = state.events.published.get(event);
            PhoneError::WrongState {
                phone: self.config.name.clone(),
                action: "send PUBLISH without a state",
                expected: "published",
                found: published.map_or_else(
                    || format!("one of {event} that never was"),
                    |published| published.stage.to_string(),
                ),
            }
        })
    }

    fn ended_publishes(&self, event: &str) -> u64 {
        let state = self.state.borrow();
        let published = state.events.published.get(event);
        published.map_or(0, |published| published.answers)
    }

    pub(super) fn handle_publication(&mut self, id: PublicationId, change: PublicationChange) {
        let mut all = self.publications.iter();
        let Some(event) = all
            .find(|(_, known)| **known == id)
            .map(|(name, _)| name.clone())
        else {
            return;
        };
        let over = match &change {
            PublicationChange::Expired | PublicationChange::Removed { .. } => true,
            PublicationChange::Failed { over, .. } => *over,
            PublicationChange::Published { .. } | PublicationChange::Unknown { .. } => false,
        };
        if over {
            self.publications.remove(&event);
        }
        self.show(|state| {
            if let Some(published) = state.events.published.get_mut(&event) {
                Arc::make_mut(published).take_in(change);
            }
        });
    }
}

/// Another tag of the same shape: some compositors answer 500 to one that cannot be theirs.
fn unlike(etag: &str) -> String {
    let last = etag.rfind(|c: char| c.is_ascii_alphanumeric());
    let Some((at, old)) = last.and_then(|at| Some((at, etag[at..].chars().next()?))) else {
        return format!("{etag}0");
    };
    let new = match old {
        '9' | 'z' | 'Z' => char::from(old as u8 - 1),
        other => char::from(other as u8 + 1),
    };
    format!("{}{new}{}", &etag[..at], &etag[at + 1..])
}

impl Published {
    fn take_in(&mut self, change: PublicationChange) {
        let known = match &self.stage {
            PublishStage::Standing { etag, .. } => etag.clone(),
            _ => None,
        };
        match change {
            PublicationChange::Published {
                etag,
                expires,
                response,
            } => {
                if known != etag {
                    self.former_etag = known.or(self.former_etag.take());
                }
                self.stage = PublishStage::Standing { etag, expires };
                self.ended(200, Some(response));
            }
            PublicationChange::Unknown { response } => {
                self.stage = PublishStage::Asking;
                self.response = Some(response);
            }
            PublicationChange::Failed { outcome, over, .. } => {
                let code = outcome.code();
                if over {
                    self.stage = PublishStage::Failed { code };
                }
                let response = match outcome {
                    Outcome::Response(response) => Some(response),
                    Outcome::Timeout | Outcome::TransportFailed => None,
                };
                self.ended(code, response);
            }
            PublicationChange::Expired => self.stage = PublishStage::Over,
            PublicationChange::Removed { response } => {
                self.former_etag = known.or(self.former_etag.take());
                self.stage = PublishStage::Over;
                self.ended(200, response);
            }
        }
    }

    fn ended(&mut self, code: u16, response: Option<gannet_sip::Message>) {
        self.answers += 1;
        self.code = code;
        self.response = response;
    }
}

#[cfg(test)]
mod tests {
    use super::unlike;

    #[test]
    fn an_invented_tag_differs_and_looks_alike() {
        let table = [
            ("a.1795318555.13580.14.4", "a.1795318555.13580.14.5"),
            ("e9", "e8"),
            ("abcZ", "abcY"),
            ("x-", "y-"),
            ("--", "--0"),
        ];
        for (etag, other) in table {
            assert_eq!(unlike(etag), other);
        }
    }
}
