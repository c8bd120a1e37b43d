//! What the user of a phone writes and answers by hand.

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method, Transport, Uri};
use gannet_ua::endpoint::Reply;
use gannet_ua::transaction::{TransactionId, build_ack};
use gannet_ua::{Dialog, Identifiers, Target};

use super::core::Actor;
use crate::call::{CallHandle, CallState};
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::raw::{RawFacts, raw_message};

/// What a request built by hand starts from.
pub(crate) struct RequestDraft {
    pub(crate) builder: MessageBuilder,
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) cseq: u32,
}

impl Actor {
    /// A request outside of calls without Via and credentials.
    pub(crate) fn draft_request(
        &mut self,
        method: &Method,
        destination: &Destination,
    ) -> Result<RequestDraft, PhoneError> {
        let (uri, to, target) = self.addresses.callee(destination);
        let target = self.raw_target(target, Some(&uri))?;
        let identifiers = self.identifiers();
        let mut from = self.addresses.from();
        let tag = identifiers.tag(&mut self.rng);
        if !tag.is_empty() {
            from.params.set("tag", tag);
        }
        let call_id = identifiers.call_id(&mut self.rng, self.local);
        let cseq = identifiers.first_cseq(&mut self.rng);
        let mut builder = MessageBuilder::request(method, uri)
            .header(HeaderName::MaxForwards, "70")
            .header(HeaderName::From, from.to_string())
            .header(HeaderName::To, to.to_string())
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, format!("{cseq} {method}"));
        // MESSAGE must not have a Contact (RFC 3428 4), PUBLISH has no use for one
        // (RFC 3903 4).
        if !matches!(method, Method::Message | Method::Publish) {
            builder.push(HeaderName::Contact, self.addresses.contact().to_string());
        }
        Ok(RequestDraft {
            builder,
            method: method.clone(),
            target,
            cseq,
        })
    }

    /// Where octets go: to the target, to the address of the URI, else to the server.
    pub(super) fn raw_target(
        &self,
        target: Option<Target>,
        uri: Option<&Uri>,
    ) -> Result<Target, PhoneError> {
        let of_uri = |uri: &Uri| {
            let ip = uri.host.trim_matches(['[', ']']).parse().ok()?;
            let tcp = uri
                .params
                .get("transport")
                .is_some_and(|it| it.eq_ignore_ascii_case("tcp"));
            let transport = if tcp { Transport::Tcp } else { Transport::Udp };
            let address = std::net::SocketAddr::new(ip, uri.port.unwrap_or(5060));
            Some(Target::new(transport, address))
        };
        target
            .or_else(|| of_uri(uri?))
            .or_else(|| self.addresses.server())
            .ok_or_else(|| PhoneError::NoServer {
                phone: self.config.name.clone(),
                action: "sending by hand",
            })
    }

    /// Sends octets to a destination, or to the server.
    pub(crate) fn send_octets(
        &mut self,
        destination: Option<&Destination>,
        octets: Bytes,
    ) -> Result<(), PhoneError> {
        self.require_power()?;
        let target = self.target_by_hand(destination)?;
        self.send(target, octets);
        Ok(())
    }

    /// Sends a message as written, words in brackets filled in.
    pub(crate) fn send_text(
        &mut self,
        destination: Option<&Destination>,
        text: &str,
    ) -> Result<(), PhoneError> {
        self.require_power()?;
        let target = self.target_by_hand(destination)?;
        let identifiers = self.identifiers();
        let aor = self.addresses.aor();
        let mut facts = RawFacts {
            words: vec![
                ("branch", identifiers.branch(&mut self.rng)),
                ("call_id", identifiers.call_id(&mut self.rng, self.local)),
                ("tag", identifiers.tag(&mut self.rng)),
                ("transport", target.transport.to_string()),
                ("user", aor.user.unwrap_or_default()),
                ("domain", aor.host),
            ],
        };
        facts.address(["local_ip", "local_port"], self.local);
        facts.address(["remote_ip", "remote_port"], target.address);
        self.send(target, raw_message(text, &facts));
        Ok(())
    }

    fn target_by_hand(&self, destination: Option<&Destination>) -> Result<Target, PhoneError> {
        match destination {
            Some(destination) => {
                let (uri, _, target) = self.addresses.callee(destination);
                self.raw_target(target, Some(&uri))
            }
            None => self.raw_target(None, None),
        }
    }

    /// The ACK for the final response to an INVITE built by hand, sent (RFC 3261 13.2.2.4, 17.1.1.3).
    pub(crate) fn acknowledge_by_hand(
        &mut self,
        invite: &Message,
        response: &Message,
        target: Target,
    ) {
        if response.status().is_none_or(|code| code >= 300) {
            return self.send(target, build_ack(invite, response));
        }
        let cseq = invite.cseq().map_or(1, |cseq| cseq.number);
        if let Ok(dialog) = Dialog::from_response(invite, response) {
            let ack = dialog.request_with_cseq(&Method::Ack, cseq);
            self.send_by_hand(ack, &Method::Ack, target);
        }
    }

    /// From now on requests wait for an answer by hand, or no more.
    pub(crate) fn set_by_hand(&mut self, by_hand: bool) {
        self.by_hand = by_hand;
    }

    /// Keeps a request for an answer by hand.
    pub(super) fn leave_open(&mut self, request: TransactionId) {
        self.left_open.push(request);
        self.show(|state| state.left_open = self.left_open.len());
    }

    /// Answers the newest request that waits, or the newest call that comes in.
    pub(crate) fn answer_by_hand(&mut self, now: Instant, reply: Reply) -> Result<(), PhoneError> {
        self.require_power()?;
        let endpoint = &self.endpoint;
        self.left_open
            .retain(|id| endpoint.reply_tag(*id).is_some());
        if let Some(request) = self.left_open.last().copied() {
            if reply.code >= 200 {
                self.left_open.pop();
            }
            self.endpoint.respond(now, request, reply);
            self.show(|state| state.left_open = self.left_open.len());
            return Ok(());
        }
        let state = self.state.borrow();
        let ringing = state
            .calls
            .iter()
            .rfind(|call| call.state == CallState::Incoming);
        let ringing = ringing.map(|call| call.handle);
        drop(state);
        let Some((call, leg)) = ringing.and_then(|call| Some((call, self.legs.get_mut(&call)?)))
        else {
            return Err(PhoneError::Misuse {
                phone: self.config.name.clone(),
                problem:
                    "no request waits for an answer: a call that comes in does, and others if \
                          the phone answers requests by hand"
                        .to_owned(),
            });
        };
        leg.ring_until = None;
        leg.answer_at = None;
        let ua_call = leg.call;
        match reply.code {
            ..200 => self.endpoint.ring(now, ua_call, reply),
            200..300 => self.accept_by_hand(now, call, ua_call, reply),
            _ => self.endpoint.reject(now, ua_call, reply),
        }
        Ok(())
    }

    /// The description in the reply is the user's: the phone opens no media for it.
    fn accept_by_hand(
        &mut self,
        now: Instant,
        call: CallHandle,
        ua_call: gannet_ua::endpoint::CallId,
        reply: Reply,
    ) {
        let contact = self.addresses.contact();
        self.endpoint.accept(now, ua_call, contact, reply);
        self.show_call(call, |record| {
            record.state = CallState::Answered;
            record.times.answered = Some(now);
        });
    }
}
