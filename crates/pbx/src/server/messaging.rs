//! Requests outside calls: OPTIONS, MESSAGE, and those that have no business here.

use std::collections::BTreeSet;
use std::time::Instant;

use gannet_sip::{Message, Method};
use gannet_ua::Target;
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{Outcome, Reply, RequestId, RequestSpec};
use gannet_ua::transaction::TransactionId;

use super::call::Contact;
use super::failure::Failure;
use super::identity::Caller;
use super::place::{Place, refusal};
use super::relay::{next_max_forwards, passed_body, passed_headers, passed_reply};
use super::state::{Pending, Server};

/// A MESSAGE on its way to the phones of its recipient.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    open: BTreeSet<RequestId>,
    best: Option<Failure>,
    answered: bool,
}

impl Server {
    /// A request outside any call.
    pub(super) fn handle_request(
        &mut self,
        now: Instant,
        request: TransactionId,
        message: &Message,
        source: Target,
    ) {
        let reply = match message.method() {
            Some(Method::Register) => Some(self.register(now, message, source)),
            Some(Method::Options) => Some(self.options(message)),
            Some(Method::Publish) => Some(self.publish(now, message)),
            Some(Method::Message) => self.relay_message(now, request, message).err(),
            // These live in dialogs only, and this one is not known (RFC 6665 4.1.3 for NOTIFY).
            _ => Some(Reply::new(481)),
        };
        if let Some(reply) = reply {
            self.endpoint.respond(now, request, reply);
        }
    }

    fn options(&self, message: &Message) -> Reply {
        let place = message
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))
            .and_then(|uri| self.place_of(&uri));
        match place {
            Ok(_) => Reply::new(200)
                .header("Allow", self.allow.clone())
                .header("Accept", "application/sdp")
                .header("Accept-Encoding", "identity")
                .header("Accept-Language", "en")
                .header("Allow-Events", self.allow_events()),
            Err(reply) => reply,
        }
    }

    /// Sends a MESSAGE to all phones of its recipient (RFC 3428 6).
    fn relay_message(
        &mut self,
        now: Instant,
        request: TransactionId,
        message: &Message,
    ) -> Result<(), Reply> {
        let hops = next_max_forwards(message).ok_or_else(|| Reply::new(483))?;
        let caller = self.identify(now, message, AuthTarget::Proxy)?;
        let uri = message
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let Place::User(name) = self.place_of(&uri)? else {
            return Err(refusal(404, "No Mailbox for Text Here"));
        };
        let mut delivery = Delivery::default();
        for contact in self.contacts_of(now, &name).into_iter().flatten() {
            if self.is_own_address(contact.target.address) {
                continue;
            }
            let Some(spec) = self.message_for(message, &caller, &contact, hops) else {
                continue;
            };
            if let Ok(id) = self.endpoint.request(now, spec) {
                delivery.open.insert(id);
                self.pending.insert(id, Pending::Message(request));
            }
        }
        if delivery.open.is_empty() {
            return Err(Reply::new(480));
        }
        self.deliveries.insert(request, delivery);
        Ok(())
    }

    fn message_for(
        &self,
        message: &Message,
        caller: &Caller,
        contact: &Contact,
        hops: u32,
    ) -> Option<RequestSpec> {
        let mut from = message.from().ok()?;
        from.params.remove("tag");
        let to = message.to().ok()?;
        let mut spec = RequestSpec::new(Method::Message, contact.uri.clone(), from, to);
        spec.destination = Some(contact.target);
        spec.headers = passed_headers(message);
        spec.headers.push(("Max-Forwards".into(), hops.to_string()));
        if let Some(identity) = self.asserted_identity(caller, message) {
            spec.headers
                .push(("P-Asserted-Identity".into(), identity.to_string()));
        }
        spec.body = passed_body(message);
        Some(spec)
    }

    /// A phone has answered a MESSAGE: the first success counts, else the best failure.
    pub(super) fn message_outcome(
        &mut self,
        now: Instant,
        id: RequestId,
        request: TransactionId,
        outcome: Outcome,
    ) {
        let Some(delivery) = self.deliveries.get_mut(&request) else {
            return;
        };
        delivery.open.remove(&id);
        let mut reply = None;
        match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                if !std::mem::replace(&mut delivery.answered, true) {
                    reply = Some(passed_reply(&response));
                }
            }
            outcome => {
                let failure = Failure::new(outcome, false);
                delivery.best = Some(match delivery.best.take() {
                    Some(best) => best.better(failure),
                    None => failure,
                });
            }
        }
        if delivery.open.is_empty() {
            if !delivery.answered {
                reply = delivery.best.take().map(|best| best.reply());
            }
            self.deliveries.remove(&request);
        }
        if let Some(reply) = reply {
            self.endpoint.respond(now, request, reply);
        }
    }
}
