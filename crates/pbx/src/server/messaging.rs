//! Requests outside calls: OPTIONS, MESSAGE, REFER, and those that have no business here.

use std::collections::BTreeMap;
use std::time::Instant;

use gannet_sip::{Message, Method};
use gannet_ua::Target;
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{Outcome, Reply, RequestId, RequestSpec};
use gannet_ua::transaction::TransactionId;

use super::call::{Contact, first_of};
use super::failure::Failure;
use super::identity::Caller;
use super::pending::Pending;
use super::place::{Place, refusal};
use super::privacy::Privacy;
use super::relay::{next_max_forwards, passed_body, passed_headers, passed_reply};
use super::state::Server;

/// A MESSAGE on its way to the phones of its recipient.
#[derive(Debug)]
pub(crate) struct Delivery {
    message: Message,
    caller: Caller,
    hops: u32,
    /// The ways that have not answered, each with the other flows to the same phone.
    open: BTreeMap<RequestId, Vec<Contact>>,
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
            Some(Method::Refer) => self.relay_refer(now, request, message, source).err(),
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
        if let Some(refusal) = Privacy::of(message).refusal() {
            return Err(refusal);
        }
        let uri = message
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let Place::User(name) = self.place_of(&uri)? else {
            return Err(refusal(404, "No Mailbox for Text Here"));
        };
        let mut delivery = Delivery {
            message: message.clone(),
            caller,
            hops,
            open: BTreeMap::new(),
            best: None,
            answered: false,
        };
        for contact in self
            .contacts_called(now, &name, message.request_uri().ok().as_ref())
            .into_iter()
            .flatten()
        {
            self.deliver(now, request, &mut delivery, contact);
        }
        if delivery.open.is_empty() {
            return Err(self.keep_text(&name, message, delivery.caller, hops));
        }
        self.deliveries.insert(request, delivery);
        Ok(())
    }

    /// Sends a MESSAGE to one contact. False if that cannot even be tried.
    fn deliver(
        &mut self,
        now: Instant,
        request: TransactionId,
        delivery: &mut Delivery,
        contact: Contact,
    ) -> bool {
        if self.is_own_address(contact.target.address) {
            return false;
        }
        let (message, caller) = (&delivery.message, &delivery.caller);
        let sent = self
            .message_for(message, caller, &contact, delivery.hops)
            .and_then(|spec| self.endpoint.request(now, spec).ok());
        let Some(id) = sent else {
            return false;
        };
        delivery.open.insert(id, contact.others);
        self.pending.insert(id, Pending::Message(request));
        true
    }

    pub(super) fn message_for(
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
        spec.routes.clone_from(&contact.routes);
        spec.headers = passed_headers(message);
        spec.headers.push(("Max-Forwards".into(), hops.to_string()));
        if let Some(identity) = self.asserted_identity(caller, message) {
            spec.headers.push(("P-Asserted-Identity".into(), identity));
        }
        Privacy::of(message).apply(&mut spec);
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
        let Some(mut delivery) = self.deliveries.remove(&request) else {
            return;
        };
        let others = delivery.open.remove(&id).unwrap_or_default();
        let mut reply = None;
        match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                if !std::mem::replace(&mut delivery.answered, true) {
                    reply = Some(passed_reply(&response));
                }
            }
            outcome => {
                let failure = Failure::new(outcome, false);
                if let Some(flow) = failure.is_of_flow().then(|| first_of(others)).flatten() {
                    self.deliver(now, request, &mut delivery, flow);
                }
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
        } else {
            self.deliveries.insert(request, delivery);
        }
        if let Some(reply) = reply {
            self.endpoint.respond(now, request, reply);
        }
    }
}
