//! The event state compositor's store (RFC 3903 6).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use gannet_ua::bodies::Presence;

/// What a PUBLISH asks for.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Whose presence.
    pub(crate) resource: &'a str,
    /// The entity-tag in SIP-If-Match.
    pub(crate) if_match: Option<&'a str>,
    /// The lifetime to grant; zero removes.
    pub(crate) expires: Duration,
    /// The document, if there is one.
    pub(crate) document: Option<Presence>,
    /// A new entity-tag.
    pub(crate) etag: String,
}

/// An accepted PUBLISH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granted {
    /// The entity-tag from now on.
    pub(crate) etag: String,
    /// Whether what is published is another thing than before.
    pub(crate) changed: bool,
}

/// Why a PUBLISH is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicationRefusal {
    /// No publication has that entity-tag: 412 (RFC 3903 6 step 3).
    NoMatch,
    /// A first publication must have a body: 400 (RFC 3903 6 step 5).
    Empty,
    /// There are too many.
    Full,
}

/// Publications of all users.
#[derive(Debug)]
pub(crate) struct Publications {
    /// By resource, then by the number that says which is older.
    by_resource: HashMap<String, BTreeMap<u64, Publication>>,
    ends: BTreeSet<(Instant, String, u64)>,
    last: u64,
    len: usize,
    most: usize,
}

#[derive(Debug)]
struct Publication {
    etag: String,
    document: Presence,
    ends_at: Instant,
}

impl Publications {
    /// An empty store for so many publications.
    pub(crate) fn new(publications_max: usize) -> Self {
        Self {
            by_resource: HashMap::new(),
            ends: BTreeSet::new(),
            last: 0,
            len: 0,
            most: publications_max,
        }
    }

    /// Carries out a PUBLISH (RFC 3903 4.1): without entity-tag a first publication, with one a
    /// refresh (no document), a change (document) or a removal (no lifetime).
    pub(crate) fn publish(
        &mut self,
        now: Instant,
        request: Request<'_>,
    ) -> Result<Granted, PublicationRefusal> {
        match request.if_match {
            Some(etag) => {
                let number = self.find(request.resource, etag);
                let number = number.ok_or(PublicationRefusal::NoMatch)?;
                self.renew(now, number, request)
            }
            None => self.begin(now, request),
        }
    }

    fn begin(&mut self, now: Instant, request: Request<'_>) -> Result<Granted, PublicationRefusal> {
        let document = request.document.ok_or(PublicationRefusal::Empty)?;
        if self.len >= self.most {
            return Err(PublicationRefusal::Full);
        }
        let granted = Granted {
            changed: !request.expires.is_zero(),
            etag: request.etag.clone(),
        };
        // One that lasts no time at all is over at once.
        if granted.changed {
            self.last += 1;
            let ends_at = now + request.expires;
            let publication = Publication {
                etag: request.etag,
                document,
                ends_at,
            };
            let resource = request.resource.to_owned();
            self.ends.insert((ends_at, resource.clone(), self.last));
            let publications = self.by_resource.entry(resource).or_default();
            publications.insert(self.last, publication);
            self.len += 1;
        }
        Ok(granted)
    }

    fn renew(
        &mut self,
        now: Instant,
        number: u64,
        request: Request<'_>,
    ) -> Result<Granted, PublicationRefusal> {
        if request.expires.is_zero() {
            self.remove(request.resource, number);
            return Ok(Granted {
                etag: request.etag,
                changed: true,
            });
        }
        let publications = self.by_resource.get_mut(request.resource);
        let publication = publications.and_then(|all| all.get_mut(&number));
        let Some(publication) = publication else {
            return Err(PublicationRefusal::NoMatch);
        };
        let resource = request.resource.to_owned();
        let before = (publication.ends_at, resource.clone(), number);
        self.ends.remove(&before);
        publication.ends_at = now + request.expires;
        self.ends.insert((publication.ends_at, resource, number));
        publication.etag.clone_from(&request.etag);
        let document = request.document.filter(|new| *new != publication.document);
        let changed = document.is_some();
        if let Some(document) = document {
            publication.document = document;
        }
        Ok(Granted {
            etag: request.etag,
            changed,
        })
    }

    fn find(&self, resource: &str, etag: &str) -> Option<u64> {
        let mut publications = self.by_resource.get(resource)?.iter();
        publications
            .find(|(_, publication)| publication.etag == etag)
            .map(|(number, _)| *number)
    }

