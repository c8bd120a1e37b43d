//! Requests of ours that wait for their final response, and how they are sent again with
//! credentials.

use std::time::Instant;

use gannet_sip::{CSeq, HeaderName, Message, MessageBuilder, Method};

use super::auth_style::AuthStyle;
use super::config::MessageKind;
use super::core::Endpoint;
use super::happening::{
    CallId, Happening, NoticeId, Outcome, PublicationId, RegistrationId, RequestId, SubscriptionId,
};
use crate::digest::{AuthAttempt, AuthOutcome, AuthTarget, HeaderField, RequestFacts};
use crate::target::Target;
use crate::transaction::TransactionId;

/// Why the request was sent: who gets its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The user's own, outside or inside a call.
    Plain(Option<CallId>),
    /// The first INVITE of a call.
    Invite(CallId),
    /// A re-INVITE of the user.
    Reinvite(CallId),
    /// The BYE of a call.
    Bye(CallId),
    /// The CANCEL of a call, or the BYE for an extra fork: nobody waits for its outcome.
    Aside,
    /// A REGISTER.
    Register(RegistrationId),
    /// An OPTIONS or NOTIFY that keeps the flow of a registration alive.
    KeepAlive(RegistrationId),
    /// A SUBSCRIBE.
    Subscribe(SubscriptionId),
    /// A REFER, by the number of its subscription.
    Refer(SubscriptionId),
    /// A NOTIFY in a subscription of others.
    Notify(NoticeId),
    /// A PUBLISH.
    Publish(PublicationId),
}

/// A request that waits for its final response.
#[derive(Debug)]
pub(crate) struct ClientRequest {
    pub(crate) purpose: Purpose,
    /// The request as last sent.
    pub(crate) message: Message,
    pub(crate) target: Target,
    pub(crate) transaction: TransactionId,
    pub(super) attempt: AuthAttempt,
    auth: AuthStyle,
}

impl Endpoint {
    /// Sends a request that has everything but Via and credentials.
    pub(crate) fn launch(
        &mut self,
        now: Instant,
        method: Method,
        builder: MessageBuilder,
        target: Target,
        purpose: Purpose,
    ) -> RequestId {
        self.launch_as(now, method, builder, target, purpose, AuthStyle::POLICY)
    }

    /// The same with other credentials than the policy's.
    pub(crate) fn launch_as(
        &mut self,
        now: Instant,
        method: Method,
        builder: MessageBuilder,
        target: Target,
        purpose: Purpose,
        auth: AuthStyle,
    ) -> RequestId {
        let target = self.first_server(&builder, target);
        let mut attempt = AuthAttempt::to(target.address);
        // CANCEL cannot be challenged (RFC 3261 22.1).
        let fields = if method == Method::Cancel {
            Vec::new()
        } else {
            let facts = RequestFacts {
                method: method.as_str(),
                uri: match auth.uri.as_deref() {
                    Some(uri) => uri,
                    None => builder.request_uri_text().unwrap_or_default(),
                },
                body: builder.body_bytes(),
            };
            if auth.cached {
                self.auth.reuse(&mut attempt, &facts, &mut self.rng)
            } else {
                self.auth.authorize(&mut attempt, &facts, &mut self.rng)
            }
        };
        self.last_request += 1;
        let id = RequestId(self.last_request);
        let message = self.finish_request(method, builder, &fields, target);
        self.transactions.set_timers(self.config.timers);
        let transaction = self.transactions.send_request(now, message.clone(), target);
        self.by_transaction.insert(transaction, id);
        let request = ClientRequest {
            purpose,
            message,
            target,
            transaction,
            attempt,
            auth,
        };
        self.requests.insert(id, request);
        id
    }

    /// Adds Via and credentials and gives the message its look.
    pub(crate) fn finish_request(
        &mut self,
        method: Method,
        mut builder: MessageBuilder,
        fields: &[HeaderField],
        target: Target,
    ) -> Message {
        if !builder.has(HeaderName::Via) {
            let branch = self.config.identifiers.branch(&mut self.rng);
            let via = self.via(target.transport, &branch);
            builder.push_front(HeaderName::Via, via);
        }
        for field in fields {
            builder.push(field.name, field.value.as_str());
        }
        let in_dialog = builder.tag(HeaderName::To).is_some();
        self.dress(
            &mut builder,
            &MessageKind {
                method,
                code: None,
                in_dialog,
            },
        );
        builder.message()
    }

