//! Single requests: sent through the core, or drafted for the user to send by hand.

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, MessageBuilder, Method, Via, host_text};
use gannet_ua::endpoint::{Body, Dress, MessageKind, Outcome, RequestId, RequestSpec, SendError};
use gannet_ua::{Identifiers, Target};
use tokio::sync::oneshot;

use super::by_hand::RequestDraft;
use super::core::Actor;
use super::setup::dress;
use crate::call::{CallHandle, CallRecord};
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::profile::ProfileIdentifiers;

impl Actor {
    pub(crate) fn request(
        &mut self,
        now: Instant,
        method: &Method,
        destination: &Destination,
        headers: Vec<(String, String)>,
        body: Option<Body>,
    ) -> Result<oneshot::Receiver<Outcome>, PhoneError> {
        self.require_power()?;
        let (uri, to, target) = self.addresses.callee(destination);
        let title = method.to_string();
        let mut spec = RequestSpec::new(method.clone(), uri, self.addresses.from(), to);
        // MESSAGE must not have a Contact (RFC 3428 4).
        spec.contact = (*method != Method::Message).then(|| self.addresses.contact());
        spec.headers = headers;
        spec.body = body;
        spec.destination = target;
        let sent = self.endpoint.request(now, spec);
        self.await_outcome(sent, title)
    }

    pub(crate) fn request_in_call(
        &mut self,
        now: Instant,
        call: CallHandle,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<Body>,
    ) -> Result<oneshot::Receiver<Outcome>, PhoneError> {
        let open = |record: &CallRecord| record.state.is_open();
        let ua_call = self.require_call(call, "send a request in the call", "open", open)?;
        let title = method.to_string();
        let sent = self
            .endpoint
            .request_in_call(now, ua_call, method, headers, body);
        self.await_outcome(sent, title)
    }

    fn await_outcome(
        &mut self,
        sent: Result<RequestId, SendError>,
        request: String,
    ) -> Result<oneshot::Receiver<Outcome>, PhoneError> {
        let id = sent.map_err(|error| PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request,
            reason: error.to_string(),
        })?;
        let (done, outcome) = oneshot::channel();
        self.waiting.insert(id, done);
        Ok(outcome)
    }

    pub(super) fn handle_done(&mut self, now: Instant, request: RequestId, outcome: Outcome) {
        if let Some((boot, expires)) = self.boot
            && boot == request
        {
            // Whatever the registrar said: the phone registers next.
            self.boot = None;
            return self.start_registration(now, expires);
        }
        if let Some(change) = self.changes.remove(&request) {
            return self.change_done(now, change, &outcome);
        }
        if let Some(call) = self.prack_offers.remove(&request) {
            let answer = outcome.response().filter(|_| outcome.code() < 300);
            return self.prack_offer_done(now, call, answer);
        }
        if let Some(waiting) = self.waiting.remove(&request) {
            // Nobody waits any more if its deadline has passed.
            let _ = waiting.send(outcome);
        }
    }

    /// A REGISTER without Via and credentials.
    pub(crate) fn draft_register(&mut self) -> Result<RequestDraft, PhoneError> {
        self.require_server("registering")?;
        let target = self
            .addresses
            .server()
            .ok_or_else(|| PhoneError::NoServer {
                phone: self.config.name.clone(),
                action: "registering",
            })?;
        let style = &self.config.profile.registration;
        let identifiers = self.identifiers();
        let registrar = self.addresses.registrar().to_string();
        let mut from = self.addresses.from();
        let to = from.to_string();
        let tag = identifiers.tag(&mut self.rng);
        if !tag.is_empty() {
            from.params.set("tag", tag);
        }
        let call_id = identifiers.call_id(&mut self.rng, self.local);
        let cseq = identifiers.first_cseq(&mut self.rng);
        let mut contact = self.registered_contact(target.transport);
        let expires = style.expires.as_secs().to_string();
        if style.expires_in_contact {
            contact.params.set("expires", expires.as_str());
        }
        let mut builder = MessageBuilder::request(&Method::Register, &registrar)
            .header(HeaderName::MaxForwards, "70")
            .header(HeaderName::From, from.to_string())
            .header(HeaderName::To, to)
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, format!("{cseq} REGISTER"))
            .header(HeaderName::Contact, contact.to_string());
        if !style.expires_in_contact {
            builder.push(HeaderName::Expires, expires);
        }
        Ok(RequestDraft {
            builder,
            method: Method::Register,
            target,
            cseq,
        })
    }

    /// Puts a new Via on a request built by hand, gives it the device's look, and sends it. Gives
    /// the bytes as sent.
    pub(crate) fn send_by_hand(
        &mut self,
        mut builder: MessageBuilder,
        method: &Method,
        target: Target,
    ) -> Bytes {
        let branch = self.identifiers().branch(&mut self.rng);
        let mut via = Via::new(
            target.transport,
            &host_text(self.local.ip()),
            Some(self.local.port()),
            &branch,
        );
        if self.config.profile.messages.rport {
            via.params.set_flag("rport");
        }
        builder.remove(HeaderName::Via);
        builder.push_front(HeaderName::Via, via.to_string());
        let kind = MessageKind {
            method: method.clone(),
            code: None,
            in_dialog: false,
        };
        dress(&self.config).dress(&mut builder, &kind);
        let bytes = builder.build();
        self.send(target, bytes.clone());
        bytes
    }

    /// Sends bytes as they are.
    pub(crate) fn send_again(&mut self, target: Target, bytes: Bytes) {
        self.send(target, bytes);
    }

    pub(super) fn identifiers(&self) -> ProfileIdentifiers {
        ProfileIdentifiers(self.config.profile.identifiers.clone())
    }
}