    fn remove(&mut self, resource: &str, number: u64) {
        let Some(publications) = self.by_resource.get_mut(resource) else {
            return;
        };
        if let Some(gone) = publications.remove(&number) {
            self.ends
                .remove(&(gone.ends_at, resource.to_owned(), number));
            self.len -= 1;
        }
        if publications.is_empty() {
            self.by_resource.remove(resource);
        }
    }

    /// Removes everything of a user.
    pub(crate) fn remove_resource(&mut self, resource: &str) {
        let publications = self.by_resource.get(resource);
        let numbers: Vec<_> = publications
            .into_iter()
            .flat_map(BTreeMap::keys)
            .copied()
            .collect();
        for number in numbers {
            self.remove(resource, number);
        }
    }

    /// Removes what is over, and gives whose it was.
    pub(crate) fn expire(&mut self, now: Instant) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        while let Some((ends_at, resource, number)) = self.ends.first()
            && *ends_at <= now
        {
            let (resource, number) = (resource.clone(), *number);
            self.remove(&resource, number);
            changed.insert(resource);
        }
        changed
    }

    /// When [`expire`](Self::expire) must be called next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.ends.first().map(|(ends_at, ..)| *ends_at)
    }

    /// What was published for a user, oldest first.
    pub(crate) fn of(&self, resource: &str) -> Vec<&Presence> {
        let publications = self.by_resource.get(resource);
        let publications = publications.into_iter().flat_map(BTreeMap::values);
        publications
            .map(|publication| &publication.document)
            .collect()
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) const fn len(&self) -> usize {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn document(entity: &str) -> Presence {
        Presence::new(entity)
    }

    fn request<'a>(if_match: Option<&'a str>, etag: &str) -> Request<'a> {
        Request {
            resource: "alice",
            if_match,
            expires: MINUTE,
            document: None,
            etag: etag.to_owned(),
        }
    }

    #[test]
    fn a_publication_begins_is_refreshed_changed_and_removed() {
        let now = Instant::now();
        let mut store = Publications::new(10);
        assert_eq!(
            store.publish(now, request(None, "1")),
            Err(PublicationRefusal::Empty)
        );
        let first = Request {
            document: Some(document("one")),
            ..request(None, "1")
        };
        assert!(store.publish(now, first).expect("good").changed);
        let refreshed = store.publish(now + MINUTE / 2, request(Some("1"), "2"));
        assert_eq!(
            refreshed,
            Ok(Granted {
                etag: "2".into(),
                changed: false
            })
        );
        let stale = store.publish(now, request(Some("1"), "3"));
        assert_eq!(stale, Err(PublicationRefusal::NoMatch));
        assert!(store.expire(now + MINUTE).is_empty(), "it was refreshed");
        let change = Request {
            document: Some(document("two")),
            ..request(Some("2"), "3")
        };
        assert!(store.publish(now, change).expect("good").changed);
        assert_eq!(store.of("alice")[0].entity, "two");
        assert!(store.of("bob").is_empty());
        let removal = Request {
            expires: Duration::ZERO,
            ..request(Some("3"), "4")
        };
        assert!(store.publish(now, removal).expect("good").changed);
        assert_eq!((store.len(), store.next_deadline()), (0, None));
    }

    #[test]
    fn what_is_not_refreshed_ends() {
        let now = Instant::now();
        let mut store = Publications::new(10);
        for etag in ["1", "2"] {
            let one = Request {
                document: Some(document(etag)),
                expires: if etag == "1" { MINUTE } else { MINUTE * 2 },
                ..request(None, etag)
            };
            store.publish(now, one).expect("good");
        }
        assert_eq!(store.next_deadline(), Some(now + MINUTE));
        assert_eq!(
            store.expire(now + MINUTE),
            BTreeSet::from(["alice".to_owned()])
        );
        assert_eq!(store.of("alice")[0].entity, "2");
        store.expire(now + MINUTE * 2);
        assert_eq!((store.len(), store.of("alice").len()), (0, 0));
    }

    #[test]
    fn there_is_a_bound_and_one_without_lifetime_is_not_kept() {
        let now = Instant::now();
        let mut store = Publications::new(1);
        let first = |expires, etag: &str| Request {
            document: Some(document("one")),
            expires,
            ..request(None, etag)
        };
        let none = store
            .publish(now, first(Duration::ZERO, "0"))
            .expect("good");
        assert!(!none.changed && store.len() == 0);
        store.publish(now, first(MINUTE, "1")).expect("good");
        let full = store.publish(now, first(MINUTE, "2"));
        assert_eq!(full, Err(PublicationRefusal::Full));
        store.remove_resource("alice");
        assert_eq!((store.len(), store.next_deadline()), (0, None));
    }
}