    /// A response to one of our requests.
    pub(crate) fn handle_client_response(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        response: Message,
    ) {
        let Some(id) = self.by_transaction.get(&transaction).copied() else {
            return self.handle_late_response(now, transaction, response);
        };
        let code = response.status().unwrap_or(0);
        if code < 200 {
            return self.deliver_provisional(now, id, response);
        }
        if AuthTarget::from_status(code).is_some()
            && self.retry_with_credentials(now, id, &response)
        {
            return;
        }
        if code == 422 && self.retry_with_longer_interval(now, id, &response) {
            return;
        }
        self.note_authentication_info(id, &response);
        self.finish(now, id, Outcome::Response(response));
    }

    /// The transaction ended without a final response.
    pub(crate) fn handle_client_failure(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        outcome: Outcome,
    ) {
        if let Some(id) = self.by_transaction.get(&transaction).copied() {
            self.finish(now, id, outcome);
        }
    }

    fn finish(&mut self, now: Instant, id: RequestId, outcome: Outcome) {
        if self.fail_over(now, id, &outcome) {
            return;
        }
        let Some(request) = self.requests.remove(&id) else {
            return;
        };
        self.by_transaction.remove(&request.transaction);
        let session = self.session_news(id, &request, &outcome);
        match request.purpose {
            Purpose::Plain(call) => {
                if let Some(entry) = call.and_then(|call| self.calls.get_mut(&call)) {
                    entry.offers.retain(|(offer, _)| *offer != id);
                }
                let after = call.map(|call| (call, outcome.clone()));
                self.happen(Happening::RequestDone {
                    request: id,
                    call,
                    outcome,
                });
                if let Some((call, outcome)) = after {
                    self.plain_done(now, call, &request.message, &outcome);
                }
            }
            Purpose::Invite(call) => self.invite_done(now, call, &request, outcome),
            Purpose::Reinvite(call) => {
                self.happen(Happening::RequestDone {
                    request: id,
                    call: Some(call),
                    outcome: outcome.clone(),
                });
                self.reinvite_done(now, call, &request, &outcome);
            }
            Purpose::Bye(call) => self.bye_done(now, call, outcome),
            Purpose::Aside => {}
            Purpose::Register(registration) => self.register_done(now, registration, outcome),
            Purpose::KeepAlive(registration) => self.keep_alive_done(now, registration, &outcome),
            Purpose::Subscribe(subscription) => {
                self.subscribe_done(now, subscription, &request, outcome);
            }
            Purpose::Refer(refer) => self.refer_done(now, refer, &request, outcome),
            Purpose::Notify(notice) => self.notify_done(now, notice, &outcome),
            Purpose::Publish(publication) => self.publish_done(now, publication, outcome),
        }
        if let Some(news) = session {
            self.session_done(now, news);
        }
    }

    /// Forgets a request together with its transaction; nobody is told.
    pub(crate) fn abandon_request(&mut self, id: RequestId) {
        if let Some(request) = self.requests.remove(&id) {
            self.by_transaction.remove(&request.transaction);
            self.transactions.abandon(request.transaction);
        }
    }

    fn deliver_provisional(&mut self, now: Instant, id: RequestId, response: Message) {
        let Some(request) = self.requests.get(&id) else {
            return;
        };
        match request.purpose {
            Purpose::Invite(call) => self.invite_progress(now, call, response),
            Purpose::Reinvite(call) if response.status() != Some(100) => {
                let invite = request.message.clone();
                self.reinvite_progress(now, call, (id, invite), response);
            }
            Purpose::Plain(_) if response.status() != Some(100) => {
                self.happen(Happening::Provisional {
                    request: id,
                    response,
                });
            }
            _ => {}
        }
    }

