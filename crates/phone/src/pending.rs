//! Requests built by hand, for tests of single messages.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_events::Direction;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method, NameAddr};
use gannet_ua::digest::{
    AuthAttempt, AuthOutcome, AuthTarget, ClientAuth, ClientPolicy, Credentials, RequestFacts,
};
use gannet_ua::{Target, Timers};

use crate::actor::RequestDraft;
use crate::config::AuthUser;
use crate::error::PhoneError;
use crate::log::LogEntry;
use crate::phone::Phone;

/// A request that is changed field by field and sent when it is ready, any number of times. No
/// challenge is answered unless [`Self::authorize`] says so. It goes through the socket of its
/// phone.
///
/// Every sending gets a new branch; from the second on also the next CSeq number, with the same
/// Call-ID and From tag (RFC 3261 22.2).
#[derive(Debug, Clone)]
pub struct PendingRequest {
    phone: Phone,
    builder: MessageBuilder,
    method: Method,
    target: Target,
    cseq: u32,
    sent: bool,
    response: Option<Message>,
}

impl PendingRequest {
    pub(crate) fn new(phone: Phone, draft: RequestDraft) -> Self {
        let RequestDraft {
            builder,
            method,
            target,
            cseq,
        } = draft;
        Self {
            phone,
            builder,
            method,
            target,
            cseq,
            sent: false,
            response: None,
        }
    }

