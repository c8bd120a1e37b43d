//! What a phone has left at a server: contacts and publications that its requests have brought there
//! and none has taken back. Requests that steps have built count like those of the phone itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::Direction;
use gannet_phone::{Destination, LogEntry, Phone, PhoneError};
use gannet_sip::{HeaderName, Message, Method, NameAddr, Uri};

/// The lifetime of what nobody gives one (RFC 3261 10.2.1.1, RFC 3903 6).
const LIFETIME_DEFAULT_S: u32 = 3600;

/// What is left, oldest first.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    contacts: Vec<Binding>,
    publications: Vec<Publication>,
}

/// A contact of an address of record.
#[derive(Debug)]
struct Binding {
    aor: Uri,
    contact: NameAddr,
    /// Supported of the REGISTER: flows need the same again (RFC 5626 4.2.1).
    supported: Option<String>,
    until: Instant,
}

/// Event state that is named by an entity tag.
#[derive(Debug)]
struct Publication {
    /// Event, as it was written.
    event: String,
    etag: String,
    uri: Uri,
    until: Instant,
}

impl Leftovers {
    /// What is left at `now` by these messages of one phone.
    pub(super) fn of(log: &[Arc<LogEntry>], now: Instant) -> Self {
        let mut left = Self::default();
        let mut asked: HashMap<(String, u32), &LogEntry> = HashMap::new();
        for entry in log {
            let message = &entry.message;
            let Ok(cseq) = message.cseq() else { continue };
            if !matches!(cseq.method, Method::Register | Method::Publish) {
                continue;
            }
            let key = (
                message.call_id().unwrap_or_default().to_owned(),
                cseq.number,
            );
            match (entry.direction, message.status()) {
                (Direction::Sent, None) => {
                    asked.entry(key).or_insert(entry);
                }
                (Direction::Received, Some(200..)) => {
                    if let Some(request) = asked.remove(&key) {
                        left.take_in(request, message);
                    }
                }
                _ => {}
            }
        }
        left.contacts.retain(|binding| binding.until > now);
        left.publications.retain(|it| it.until > now);
        left
    }

    /// A final response has come. Lifetimes count from when the request was sent.
    fn take_in(&mut self, request: &LogEntry, response: &Message) {
        let granted = response.status().is_some_and(|code| code < 300);
        let (at, request) = (request.at, &request.message);
        match request.method() {
            Some(Method::Register) if granted => self.registered(at, request, response),
            Some(Method::Publish) if granted => self.published(at, request, response),
            // The server knows nothing of that name any more (RFC 3903 6).
            Some(Method::Publish) if response.status() == Some(412) => self.forget_state(request),
            _ => {}
        }
    }

    fn registered(&mut self, at: Instant, request: &Message, response: &Message) {
        let Ok(to) = request.to() else { return };
        let aor = to.uri;
        if request
            .values(HeaderName::Contact)
            .any(|value| value == "*")
        {
            self.contacts.retain(|it| !it.aor.is_equivalent(&aor));
            return;
        }
        let contacts = |message: &Message| -> Vec<NameAddr> {
            let contacts = message.name_addrs(HeaderName::Contact);
            contacts.filter_map(Result::ok).collect()
        };
        let granted = contacts(response);
        for contact in contacts(request) {
            let mut asked = expires_of(&contact, request).unwrap_or(LIFETIME_DEFAULT_S);
            if asked > 0 {
                let own = granted.iter().find(|it| is_same(it, &contact));
                let told = own.and_then(|own| expires_of(own, response));
                asked = told.or(expires_of(&contact, response)).unwrap_or(asked);
            }
            self.contacts
                .retain(|it| !it.aor.is_equivalent(&aor) || !is_same(&it.contact, &contact));
            if asked > 0 {
                self.contacts.push(Binding {
                    aor: aor.clone(),
                    contact,
                    supported: request.text(HeaderName::Supported).map(Cow::into_owned),
                    until: at + Duration::from_secs(u64::from(asked)),
                });
            }
        }
    }

    fn published(&mut self, at: Instant, request: &Message, response: &Message) {
        self.forget_state(request);
        let asked = request.number(HeaderName::Expires).ok();
        let told = response.number(HeaderName::Expires).ok();
        let expires = if asked == Some(0) {
            0
        } else {
            told.or(asked).unwrap_or(LIFETIME_DEFAULT_S)
        };
        let (Ok(uri), Some(event), Some(etag)) = (
            request.request_uri(),
            request.text(HeaderName::Event),
            response.text(HeaderName::SipEtag),
        ) else {
            return;
        };
        if expires > 0 {
            self.publications.push(Publication {
                event: event.into_owned(),
                etag: etag.trim().to_owned(),
                uri,
                until: at + Duration::from_secs(u64::from(expires)),
            });
        }
    }