    /// Sends the request again with an answer to the challenge (RFC 3261 22.2, 8.1.3.5): a new
    /// branch and the next CSeq number, everything else the same. False if it cannot be answered.
    fn retry_with_credentials(&mut self, now: Instant, id: RequestId, response: &Message) -> bool {
        if let Some(Purpose::Invite(call)) = self.requests.get(&id).map(|r| r.purpose)
            && self.is_given_up(call)
        {
            return false;
        }
        let Some(request) = self.requests.get_mut(&id) else {
            return false;
        };
        if request.auth.cached {
            return false;
        }
        let method = request.message.method().unwrap_or(Method::Options);
        let challenges = challenges(response);
        let borrowed: Vec<_> = challenges
            .iter()
            .map(|(target, value)| (*target, value.as_str()))
            .collect();
        let facts = facts(&request.message, &method, &request.auth);
        let outcome = self
            .auth
            .challenged(&mut request.attempt, &borrowed, &facts, &mut self.rng);
        let AuthOutcome::Retry(fields) = outcome else {
            return false;
        };
        let mut builder = MessageBuilder::from_message(&request.message);
        for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
            builder.remove(name);
        }
        self.send_anew(now, id, builder, &fields);
        self.happen(Happening::Challenged {
            method,
            response: response.clone(),
        });
        true
    }

    /// Sends a request that was refused once more, changed: a new branch and the next CSeq number.
    pub(crate) fn send_anew(
        &mut self,
        now: Instant,
        id: RequestId,
        mut builder: MessageBuilder,
        fields: &[HeaderField],
    ) {
        let Some(request) = self.requests.get(&id) else {
            return;
        };
        let (target, purpose) = (request.target, request.purpose);
        let method = request.message.method().unwrap_or(Method::Options);
        let number = request.message.cseq().map_or(1, |cseq| cseq.number) + 1;
        builder.remove(HeaderName::Via);
        builder.set(
            HeaderName::CSeq,
            CSeq {
                number,
                method: method.clone(),
            }
            .to_string(),
        );
        let message = self.finish_request(method, builder, fields, target);
        self.note_cseq(purpose, &message, number);
        self.resend(now, id, message, target);
    }

    /// A request goes on in another transaction, with this message and to there.
    pub(super) fn resend(&mut self, now: Instant, id: RequestId, message: Message, target: Target) {
        let Some(request) = self.requests.get_mut(&id) else {
            return;
        };
        let transaction = self.transactions.send_request(now, message.clone(), target);
        self.by_transaction.remove(&request.transaction);
        self.by_transaction.insert(transaction, id);
        request.message = message.clone();
        request.transaction = transaction;
        request.target = target;
        if let Purpose::Invite(call) = request.purpose {
            self.invite_sent_again(call, message);
        }
    }

    /// The credentials that a request can carry which is sent once more for another reason than a
    /// challenge.
    pub(crate) fn credentials_for(
        &mut self,
        id: RequestId,
        draft: &MessageBuilder,
    ) -> Vec<HeaderField> {
        let Some(request) = self.requests.get_mut(&id) else {
            return Vec::new();
        };
        let draft = draft.message();
        let method = draft.method().unwrap_or(Method::Options);
        let facts = facts(&draft, &method, &request.auth);
        self.auth
            .authorize(&mut request.attempt, &facts, &mut self.rng)
    }

    fn note_authentication_info(&mut self, id: RequestId, response: &Message) {
        let infos = [
            (AuthTarget::Origin, HeaderName::AuthenticationInfo),
            (AuthTarget::Proxy, HeaderName::ProxyAuthenticationInfo),
        ];
        for (target, name) in infos {
            let (Some(value), Some(request)) = (response.text(name), self.requests.get(&id)) else {
                continue;
            };
            // A wrong proof is no reason to fail the request: the response stands.
            let _ = self
                .auth
                .informed(&request.attempt, target, &value, response.body());
        }
    }
}

fn facts<'a>(message: &'a Message, method: &'a Method, auth: &'a AuthStyle) -> RequestFacts<'a> {
    let uri = auth.uri.as_deref();
    RequestFacts {
        method: method.as_str(),
        uri: uri.unwrap_or_else(|| message.request_uri_text().unwrap_or_default()),
        body: message.body_all(),
    }
}

/// All challenges of a 401 or 407 in the server's order (RFC 8760 2.4).
fn challenges(response: &Message) -> Vec<(AuthTarget, String)> {
    response
        .headers()
        .filter_map(|header| {
            let target = match header.id {
                HeaderName::WwwAuthenticate => AuthTarget::Origin,
                HeaderName::ProxyAuthenticate => AuthTarget::Proxy,
                _ => return None,
            };
            Some((target, header.unfolded().into_owned()))
        })
        .collect()
}