    /// Gives the first field of this name a value, removes the others, or adds it.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.builder.set(name, value);
    }

    /// Adds a field, also beside others of its name.
    pub fn add_header(&mut self, name: &str, value: &str) {
        self.builder.push(name, value);
    }

    /// Removes all fields of this name; true if there was one.
    pub fn remove_header(&mut self, name: &str) -> bool {
        self.builder.remove(name)
    }

    /// Gives the request a body. It keeps the Content-Type that it has; else a session description
    /// is told by its first line, and all others are plain text.
    pub fn set_body(&mut self, body: impl Into<Bytes>) {
        let body = body.into();
        let present = self
            .builder
            .message()
            .text(HeaderName::ContentType)
            .map(Cow::into_owned);
        let content_type = present.unwrap_or_else(|| guessed_type(&body).to_owned());
        self.builder.set_body(&content_type, body);
    }

    /// What kind of request it is.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Sets a parameter of the Contact.
    ///
    /// # Errors
    /// If there is no Contact that can be read.
    pub fn set_contact_param(&mut self, name: &str, value: &str) -> Result<(), PhoneError> {
        let mut contact = self.contact()?;
        contact.params.set(name, value);
        self.builder.set(HeaderName::Contact, contact.to_string());
        Ok(())
    }

    /// Sets the port of the Contact URI.
    ///
    /// # Errors
    /// If there is no Contact that can be read.
    pub fn set_contact_port(&mut self, port: u16) -> Result<(), PhoneError> {
        let mut contact = self.contact()?;
        contact.uri.port = Some(port);
        self.builder.set(HeaderName::Contact, contact.to_string());
        Ok(())
    }

    fn contact(&self) -> Result<NameAddr, PhoneError> {
        self.builder
            .message()
            .contact()
            .map_err(|error| PhoneError::Misuse {
                phone: self.phone.name().to_owned(),
                problem: format!("the pending {} has no usable Contact: {error}", self.method),
            })
    }

    /// Adds credentials for the challenges of the last response, instead of earlier ones; `user`
    /// or else those of the phone.
    ///
    /// # Errors
    /// If there was no challenge, or it cannot be answered.
    pub fn authorize(&mut self, user: Option<&AuthUser>) -> Result<(), PhoneError> {
        let misuse = |problem: String| PhoneError::Misuse {
            phone: self.phone.name().to_owned(),
            problem,
        };
        let user = user
            .or(self.phone.config().auth.as_ref())
            .ok_or_else(|| misuse("there are no credentials to authorize with".to_owned()))?;
        let response = self
            .response
            .as_ref()
            .ok_or_else(|| misuse("no response with a challenge came yet".to_owned()))?;
        let policy: ClientPolicy = self.phone.profile().digest.clone();
        let mut auth = ClientAuth::new(policy);
        auth.add_credentials(None, Credentials::password(&user.user, &user.password));
        let challenges: Vec<(AuthTarget, &str)> = [
            (AuthTarget::Origin, HeaderName::WwwAuthenticate),
            (AuthTarget::Proxy, HeaderName::ProxyAuthenticate),
        ]
        .into_iter()
        .flat_map(|(target, name)| {
            response
                .headers_named(name)
                .filter_map(move |field| Some((target, field.text()?)))
        })
        .collect();
        let message = self.builder.message();
        let facts = RequestFacts {
            method: self.method.as_str(),
            uri: message.request_uri_text().unwrap_or_default(),
            body: message.body(),
        };
        let mut rng = fastrand::Rng::with_seed(self.phone.config().seed ^ u64::from(self.cseq));
        let outcome = auth.challenged(&mut AuthAttempt::default(), &challenges, &facts, &mut rng);
        match outcome {
            AuthOutcome::Retry(fields) => {
                for field in fields {
                    self.builder.set(field.name, field.value);
                }
                Ok(())
            }
            AuthOutcome::GiveUp(reason) => Err(misuse(format!(
                "{} cannot be answered: {reason}",
                response.title()
            ))),
        }
    }

    /// Sends the request once, without looking for a response: an ACK has none.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn send_once(&mut self) -> Result<(), PhoneError> {
        self.transmit().await.map(drop)
    }

    /// Sends the request; gives its octets and the place in the log from which responses count.
    async fn transmit(&mut self) -> Result<(Bytes, u64), PhoneError> {
        if self.sent && self.method != Method::Ack {
            self.cseq += 1;
            let value = format!("{} {}", self.cseq, self.method);
            self.builder.set(HeaderName::CSeq, value);
        }
        self.sent = true;
        let from_seq = self.phone.log().next_seq();
        let (builder, method, target) = (self.builder.clone(), self.method.clone(), self.target);
        let bytes = self
            .phone
            .ask(move |actor, _| actor.send_by_hand(builder, &method, target))
            .await?;
        Ok((bytes, from_seq))
    }

    /// Sends the request and waits for its final response; repeats it over UDP as timers A and E do
    /// (RFC 3261 17.1.1.2, 17.1.2.2). The final response to an INVITE is acknowledged.
    ///
    /// # Errors
    /// If no final response comes in time.
    pub async fn send(&mut self, deadline: Instant) -> Result<Message, PhoneError> {
        let (bytes, from_seq) = self.transmit().await?;
        let request = Message::parse(bytes.clone());
        let branch = branch_of(&request);
        let answers = |entry: &LogEntry, least: u16| {
            entry.direction == Direction::Received
                && entry.message.status().is_some_and(|code| code >= least)
                && branch_of(&entry.message) == branch
        };
        let log = self.phone.log().clone();
        let is_invite = self.method == Method::Invite;
        let mut interval = self.timers().t1;
        loop {
            let progress = log.since(from_seq).iter().any(|entry| answers(entry, 100));
            let done = self.target.transport.is_reliable() || (is_invite && progress);
            let repeats = !done;
            let look_until = if repeats {
                deadline.min(Instant::now() + interval)
            } else {
                deadline
            };
            let wanted = if repeats && is_invite { 100 } else { 200 };
            let found = log.wait_for(from_seq, look_until, |entry| answers(entry, wanted));
            if let Some(entry) = found.await {
                if entry.message.status().is_some_and(|code| code < 200) {
                    continue;
                }
                return self.take(&request, &entry.message).await;
            }
            if Instant::now() >= deadline {
                return Err(PhoneError::TimedOut {
                    phone: self.phone.name().to_owned(),
                    waited_for: format!("a final response to {}", self.method),
                    instead: "none came".to_owned(),
                });
            }
            interval = self.next_interval(interval);
            let (bytes, target) = (bytes.clone(), self.target);
            self.phone
                .ask(move |actor, _| actor.send_again(target, bytes))
                .await?;
        }
    }

    async fn take(&mut self, request: &Message, response: &Message) -> Result<Message, PhoneError> {
        self.response = Some(response.clone());
        if self.method == Method::Invite {
            let (invite, final_response) = (request.clone(), response.clone());
            let target = self.target;
            self.phone
                .ask(move |actor, _| actor.acknowledge_by_hand(&invite, &final_response, target))
                .await?;
        }
        Ok(response.clone())
    }

    fn timers(&self) -> Timers {
        let config = self.phone.config();
        config.timers.unwrap_or(self.phone.profile().timers)
    }

    /// Timer A doubles, timer E does so up to T2.
    fn next_interval(&self, interval: Duration) -> Duration {
        match self.method {
            Method::Invite => interval * 2,
            _ => (interval * 2).min(self.timers().t2),
        }
    }

    /// The response to the last sending.
    pub const fn response(&self) -> Option<&Message> {
        self.response.as_ref()
    }

    /// The request as it stands, without Via and without the fields that the profile adds.
    pub fn message(&self) -> Message {
        self.builder.message()
    }
}

fn branch_of(message: &Message) -> Option<String> {
    let via = message.via().ok()?;
    via.branch().map(str::to_owned)
}

fn guessed_type(body: &[u8]) -> &'static str {
    if body.starts_with(b"v=0") {
        "application/sdp"
    } else {
        "text/plain"
    }
}