    /// What the request names is there no more, or under another name.
    fn forget_state(&mut self, request: &Message) {
        if let Some(named) = request.text(HeaderName::SipIfMatch) {
            self.publications.retain(|it| it.etag != named.trim());
        }
    }

    /// Takes back what belongs to the phone's own address.
    ///
    /// # Errors
    /// The first request that could not be sent or had no answer.
    pub(super) async fn take_back(
        self,
        phone: &Phone,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        for publication in self.publications {
            publication.remove(phone, deadline).await?;
        }
        for binding in self.contacts {
            binding.remove(phone, deadline).await?;
        }
        Ok(())
    }
}

impl Publication {
    async fn remove(self, phone: &Phone, deadline: Instant) -> Result<(), PhoneError> {
        let fields = [
            (HeaderName::Event, self.event),
            (HeaderName::Expires, "0".to_owned()),
            (HeaderName::SipIfMatch, self.etag),
        ];
        let headers = fields.map(|(name, value)| (name.as_str().to_owned(), value));
        let whose = Destination::Uri(self.uri);
        let sent = phone.request(Method::Publish, &whose, headers.into(), None, deadline);
        sent.await.map(drop)
    }
}

impl Binding {
    /// A REGISTER of its own: one must not name two flows (RFC 5626 4.2.1).
    async fn remove(mut self, phone: &Phone, deadline: Instant) -> Result<(), PhoneError> {
        let mut request = phone.build_register().await?;
        let is_own = request.message().to().is_ok_and(|to| {
            let same_host = to.uri.host.eq_ignore_ascii_case(&self.aor.host);
            same_host && to.uri.user == self.aor.user
        });
        if !is_own {
            return Ok(());
        }
        self.contact.params.set("expires", "0");
        request.set_header("Contact", &self.contact.to_string());
        request.set_header("Expires", "0");
        if let Some(supported) = &self.supported {
            request.set_header("Supported", supported);
        }
        let answer = request.send(deadline).await?;
        if matches!(answer.status(), Some(401 | 407)) {
            request.authorize(None)?;
            request.send(deadline).await?;
        }
        Ok(())
    }
}

/// The lifetime that a message gives a contact: its parameter, else the field (RFC 3261 10.2.1.1).
fn expires_of(contact: &NameAddr, message: &Message) -> Option<u32> {
    let own = contact.params.get("expires");
    own.and_then(|text| text.parse().ok())
        .or_else(|| message.number(HeaderName::Expires).ok())
}

