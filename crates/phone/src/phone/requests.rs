//! Single requests: OPTIONS, MESSAGE, and those built by hand.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{Body, Reply};

use super::handle::Phone;
use crate::call::CallHandle;
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::inbox::TextMessage;
use crate::pending::PendingRequest;
use crate::state::PhoneState;

impl Phone {
    /// Sends a request outside of calls and waits for its final response, challenges answered.
    ///
    /// # Errors
    /// If it cannot be sent, or no final response comes.
    pub async fn request(
        &self,
        method: Method,
        destination: &Destination,
        headers: Vec<(String, String)>,
        body: Option<Body>,
        deadline: Instant,
    ) -> Result<Message, PhoneError> {
        let destination = destination.clone();
        let title = method.to_string();
        let done = self
            .ask(move |actor, now| actor.request(now, &method, &destination, headers, body))
            .await??;
        self.outcome(done, &title, deadline).await
    }

    /// Sends a request inside a call (INFO, UPDATE, MESSAGE, ...) and waits for its final response.
    ///
    /// # Errors
    /// If it cannot be sent, or no final response comes.
    pub async fn request_in_call(
        &self,
        call: CallHandle,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<Body>,
        deadline: Instant,
    ) -> Result<Message, PhoneError> {
        let title = method.to_string();
        let done = self
            .ask(move |actor, now| actor.request_in_call(now, call, method, headers, body))
            .await??;
        self.outcome(done, &title, deadline).await
    }

    async fn outcome(
        &self,
        done: tokio::sync::oneshot::Receiver<gannet_ua::endpoint::Outcome>,
        title: &str,
        deadline: Instant,
    ) -> Result<Message, PhoneError> {
        use gannet_ua::endpoint::Outcome;
        let (phone, request) = (self.name().to_owned(), title.to_owned());
        let destination = "its destination".to_owned();
        match tokio::time::timeout_at(deadline.into(), done).await {
            Ok(Ok(Outcome::Response(response))) => Ok(response),
            Ok(Ok(Outcome::Timeout)) => Err(PhoneError::NoAnswer {
                phone,
                request,
                destination,
            }),
            Ok(Ok(Outcome::TransportFailed)) => Err(PhoneError::NotDelivered {
                phone,
                request,
                destination,
            }),
            Ok(Err(_)) => Err(PhoneError::Off { phone }),
            Err(_) => Err(PhoneError::TimedOut {
                phone,
                waited_for: format!("a final response to {request}"),
                instead: "none came".to_owned(),
            }),
        }
    }

    /// Waits for a text by MESSAGE from number `from` on that fits; `waited_for` is for the error.
    ///
    /// # Errors
    /// At the deadline, with the texts that came instead.
    pub async fn wait_text(
        &self,
        from: u64,
        waited_for: &str,
        deadline: Instant,
        fits: impl Fn(&TextMessage) -> bool,
    ) -> Result<Arc<TextMessage>, PhoneError> {
        let found = |state: &PhoneState| {
            let text = state.inbox.since(from).find(|text| fits(text))?;
            Some(Ok(Arc::clone(text)))
        };
        self.wait_state(deadline, waited_for, found, |state| {
            let came: Vec<_> = state
                .inbox
                .since(from)
                .map(|text| format!("\"{}\" from {}", text.text, text.from.shown()))
                .collect();
            if came.is_empty() {
                "no message came".to_owned()
            } else {
                format!("what came was {}", came.join(", "))
            }
        })
        .await
    }

    /// A REGISTER for the phone's address of record, to be changed and sent by hand.
    ///
    /// # Errors
    /// If the phone has no server.
    pub async fn build_register(&self) -> Result<PendingRequest, PhoneError> {
        let draft = self.ask(|actor, _| actor.draft_register()).await??;
        Ok(PendingRequest::new(self.clone(), draft))
    }

    /// A request outside of calls, to be changed and sent by hand.
    ///
    /// # Errors
    /// If the destination has no known address.
    pub async fn build_request(
        &self,
        method: Method,
        destination: &Destination,
    ) -> Result<PendingRequest, PhoneError> {
        let destination = destination.clone();
        let draft = self
            .ask(move |actor, _| actor.draft_request(&method, &destination))
            .await??;
        Ok(PendingRequest::new(self.clone(), draft))
    }

    /// Sends octets as they are, to a destination or else to the server.
    ///
    /// # Errors
    /// If the phone is off or the destination has no known address.
    pub async fn send_octets(
        &self,
        destination: Option<Destination>,
        octets: Bytes,
    ) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.send_octets(destination.as_ref(), octets))
            .await?
    }

    /// Sends a message as it is written, with CRLF at the ends of its lines and an empty line after
    /// its head. `[branch]`, `[call_id]`, `[tag]`, `[local_ip]`, `[local_port]`, `[remote_ip]`,
    /// `[remote_port]`, `[transport]`, `[user]`, `[domain]` and `[len]` are filled in.
    ///
    /// # Errors
    /// If the phone is off or the destination has no known address.
    pub async fn send_raw(
        &self,
        destination: Option<Destination>,
        text: String,
    ) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.send_text(destination.as_ref(), &text))
            .await?
    }

    /// Whether requests and calls that come in wait for [`Self::answer_by_hand`] from now on; what
    /// the core answers, BYE and CANCEL among them, goes on by itself.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn set_by_hand(&self, by_hand: bool) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.set_by_hand(by_hand)).await
    }

    /// Answers the newest request that waits, or the newest call that comes in.
    ///
    /// # Errors
    /// If none waits.
    pub async fn answer_by_hand(&self, reply: Reply) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.answer_by_hand(now, reply))
            .await?
    }
}
