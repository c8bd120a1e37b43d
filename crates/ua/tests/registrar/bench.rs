//! A location table and a short notation for REGISTER.

use std::time::{Duration, Instant};

use gannet_ua::registrar::{
    Binding, Location, LocationPolicy, Q, RegisterRefusal, RegisterRequest, RequestedContact,
    Source,
};

pub(crate) const ALICE: &str = "sip:alice@example.com";

/// Some instant to count from.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant comes from nowhere else"
)]
pub(crate) fn epoch() -> Instant {
    Instant::now()
}

/// Stands for RFC 3261 19.1.4: here letter case never counts.
pub(crate) fn same_uri(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// A contact from a short notation: `uri;expires=1;q=0.5;i=instance;r=1`, or `*`.
pub(crate) fn contact(text: &str) -> RequestedContact {
    let mut parts = text.split(';');
    let name = parts.next().unwrap();
    if name == "*" {
        return RequestedContact::Wildcard;
    }
    let mut contact = RequestedContact::new(name);
    let RequestedContact::Address {
        expires,
        q,
        instance_id,
        reg_id,
        ..
    } = &mut contact
    else {
        unreachable!("new makes an address");
    };
    for part in parts {
        match part.split_once('=').unwrap() {
            ("expires", value) => *expires = Some(value.parse().unwrap()),
            ("q", value) => *q = Q::parse(value),
            ("i", value) => *instance_id = Some(value.to_owned()),
            ("r", value) => *reg_id = Some(value.parse().unwrap()),
            other => panic!("{other:?}"),
        }
    }
    contact
}

pub(crate) struct Bench {
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    pub(crate) location: Location,
}

impl Bench {
    pub(crate) fn new(policy: LocationPolicy) -> Self {
        let start = epoch();
        Self {
            start,
            now: start,
            location: Location::new(policy),
        }
    }

    pub(crate) fn after(&mut self, seconds: u64) -> &mut Self {
        self.now = self.start + Duration::from_secs(seconds);
        self
    }

    /// A REGISTER of Alice with contacts separated by spaces.
    pub(crate) fn register(
        &mut self,
        call: (&str, u32),
        contacts: &str,
        expires: Option<u32>,
    ) -> Result<Vec<Binding>, RegisterRefusal> {
        self.register_from(call, contacts, expires, None)
    }

    pub(crate) fn register_from(
        &mut self,
        (call_id, cseq): (&str, u32),
        contacts: &str,
        expires: Option<u32>,
        flow: Option<u64>,
    ) -> Result<Vec<Binding>, RegisterRefusal> {
        let contacts: Vec<_> = contacts.split_whitespace().map(contact).collect();
        let request = RegisterRequest {
            aor: ALICE,
            call_id,
            cseq,
            contacts: &contacts,
            expires,
            source: Source {
                received: None,
                flow,
            },
            path: &[],
        };
        self.location.update(self.now, &request, &same_uri)
    }

    /// The bindings as `uri/seconds left`.
    pub(crate) fn shown(&self) -> String {
        show(&self.location.bindings(self.now, ALICE), self.now)
    }

    /// What happened, as `change uri left`.
    pub(crate) fn events(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        while let Some(event) = self.location.poll_event() {
            assert_eq!(event.aor, ALICE);
            let (change, left) = (event.change, event.bindings_left);
            events.push(format!("{change:?} {} {left}", event.binding.contact));
        }
        events
    }
}

pub(crate) fn show(bindings: &[&Binding], now: Instant) -> String {
    bindings
        .iter()
        .map(|binding| format!("{}/{}", binding.contact, binding.expires_in(now)))
        .collect::<Vec<_>>()
        .join(" ")
}