/// Whether two contacts of one address of record are the same binding: the same flow of the same
/// instance (RFC 5626 6), else the same URI (RFC 3261 10.3).
fn is_same(one: &NameAddr, other: &NameAddr) -> bool {
    let flow = |contact: &NameAddr| {
        let number = contact.params.get("reg-id")?.to_owned();
        Some((number, contact.params.get_unquoted("+sip.instance")?))
    };
    match (flow(one), flow(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.uri.is_equivalent(&other.uri),
    }
}

#[cfg(test)]
mod tests {
    use gannet_sip::Transport;
    use gannet_ua::Target;

    use super::*;

    /// Messages of a phone: first line, CSeq number, more header fields.
    fn log(messages: &[(&str, u32, &str)]) -> Vec<Arc<LogEntry>> {
        let now = Instant::now();
        let mut method = "";
        let mut log = Vec::new();
        for (seq, (line, cseq, fields)) in (0..).zip(messages) {
            let is_response = line.starts_with("SIP/2.0");
            if !is_response {
                method = line.split(' ').next().unwrap();
            }
            let fields: Vec<_> = fields
                .split('|')
                .filter(|field| !field.is_empty())
                .collect();
            let text = format!(
                "{line}\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:a@x>\r\nCall-ID: c\r\n\
                 CSeq: {cseq} {method}\r\n{}\r\n\r\n",
                fields.join("\r\n")
            );
            let direction = if is_response {
                Direction::Received
            } else {
                Direction::Sent
            };
            log.push(Arc::new(LogEntry {
                seq,
                at: now,
                direction,
                peer: Target::new(Transport::Udp, ([127, 0, 0, 1], 5060).into()),
                message: Message::parse(text.into_bytes()),
                repeated: false,
            }));
        }
        log
    }

    fn left(messages: &[(&str, u32, &str)]) -> Vec<String> {
        let left = Leftovers::of(&log(messages), Instant::now());
        let contacts = left.contacts.iter().map(|it| it.contact.uri.to_string());
        let states = left.publications.iter().map(|it| it.etag.clone());
        contacts.chain(states).collect()
    }

    const REGISTER: &str = "REGISTER sip:x SIP/2.0";
    const PUBLISH: &str = "PUBLISH sip:a@x SIP/2.0";
    const OK: &str = "SIP/2.0 200 OK";

    #[test]
    fn contacts_stay_until_they_are_taken_back() {
        let one = "Contact: <sip:a@127.0.0.1:5060>|Expires: 60";
        let two = "Contact: <sip:a@127.0.0.1:5999>;expires=60";
        let bound = [(REGISTER, 1, one), (OK, 1, one)];
        assert_eq!(left(&bound), ["sip:a@127.0.0.1:5060"]);
        let both = [&bound[..], &[(REGISTER, 2, two), (OK, 2, two)]].concat();
        assert_eq!(left(&both).len(), 2);
        let gone = "Contact: <sip:a@127.0.0.1:5060>;expires=0";
        let one_left = [&both[..], &[(REGISTER, 3, gone), (OK, 3, two)]].concat();
        assert_eq!(left(&one_left), ["sip:a@127.0.0.1:5999"]);
        let all = "Contact: *|Expires: 0";
        let none_left = [&both[..], &[(REGISTER, 3, all), (OK, 3, "")]].concat();
        assert!(left(&none_left).is_empty());
    }

    #[test]
    fn what_was_refused_was_not_left() {
        let contact = "Contact: <sip:a@127.0.0.1:5060>";
        let refused = "SIP/2.0 403 Forbidden";
        assert!(left(&[(REGISTER, 1, contact), (refused, 1, "")]).is_empty());
        assert!(left(&[(REGISTER, 1, contact)]).is_empty());
        let at_once = format!("{contact};expires=0");
        assert!(left(&[(REGISTER, 1, contact), (OK, 1, &at_once)]).is_empty());
    }

    #[test]
    fn flows_are_told_apart_by_their_numbers() {
        let flow = |number: u32, expires: u32| {
            format!(
                "Contact: <sip:a@127.0.0.1:5060>;+sip.instance=\"<urn:uuid:1>\";\
                 reg-id={number};expires={expires}"
            )
        };
        let (one, two, gone) = (flow(1, 60), flow(2, 60), flow(1, 0));
        let log = [
            (REGISTER, 1, one.as_str()),
            (OK, 1, &one),
            (REGISTER, 2, &two),
            (OK, 2, &two),
        ];
        assert_eq!(left(&log).len(), 2);
        let log = [&log[..], &[(REGISTER, 3, &gone), (OK, 3, &two)]].concat();
        assert_eq!(left(&log).len(), 1);
    }

    #[test]
    fn publications_follow_their_entity_tags() {
        let first = [
            (PUBLISH, 1, "Event: presence|Expires: 60"),
            (OK, 1, "SIP-ETag: e1|Expires: 60"),
        ];
        assert_eq!(left(&first), ["e1"]);
        let named = "Event: presence|Expires: 60|SIP-If-Match: e1";
        let changed = [&first[..], &[(PUBLISH, 2, named), (OK, 2, "SIP-ETag: e2")]].concat();
        assert_eq!(left(&changed), ["e2"]);
        let removed = "Event: presence|Expires: 0|SIP-If-Match: e2";
        let none = [
            &changed[..],
            &[(PUBLISH, 3, removed), (OK, 3, "SIP-ETag: e3|Expires: 0")],
        ];
        assert!(left(&none.concat()).is_empty());
    }

    /// A tag that the server never gave names nothing: the first publication is still there.
    #[test]
    fn a_stale_tag_leaves_two_publications() {
        let stale = "Event: presence|Expires: 60|SIP-If-Match: never";
        let anew = "Event: presence|Expires: 60";
        let log = [
            (PUBLISH, 1, anew),
            (OK, 1, "SIP-ETag: e1|Expires: 60"),
            (PUBLISH, 2, stale),
            ("SIP/2.0 412 Conditional Request Failed", 2, ""),
            (PUBLISH, 3, anew),
            (OK, 3, "SIP-ETag: e2|Expires: 60"),
        ];
        assert_eq!(left(&log), ["e1", "e2"]);
    }
}
